import { sql } from 'kysely';
import type { Ctx } from '../base/context.ts';
import { notFound } from '../base/errors.ts';
import { acrossOrganisations, type Trx, withOrganisation } from '../db/database.ts';
import { mayLeave, pushToProve } from '../proofs/queries.ts';
import { underEmbargo } from '../pushes/embargo.ts';
import { CAMPAIGN_REASONS, type Reason, type State } from './schema.ts';
import { type Block, known, readerOf, toldBlocks, toTen } from './told.ts';

/**
 * Sélectionnés = adressés + écartés: at any moment, whatever runs. `states` counts the addressed rows only. `partial`: to
 * a person, partners' rows that are too few to be told are not counted.
 */
export type PushStatus = {
  selected: number;
  setApart: Record<string, number>;
  addressed: number;
  states: Partial<Record<State, number>>;
  partial?: boolean;
};

type LedgerRow = { organisationId: number; state: State; reason: Reason | null; measured: boolean; n: number };

/**
 * The ledger of a push over all its signatories, in one snapshot. Exact for whoever runs the instance (a command). To a
 * person it is what `toldBlocks` lets their organisation count; écartés from k up and to the nearest ten, duplicates and
 * solicitation as « traités par la campagne » (no oracle), as is a held row that could not leave; those that wait are told
 * apart from the others likewise from k up. Sélectionnés is then the sum of what is told.
 */
export async function pushStatus(ctx: Ctx, pushId: number): Promise<PushStatus> {
  await visiblePush(ctx, pushId);
  const reader = readerOf(ctx);
  return acrossOrganisations(ctx.db, async (trx) => {
    const { rows } = await sql<LedgerRow>`
      select organisation_id as "organisationId", state, case
          when ${reader !== null} and state = 'cancelled' and held_at is not null then 'sollicitation'
          when state in ('set_apart', 'cancelled') then reason end as reason,
        cell_id is not null as measured, count(*) as n
      from deliveries where push_id = ${pushId} group by 1, 2, 3, 4`.execute(trx);
    return reader === null ? tally(rows, true) : toldTo(reader, rows, await smallestGroup(trx, pushId));
  });
}

/** Of what is set apart, the reader's own and what it may know of its partners'; of the others, the rows that are told. */
function toldTo(reader: number, rows: readonly LedgerRow[], k: number): PushStatus {
  const { told: isTold, partial } = toldBlocks(blocksOf(rows), reader, k);
  const exact = tally(
    rows.filter((r) => r.state === 'set_apart' || isTold(r)),
    false,
  );
  const own = tally(
    rows.filter((r) => r.organisationId === reader),
    false,
  );
  const apart = Object.entries(exact.setApart).map(([reason, n]): [string, number] => {
    const mine = own.setApart[reason] ?? 0;
    // What people cancelled themselves is no secret.
    return [reason, reason === 'annule' ? n : mine + known(n - mine, k)];
  });
  const { setApart } = told({ ...exact, ...summed(exact.addressed, Object.fromEntries(apart)) }, k);
  return {
    ...summed(exact.addressed, setApart),
    states: withHeld(exact.states, k),
    ...(partial && { partial }),
  };
}

const summed = (addressed: number, setApart: Record<string, number>) => ({
  addressed,
  setApart,
  selected: Object.values(setApart).reduce((sum, n) => sum + n, addressed),
});

function blocksOf(rows: readonly LedgerRow[]): Block[] {
  const sent = rows.filter((r) => r.state !== 'set_apart');
  return [...Map.groupBy(sent, (r) => `${r.organisationId}/${r.measured}`).values()].map((of) => ({
    organisationId: of[0]!.organisationId,
    measured: of[0]!.measured,
    people: of.reduce((sum, r) => sum + r.n, 0),
  }));
}

/** Rows that wait for their turn are told in tens, from k up; the others with those to send, so that all adds up. */
function withHeld({ held = 0, ...states }: PushStatus['states'], k: number): PushStatus['states'] {
  const shown = held < k ? 0 : Math.floor(held / 10) * 10;
  const planned = (states.planned ?? 0) + held - shown;
  return { ...states, ...(planned > 0 && { planned }), ...(shown > 0 && { held: shown }) };
}

/** Adds rows up; `exact` false: duplicates and solicitation as « campagne ». */
export function tally(rows: readonly { state: State; reason: Reason | null; n: number }[], exact: boolean): PushStatus {
  const status: PushStatus = { selected: 0, setApart: {}, addressed: 0, states: {} };
  for (const { state, reason, n } of rows) {
    status.selected += n;
    if (state === 'set_apart' || state === 'cancelled') {
      const shown = !exact && reason && CAMPAIGN_REASONS.includes(reason) ? 'campagne' : (reason ?? 'annule');
      status.setApart[shown] = (status.setApart[shown] ?? 0) + n;
    } else {
      status.addressed += n;
      status.states[state] = (status.states[state] ?? 0) + n;
    }
  }
  return status;
}

export const smallestGroup = async (trx: Trx, pushId: number): Promise<number> =>
  (
    await trx
      .selectFrom('pushes as p')
      .innerJoin('campaigns as c', 'c.id', 'p.campaign_id')
      .select('c.k')
      .where('p.id', '=', pushId)
      .executeTakeFirstOrThrow()
  ).k;

/** Null: fewer than k, or none. To a command every number is exact; to a person those about several organisations are rounded to ten. */
export type Told = Omit<PushStatus, 'selected' | 'addressed'> & { selected: number | null; addressed: number | null };

/** Reasons under k are told together with the duplicates, or not at all; what people cancelled themselves is no secret. */
export function told({ selected, addressed, setApart: { annule = 0, ...setApart } }: PushStatus, k: number): Told {
  const large = Object.entries(setApart).filter(([reason, n]) => n >= k && reason !== 'campagne');
  const rest = selected - addressed - annule - large.reduce((sum, [, n]) => sum + n, 0);
  return {
    selected: selected < k ? null : toTen(selected),
    addressed: addressed < k ? null : toTen(addressed),
    setApart: {
      ...(annule > 0 && { annule }),
      ...Object.fromEntries(
        [...large, ...(rest < k ? [] : [['campagne', rest] as const])].map(([reason, n]) => [reason, toTen(n)]),
      ),
    },
    states: {},
  };
}

/** A person sees the pushes of their campaigns' partners; for anything else it does not exist. */
export async function visiblePush(ctx: Ctx, pushId: number): Promise<void> {
  if (ctx.actor.kind === 'clock') return;
  await withOrganisation(ctx.db, ctx.actor.organisationId, (trx) => pushToProve(trx, pushId));
}

export type PushState =
  | 'brouillon'
  | 'a_valider'
  | 'programme'
  | 'pret'
  | 'en_cours'
  | 'en_pause'
  | 'termine'
  | 'annule'
  | 'modele';

/** Where a push stands, derived from its records. */
export async function pushState(trx: Trx, pushId: number, now: Date): Promise<PushState> {
  const push = await trx
    .selectFrom('pushes as p')
    .leftJoin('freezes as f', 'f.push_id', 'p.id')
    .select([
      'p.current_proof_id',
      'p.scheduled_at',
      'p.paused_at',
      'p.cancelled_at',
      'p.finished_at',
      'p.recurrence',
      'f.at as frozen_at',
    ])
    .where('p.id', '=', pushId)
    .executeTakeFirst();
  if (!push) throw notFound('Envoi');
  if (push.recurrence) return 'modele';
  if (push.cancelled_at) return 'annule';
  if (push.finished_at) return 'termine';
  if (push.paused_at) return 'en_pause';
  if (push.current_proof_id === null) return 'brouillon';
  if (!(await mayLeave(trx, pushId))) return 'a_valider';
  if (push.frozen_at) return 'en_cours';
  return push.scheduled_at && push.scheduled_at > now ? 'programme' : 'pret';
}

/**
 * Pushes for the clock: approved ones whose hour has come and whose deadline has not; drawn ones that may hand something
 * over now, or that only wait to be closed (deadline, cancellation, nothing left), approved or not.
 */
export async function pushesToDrain(trx: Trx, now: Date): Promise<number[]> {
  const rows = (
    await sql<{ id: number }>`
    select p.id from pushes p left join freezes f on f.push_id = p.id
    where p.finished_at is null and p.recurrence is null and case
      when f.push_id is null then not ${underEmbargo(now)} and p.scheduled_at <= ${now} and coalesce(p.window_from <= ${now}, true)
        and coalesce(least(p.deadline_at, p.window_to) > ${now}, true) and may_leave(p.id)
      else least(p.deadline_at, p.window_to) <= ${now} or p.cancelled_at is not null
        or not exists (select 1 from deliveries d where d.push_id = p.id and d.state in ('planned', 'held', 'deferred', 'handed'))
        or (not ${underEmbargo(now)} and may_leave(p.id) and exists (select 1 from deliveries d
          where d.push_id = p.id and d.state in ('planned', 'held', 'deferred') and (d.next_at is null or d.next_at <= ${now})))
      end
    order by p.id`.execute(trx)
  ).rows;
  return rows.map((r) => r.id);
}
