import { sql } from 'kysely';
import { toParisDay } from '../base/dates.ts';
import type { Trx } from '../db/database.ts';
import { APART, type Reason, type State } from '../deliveries/schema.ts';
import type { Dimension } from '../deliveries/select.ts';
import { type LedgerSums, ledgerSums, TRAITS, type Trait } from '../deliveries/sums.ts';
import type { Period, Scope } from './figure.ts';

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

/** `cells`: the groups of links, by id. */
export type Ledger = { rows: LedgerRow[]; traits: TraitRow[]; cells: LedgerSums['cells'] };

/** Where sums come from: those that are kept, or the rows themselves, added up again. */
export type From = { kept: boolean };

/**
 * Added up before anything is joined: a campaign has a hundred thousand rows, and a few hundred of these sums. `traits`:
 * the dimensions to add up besides; without any, contacts are not read.
 */
export async function ledgerRows(
  trx: Trx,
  scope: Scope,
  { kept, traits }: From & { traits: readonly Dimension[] },
): Promise<Ledger> {
  const { campaignId } = scope;
  const wanted = TRAITS.filter((t) => traits.includes(t));
  const { rows: read } = await sql<{ ledger: LedgerSums }>`${
    kept
      ? sql`select ledger from kept_sums where campaign_id = ${campaignId}`
      : ledgerSums(campaignId, onlyPush(scope, 'd'), wanted)
  }`.execute(trx);
  return read[0] ? ledgerOf(scope, read[0].ledger, wanted) : { rows: [], traits: [], cells: {} };
}

function ledgerOf({ pushId, left }: Scope, { cells, frozen, rows }: LedgerSums, wanted: readonly Trait[]): Ledger {
  // Few moments for many rows: each is one date.
  const dates = new Map<number, Date>();
  const date = (ms: number): Date => dates.get(ms) ?? (dates.set(ms, new Date(ms)).get(ms) as Date);
  const ledger: Ledger = { rows: [], traits: [], cells };
  for (const [push, organisation, cell, own, state, reason, handed, measured, trait, value, n] of rows) {
    const drawn = frozen[push];
    if (drawn === undefined || (pushId !== undefined && push !== pushId) || (left && drawn > left.getTime())) continue;
    const when = { frozenAt: date(drawn), handedAt: handed === null ? null : date(handed) };
    if (trait === null) {
      const [level = null, region = null, size_class = null, public_ = null, idcc = null] = cells[cell ?? 0] ?? [own];
      const dims = { level, region, size_class, public: public_, idcc };
      ledger.rows.push({ push, organisation, measured, state, reason, ...when, n, ...dims });
    } else if (state !== 'set_apart' && wanted.includes(trait))
      ledger.traits.push({ push, organisation, measured, state, ...when, n, trait, value: value ?? '' });
  }
  return ledger;
}

export const onlyPush = ({ pushId }: Scope, table: string) =>
  pushId === undefined ? sql`true` : sql`${sql.ref(table)}.push_id = ${pushId}`;

/** What sums are made of, whatever tells the rows apart. */
export type Counted = Pick<LedgerRow, 'push' | 'state' | 'frozenAt' | 'handedAt' | 'n'>;

// As numbers: two dates compared as such are turned into numbers each time, and every row is asked for every figure.
const inside = (at: Date | null, { start, end }: Period): boolean =>
  at !== null && at.getTime() >= start.getTime() && at.getTime() < end.getTime();
const add = (rows: readonly Counted[]): number => rows.reduce((total, row) => total + row.n, 0);

/** Of pushes whose list was drawn in the window, by state. */
export function selectedByState(rows: readonly Counted[], period: Period): Map<State, number> {
  const sums = new Map<State, number>();
  for (const r of rows) if (inside(r.frozenAt, period)) sums.set(r.state, (sums.get(r.state) ?? 0) + r.n);
  return sums;
}

/** Rows of pushes whose list was drawn in the window. */
export const selected = (rows: readonly Counted[], period: Period): number =>
  add(rows.filter((r) => inside(r.frozenAt, period)));

export const isApart = (row: Counted): boolean => (APART as readonly State[]).includes(row.state);

/** Accepted by the next server in the window, and not come back since. Hours never straddle a window of Paris days. */
export const isDelivered = (row: Counted, period: Period): boolean =>
  (row.state === 'accepted' || row.state === 'complained') && inside(row.handedAt, period);
export const delivered = (rows: readonly Counted[], period: Period): number =>
  add(rows.filter((r) => isDelivered(r, period)));

/** The days in Paris of hours that come again and again. */
export function parisDays(): (at: Date) => string {
  const known = new Map<number, string>();
  return (at) => {
    const day = known.get(at.getTime()) ?? toParisDay(at);
    known.set(at.getTime(), day);
    return day;
  };
}

/** Per day in Paris and level. */
export function deliveredByDay(
  rows: readonly LedgerRow[],
  period: Period,
): { day: string; level: string | null; n: number }[] {
  const dayOf = parisDays();
  return rows.flatMap((r) =>
    r.handedAt && isDelivered(r, period) ? [{ day: dayOf(r.handedAt), level: r.level, n: r.n }] : [],
  );
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
  // One pass: every table asks, of every row.
  const byPush = new Map<K, Map<number, number>>();
  for (const row of rows) {
    if (row.state === 'set_apart') continue;
    const key = keyOf(row);
    const pushes = byPush.get(key) ?? new Map<number, number>();
    byPush.set(key, pushes.set(row.push, (pushes.get(row.push) ?? 0) + row.n));
  }
  return new Map([...byPush].map(([key, pushes]) => [key, Math.max(...pushes.values())]));
}
