import { sql } from 'kysely';
import { beforeAll, describe, expect, test } from 'vitest';
import { acrossOrganisations, type Trx, withOrganisation } from '../../src/db/database.ts';
import { sendNow } from '../../src/deliveries/send-now.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { type MadePush, makeApprovedPush } from '../support/factories.ts';
import { oneOfEach } from './one-of-each.ts';

type Organisation = 'opco' | 'btp' | 'federation' | 'etranger';
type Column = { name: string; written: boolean };

let t: TestDatabase;
let push: MadePush;
/** Every table that carries organisation_id, whoever adds one later. */
let tables: Map<string, Column[]>;
/** Of each table, one row of opco's, as it stands. */
const samples = new Map<string, Record<string, unknown>>();

const as = <T>(organisation: Organisation, run: (trx: Trx) => Promise<T>): Promise<T> =>
  withOrganisation(t.db, t.cast.organisations[organisation], run);
const identifier = (name: string) => sql.id(name);

beforeAll(async () => {
  t = await testDatabase();
  push = await makeApprovedPush(t, { contacts: { opco: 25, btp: 25 } });
  await sendNow(t.ctx(t.cast.alice), push.id);
  await oneOfEach(t, push);
  const { rows } = await sql<{ table: string; name: string; written: boolean }>`
    select c.relname as table, a.attname as name, a.attidentity = '' and a.attgenerated = '' as written
    from pg_class c join pg_namespace n on n.oid = c.relnamespace and n.nspname = 'public'
    join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    where c.relkind in ('r', 'p') and exists (select 1 from pg_attribute o where o.attrelid = c.oid and o.attname = 'organisation_id')
    order by c.relname, a.attnum`.execute(t.db.kysely);
  tables = new Map([...Map.groupBy(rows, (r) => r.table)]);
  for (const table of tables.keys()) {
    const read = (trx: Trx) =>
      sql<{ row: Record<string, unknown> }>`select to_jsonb(x) as row from ${identifier(table)} x
        where organisation_id = ${t.cast.organisations.opco} limit 1`
        .execute(trx)
        .then(({ rows: [found] }) => found?.row);
    const row = await as('opco', read).catch(() => acrossOrganisations(t.db, read));
    if (row) samples.set(table, row);
  }
});

/** What the database lets through: the number of rows, or 0 when it refuses (insufficient privilege, row-level policy). */
async function letThrough(organisation: Organisation, run: (trx: Trx) => Promise<number>): Promise<number> {
  try {
    return await as(organisation, async (trx) => {
      const n = await run(trx);
      // What was let through must not disturb the next table.
      throw Object.assign(new Error('undo'), { n });
    });
  } catch (error) {
    const { n, code } = error as { n?: number; code?: string };
    if (n !== undefined) return n;
    // Foreign keys are checked after the policy: to get that far is to be let through.
    if (code === '42501') return 0;
    if (code?.startsWith('23')) return 1;
    throw error;
  }
}

const notOwn = (organisation: Organisation) =>
  sql`organisation_id is distinct from ${t.cast.organisations[organisation]}`;
const seen = (organisation: Organisation, table: string) =>
  letThrough(organisation, async (trx) => {
    const { rows } = await sql<{
      n: number;
    }>`select count(*) as n from ${identifier(table)} where ${notOwn(organisation)}`.execute(trx);
    return rows[0]?.n ?? 0;
  });
const changed = (organisation: Organisation, table: string) =>
  letThrough(organisation, async (trx) => {
    const [column] = (tables.get(table) ?? []).filter((c) => c.written && c.name !== 'organisation_id');
    const name = identifier(column?.name ?? '');
    const done = await sql`update ${identifier(table)} set ${name} = ${name} where ${notOwn(organisation)}`.execute(
      trx,
    );
    return Number(done.numAffectedRows ?? 0);
  });
const removed = (organisation: Organisation, table: string) =>
  letThrough(organisation, async (trx) => {
    const done = await sql`delete from ${identifier(table)} where ${notOwn(organisation)}`.execute(trx);
    return Number(done.numAffectedRows ?? 0);
  });
/** A copy of opco's row, with these columns changed. */
const added = (organisation: Organisation, table: string, over: Record<string, unknown> = {}) =>
  letThrough(organisation, async (trx) => {
    const row = JSON.stringify({ ...samples.get(table), ...over });
    const columns = sql.join((tables.get(table) ?? []).filter((c) => c.written).map((c) => identifier(c.name)));
    const done = await sql`insert into ${identifier(table)} (${columns})
      select ${columns} from jsonb_populate_record(null::${identifier(table)}, ${row}::jsonb)`.execute(trx);
    return Number(done.numAffectedRows ?? 0);
  });

async function each(run: (table: string) => Promise<number>): Promise<Record<string, number>> {
  const found: Record<string, number> = {};
  for (const table of tables.keys()) {
    const n = await run(table);
    if (n > 0) found[table] = n;
  }
  return found;
}

describe('every table that carries organisation_id (SEC-23)', () => {
  test('holds a row of opco’s for these tests to reach for', () => {
    expect(tables.size).toBeGreaterThan(30);
    expect([...tables.keys()].filter((table) => !samples.has(table))).toEqual([]);
  });

  test('shows a stranger nothing of the others', async () => {
    expect(await each((table) => seen('etranger', table))).toEqual({});
  });

  test('lets a stranger change or remove nothing of the others', async () => {
    expect(await each((table) => changed('etranger', table))).toEqual({});
    expect(await each((table) => removed('etranger', table))).toEqual({});
  });

  test('lets nobody write a row in the name of opco', async () => {
    expect(await each((table) => added('etranger', table))).toEqual({});
    expect(await each((table) => added('btp', table))).toEqual({});
  });

  test('shows a partner what the common campaign shares, and no contact, consent, mail or row of the ledger', async () => {
    const shared = Object.keys(await each((table) => seen('btp', table)));
    expect(shared).toEqual([
      'action_results',
      'actions',
      'approvals',
      'audiences',
      'budgets',
      'campaign_partners',
      'campaign_targets',
      'campaigns',
      'cells',
      'decisions',
      'files',
      'freezes',
      'glossary_terms',
      'hit_rollups',
      'key_message_versions',
      'key_messages',
      'kit_settings',
      'links',
      'measured_sites',
      'page_counts',
      'page_days',
      'page_imports',
      'page_statements',
      'proof_hashes',
      'proof_variants',
      'proof_wordings',
      'proofs',
      'push_lapses',
      'push_signatories',
      'pushes',
      'report_seals',
      'resource_files',
      'resources',
      'sector_events',
      'surveys',
      'visit_counts',
      'watch_notes',
      'watched_pages',
      'webinar_acts',
      'webinars',
      'withdrawals',
      'wording_requests',
    ]);
  });

  test('lets a partner change and remove nothing of that', async () => {
    expect(await each((table) => changed('btp', table))).toEqual({});
    expect(await each((table) => removed('btp', table))).toEqual({});
  });

  test('lets the lead say who takes part and who signs, and nothing more of its partners', async () => {
    expect(Object.keys(await each((table) => removed('opco', table)))).toEqual([
      'campaign_partners',
      'push_signatories',
    ]);
  });

  test('another organisation’s name and sender are read, never written', async () => {
    const done = await as('etranger', (trx) =>
      sql`update organisations set sender_address = 'pirate@etranger.example' where id <> ${t.cast.organisations.etranger}`.execute(
        trx,
      ),
    );
    expect(done.numAffectedRows).toBe(0n);
    await expect(as('opco', (trx) => sql`update organisations set demo = true`.execute(trx))).rejects.toMatchObject({
      code: '42501',
    });
  });

  test('without an organisation, nothing is seen', async () => {
    for (const table of tables.keys()) {
      const rows = await sql`select 1 from ${identifier(table)}`.execute(t.db.kysely).then(
        (r) => r.rows,
        () => [],
      );
      expect(rows).toEqual([]);
    }
  });

  test('a stranger does not slip into the campaign of others under its own name', async () => {
    const own = { organisation_id: t.cast.organisations.etranger, campaign_id: push.campaignId };
    const withCampaign = [...tables]
      .filter(([, columns]) => columns.some((c) => c.name === 'campaign_id'))
      .map(([name]) => name);
    const found: Record<string, number> = {};
    for (const table of withCampaign) {
      const n = await added('etranger', table, own);
      if (n > 0) found[table] = n;
    }
    expect(found).toEqual({});
  });
});
