import { type RawBuilder, sql } from 'kysely';
import { PHASES } from '../base/words.ts';
import type { Trx } from '../db/database.ts';
import { together } from '../deliveries/told.ts';
import type { Scope } from './figure.ts';
import { type From, onlyPush } from './ledger-counts.ts';
import type { Unmeasured } from './told-rows.ts';

/** Under which line a contact of such a value is told, in one push; `own`: of the reader's organisation. */
export type KindLine = { push: number; own: boolean; value: string; line: string };

/** How addresses are told apart: by the lines of a table by level, and by kind of public, of the group or of the contact. */
export type Apart = {
  lineOf: Map<string | null, string>;
  unmeasured: readonly Unmeasured[];
  kinds?: { of: 'cell' | 'contact'; lines: readonly KindLine[] };
};

/** Addresses, as `together` tells them: in all, by line of the table by level, by phase of the push, by kind of public. */
export type Touched = {
  all: number;
  level: Map<string, number>;
  phase: Map<string, number>;
  kind: Map<string, number>;
};

type Line = { what: 'level' | 'phase' | 'kind'; line: string; bit: number };

/**
 * Addresses reached, counted in the database for they cannot be added up. Exactly for whoever is told everything; to the
 * others, one that two organisations wrote to in two pushes would say by its absence that a partner holds it. Of the rows without links in common,
 * those of `unmeasured` count. Lines are bits of one number, so that whatever stands in the same lines is one row.
 */
export async function touchedAddresses(trx: Trx, scope: Scope, apart: Apart, { kept }: From): Promise<Touched> {
  const lines: Line[] = [];
  const bitOf = (what: Line['what'], line: string): number => {
    const known = lines.find((l) => l.what === what && l.line === line);
    if (known) return known.bit;
    const bit = 2 ** lines.length;
    lines.push({ what, line, bit });
    return bit;
  };
  const told = toldBits(scope, apart, bitOf);
  const counts = kept ? await keptPeople(trx, scope, apart, told, lines) : await people(trx, scope, apart, told, lines);
  const toldOf = (bit: number): number => {
    const { distinct, held } = counts.get(bit) ?? { distinct: 0, held: 0 };
    return scope.reader === null ? distinct : together(held, held - distinct, scope.k);
  };
  const touched: Touched = { all: toldOf(0), level: new Map(), phase: new Map(), kind: new Map() };
  for (const { what, line, bit } of lines) {
    const n = toldOf(bit);
    if (n > 0) touched[what].set(line, n);
  }
  return touched;
}

const column = <T, K extends keyof T>(of: readonly T[], name: K): T[K][] => of.map((row) => row[name]);

/** SQL: which bits a level, a push, a kind of public and rows without links in common stand for. */
function toldBits(
  scope: Scope,
  { lineOf, unmeasured, kinds }: Apart,
  bitOf: (what: Line['what'], line: string) => number,
) {
  const levels = [...lineOf].map(([level, line]) => ({ level: level ?? '', bit: bitOf('level', line) }));
  const phases = PHASES.map((phase) => ({ phase, bit: bitOf('phase', phase) }));
  const lines = (kinds?.lines ?? []).map((l) => ({ ...l, bit: bitOf('kind', l.line) }));
  return sql`
    levels as (select * from unnest(${column(levels, 'level')}::text[], ${column(levels, 'bit')}::bigint[]) as m (level, bit)),
    phases as (
      select p.id as push, m.bit from pushes p
      join unnest(${column(phases, 'phase')}::text[], ${column(phases, 'bit')}::bigint[]) as m (phase, bit) on m.phase = p.phase
      where p.campaign_id = ${scope.campaignId}
    ),
    kinds as (
      select * from unnest(${column(lines, 'push')}::bigint[], ${column(lines, 'own')}::boolean[], ${column(lines, 'value')}::text[],
        ${column(lines, 'bit')}::bigint[]) as g (push, own, value, bit)
    ),
    others as materialized (
      select u.push, u.organisation, u.level, coalesce(m.bit, 0) | coalesce(p.bit, 0) as bits
      from unnest(${column(unmeasured, 'push')}::bigint[], ${column(unmeasured, 'organisation')}::bigint[],
        ${column(unmeasured, 'level')}::text[], ${column(unmeasured, 'told')}::text[]) as u (push, organisation, level, told)
      left join phases p on p.push = u.push left join levels m on m.level = coalesce(u.told, '')
    )`;
}

/** SQL: the kind under which a row of `of` with such a public is told. */
function kindOf(scope: Scope, of: string, value: RawBuilder<unknown>): RawBuilder<unknown> {
  const own = scope.reader === null ? sql`true` : sql`(${sql.ref(of)}.organisation_id = ${scope.reader})`;
  return sql`left join kinds g on g.push = ${sql.ref(of)}.push_id and g.own = ${own} and g.value = coalesce(${value}, '')`;
}

/** By bit of a line; 0: all of them. `held`: the addresses of each organisation, added up. */
type PerLine = Map<number, { distinct: number; held: number }>;

/** Read and grouped once, each address with the lines it stands in. */
async function people(
  trx: Trx,
  scope: Scope,
  { kinds }: Apart,
  told: RawBuilder<unknown>,
  lines: readonly Line[],
): Promise<PerLine> {
  const { start, end } = scope.period;
  const [byCell, byContact] = [kinds?.of === 'cell', kinds?.of === 'contact'];
  const { rows } = await sql<{ bits: number; distinct: number; held: number }>`
    with ${told},
    groups as materialized (
      select c.id as cell, coalesce(m.bit, 0) | coalesce(p.bit, 0) ${byCell ? sql`| coalesce(g.bit, 0)` : sql``} as bits
      from cells c left join phases p on p.push = c.push_id left join levels m on m.level = coalesce(c.level, '')
      ${byCell ? kindOf(scope, 'c', sql`c.public`) : sql``}
      where c.campaign_id = ${scope.campaignId}
    ),
    reached as (
      select d.address_hash, d.organisation_id, bit_or(coalesce(c.bits, u.bits) ${byContact ? sql`| coalesce(g.bit, 0)` : sql``}) as bits
      from deliveries d
      left join groups c on c.cell = d.cell_id
      left join others u on d.cell_id is null and u.push = d.push_id and u.organisation = d.organisation_id and u.level = d.level
      ${byContact ? sql`left join contacts k on k.id = d.contact_id ${kindOf(scope, 'd', sql`k.public`)}` : sql``}
      where (c.cell is not null or u.push is not null) and d.campaign_id = ${scope.campaignId} and ${onlyPush(scope, 'd')}
        and d.state in ('accepted', 'complained')
        and coalesce(d.handed_at, d.settled_at) >= ${start} and coalesce(d.handed_at, d.settled_at) < ${end}
      group by 1, 2
    ), people as (
      select bit_or(bits) as bits from reached group by address_hash
    )
    select bits, sum(n)::bigint as "distinct", sum(held)::bigint as held from (
      select bits, count(*) as n, 0 as held from people group by 1
      union all select bits, 0, count(*) from reached group by 1
    ) counted group by 1`.execute(trx);
  const sum = (of: typeof rows) => ({
    distinct: of.reduce((total, r) => total + r.distinct, 0),
    held: of.reduce((total, r) => total + r.held, 0),
  });
  const standing = (bit: number) => rows.filter((r) => bit === 0 || Math.floor(r.bits / bit) % 2 === 1);
  return new Map([0, ...column(lines, 'bit')].map((bit) => [bit, sum(standing(bit))]));
}

/** The same from what is kept: rows of people, laid over one another per set of lines, then per line. */
async function keptPeople(
  trx: Trx,
  scope: Scope,
  { kinds }: Apart,
  told: RawBuilder<unknown>,
  lines: readonly Line[],
): Promise<PerLine> {
  const { from, to } = scope.period;
  const kind = kinds?.of === 'cell' ? sql`s.cell_public` : kinds?.of === 'contact' ? sql`s.contact_public` : null;
  // Of the kind of a group nothing is told where there is no group.
  const kindBit = kinds?.of === 'cell' ? sql`case when s.measured then g.bit end` : sql`g.bit`;
  const { rows } = await sql<{ bit: number; distinct: number; held: number }>`
    with ${told},
    reached as (
      select s.block, s.organisation_id, s.people, (case when s.measured then coalesce(m.bit, 0) | coalesce(p.bit, 0) else u.bits end)
        ${kind ? sql`| coalesce(${kindBit}, 0)` : sql``} as bits
      from reached_people s
      left join phases p on p.push = s.push_id
      left join levels m on m.level = coalesce(s.level, '')
      left join others u on not s.measured and u.push = s.push_id and u.organisation = s.organisation_id and u.level = s.level
      ${kind ? kindOf(scope, 's', kind) : sql``}
      where s.campaign_id = ${scope.campaignId} and ${onlyPush(scope, 's')} and (s.measured or u.push is not null)
        and s.day >= ${from}::date and s.day <= ${to}::date
    ), together as (
      select block, organisation_id, bits, bit_or(people) as people from reached group by 1, 2, 3
    ), standing as (
      select l.bit, t.block, t.organisation_id, bit_or(t.people) as people
      from together t join unnest(${[0, ...column(lines, 'bit')]}::bigint[]) as l (bit) on l.bit = 0 or t.bits & l.bit <> 0
      group by 1, 2, 3
    ), blocks as (
      select bit, bit_or(people) as people, sum(bit_count(people)) as held from standing group by bit, block
    )
    select bit, sum(bit_count(people))::bigint as "distinct", sum(held)::bigint as held from blocks group by 1`.execute(
    trx,
  );
  return new Map(rows.map(({ bit, ...counts }) => [bit, counts]));
}
