import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import fc from 'fast-check';
import { sql } from 'kysely';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { addressHash } from '../../src/contacts/addresses.ts';
import { takeNamesOff } from '../../src/contacts/click-names.ts';
import { acrossOrganisations, withOrganisation } from '../../src/db/database.ts';
import { featuresOf } from '../../src/tracking/features.ts';
import { flushJournal, newReading } from '../../src/tracking/flush.ts';
import { startFlusher } from '../../src/tracking/flusher.ts';
import { openJournal } from '../../src/tracking/journal.ts';
import { encodeLine, type NewLine } from '../../src/tracking/lines.ts';
import { personalOpener, personalSealer, stillAgreed } from '../../src/tracking/personal-links.ts';
import { purgeHits } from '../../src/tracking/purge.ts';
import { agreedScene, type OwnLink, sayMeasure } from '../support/agreed.ts';
import { NOW, SECRETS, type TestDatabase, testDatabase } from '../support/database.ts';
import type { MadePush } from '../support/factories.ts';
import { temporaryFolder } from '../support/running.ts';
import { recount } from './recount.ts';

const T0 = NOW.getTime();
const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';
const open = personalOpener(SECRETS);
const seal = personalSealer(SECRETS);

let t: TestDatabase;
let push: MadePush;
let linkOf: (person: number, n?: number) => OwnLink;

beforeAll(async () => {
  t = await testDatabase();
  ({ push, linkOf } = await agreedScene(t));
});
const BROWSER = featuresOf('GET', { userAgent: FIREFOX });
const hit = (token: string, at = T0, network: string | null = null): NewLine => ({
  kind: 'hit',
  at,
  token,
  network,
  features: BROWSER,
});
const named = () =>
  acrossOrganisations(t.db, (trx) =>
    trx
      .selectFrom('hits')
      .select(['delivery_id', 'cell_id', 'link_id', 'push_id', 'organisation_id', 'reason'])
      .orderBy('seq')
      .execute(),
  );
const flushed = async (lines: NewLine[], database = t.db, folder = temporaryFolder()) => {
  const journal = await openJournal(folder);
  await Promise.all(lines.map((line) => journal.append(line)));
  const now = Math.max(T0, ...lines.map((line) => line.at)) + 3_600_000;
  const counts = await flushJournal(database, newReading(journal.segments, open), () => now, 60_000);
  await journal.close();
  return counts;
};

describe('what is kept of a click', () => {
  afterEach(async () => {
    await acrossOrganisations(t.db, (trx) =>
      sql`delete from hits; delete from hit_rollups; delete from hit_days`.execute(trx),
    );
    await sayMeasure(t, 'opco', push.addresses.opco.slice(0, 30), 'granted');
  });

  test('its message as long as that person agrees; refused meanwhile, the group’s count alone', async () => {
    await sayMeasure(t, 'opco', push.addresses.opco.slice(1, 2), 'refused');
    await flushed([hit(linkOf(0).token), hit(linkOf(1).token)]);
    const [first, second] = await named();
    expect(first).toMatchObject({ delivery_id: linkOf(0).delivery, cell_id: linkOf(0).cell, push_id: push.id });
    expect(second).toMatchObject({ delivery_id: null, cell_id: linkOf(0).cell, link_id: linkOf(0).link });
    const { counted, totals } = await recount(t.db);
    expect(totals).toEqual(counted);
  });

  test('of a person who is no longer a contact, or whose message is gone: never a name, and nothing is poisoned', async () => {
    const { cell, link } = linkOf(0);
    const gone = seal({ delivery: 2 ** 40, cell, link });
    const elsewhere = seal({ delivery: 1, cell: 999_999, link });
    await acrossOrganisations(t.db, async (trx) => {
      await sql`update deliveries set contact_id = 0 where id = ${linkOf(29).delivery}`.execute(trx);
    });
    const counts = await flushed([hit(gone), hit(elsewhere), hit(linkOf(29).token), hit(linkOf(0).token)]);
    expect(counts).toEqual({ inserted: 3, malformed: 0, unknown: 1 });
    expect((await named()).map((h) => h.delivery_id)).toEqual([null, null, linkOf(0).delivery]);
  });

  test('for thirteen months from the list: later a link no longer says whose it is (PRV-14)', async () => {
    const months = (n: number) => T0 + n * 30.5 * 86_400_000;
    await flushed([hit(linkOf(0).token, months(12)), hit(linkOf(0).token, months(14))]);
    expect((await named()).map((h) => h.delivery_id)).toEqual([linkOf(0).delivery, null]);
  });

  test('each click once, whatever is killed and replayed, with its name or without', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat({ max: 28 }), fc.nat({ max: 4 }), fc.boolean()), { minLength: 1, maxLength: 40 }),
        fc.boolean(),
        async (clicks, flushedBefore) => {
          await acrossOrganisations(t.db, (trx) =>
            sql`delete from hits; delete from hit_rollups; delete from hit_days`.execute(trx),
          );
          const shared = await groupToken();
          const lines = clicks.map(([who, n, own], i) => hit(own ? linkOf(who, n).token : shared, T0 + i * 20_000));
          const folder = temporaryFolder();
          // A process that dies: what it wrote, with what it had brought already, is read again by the next one.
          if (flushedBefore) await flushed(lines, t.db, folder);
          const journal = await openJournal(folder);
          const text = lines.map((line, i) => encodeLine({ ...line, seq: i + 1 } as never)).join('');
          writeFileSync(join(journal.folder, 'dead0001-1.jsonl'), text + text);
          const flusher = startFlusher(t.db, journal, { now: () => T0 + 3_600_000, everyMs: 0, open });
          await flusher.flush();
          await flusher.flush();
          await journal.close();
          const { hits, counted, totals } = await recount(t.db);
          expect(hits).toHaveLength(clicks.length * (flushedBefore ? 2 : 1));
          expect(totals).toEqual(counted);
          const own = clicks.filter(([, , mine]) => mine).map(([who, n]) => linkOf(who, n).delivery);
          const kept = (await named()).flatMap((h) => h.delivery_id ?? []);
          expect(kept.toSorted()).toEqual((flushedBefore ? [...own, ...own] : own).toSorted());
        },
      ),
      { numRuns: 15 },
    );
  });

  test('a machine that opens all the links of one message is known; colleagues behind one address are not taken for it', async () => {
    const network = 'abcdefghijklmnopqrstuv';
    const machine = Array.from({ length: 5 }, (_, n) => hit(linkOf(0, n).token, T0 + n * 100, network));
    await flushed(machine);
    expect(new Set((await named()).map((h) => h.reason))).toEqual(new Set(['rafale']));
    await acrossOrganisations(t.db, (trx) => sql`delete from hits`.execute(trx));
    // Five people, five different links, in the same second: with a group's links this was a burst.
    await flushed(Array.from({ length: 5 }, (_, n) => hit(linkOf(n, n).token, T0 + n * 100, network)));
    expect(new Set((await named()).map((h) => h.reason))).toEqual(new Set(['aucune']));
    await acrossOrganisations(t.db, (trx) => sql`delete from hits`.execute(trx));
    // Somebody who presses twice is a person.
    await flushed([0, 1].map((n) => hit(linkOf(0).token, T0 + n * 900, network)));
    expect(new Set((await named()).map((h) => h.reason))).toEqual(new Set(['aucune']));
  });

  test('hits are forgotten after twenty-five months, names with them (PRV-14)', async () => {
    await flushed([hit(linkOf(0).token)]);
    const months = (n: number) => new Date(NOW.getTime() + n * 30.5 * 86_400_000);
    expect(await purgeHits(t.db, months(24))).toBe(0);
    expect(await purgeHits(t.db, months(26))).toBe(1);
    expect(await named()).toEqual([]);
  });

  test('a no that comes in the middle of a count waits for it, and takes the name off what it wrote', async () => {
    const { address, delivery } = linkOf(0);
    const hashes = [addressHash(SECRETS, address)];
    const organisationId = t.cast.organisations.opco;
    const order: string[] = [];
    const { promise: counted, resolve: goOn } = Promise.withResolvers<void>();
    const counting = acrossOrganisations(t.db, async (trx) => {
      expect(await stillAgreed(trx, [delivery])).toMatchObject({ size: 1 });
      await counted;
      await sql`
        insert into hits (journal, seq, organisation_id, campaign_id, push_id, cell_id, link_id, at, class, reason, rule_version, features, delivery_id)
        values ('x', 1, ${organisationId}, ${push.campaignId}, ${push.id}, 1, 1, ${NOW}, 'inconnu', 'aucune', 2, '{}', ${delivery})`.execute(
        trx,
      );
      order.push('counted');
    });
    await sayMeasure(t, 'opco', [address], 'refused');
    const refusing = acrossOrganisations(t.db, (trx) => takeNamesOff(trx, { organisationId, hashes })).then(() =>
      order.push('refused'),
    );
    await pause(50);
    goOn();
    await Promise.all([counting, refusing]);
    expect(order).toEqual(['counted', 'refused']);
    expect((await named()).map((h) => h.delivery_id)).toEqual([null]);
  });

  test('no organisation reads hits one by one, not even its own', async () => {
    await flushed([hit(linkOf(0).token)]);
    for (const id of [t.cast.organisations.opco, t.cast.organisations.etranger]) {
      await expect(withOrganisation(t.db, id, (trx) => sql`select delivery_id from hits`.execute(trx))).rejects.toThrow(
        /permission denied/,
      );
    }
  });
});

const groupToken = () =>
  acrossOrganisations(
    t.db,
    async (trx) =>
      (
        await trx
          .selectFrom('tokens as x')
          .innerJoin('cells as c', 'c.id', 'x.cell_id')
          .select('x.token')
          .where('c.push_id', '=', push.id)
          .where('c.individual', '=', false)
          .executeTakeFirstOrThrow()
      ).token,
  );
