import { type RawBuilder, sql } from 'kysely';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Actor } from '../../src/base/context.ts';
import { forgetPerson } from '../../src/contacts/forget-person.ts';
import { acrossOrganisations, withOrganisation } from '../../src/db/database.ts';
import { freezePush } from '../../src/deliveries/freeze.ts';
import { keepSums } from '../../src/deliveries/keep-sums.ts';
import { resendUnknown } from '../../src/deliveries/resend.ts';
import { sumsHold } from '../../src/deliveries/sums.ts';
import { savePush } from '../../src/pushes/save-push.ts';
import { readReport } from '../../src/reports/report.ts';
import type { ReportOptions } from '../../src/reports/scope.ts';
import { NOW, testDatabase } from '../support/database.ts';
import { letter, submitAndApprove } from '../support/factories.ts';
import { seeded } from '../support/random.ts';
import { keptRows, type MadeReport, reportHistory } from './history.ts';

const t = await testDatabase();
const { opco, btp } = t.cast.organisations;
let made: MadeReport;
const run = (statement: RawBuilder<unknown>) => acrossOrganisations(t.db, (trx) => statement.execute(trx));
const holds = () => acrossOrganisations(t.db, (trx) => sumsHold(trx, made.id));
const keep = () => keepSums(t.db, NOW);

beforeAll(async () => {
  made = await reportHistory(t, 11, 20);
  await run(
    sql`update deliveries set state = 'accepted', handed_at = ${NOW}, settled_at = ${NOW} where state = 'planned'`,
  );
});

const read = (actor: Actor, options: ReportOptions = {}) => readReport(t.ctx(actor), made.slug, options);
const READERS: Actor[] = [
  { kind: 'clock', name: 'clock' },
  { kind: 'command', name: 'test', organisationId: opco },
  { kind: 'command', name: 'test', organisationId: btp },
];
const WINDOWS: ReportOptions[] = [{}, { from: '2026-11-14', to: '2026-11-21' }];

/** Every report as it is told, and as it is counted again: one row says that something moved. */
async function expectSameAsRecount(after: string): Promise<void> {
  const reports = () => Promise.all(READERS.flatMap((r) => WINDOWS.map((w) => read(r, w))));
  const told = await reports();
  await run(sql`insert into moved_sums (campaign_id) values (${made.id})`);
  const counted = await reports();
  await run(
    sql`delete from moved_sums where ctid in (select ctid from moved_sums where campaign_id = ${made.id} limit 1)`,
  );
  expect(told, after).toEqual(counted);
  // And by hand: who reads everything is told the addresses and the messages that are there.
  const there = (await keptRows(t, made.id)).filter((r) => r.state === 'accepted' || r.state === 'complained');
  expect(told[0]?.figures.distribues.value, after).toBe(there.length);
  expect(told[0]?.figures.touches.value, after).toBe(new Set(there.map((r) => r.hash)).size);
}

/** Some rows of the campaign, by chance. */
const some = (n: number) =>
  sql`(select id from deliveries where campaign_id = ${made.id} and not apart order by md5(id::text || ${n}) limit 7)`;
const days = (n: number): Date => new Date(NOW.getTime() - n * 86_400_000);

const MOVES: ((random: () => number) => Promise<unknown>)[] = [
  (random) =>
    run(
      sql`update deliveries set state = 'bounced', settled_at = ${NOW} where state = 'accepted' and id in ${some(random())}`,
    ),
  (random) => run(sql`update deliveries set state = 'complained' where state = 'accepted' and id in ${some(random())}`),
  (random) =>
    run(sql`update deliveries set state = 'unknown' where state in ('accepted', 'failed') and id in ${some(random())}`),
  (random) =>
    run(
      sql`update deliveries set handed_at = ${days(Math.floor(random() * 12))} where state = 'accepted' and id in ${some(random())}`,
    ),
  (random) =>
    withOrganisation(t.db, random() < 0.5 ? opco : btp, (trx) =>
      sql`update contacts set public = 'salarie', region = 'Normandie' where id in (
        select contact_id from deliveries where campaign_id = ${made.id} order by md5(id::text || ${random()}) limit 9)`.execute(
        trx,
      ),
    ),
  (random) =>
    withOrganisation(t.db, opco, async (trx) => {
      const { rows } = await sql<{
        hash: Buffer;
      }>`select address_hash as hash from contacts order by md5(id::text || ${random()}) limit 1`.execute(trx);
      if (rows[0]) await forgetPerson(trx, t.db, { organisationId: opco, addressHash: rows[0].hash, at: NOW });
    }),
  // What leaves: planned, handed, then accepted.
  async (random) => {
    const { rows } = await acrossOrganisations(t.db, (trx) =>
      sql<{ id: number; push: number; organisation: number }>`
        select id, push_id as push, organisation_id as organisation from deliveries where campaign_id = ${made.id} and state = 'unknown' limit 1`.execute(
        trx,
      ),
    );
    const [row] = rows;
    if (!row) return;
    await resendUnknown(t.ctx(row.organisation === opco ? t.cast.alice : t.cast.bruno), {
      pushId: row.push,
      ids: [row.id],
    });
    await keep();
    await run(sql`update deliveries set state = 'handed', handed_at = ${NOW} where id = ${row.id}`);
    await keep();
    await run(
      sql`update deliveries set state = 'accepted', settled_at = ${NOW} where id = ${row.id} and ${random() < 2}`,
    );
  },
];

describe('what is kept of a ledger is what a recount finds', () => {
  test('whatever moves, whenever it is added up, for every reader and window', async () => {
    const random = seeded(3);
    let kept = 0;
    for (let step = 0; step < 16; step++) {
      const move = step < MOVES.length ? step : Math.floor(random() * MOVES.length);
      await MOVES[move]?.(random);
      await expectSameAsRecount(`step ${step}, move ${move}, moved`);
      if (random() < 0.7) kept += await keep();
      await expectSameAsRecount(`step ${step}, move ${move}, kept`);
    }
    expect(kept).toBeGreaterThan(6);
  }, 120_000);

  test('nothing is kept of a campaign of which something leaves, nor after its next list is drawn', async () => {
    await keep();
    expect(await holds()).toBe(true);
    const { id } = await savePush(t.ctx(t.cast.alice), made.slug, {
      ...letter({ slug: 'de-plus', audience: await audience(), title: 'De plus' }),
    });
    await submitAndApprove(t, id);
    expect(await holds()).toBe(true);
    await freezePush(t.ctx(t.cast.alice), id);
    expect(await holds()).toBe(false);
    expect(await keep()).toBe(0);
    await expectSameAsRecount('drawn');
    await run(
      sql`update deliveries set state = 'accepted', handed_at = ${NOW}, settled_at = ${NOW} where push_id = ${id} and state = 'planned'`,
    );
    await expectSameAsRecount('sent');
    expect(await keep()).toBe(1);
    await expectSameAsRecount('kept');
  });

  test('a change that is not finished is never added up: it is for another time', async () => {
    await keep();
    let go = () => {};
    const until = new Promise<void>((resolve) => {
      go = resolve;
    });
    const changing = acrossOrganisations(t.db, async (trx) => {
      await sql`update deliveries set state = 'bounced' where id in (
        select id from deliveries where campaign_id = ${made.id} and state = 'accepted' limit 3)`.execute(trx);
      await until;
    });
    await expect
      .poll(async () => (await run(sql`select from pg_locks where locktype = 'advisory' and objid = 7306`)).rows.length)
      .toBe(1);
    expect(await keep()).toBe(0);
    expect(await holds()).toBe(true);
    await expectSameAsRecount('changing');
    go();
    await changing;
    expect(await holds()).toBe(false);
    await expectSameAsRecount('changed');
    expect(await keep()).toBe(1);
    expect(await keep()).toBe(0);
    await expectSameAsRecount('kept again');
  });

  test('a contact whose name changes moves nothing, and one of another organisation neither', async () => {
    await keep();
    await withOrganisation(t.db, opco, (trx) =>
      sql`update contacts set first_name = 'Autre', last_contact_at = ${NOW}`.execute(trx),
    );
    await withOrganisation(t.db, t.cast.organisations.etranger, (trx) =>
      sql`update contacts set region = 'Ailleurs'`.execute(trx),
    );
    expect(await holds()).toBe(true);
  });
});

const audience = async (): Promise<string> => {
  const { rows } = await acrossOrganisations(t.db, (trx) =>
    sql<{ slug: string }>`select slug from audiences where campaign_id = ${made.id} limit 1`.execute(trx),
  );
  return rows[0]?.slug ?? '';
};
