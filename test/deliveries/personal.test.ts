import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { idsSealer, sealId } from '../../src/base/tokens.ts';
import { acrossOrganisations } from '../../src/db/database.ts';
import { forecastPush } from '../../src/deliveries/forecast.ts';
import { chooseMeasurement, recipientOf } from '../../src/deliveries/recipient.ts';
import { webVersion } from '../../src/proofs/web-version.ts';
import { personalOpener } from '../../src/tracking/personal-links.ts';
import { drawnPush, K, sayMeasure } from '../support/agreed.ts';
import { NOW, SECRETS, type TestDatabase, testDatabase } from '../support/database.ts';
import { makeApprovedPush, type PushOptions } from '../support/factories.ts';
import { drain, freeze, ledger } from './ledger.ts';
import { startSink } from './sink.ts';

let t: TestDatabase;
beforeAll(async () => {
  t = await testDatabase();
});

const open = personalOpener(SECRETS);
const drawn = (agreed: { opco?: number; btp?: number }, options?: PushOptions) => drawnPush(t, agreed, options);

const cellsOf = (pushId: number) =>
  acrossOrganisations(t.db, (trx) =>
    trx
      .selectFrom('cells')
      .select(['id', 'organisation_id', 'individual', 'recipients'])
      .where('push_id', '=', pushId)
      .execute(),
  );

/** Address → where its one tracked link leads; `pv.example/r/…`, or the page itself. */
async function sent(pushId: number): Promise<Map<string, string>> {
  const sink = await startSink();
  await drain(t, pushId, sink.pool());
  await sink.close();
  return new Map(
    sink.received.map(({ to, raw }) => {
      const whole = raw.replace(/=\r\n/g, '').replaceAll('=3D', '=');
      return [
        to,
        /href="(https:\/\/pv\.example\/r\/[\w-]+|https:\/\/ressources\.example\/etude)"/.exec(whole)?.[1] ?? '',
      ];
    }),
  );
}
const tokenOf = (link: string | undefined): string => link?.split('/r/')[1] ?? '';

describe('before the list is drawn', () => {
  const foreseen = async (agreed: number, linkMode: 'individuel' | 'cellule' = 'individuel') => {
    const push = await makeApprovedPush(t, {
      contacts: { opco: 40, btp: 40 },
      campaign: { linkMode, k: K, cellDimensions: ['level'] },
    });
    await sayMeasure(t, 'opco', push.addresses.opco.slice(0, agreed), 'granted');
    await sayMeasure(t, 'btp', push.addresses.btp.slice(0, 33), 'granted');
    return push.id;
  };

  test('each organisation is told how many of its own contacts would have them, and nothing of its partners’', async () => {
    const id = await foreseen(25);
    const { alice, bruno } = t.cast;
    expect((await forecastPush(t.ctx(alice), id)).agreed).toBe(25);
    expect((await forecastPush(t.ctx(bruno), id)).agreed).toBe(33);
    expect((await forecastPush(t.ctx(alice), await foreseen(0))).agreed).toBe(0);
    expect((await forecastPush(t.ctx(alice), await foreseen(25, 'cellule'))).agreed).toBeNull();
  });
});

describe('links of one’s own (PRV-10)', () => {
  test('whoever agreed has a link nobody else has; the others share theirs; nothing of it is stored', async () => {
    const push = await drawn({ opco: 25 });
    const rows = await ledger(t, push.id);
    const links = await sent(push.id);
    const own = push.addresses.opco.slice(0, 25).map((a) => tokenOf(links.get(a)));
    const shared = push.addresses.opco.slice(25).map((a) => tokenOf(links.get(a)));
    expect(new Set(own).size).toBe(25);
    expect(new Set(shared).size).toBe(1);
    for (const [i, token] of own.entries()) {
      expect(token).toMatch(/^[\w-]{43}$/);
      const row = rows.find((r) => r.address === push.addresses.opco[i]);
      expect(open(token)).toMatchObject({ delivery: row?.id, cell: row?.cell_id });
    }
    expect(open(shared[0] ?? '')).toBeNull();
    const stored = await acrossOrganisations(t.db, (trx) =>
      trx.selectFrom('tokens').select('token').where('push_id', '=', push.id).execute(),
    );
    expect(stored).toHaveLength(2);
    for (const { token } of stored) expect(own).not.toContain(token);
  });

  test('nobody is known by elimination: those who agreed and the others are never in one group, and never fewer than k', async () => {
    const share = fc.record({ agreed: fc.nat({ max: 45 }), others: fc.nat({ max: 45 }) });
    await fc.assert(
      fc.asyncProperty(share, share, async (opco, btp) => {
        const people = (s: typeof opco) => s.agreed + s.others;
        const push = await drawn(
          { opco: opco.agreed, btp: btp.agreed },
          {
            contacts: { opco: people(opco), btp: people(btp) },
            contact: { level: (i) => (i % 3 === 0 ? 'institutionnel' : 'terrain') },
          },
        );
        const cells = new Map((await cellsOf(push.id)).map((c) => [c.id, c]));
        const rows = await ledger(t, push.id);
        for (const [owner, of] of [
          ['opco', opco],
          ['btp', btp],
        ] as const) {
          const agreed = new Set(push.addresses[owner].slice(0, of.agreed));
          const apart = of.agreed >= K;
          for (const row of rows.filter((r) => r.organisation_id === t.cast.organisations[owner])) {
            const cell = row.cell_id === null ? null : cells.get(row.cell_id);
            const alone = apart && agreed.has(row.address ?? '');
            expect(cell?.individual ?? false).toBe(alone);
            // With too few of one kind, their links lead straight to the page.
            expect(cell !== null).toBe(alone || (apart ? of.others : people(of)) >= K);
          }
        }
        for (const cell of cells.values()) {
          const inside = rows.filter((r) => r.cell_id === cell.id).length;
          expect([inside, inside >= K]).toEqual([cell.recipients, true]);
        }
      }),
      { numRuns: 12 },
    );
  });

  test('an agreement given to one organisation is worth nothing to another', async () => {
    const push = await makeApprovedPush(t, {
      campaign: { linkMode: 'individuel', k: K },
      contacts: { opco: 30, btp: 0 },
    });
    await sayMeasure(t, 'btp', push.addresses.opco, 'granted');
    await freeze(t, push.id);
    expect((await cellsOf(push.id)).map((c) => c.individual)).toEqual([false]);
  });

  test('in a campaign of groups an agreement changes nothing', async () => {
    const push = await drawn({ opco: 50 }, { campaign: { linkMode: 'cellule' } });
    expect((await cellsOf(push.id)).map((c) => c.individual)).toEqual([false]);
    expect(new Set((await sent(push.id)).values()).size).toBe(1);
  });

  test('taken back between the list and the hand-over: that message leads straight to its page, the others do not change', async () => {
    const push = await drawn({ opco: 30 });
    await sayMeasure(t, 'opco', push.addresses.opco.slice(0, 2), 'refused');
    const links = await sent(push.id);
    for (const address of push.addresses.opco.slice(0, 2))
      expect(links.get(address)).toBe('https://ressources.example/etude');
    expect(push.addresses.opco.slice(2, 30).filter((a) => open(tokenOf(links.get(a))))).toHaveLength(28);
    expect(push.addresses.opco.slice(30).filter((a) => /\/r\/[\w-]{22}$/.test(links.get(a) ?? ''))).toHaveLength(20);
  });

  test('the link at the foot of a message takes the agreement back, as evidence and at once (PRV-03)', async () => {
    const push = await drawn({ opco: 30 });
    const [row] = (await ledger(t, push.id)).filter((r) => r.address === push.addresses.opco[0]);
    const instance = { db: t.db, secrets: SECRETS, now: () => NOW };
    const token = sealId(SECRETS.unsubscribe, 'preferences', row?.id ?? 0);
    const person = await recipientOf(instance, 'preferences', token);
    expect(person).toMatchObject({ measure: 'granted', linkMode: 'individuel', k: K });
    await chooseMeasurement(instance, person!, false, 'le texte présenté');
    expect(await recipientOf(instance, 'preferences', token)).toMatchObject({ measure: 'refused' });
    expect((await sent(push.id)).get(push.addresses.opco[0] ?? '')).toBe('https://ressources.example/etude');
  });

  test('the online version of such a message has nobody’s links', async () => {
    const push = await drawn({ opco: 30 });
    const variant = await acrossOrganisations(t.db, (trx) =>
      trx
        .selectFrom('proof_variants as v')
        .innerJoin('freezes as f', 'f.proof_id', 'v.proof_id')
        .select('v.id')
        .where('f.push_id', '=', push.id)
        .executeTakeFirstOrThrow(),
    );
    const page = await webVersion(
      { db: t.db, secrets: SECRETS, now: () => NOW },
      sealId(SECRETS.unsubscribe, 'web', variant.id),
    );
    const html = page && 'html' in page ? page.html : '';
    expect(html).toContain('https://ressources.example/etude');
    expect(html).not.toContain('/r/');
  });

  test('a link of one’s own is no key to anything else, nor the other way round (PRV-12)', async () => {
    const push = await drawn({ opco: 30 });
    const token = tokenOf((await sent(push.id)).get(push.addresses.opco[0] ?? ''));
    const instance = { db: t.db, secrets: SECRETS, now: () => NOW };
    for (const purpose of ['unsubscribe', 'preferences'] as const)
      expect(await recipientOf(instance, purpose, token)).toBeNull();
    expect(open(idsSealer(SECRETS.doors, 'autre')([1, 2, 3]))).toBeNull();
  });
});
