import { type RawBuilder, sql } from 'kysely';
import { toParisDay } from '../base/dates.ts';
import { PHASES } from '../base/words.ts';
import type { Trx } from '../db/database.ts';
import { APART, type Reason, type State } from '../deliveries/schema.ts';
import type { Dimension } from '../deliveries/select.ts';
import type { Period, Scope } from './figure.ts';
import type { Unmeasured } from './told-rows.ts';

/**
 * The ledger of a campaign, added up in one reading. The dimensions are those of the group whose links are followed (null
 * where it holds several), so that every sum is one of whole groups; `measured` is false for rows without such a group,
 * whose level is their own.
 */
export type LedgerRow = {
  push: number;
  /** Null: of several, told together. */
  organisation: number | null;
  measured: boolean;
  state: State;
  reason: Reason | null;
  /** When the push's list was drawn. */
  frozenAt: Date;
  /** The hour of the hand-over; a retry that comes hours later dates the message, not its first try. */
  handedAt: Date | null;
  n: number;
} & Record<Dimension, string | null>;

/**
 * The same rows by what the contacts say of themselves today, one property at a time: for the dimensions that the groups of
 * this campaign are not cut by. Who is set apart is not there.
 */
export type TraitRow = Omit<LedgerRow, Dimension | 'reason' | 'organisation'> & {
  organisation: number;
  trait: Dimension;
  /** Empty: not known, or the contact is gone. */
  value: string;
};

export type Ledger = { rows: LedgerRow[]; traits: TraitRow[] };

/** What a contact has of its own beside its level, which every row of the ledger keeps. */
const TRAITS = ['region', 'size_class', 'public', 'idcc'] as const satisfies readonly Dimension[];

/**
 * Added up before anything is joined: a campaign has a hundred thousand rows, and a few hundred of these sums. `traits`:
 * the dimensions to add up besides; without any, contacts are not read.
 */
export async function ledgerRows(trx: Trx, scope: Scope, traits: readonly Dimension[] = []): Promise<Ledger> {
  const wanted = TRAITS.filter((t) => traits.includes(t));
  const column = (t: Dimension) => sql.ref(`k.${t}`);
  const sets = sql.join([
    sql`(d.push_id, d.organisation_id, d.cell_id, 4, d.state, 6, 7)`,
    ...wanted.map((t) => sql`(d.push_id, d.organisation_id, d.state, 7, 8, ${column(t)})`),
  ]);
  type Sum = LedgerRow & { trait: Dimension | null; value: string };
  const { rows } = await sql<Sum>`
    with sums as (
      select d.push_id, d.organisation_id, d.cell_id, case when d.cell_id is null then d.level end as own_level, d.state,
        case when d.state in ('set_apart', 'cancelled') then d.reason end as reason,
        date_trunc('hour', coalesce(d.handed_at, d.settled_at)) as handed, d.cell_id is not null as measured,
        ${
          wanted.length === 0
            ? sql`null`
            : sql`case ${sql.join(
                wanted.map((t) => sql`when grouping(${column(t)}) = 0 then ${sql.lit(t)}`),
                sql` `,
              )} end`
        } as trait,
        ${wanted.length === 0 ? sql`null` : sql`coalesce(${sql.join(wanted.map(column))})`} as value, count(*) as n
      from deliveries d ${wanted.length === 0 ? sql`` : sql`left join contacts k on k.id = d.contact_id`}
      where d.campaign_id = ${scope.campaignId} and ${onlyPush(scope, 'd')}
      group by grouping sets (${sets})
    )
    select s.push_id as push, s.organisation_id as organisation, coalesce(c.level, s.own_level) as level, c.region, c.size_class,
      c.public, c.idcc, case when s.trait is null then c.id is not null else s.measured end as measured, s.state, s.reason, f.at as "frozenAt",
      s.handed as "handedAt", s.trait, coalesce(s.value, '') as value, s.n
    from sums s
    join freezes f on f.push_id = s.push_id
    left join cells c on c.id = s.cell_id`.execute(trx);
  return {
    rows: rows.filter((r) => r.trait === null),
    traits: rows.flatMap(({ trait, organisation, ...row }) =>
      trait !== null && organisation !== null && row.state !== 'set_apart' ? [{ ...row, organisation, trait }] : [],
    ),
  };
}

const onlyPush = ({ pushId }: Scope, table: string) =>
  pushId === undefined ? sql`true` : sql`${sql.ref(table)}.push_id = ${pushId}`;

/** What sums are made of, whatever tells the rows apart. */
export type Counted = Pick<LedgerRow, 'push' | 'state' | 'frozenAt' | 'handedAt' | 'n'>;

// As numbers: two dates compared as such are turned into numbers each time, and every row is asked for every figure.
const inside = (at: Date | null, { start, end }: Period): boolean =>
  at !== null && at.getTime() >= start.getTime() && at.getTime() < end.getTime();
const add = (rows: readonly Counted[]): number => rows.reduce((total, row) => total + row.n, 0);

/** Rows of pushes whose list was drawn in the window. */
export const selected = (rows: readonly Counted[], period: Period): number =>
  add(rows.filter((r) => inside(r.frozenAt, period)));

export const isApart = (row: Counted): boolean => (APART as readonly State[]).includes(row.state);

/** Accepted by the next server in the window, and not come back since. Hours never straddle a window of Paris days. */
export const isDelivered = (row: Counted, period: Period): boolean =>
  (row.state === 'accepted' || row.state === 'complained') && inside(row.handedAt, period);
export const delivered = (rows: readonly Counted[], period: Period): number =>
  add(rows.filter((r) => isDelivered(r, period)));

/** Per day in Paris and level. */
export const deliveredByDay = (
  rows: readonly LedgerRow[],
  period: Period,
): { day: string; level: string | null; n: number }[] =>
  rows.flatMap((r) =>
    r.handedAt && isDelivered(r, period) ? [{ day: toParisDay(r.handedAt), level: r.level, n: r.n }] : [],
  );

/** Under which line a contact of such a value is told, in one push; `own`: of the reader's organisation. */
export type KindLine = { push: number; own: boolean; value: string; line: string };

/** How addresses are told apart: by the lines of a table by level, and by kind of public, of the group or of the contact. */
export type Apart = {
  lineOf: Map<string | null, string>;
  unmeasured: readonly Unmeasured[];
  kinds?: { of: 'cell' | 'contact'; lines: readonly KindLine[] };
};

/** Distinct addresses: in all, by line of the table by level, by phase of the push, by kind of public. */
export type Touched = {
  all: number;
  level: Map<string, number>;
  phase: Map<string, number>;
  kind: Map<string, number>;
};

/** Lines as bits of one number, so that each address is grouped once, whatever tells it apart. */
type Bits = { bitOf: (what: 'level' | 'phase' | 'kind', line: string) => number; sums: (rows: BitRow[]) => Touched };
type BitRow = { bits: number; n: number };

function bitsOf(): Bits {
  const lines: { what: 'level' | 'phase' | 'kind'; line: string }[] = [];
  const at = (what: string, line: string) => lines.findIndex((l) => l.what === what && l.line === line);
  return {
    bitOf: (what, line) => 2 ** (at(what, line) === -1 ? lines.push({ what, line }) - 1 : at(what, line)),
    sums: (rows) => {
      const touched: Touched = { all: 0, level: new Map(), phase: new Map(), kind: new Map() };
      for (const { bits, n } of rows) {
        touched.all += n;
        for (const [i, { what, line }] of lines.entries())
          if (Math.floor(bits / 2 ** i) % 2 === 1) touched[what].set(line, (touched[what].get(line) ?? 0) + n);
      }
      return touched;
    },
  };
}

/**
 * Distinct addresses reached, counted in the database for they cannot be added up. Read and grouped once, each address
 * with the lines it stands in as bits: a group of addresses that stand in the same lines is one row. Of the rows without
 * links in common, those of `unmeasured` count.
 */
export async function touchedAddresses(trx: Trx, scope: Scope, { lineOf, unmeasured, kinds }: Apart): Promise<Touched> {
  const { start, end } = scope.period;
  const column = <T, K extends keyof T>(of: readonly T[], name: K): T[K][] => of.map((row) => row[name]);
  const { bitOf, sums } = bitsOf();
  const levels = [...lineOf].map(([level, line]) => ({ level: level ?? '', bit: bitOf('level', line) }));
  const phases = PHASES.map((phase) => ({ phase, bit: bitOf('phase', phase) }));
  const lines = (kinds?.lines ?? []).map((l) => ({ ...l, bit: bitOf('kind', l.line) }));
  const own = (of: string) =>
    scope.reader === null ? sql`true` : sql`(${sql.ref(of)}.organisation_id = ${scope.reader})`;
  const kindOf = (of: string, value: RawBuilder<unknown>) =>
    sql`left join kinds g on g.push = ${sql.ref(of)}.push_id and g.own = ${own(of)} and g.value = coalesce(${value}, '')`;
  const { rows } = await sql<BitRow>`
    with levels as (select * from unnest(${column(levels, 'level')}::text[], ${column(levels, 'bit')}::bigint[]) as m (level, bit)),
    phases as (
      select p.id as push, m.bit from pushes p
      join unnest(${column(phases, 'phase')}::text[], ${column(phases, 'bit')}::bigint[]) as m (phase, bit) on m.phase = p.phase
      where p.campaign_id = ${scope.campaignId}
    ),
    kinds as (
      select * from unnest(${column(lines, 'push')}::bigint[], ${column(lines, 'own')}::boolean[], ${column(lines, 'value')}::text[],
        ${column(lines, 'bit')}::bigint[]) as g (push, own, value, bit)
    ),
    groups as materialized (
      select c.id as cell, coalesce(m.bit, 0) | coalesce(p.bit, 0) ${kinds?.of === 'cell' ? sql`| coalesce(g.bit, 0)` : sql``} as bits
      from cells c left join phases p on p.push = c.push_id left join levels m on m.level = coalesce(c.level, '')
      ${kinds?.of === 'cell' ? kindOf('c', sql`c.public`) : sql``}
      where c.campaign_id = ${scope.campaignId}
    ),
    others as materialized (
      select u.push, u.organisation, u.level, coalesce(m.bit, 0) | coalesce(p.bit, 0) as bits
      from unnest(${column(unmeasured, 'push')}::bigint[], ${column(unmeasured, 'organisation')}::bigint[],
        ${column(unmeasured, 'level')}::text[], ${column(unmeasured, 'told')}::text[]) as u (push, organisation, level, told)
      left join phases p on p.push = u.push left join levels m on m.level = coalesce(u.told, '')
    ),
    reached as (
      select d.address_hash, bit_or(coalesce(c.bits, u.bits) ${kinds?.of === 'contact' ? sql`| coalesce(g.bit, 0)` : sql``}) as bits
      from deliveries d
      left join groups c on c.cell = d.cell_id
      left join others u on d.cell_id is null and u.push = d.push_id and u.organisation = d.organisation_id and u.level = d.level
      ${kinds?.of === 'contact' ? sql`left join contacts k on k.id = d.contact_id ${kindOf('d', sql`k.public`)}` : sql``}
      where (c.cell is not null or u.push is not null) and d.campaign_id = ${scope.campaignId} and ${onlyPush(scope, 'd')}
        and d.state in ('accepted', 'complained')
        and coalesce(d.handed_at, d.settled_at) >= ${start} and coalesce(d.handed_at, d.settled_at) < ${end}
      group by 1
    )
    select bits, count(*) as n from reached group by 1`.execute(trx);
  return sums(rows);
}

/** How many pushes had their list drawn in the window, whether or not anybody was in it. */
export async function pushesDrawn(trx: Trx, scope: Scope): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    select count(*) as n from freezes where campaign_id = ${scope.campaignId} and ${onlyPush(scope, 'freezes')}
      and at >= ${scope.period.start} and at < ${scope.period.end}`.execute(trx);
  return rows[0]?.n ?? 0;
}

/**
 * How many people stand behind each line a table could show: the largest of its pushes, since two pushes to the same
 * twelve people are still about twelve people. Whatever the window: a group is published whole or not at all.
 */
export function peopleBehind<K>(rows: readonly LedgerRow[], keyOf: (row: LedgerRow) => K): Map<K, number> {
  const addressed = rows.filter((r) => r.state !== 'set_apart');
  const largest = (own: LedgerRow[]) => Math.max(...[...Map.groupBy(own, (r) => r.push).values()].map(add));
  return new Map([...Map.groupBy(addressed, keyOf)].map(([key, own]) => [key, largest(own)]));
}
