import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import { Refusal } from '../../src/base/errors.ts';
import { withOrganisation } from '../../src/db/database.ts';
import { chainOf, decisionsOfCampaign } from '../../src/decisions/queries.ts';
import { readDecision, readFormChoices, readMemory, readWholeMemory } from '../../src/decisions/read-memory.ts';
import { recordDecision } from '../../src/decisions/record-decision.ts';
import type { DecisionInput } from '../../src/decisions/schema.ts';
import { archiveWatchNote, recordWatchNote } from '../../src/decisions/watch-notes.ts';
import { watchNotesOfCampaign } from '../../src/decisions/watch-queries.ts';
import { writeDecision } from '../../src/decisions/write-decision.ts';
import { NOW, testDatabase } from '../support/database.ts';
import { makeCampaign, makePush } from '../support/factories.ts';

const t = await testDatabase();
const { cast } = t;
const { alice, bruno, chloe, david, etranger } = {
  alice: t.ctx(cast.alice),
  bruno: t.ctx(cast.bruno),
  chloe: t.ctx(cast.chloe),
  david: t.ctx(cast.david),
  etranger: t.ctx(cast.etranger),
};

let said = 0;
const given = (over: Partial<DecisionInput> = {}): DecisionInput => {
  said += 1;
  return { instance: 'copil', date: '2026-11-02', subject: `Sujet ${said}`, decision: 'Oui.', ...over };
};
const refusal = (run: Promise<unknown>): Promise<Refusal> =>
  run.then(
    () => expect.unreachable('should have been refused'),
    (error: unknown) => {
      if (error instanceof Refusal) return error;
      throw error;
    },
  );

describe('a decision', () => {
  test('is read as it was written, by whoever takes part in the campaign', async () => {
    const push = await makePush(t, { push: { title: 'La lettre' } });
    const { id } = await recordDecision(alice, push.campaignId, {
      instance: 'cotech',
      date: '2026-10-05',
      subject: 'Rythme',
      participants: [{ organisation: 'Partenaire BTP', people: ['Mme Roux'] }, { organisation: 'Cabinet' }],
      options: 'Une\r\nou deux',
      decision: 'Une par mois.',
      why: 'On nous dit : trop.',
      due: '2026-12-01',
      push: push.slug,
    });
    const { decision, chain } = await readDecision(bruno, id);
    expect(decision).toMatchObject({
      instance: 'cotech',
      date: '2026-10-05',
      subject: 'Rythme',
      participants: [
        { organisation: 'Partenaire BTP', people: ['Mme Roux'], count: 1 },
        { organisation: 'Cabinet', people: [], count: 0 },
      ],
      options: 'Une\nou deux',
      decision: 'Une par mois.',
      why: 'On nous dit : trop.',
      due: '2026-12-01',
      push: { slug: push.slug, title: 'La lettre', campaignSlug: push.campaign },
      organisation: 'OPCO de test',
      supersedesId: null,
      supersededById: null,
    });
    expect(chain).toHaveLength(1);
  });

  test('is written down in the audit log, in the same transaction', async () => {
    const { id } = await recordDecision(alice, null, given({ subject: 'Interne' }));
    const rows = await withOrganisation(t.db, cast.organisations.opco, (trx) =>
      trx.selectFrom('audit_log').select(['action', 'detail']).where('subject', '=', `decision:${id}`).execute(),
    );
    expect(rows).toEqual([{ action: 'decision.record', detail: { subject: 'Interne', instance: 'copil' } }]);
  });

  test('falls with the transaction that it is part of', async () => {
    const { id: campaignId } = await makeCampaign(t);
    await expect(
      withOrganisation(t.db, cast.organisations.opco, async (trx) => {
        await writeDecision(trx, alice, campaignId, given());
        throw new Error('elsewhere');
      }),
    ).rejects.toThrow('elsewhere');
    expect((await readMemory(alice, campaignId, {})).total).toBe(0);
  });

  test.each([
    ['no subject', { subject: '  ' }, 'subject'],
    ['a subject too long', { subject: 'é'.repeat(201) }, 'subject'],
    ['a subject on two lines', { subject: 'un\ndeux' }, 'subject'],
    ['no instance', { instance: 'comité' as 'copil' }, 'instance'],
    ['a day that does not exist', { date: '2026-02-30' }, 'date'],
    ['a day written otherwise', { date: '02/11/2026' }, 'date'],
    ['a day of another millennium', { date: '0026-11-02' }, 'date'],
    ['a deadline that does not exist', { due: '2027-02-29' }, 'due'],
    ['a text too long', { why: 'x'.repeat(4001) }, 'why'],
    ['an organisation without a name', { participants: [{ organisation: ' ' }] }, 'participants.0.organisation'],
    ['a push that is not in the campaign', { push: 'inconnu' }, 'push'],
  ] as const)('is refused with %s, and the field is named', async (_, over, field) => {
    const { id } = await makeCampaign(t);
    const { kind, fields } = await refusal(recordDecision(alice, id, { ...given(), ...over }));
    expect(kind).toBe('invalid');
    expect(fields.map((f) => f.field)).toContain(field);
    expect((await readMemory(alice, id, {})).total).toBe(0);
  });

  test('loses what nobody sees: controls, zero-width and bidirectional marks (MAIL-45)', async () => {
    const { id } = await recordDecision(alice, null, given({ subject: 'pa\u0000ye\u202e\u200b r\u00a0: oui\u0301' }));
    expect((await readDecision(alice, id)).decision.subject).toBe('paye r : ouí');
  });

  test('of the same day and subject is not written twice by a second click', async () => {
    const { id } = await makeCampaign(t);
    const same = given();
    await recordDecision(alice, id, same);
    expect(await refusal(recordDecision(bruno, id, same))).toMatchObject({ code: 'deja_notee', kind: 'invalid' });
    // Elsewhere it is another matter.
    await recordDecision(alice, null, same);
  });
});

describe('who may', () => {
  test('a stranger finds neither the campaign nor the decision, and the answer is that of what does not exist', async () => {
    const { id: campaignId } = await makeCampaign(t);
    const { id } = await recordDecision(alice, campaignId, given());
    expect(await refusal(readDecision(etranger, id))).toMatchObject({ kind: 'not-found' });
    expect((await refusal(readDecision(etranger, id))).message).toBe(
      (await refusal(readDecision(etranger, 999_999))).message,
    );
    expect(await refusal(recordDecision(etranger, campaignId, given()))).toMatchObject({ kind: 'not-found' });
    expect(await refusal(recordDecision(etranger, null, given({ supersedes: id })))).toMatchObject({
      kind: 'not-found',
    });
    expect((await readMemory(etranger, campaignId, {})).total).toBe(0);
    expect((await readMemory(etranger, undefined, { search: 'sujet' })).decisions).toEqual([]);
    expect((await readFormChoices(etranger, campaignId)).pushes).toEqual([]);
  });

  test('a partner reads and writes in the campaign; what belongs to no campaign stays in its organisation', async () => {
    const { id: campaignId } = await makeCampaign(t);
    await recordDecision(bruno, campaignId, given({ subject: 'De tous' }));
    const own = await recordDecision(bruno, null, given({ subject: 'De nous' }));
    expect((await readMemory(chloe, campaignId, {})).decisions.map((d) => d.subject)).toEqual(['De tous']);
    expect(await refusal(readDecision(alice, own.id))).toMatchObject({ kind: 'not-found' });
    expect((await readMemory(alice, undefined, { search: 'nous' })).decisions).toEqual([]);
    expect((await readMemory(bruno, null, {})).decisions.map((d) => d.subject)).toContain('De nous');
  });

  test('another campaign’s push is refused, even under a name that exists there', async () => {
    const mine = await makePush(t);
    const other = await makePush(t);
    expect(await refusal(recordDecision(alice, mine.campaignId, given({ push: other.slug })))).toMatchObject({
      kind: 'invalid',
    });
    expect(await refusal(recordDecision(etranger, null, given({ push: other.slug })))).toMatchObject({
      kind: 'invalid',
    });
  });

  test('an évaluateur reads what was decided and not who was there, and writes nothing', async () => {
    const { id: campaignId } = await makeCampaign(t);
    const { id } = await recordDecision(
      alice,
      campaignId,
      given({ participants: [{ organisation: 'Cabinet', people: ['Mme Roux', 'M. Petit'] }] }),
    );
    const participants = [{ organisation: 'Cabinet', people: [], count: 2 }];
    expect((await readDecision(david, id)).decision.participants).toEqual(participants);
    expect((await readMemory(david, campaignId, {})).decisions[0]?.participants).toEqual(participants);
    expect((await readWholeMemory(david, campaignId)).decisions[0]?.participants).toEqual(participants);
    expect(await refusal(recordDecision(david, campaignId, given()))).toMatchObject({ kind: 'forbidden' });
    expect(await refusal(recordWatchNote(david, null, {}))).toMatchObject({ kind: 'forbidden' });
  });

  test('a relais without another role does not enter', async () => {
    const relais = t.ctx({ ...cast.chloe, roles: ['relais' as const] });
    expect(await refusal(readMemory(relais, null, {}))).toMatchObject({ kind: 'forbidden' });
  });

  test('a partner that has left reads on, and writes no more there', async () => {
    const { id: campaignId } = await makeCampaign(t);
    const { id } = await recordDecision(bruno, campaignId, given({ subject: 'Avant' }));
    await withOrganisation(t.db, cast.organisations.btp, (trx) =>
      trx
        .insertInto('withdrawals')
        .values({
          campaign_id: campaignId,
          organisation_id: cast.organisations.btp,
          // Long ago: the database reads its own clock to know who has left.
          effective_at: new Date('2024-04-01'),
          reason: 'La branche se retire.',
          recorded_by: 'test',
          recorded_at: NOW,
        })
        .execute(),
    );
    expect((await readDecision(bruno, id)).open).toBe(false);
    expect(await refusal(recordDecision(bruno, campaignId, given()))).toMatchObject({ kind: 'forbidden' });
    expect(
      await refusal(recordWatchNote(bruno, campaignId, { date: '2026-11-02', title: 't', body: 'b' })),
    ).toMatchObject({
      kind: 'forbidden',
    });
    await recordDecision(bruno, null, given());
  });
});

describe('replacing', () => {
  test('is shown on both, in the order of what happened', async () => {
    const { id: campaignId } = await makeCampaign(t);
    const ids: number[] = [];
    for (const decision of ['', 'Trois', 'Quatre']) {
      const { id } = await recordDecision(alice, campaignId, {
        ...given({ subject: 'Chartes' }),
        decision,
        supersedes: ids.at(-1) ?? null,
      });
      ids.push(id);
    }
    for (const id of ids) expect((await readDecision(bruno, id)).chain.map((d) => d.id)).toEqual(ids);
    expect((await readDecision(bruno, ids[1] ?? 0)).decision).toMatchObject({
      supersedesId: ids[0],
      supersededById: ids[2],
    });
    const shown = async (standing: 'attente' | 'vigueur' | 'remplacee') =>
      (await readMemory(bruno, campaignId, { standing })).decisions.map((d) => d.id);
    expect(await shown('vigueur')).toEqual([ids[2]]);
    expect(await shown('remplacee')).toEqual([ids[1], ids[0]]);
    expect(await shown('attente')).toEqual([]);
  });

  test('of two people who replace the same decision at the same second, one does; the other is told', async () => {
    const { id: campaignId } = await makeCampaign(t);
    for (let round = 0; round < 5; round += 1) {
      const { id } = await recordDecision(alice, campaignId, given());
      const both = await Promise.allSettled([
        recordDecision(alice, campaignId, given({ supersedes: id })),
        recordDecision(bruno, campaignId, given({ supersedes: id })),
      ]);
      expect(both.map((b) => b.status).sort()).toEqual(['fulfilled', 'rejected']);
      const [lost] = both.flatMap((b) => (b.status === 'rejected' ? [b.reason as Refusal] : []));
      expect(lost).toMatchObject({ kind: 'conflict', code: 'deja_remplacee' });
      expect((await readDecision(alice, id)).chain).toHaveLength(2);
    }
  });

  test('what is replaced already, of another memory, or not there yet, cannot be', async () => {
    const { id: campaignId } = await makeCampaign(t);
    const { id: otherId } = await makeCampaign(t);
    const { id } = await recordDecision(alice, campaignId, given());
    await recordDecision(alice, campaignId, given({ supersedes: id }));
    expect(await refusal(recordDecision(alice, campaignId, given({ supersedes: id })))).toMatchObject({
      code: 'deja_remplacee',
    });
    expect(await refusal(recordDecision(alice, otherId, given({ supersedes: id })))).toMatchObject({
      kind: 'not-found',
    });
    expect(await refusal(recordDecision(alice, null, given({ supersedes: id })))).toMatchObject({ kind: 'not-found' });
    expect(await refusal(recordDecision(alice, campaignId, given({ supersedes: id + 10_000 })))).toMatchObject({
      kind: 'not-found',
    });
  });

  test('never goes in a circle: no verb changes what is written, and a circle forced into the table ends all the same', async () => {
    const { id: campaignId } = await makeCampaign(t);
    const { id: first } = await recordDecision(alice, campaignId, given());
    const { id: second } = await recordDecision(alice, campaignId, given({ supersedes: first }));
    await expect(
      withOrganisation(t.db, cast.organisations.opco, (trx) =>
        trx.updateTable('decisions').set({ supersedes_id: second }).where('id', '=', first).execute(),
      ),
    ).rejects.toThrow(/permission denied/);
    const chain = await withOrganisation(t.db, cast.organisations.opco, async (trx) => {
      await sql`insert into decisions (id, organisation_id, campaign_id, instance, held_on, subject, decision, supersedes_id, created_by, created_at)
        overriding system value values (900000, ${cast.organisations.opco}, ${campaignId}, 'gt', '2026-11-02', 's', 'd', 900000, 'test', ${NOW})`.execute(
        trx,
      );
      return chainOf(trx, 900_000);
    }).catch((error: { code?: string }) => {
      // Better still: the table itself refuses a row that replaces itself.
      expect(['23514', '42501']).toContain(error.code);
      return null;
    });
    if (chain) expect(chain.map((d) => d.id)).toEqual([900_000]);
  });

  test('a folder names what it replaces by day and subject: the one in force', async () => {
    const { id: campaignId } = await makeCampaign(t);
    const first = given({ subject: 'Charte' });
    await recordDecision(alice, campaignId, first);
    const { id } = await recordDecision(alice, campaignId, {
      ...given({ subject: 'Charte' }),
      supersedes: { date: '2026-11-02', subject: 'Charte' },
    });
    const { id: last } = await recordDecision(
      alice,
      campaignId,
      given({ supersedes: { date: '2026-11-02', subject: 'Charte' } }),
    );
    expect((await readDecision(alice, last)).decision.supersedesId).toBe(id);
    expect(
      await refusal(
        recordDecision(alice, campaignId, given({ supersedes: { date: '2026-11-02', subject: 'Charte' } })),
      ),
    ).toMatchObject({ kind: 'invalid' });
  });

  test('what a campaign gives back as input makes the same memory in another one', async () => {
    const { id: campaignId } = await makeCampaign(t);
    await recordDecision(
      alice,
      campaignId,
      given({ participants: [{ organisation: 'Cabinet', people: ['Mme Roux'] }] }),
    );
    await recordDecision(alice, campaignId, given({ subject: 'Charte', decision: '' }));
    await recordDecision(
      alice,
      campaignId,
      given({ subject: 'Charte', supersedes: { date: '2026-11-02', subject: 'Charte' } }),
    );
    const { id: copyId } = await makeCampaign(t);
    const read = (id: number) => withOrganisation(t.db, cast.organisations.opco, (trx) => decisionsOfCampaign(trx, id));
    const inputs = await read(campaignId);
    for (const input of inputs) await recordDecision(alice, copyId, input);
    expect(inputs).toHaveLength(3);
    expect(await read(copyId)).toEqual(inputs);
  });
});

describe('a watch note', () => {
  const note = { date: '2026-11-03', title: 'Une étude', body: 'À **lire**.' };

  test('names resources of its own campaign only, and an address of the web only', async () => {
    const { id: campaignId } = await makeCampaign(t);
    expect(await refusal(recordWatchNote(alice, campaignId, { ...note, resources: ['ailleurs'] }))).toMatchObject({
      kind: 'invalid',
    });
    for (const sourceUrl of [
      'javascript:alert(1)',
      'data:text/html,x',
      '//exemple.fr',
      'exemple.fr',
      'https://a b',
      'file:///etc',
    ])
      expect(await refusal(recordWatchNote(alice, campaignId, { ...note, sourceUrl }))).toMatchObject({
        kind: 'invalid',
      });
    await recordWatchNote(alice, campaignId, { ...note, sourceUrl: 'https://exemple.fr/étude?x=1' });
  });

  test('is archived by who wrote it, once, and stays in the document', async () => {
    const { id: campaignId } = await makeCampaign(t);
    const { id } = await recordWatchNote(alice, campaignId, note);
    expect(await refusal(archiveWatchNote(bruno, id))).toMatchObject({ kind: 'not-found' });
    await archiveWatchNote(alice, id);
    expect(await refusal(archiveWatchNote(alice, id))).toMatchObject({ kind: 'not-found' });
    expect((await readMemory(bruno, campaignId, {})).notes).toEqual([]);
    expect((await readWholeMemory(bruno, campaignId)).notes).toMatchObject([{ id, title: 'Une étude' }]);
    expect(
      await withOrganisation(t.db, cast.organisations.opco, (trx) => watchNotesOfCampaign(trx, campaignId)),
    ).toEqual([]);
  });
});

describe('a long memory', () => {
  test('2 000 decisions are read page by page, each once, the latest first', async () => {
    const { id: campaignId } = await makeCampaign(t);
    await withOrganisation(t.db, cast.organisations.opco, (trx) =>
      sql`insert into decisions (organisation_id, campaign_id, instance, held_on, subject, participants, decision, created_by, created_at)
        select ${cast.organisations.opco}, ${campaignId}, case n % 4 when 0 then 'copil' when 1 then 'gt' else 'cotech' end,
          date '2024-01-01' + n % 300, 'Arbitrage ' || n,
          case when n % 10 = 0 then '[{"organisation": "Partenaire BTP", "people": []}]'::jsonb else '[]'::jsonb end,
          case when n % 5 = 0 then '' else 'Décidé.' end, 'test', ${NOW}
        from generate_series(1, 2000) n`.execute(trx),
    );
    const all: { id: number; date: string }[] = [];
    let before = null;
    do {
      const page = await readMemory(bruno, campaignId, {}, { before });
      all.push(...page.decisions);
      before = page.next;
      if (all.length > 2000) break;
    } while (before);
    expect(all).toHaveLength(2000);
    expect(new Set(all.map((d) => d.id)).size).toBe(2000);
    const order = all.map((d) => `${d.date} ${String(d.id).padStart(9, '0')}`);
    expect(order).toEqual([...order].sort().reverse());
    const page = await readMemory(bruno, campaignId, { standing: 'attente', instance: 'copil', organisation: 'btp' });
    expect([page.total, page.pending, page.decisions.length]).toEqual([2000, 400, 25]);
    expect((await readMemory(bruno, campaignId, { search: 'arbitrage 1999' })).decisions).toHaveLength(1);
  });
});
