import { sql } from 'kysely';
import { decideCells } from '../base/cells.ts';
import type { Ctx } from '../base/context.ts';
import { type CampaignRow, getCampaignById } from '../campaigns/queries.ts';
import { acrossOrganisations, crossing, type Trx, withOrganisation } from '../db/database.ts';
import type { Caps } from '../pressure/schema.ts';
import { type PushToProve, pushToProve } from '../proofs/queries.ts';
import { type Told, tally, visiblePush } from './queries.ts';
import type { Reason, State } from './schema.ts';
import { findSolicited, selectContacts } from './select.ts';
import { known, toTen } from './told.ts';

/** Null: several of them, added up so that a partner's line is never about fewer than k people. */
export type ForecastLine = { organisation: string | null; level: string | null; n: number };

/** Of the contacts that nothing else sets apart, those solicited as often as the campaign allows. */
export type Pressure = {
  caps: Caps;
  /** people = held + setApart; null: fewer than k. */
  people: number | null;
  /** How many wait, by the day (Paris, `2026-05-03`) from which they may be written to; null: other days, few on each. */
  held: { day: string | null; n: number }[];
  /** Who could only be written to too late. */
  setApart: number;
};

export type Forecast = Told & {
  byLevel: ForecastLine[];
  pressure: Pressure;
  /**
   * How many of the reader's own contacts (a command's: of all) would be written to and agreed to links of their own; they
   * get them from k up, in each organisation. Null: the campaign has no such links.
   */
  agreed: number | null;
};

/**
 * What a freeze would give now: the same selection, in transactions that leave nothing behind. Exact to a command. To a
 * person it is the sum of two counts that cannot tell them who is in a partner's list (no oracle): their own contacts, by
 * what their organisation knows alone; and the partners', as if the reader had no contact, and had sent and declared
 * nothing. Of the second, only what is about k people or more, to the nearest ten: no list they make up, and nothing
 * they send, changes it.
 */
export async function forecastPush(ctx: Ctx, pushId: number): Promise<Forecast> {
  await visiblePush(ctx, pushId);
  const { actor, db } = ctx;
  if (actor.kind !== 'user') {
    const all = await acrossOrganisations(db, (trx) => counted(trx, pushId, ctx.now()));
    return { ...all.status, byLevel: all.lines, pressure: pressureOf(all), agreed: all.agreed };
  }
  const reader = actor.organisationId;
  const own = await withOrganisation(db, reader, (trx) => countedByItself(ctx, trx, pushId, reader));
  const partners = await acrossOrganisations(db, (trx) => counted(trx, pushId, ctx.now(), reader));
  return toldTo(own, partners);
}

type Line = { organisation: string; level: string; n: number };
type Count = {
  status: ReturnType<typeof tally>;
  held: Map<string, number>;
  lines: Line[];
  agreed: number | null;
  campaign: CampaignRow;
};

/** Over all signatories, or all but one, whose messages and declarations are then left out too. */
async function counted(trx: Trx, pushId: number, now: Date, except?: number): Promise<Count> {
  const push = await pushToProve(trx, pushId);
  const campaign = await getCampaignById(trx, push.campaign_id);
  await findSolicited(trx, { push, campaign, now }, { except });
  return count(trx, push, campaign, except);
}

/**
 * Under the organisation's own policies, which show it no partner's contact and no one else's refusals. Only who was
 * solicited is counted with the grants of the cross role, from its own rows: the app role may not read what tells them.
 */
async function countedByItself({ db, now }: Ctx, trx: Trx, pushId: number, own: number): Promise<Count> {
  const push = await pushToProve(trx, pushId);
  const campaign = await getCampaignById(trx, push.campaign_id);
  await crossing(trx, db, async () => {
    await findSolicited(trx, { push, campaign, now: now() }, { only: own });
    await sql`grant select on crowded_address, crowded_company to ${sql.id(db.roles.app)}`.execute(trx);
  });
  return count(trx, push, campaign);
}

async function count(trx: Trx, push: PushToProve, campaign: CampaignRow, except?: number): Promise<Count> {
  const personal = push.link_mode === 'individuel';
  await selectContacts(trx, { push, campaign, except, personal });
  const { rows } = await sql<{ state: State; reason: Reason | null; day: string | null; n: number }>`
    select case when apart is not null then 'set_apart' when held_until is not null then 'held' else 'planned' end as state,
      apart as reason, to_char(held_until at time zone 'Europe/Paris', 'YYYY-MM-DD') as day, count(*) as n
    from selected group by 1, 2, 3 order by 3`.execute(trx);
  const lines = await sql<Line>`
    select o.name as organisation, s.level, count(*) as n from selected s join organisations o on o.id = s.organisation_id
    where s.apart is null group by 1, 2, s.position order by s.position, s.level`.execute(trx);
  const yes = await sql<{ n: number }>`select count(*) as n from selected where apart is null and agreed`.execute(trx);
  return {
    status: tally(rows, true),
    held: new Map(rows.flatMap(({ day, n }) => (day === null ? [] : [[day, n] as const]))),
    lines: lines.rows,
    agreed: personal ? (yes.rows[0]?.n ?? 0) : null,
    campaign,
  };
}

function pressureOf({ status, held, campaign }: Count): Pressure {
  const setApart = status.setApart.sollicitation ?? 0;
  const days = [...held].map(([day, n]) => ({ day, n }));
  return { caps: campaign.caps, people: setApart + sum(held.values()), held: days, setApart };
}

const sum = (numbers: Iterable<number>): number => [...numbers].reduce((total, n) => total + n, 0);

/** Own counts with those of the partners that are about k people or more, the result to the nearest ten. */
function toldTo(own: Count, all: Count): Forecast {
  const { k, caps } = own.campaign;
  const byLevel = toldLines(all.lines, k);
  const partners = withAddressed(all, sum(byLevel.map((l) => l.n)), k);
  const both = (of: (count: Count) => number): number => of(own) + known(of(partners), k);
  const told = (n: number): number | null => (n < k ? null : toTen(n));
  const reasons = new Set([own, partners].flatMap((c) => Object.keys(c.status.setApart)));
  const setApart = [...reasons].flatMap((reason) => {
    const n = told(both((c) => c.status.setApart[reason] ?? 0));
    return n === null ? [] : [[reason, n] as const];
  });
  return {
    selected: told(both((c) => c.status.selected)),
    addressed: told(both((c) => c.status.addressed)),
    setApart: Object.fromEntries(setApart),
    states: {},
    byLevel: [...own.lines, ...byLevel.map((line) => ({ ...line, n: toTen(line.n) })).sort(inOrder)],
    pressure: {
      caps,
      people: told(both((c) => sum(c.held.values()) + (c.status.setApart.sollicitation ?? 0))),
      held: heldTold(own, partners, k),
      setApart: told(both((c) => c.status.setApart.sollicitation ?? 0)) ?? 0,
    },
    agreed: own.agreed,
  };
}

/** The days on which k people or more may be written to again; the others together, if they are as many. */
function heldTold(own: Count, partners: Count, k: number): Pressure['held'] {
  const days = [...new Set([...own.held.keys(), ...partners.held.keys()])].toSorted();
  const large = days.flatMap((day) => {
    const theirs = partners.held.get(day) ?? 0;
    const n = (own.held.get(day) ?? 0) + (theirs < k ? 0 : toTen(theirs));
    return n < k ? [] : [{ day, n }];
  });
  const shown = new Set(large.map((l) => l.day));
  const others = (c: Count) => sum([...c.held].flatMap(([day, n]) => (shown.has(day) ? [] : [n])));
  const rest = others(own) + (others(partners) < k ? 0 : toTen(others(partners)));
  return [...large, ...(rest < k ? [] : [{ day: null, n: rest }])].map(({ day, n }) => ({ day, n: toTen(n) }));
}

/** As the list will be told once it is drawn: partners of k people or more each by itself, the others together or not at all. */
function toldLines(lines: readonly Line[], k: number): ForecastLine[] {
  const partners = [...Map.groupBy(lines, (l) => l.organisation).values()];
  const large = partners.filter((of) => sum(of.map((l) => l.n)) >= k);
  const few = partners.filter((of) => !large.includes(of));
  return [large.flat(), few.flat()].flatMap((of) => {
    const plan = decideCells(
      of.map(({ organisation, level, n }) => ({ dims: { organisation, level }, count: n })),
      ['organisation', 'level'],
      k,
    );
    return (plan?.cells ?? []).map(({ dims, count: n }) => ({
      organisation: dims.organisation ?? null,
      level: dims.level ?? null,
      n,
    }));
  });
}

const inOrder = (a: ForecastLine, b: ForecastLine): number =>
  (a.organisation ?? '~').localeCompare(b.organisation ?? '~') || (a.level ?? '~').localeCompare(b.level ?? '~');

/** The count of the partners with only as many addressed as are told; what is set apart is told from k up by itself. */
function withAddressed(count: Count, addressed: number, k: number): Count {
  const apart = count.status.selected - count.status.addressed;
  return { ...count, status: { ...count.status, addressed, selected: addressed + (apart < k ? 0 : apart) } };
}
