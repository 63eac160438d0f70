import { type RawBuilder, sql } from 'kysely';
import type { Trx } from '../db/database.ts';
import { LOCKS } from '../db/locks.ts';
import type { Caps } from './schema.ts';

/** Something that solicited people, once each: a message of ours, or what was declared. `people` null: how many is not known. */
export type Source = { id: number; people: number | null };

/** Solicitations of one kind. `rows` selects `source, address_hash, company_hash, at` of these sources, `at` maybe to come. */
export type Solicitations = {
  /** All that may have solicited somebody after this instant, or will. */
  sources: (since: Date) => Promise<Source[]>;
  rows: (sources: readonly number[]) => RawBuilder<unknown>;
};

export type Counting = { caps: Caps; now: Date; kinds: readonly Solicitations[] };

/** Held until the transaction ends: who counts and reserves at the same time waits, then sees the reservation. */
export const lockPressure = (trx: Trx) => sql`select pg_advisory_xact_lock(${LOCKS.pressure})`.execute(trx);

/**
 * Finds who may not be solicited now, and the first moment when they may, into the temporary tables `crowded_address`
 * and `crowded_company (key, free_at)`. That moment is the cap-th most recent solicitation, those to come included, plus
 * the window: whoever reserved first keeps their turn. A company is solicited once by a source, however many of its
 * people it touches, and as late as the last of them.
 */
export async function findCrowded(trx: Trx, counting: Counting): Promise<void> {
  const { caps } = counting;
  await sql`drop table if exists crowded_address, crowded_company`.execute(trx);
  await crowdedBy(trx, counting, 'address', caps.perPerson, caps.days);
  await crowdedBy(trx, counting, 'company', caps.perCompany, caps.companyDays);
}

/** Joined to rows aliased `table`, which have `address_hash` and `company_hash`: `allowed.free_at`, null for whoever is free now. */
export const joinCrowded = (table: 'chosen'): RawBuilder<unknown> => sql`
  left join crowded_address on crowded_address.key = ${sql.ref(`${table}.address_hash`)}
  left join crowded_company on crowded_company.key = ${sql.ref(`${table}.company_hash`)}
  cross join lateral (select greatest(crowded_address.free_at, crowded_company.free_at) as free_at) allowed`;

const DAY = 86_400_000;

/**
 * Who reached a cap, and when one falls out of it. Fewer sources than the cap: nobody, and no row is read. Otherwise
 * whoever is in `cap` sources of n misses n - cap, so is in one of any n - cap + 1: the smallest are read first, and in
 * the others only the people found there.
 */
async function crowdedBy(
  trx: Trx,
  { now, kinds }: Counting,
  whom: 'address' | 'company',
  cap: number,
  days: number,
): Promise<void> {
  const table = sql.table(`crowded_${whom}`);
  const since = new Date(now.getTime() - days * DAY);
  const found: (Source & { kind: Solicitations })[] = [];
  for (const kind of kinds) for (const source of await kind.sources(since)) found.push({ ...source, kind });
  if (found.length < cap) {
    await sql`create temporary table ${table} (key bytea, free_at timestamptz) on commit drop`.execute(trx);
    return;
  }
  const size = ({ people }: Source) => people ?? Number.POSITIVE_INFINITY;
  const smallest = found.toSorted((a, b) => (size(a) < size(b) ? -1 : 1)).slice(0, found.length - cap + 1);
  const key = sql.ref(`${whom}_hash`);
  const rowsOf = (sources: typeof found) =>
    sql.join(
      kinds.map((kind, n) => {
        const ids = sources.filter((s) => s.kind === kind).map((s) => s.id);
        return sql`select ${n}::int as kind, source, ${key} as key, at from (${kind.rows(ids)}) r
          where ${key} is not null and at > ${since}`;
      }),
      sql` union all `,
    );
  await sql`
    create temporary table ${table} on commit drop as
    with suspects as materialized (select distinct key from (${rowsOf(smallest)}) s),
    times as (
      select key, max(at) as at from (${rowsOf(found)}) r where key in (select key from suspects) group by key, kind, source
    )
    select key, at + ${days} * interval '24 hours' as free_at
    from (select key, at, row_number() over (partition by key order by at desc) as rank from times) t
    where rank = ${cap}`.execute(trx);
  await sql`analyze ${table}`.execute(trx);
}
