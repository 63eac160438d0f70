import { sql } from 'kysely';
import { beforeEach, describe, expect, test } from 'vitest';
import { acrossOrganisations, withOrganisation } from '../../src/db/database.ts';
import { approveWording } from '../../src/key-messages/approve-wording.ts';
import { readWordingsToApprove } from '../../src/key-messages/read-to-approve.ts';
import { requestWordingApproval } from '../../src/key-messages/request-approval.ts';
import { type Person, testDatabase } from '../support/database.ts';
import { makeCampaign } from '../support/factories.ts';
import { wordsOf } from './house.ts';

const t = await testDatabase();
const { alice, bruno, chloe, david, etranger } = t.cast;

let id: number;
let slug: string;
let words: ReturnType<typeof wordsOf>;
beforeEach(async () => {
  ({ id, slug } = await makeCampaign(t));
  words = wordsOf(t, id);
});

const toApprove = async (person: Person) =>
  (await readWordingsToApprove(t.ctx(person))).filter((w) => w.campaignSlug === slug);
const hashOf = async (person: Person) => (await words.sheet(person)).asked?.hash.toString('hex') ?? '';
const decide = (person: Person, seen: string, decision: 'valide' | 'changement' = 'valide', over = {}) =>
  approveWording(t.ctx(person), id, 'gepp', { seen, decision, ...over });
const mails = () =>
  acrossOrganisations(t.db, (trx) =>
    trx
      .selectFrom('outbox')
      .select(['to_address', 'message'])
      .where('kind', '=', 'approval-request')
      .orderBy('id')
      .execute(),
  );

describe('asking the signatories', () => {
  test('each of their valideurs gets a mail with a link to the text; relays and strangers do not', async () => {
    await words.write('Un outil.');
    const before = (await mails()).length;
    expect(await words.ask()).toMatchObject({ asked: 2 });
    const sent = (await mails()).slice(before);
    expect(sent.map((m) => m.to_address)).toEqual([alice.address, bruno.address]);
    expect(JSON.stringify(sent[1]?.message)).toContain('L’outil GEPP');
    expect(await toApprove(bruno)).toMatchObject([{ slug: 'gepp', version: 1 }]);
    expect(await toApprove(chloe)).toEqual([]);
    expect(await toApprove(etranger)).toEqual([]);
  });

  test('is for the lead, about the version it has read', async () => {
    await words.write('Un.');
    for (const person of [bruno, chloe, david, etranger])
      await expect(requestWordingApproval(t.ctx(person), id, { slug: 'gepp', seen: 1 })).rejects.toMatchObject({
        kind: person === etranger ? 'not-found' : 'forbidden',
      });
    await words.write('Deux.');
    await expect(requestWordingApproval(t.ctx(alice), id, { slug: 'gepp', seen: 1 })).rejects.toMatchObject({
      code: 'content_changed',
    });
    await expect(requestWordingApproval(t.ctx(alice), id, { slug: 'absent', seen: 1 })).rejects.toMatchObject({
      kind: 'not-found',
    });
  });

  test('asked again, it reminds those who have not answered, and nobody once all have', async () => {
    await words.write('Un.');
    await words.ask();
    await words.answer(alice);
    const before = (await mails()).length;
    expect(await words.ask()).toMatchObject({ asked: 1 });
    expect((await mails()).slice(before).map((m) => m.to_address)).toEqual([bruno.address]);
    await words.answer(bruno);
    await expect(words.ask()).rejects.toMatchObject({ code: 'already_approved' });
  });
});

describe('the answer', () => {
  test('a version may be said outside when every signatory has said yes, and not before', async () => {
    await words.write('Un.');
    expect(await words.usable()).toEqual({});
    await words.ask();
    expect(await words.answer(alice)).toMatchObject({ complete: false });
    expect(await words.usable()).toEqual({});
    expect(await words.answer(bruno)).toMatchObject({ complete: true });
    expect(await words.usable()).toEqual({ gepp: 1 });
    expect(await words.usable(undefined, 'terrain', chloe)).toEqual({ gepp: 1 });
    expect(await words.usable(undefined, 'institutionnel')).toEqual({});
    expect(await words.usable(undefined, 'terrain', etranger)).toEqual({});
  });

  test('a new version changes nothing outside until it is approved in its turn; its topic neither', async () => {
    await words.validated('Un.');
    await words.write('Deux.', { topic: 'Un autre nom' });
    expect(await words.usable()).toEqual({ gepp: 1 });
    expect((await words.sheet(chloe)).usable).toMatchObject({ version: 1, topic: 'L’outil GEPP' });
    await words.ask();
    await words.answer(alice);
    expect(await words.usable()).toEqual({ gepp: 1 });
    await words.answer(bruno);
    expect(await words.usable()).toEqual({ gepp: 2 });
    expect((await words.sheet(chloe)).usable).toMatchObject({ version: 2, topic: 'Un autre nom' });
  });

  test('two valideurs at the same second: both count, once each', async () => {
    await words.write('Un.');
    await words.ask();
    const hash = await hashOf(alice);
    const both = await Promise.all([decide(alice, hash), decide(bruno, hash)]);
    expect(both.some((b) => b.complete)).toBe(true);
    expect(await words.usable()).toEqual({ gepp: 1 });
    // And the same person twice, by two clicks.
    await Promise.all([decide(bruno, hash), decide(bruno, hash)]);
    expect(await words.usable()).toEqual({ gepp: 1 });
  });

  test('a text submitted anew while one reads is not approved unread (content_changed)', async () => {
    await words.write('Un.');
    await words.ask();
    const read = await hashOf(bruno);
    await words.write('Deux, que personne n’a lu.');
    await words.ask();
    await expect(decide(bruno, read)).rejects.toMatchObject({ code: 'content_changed' });
    await words.answer(alice);
    expect(await words.usable()).toEqual({});
  });

  test('however close the two are, nobody approves a text they have not read', async () => {
    await words.write('Un.');
    await words.ask();
    const read = await hashOf(bruno);
    await words.write('Deux.');
    const [answer] = await Promise.allSettled([decide(bruno, read), words.ask()]);
    const { versions } = await words.sheet(alice);
    expect(versions.filter((v) => v.validated)).toEqual([]);
    if (answer.status === 'rejected') expect(answer.reason).toMatchObject({ kind: 'conflict' });
    await expect(decide(bruno, read)).rejects.toMatchObject({ code: 'content_changed' });
  });

  test('a request for changes says what and where; it stops the version, and a later yes lifts it', async () => {
    await words.write('Un.');
    await words.ask();
    const hash = await hashOf(bruno);
    await expect(decide(bruno, hash, 'changement')).rejects.toMatchObject({ kind: 'invalid' });
    await expect(
      decide(bruno, hash, 'changement', { remarks: [{ block: 'terrain-faq', text: 'Absente.' }] }),
    ).rejects.toMatchObject({ kind: 'invalid' });
    await decide(bruno, hash, 'changement', { remarks: [{ block: 'terrain-paragraphe', text: 'Trop long.' }] });
    expect((await words.sheet(alice)).asked?.signatories.find((s) => s.slug === 'btp')?.last).toMatchObject({
      decision: 'changement',
      remarks: [{ block: 'terrain-paragraphe', text: 'Trop long.' }],
      by: 'Bruno',
    });
    expect(await toApprove(bruno)).toEqual([]);
    await decide(bruno, hash);
    await words.answer(alice);
    expect(await words.usable()).toEqual({ gepp: 1 });
    // An organisation may take its yes back: kits stop showing it.
    await words.answer(bruno, 'gepp', 'changement');
    expect(await words.usable()).toEqual({});
  });

  test('four eyes: the author’s own yes is not enough where the organisation has another valideur', async () => {
    await words.write('Un.');
    await words.ask();
    const hash = await hashOf(alice);
    const other = await acrossOrganisations(t.db, async (trx) => {
      const { id: user } = await trx
        .insertInto('users')
        .values({ address: `amina-${id}@opco.example`, name: 'Amina', created_at: new Date() })
        .returning('id')
        .executeTakeFirstOrThrow();
      const membership = { organisation_id: alice.organisationId, user_id: user, role: 'valideur' as const };
      await trx
        .insertInto('memberships')
        .values({ ...membership, created_at: new Date() })
        .execute();
      return { ...alice, userId: user, name: 'Amina', roles: ['valideur'] as const };
    });
    await expect(decide(alice, hash)).rejects.toMatchObject({ kind: 'forbidden' });
    await decide(other, hash);
    await acrossOrganisations(t.db, (trx) =>
      trx.deleteFrom('memberships').where('user_id', '=', other.userId).execute(),
    );
    await decide(bruno, hash);
    expect(await words.usable()).toEqual({ gepp: 1 });
  });

  test('a relay, an evaluator and a stranger do not decide', async () => {
    await words.write('Un.');
    await words.ask();
    const hash = await hashOf(alice);
    const chloeWhoValidates = { ...chloe, roles: ['valideur'] as const };
    await expect(decide(chloeWhoValidates, hash)).rejects.toMatchObject({ code: 'nothing_asked' });
    await expect(decide(david, hash)).rejects.toMatchObject({ kind: 'forbidden' });
    await expect(decide(etranger, hash)).rejects.toMatchObject({ kind: 'not-found' });
    expect(await words.usable()).toEqual({});
  });

  test('nor by SQL: the app role changes no request, no answer, and answers for nobody else', async () => {
    await words.write('Un.');
    const { versionId } = await words.ask();
    const row = {
      campaign_id: id,
      subject: `edl:${versionId}`,
      content_hash: Buffer.from(await hashOf(alice), 'hex'),
      decision: 'valide',
      user_id: alice.userId,
      user_name: 'Alice',
      at: new Date(),
    };
    const asOpco = <T>(run: Parameters<typeof withOrganisation<T>>[2]) =>
      withOrganisation(t.db, alice.organisationId, run);
    for (const act of [
      () =>
        asOpco((trx) =>
          trx
            .insertInto('approvals')
            .values({ ...row, organisation_id: bruno.organisationId })
            .execute(),
        ),
      () => asOpco((trx) => trx.updateTable('approvals').set({ decision: 'valide' }).execute()),
      () =>
        asOpco((trx) =>
          trx
            .updateTable('wording_requests')
            .set({ content_hash: Buffer.alloc(32) })
            .execute(),
        ),
      () => asOpco((trx) => trx.deleteFrom('wording_requests').execute()),
    ])
      await expect(act()).rejects.toMatchObject({ code: '42501' });
    // A row that a partner may only read is left as it is, without a word.
    await withOrganisation(t.db, bruno.organisationId, (trx) =>
      trx.updateTable('key_messages').set({ topic: 'Intrus' }).where('campaign_id', '=', id).execute(),
    );
    expect((await words.sheet(alice)).topic).toBe('L’outil GEPP');
    expect(await words.usable()).toEqual({});
  });

  test('a partner that left is waited for no more', async () => {
    await words.write('Un.');
    await words.ask();
    await words.answer(alice);
    expect(await words.usable()).toEqual({});
    await withOrganisation(t.db, alice.organisationId, (trx) =>
      sql`insert into withdrawals (campaign_id, organisation_id, effective_at, reason, recorded_by, recorded_at)
        values (${id}, ${bruno.organisationId}, now() - interval '1 minute', 'Départ', 'test', now())`.execute(trx),
    );
    expect(await words.usable()).toEqual({ gepp: 1 });
    await expect(decide(bruno, await hashOf(alice))).rejects.toMatchObject({ code: 'nothing_asked' });
  });
});
