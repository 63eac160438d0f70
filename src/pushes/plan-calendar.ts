import { toParisDay } from '../base/dates.ts';
import type { Level } from '../base/words.ts';
import { actionsOfCampaign, type Owner } from '../campaigns/action-queries.ts';
import { ACTION_KIND_NAMES, type ActionKind } from '../campaigns/action-schema.ts';
import type { MemberCtx } from '../campaigns/create-campaign.ts';
import { eventsOfCampaign } from '../campaigns/event-queries.ts';
import { calendarSpan } from '../campaigns/plan-fields.ts';
import { type CampaignRow, getCampaign, type Partner, partnersOf } from '../campaigns/queries.ts';
import type { AudienceRule } from '../contacts/audience-schema.ts';
import { type Trx, withOrganisation } from '../db/database.ts';
import { allow } from '../organisations/permissions.ts';
import { webinarsOfCampaign } from '../webinars/queries.ts';
import { milestones } from './plan-milestones.ts';
import { occurrencesOf } from './plan-occurrences.ts';
import { type PlannedPush, plannedPushes } from './planned-pushes.ts';
import { CHANNEL_NAMES, type Channel } from './schema.ts';

export const ENTRY_KINDS = ['envoi', 'webinaire', 'action', 'temps_fort', 'relecture', 'jalon'] as const;
export type EntryKind = (typeof ENTRY_KINDS)[number];
export const ENTRY_KIND_NAMES: Record<EntryKind, string> = {
  envoi: 'envoi',
  webinaire: 'webinaire',
  action: 'action',
  temps_fort: 'temps fort',
  relecture: 'ressource à relire',
  jalon: 'jalon',
};

/** One thing of the plan, on its days. */
export type PlanEntry = {
  /** For ever its own, whatever becomes of it: an issue of a series keeps it once it is written. */
  key: string;
  kind: EntryKind;
  title: string;
  /** An instant, or a whole day `2026-12-01` in Paris; `end` is of the same sort, its last day included. */
  start: Date | string;
  end: Date | string | null;
  /** Who does it, or under whose names it leaves. */
  organisations: (Owner & { id: number })[];
  /** Empty: about no level. */
  levels: Level[];
  /** A push's channel, or the kind of an action. */
  channel: Channel | ActionKind | null;
  /** Its page, under the campaign's: `envois/lettre`. */
  path: string;
  place: string;
  cancelled: boolean;
  /** Of a push alone. */
  push: Pick<PlannedPush, 'state' | 'signatories' | 'recurrence' | 'rule'> | null;
  createdAt: Date;
  changedAt: Date;
};

/** Days in Paris, both included. */
export type DayRange = { from: string; to: string };

export type Plan = {
  campaign: CampaignRow;
  partners: Partner[];
  /** In the order of time; a whole day before what has an hour in it. */
  entries: PlanEntry[];
  /** Pushes that have no date yet. */
  undated: PlanEntry[];
};

const dayOf = (at: Date | string): string => (typeof at === 'string' ? at : toParisDay(at));
export const firstDay = (entry: Pick<PlanEntry, 'start'>): string => dayOf(entry.start);
export const lastDay = (entry: Pick<PlanEntry, 'start' | 'end'>): string => dayOf(entry.end ?? entry.start);
export const isDuring = (entry: PlanEntry, { from, to }: DayRange): boolean =>
  firstDay(entry) <= to && lastDay(entry) >= from;

/** What the name of a channel is for a reader, push or action. */
export const channelName = (channel: Channel | ActionKind): string =>
  ({ ...CHANNEL_NAMES, ...ACTION_KIND_NAMES })[channel];

/** Everything that a campaign plans on these days, as the actor's organisation may know it. */
export function readPlan(ctx: MemberCtx, campaignSlug: string, range: DayRange): Promise<Plan> {
  allow(ctx.actor, 'campaign.read');
  return withOrganisation(ctx.db, ctx.actor.organisationId, async (trx) =>
    planOf(trx, await getCampaign(trx, campaignSlug), range, ctx.now()),
  );
}

/** The same inside the caller's transaction, whose organisation reads. As many questions for one entry as for a thousand. */
export async function planOf(trx: Trx, campaign: CampaignRow, range: DayRange, now: Date): Promise<Plan> {
  const partners = await partnersOf(trx, campaign.id);
  const pushes = await plannedPushes(trx, campaign.id, now);
  const written = pushes.filter((p) => p.recurrence === null);
  const entries = [
    ...written.flatMap((p) => (p.at ? [pushEntry(p, p.at, pushes)] : [])),
    ...occurrencesOf(pushes, duringCampaign(range, campaign), now).map(({ model, at }) => pushEntry(model, at, pushes)),
    ...(await webinarEntries(trx, campaign.id, partners)),
    ...(await actionEntries(trx, campaign.id)),
    ...(await eventEntries(trx, campaign.id)),
    ...(await milestones(trx, campaign, written)),
  ];
  const order = (at: Date | string): number => (typeof at === 'string' ? Date.parse(at) - 7_200_000 : at.getTime());
  return {
    campaign,
    partners,
    entries: entries.filter((e) => isDuring(e, range)).toSorted((a, b) => order(a.start) - order(b.start)),
    undated: written.filter((p) => !p.at && p.state !== 'annule').map((p) => pushEntry(p, now, pushes)),
  };
}

function pushEntry(p: PlannedPush, at: Date, pushes: readonly PlannedPush[]): PlanEntry {
  const model = p.modelId === null ? p : (pushes.find((other) => other.id === p.modelId) ?? p);
  const issue = p.recurrence ? at : p.occurrence;
  return {
    key: issue ? `envoi-${model.id}-${issue.toISOString().slice(0, 16).replace(/[-:]/g, '')}` : `envoi-${p.id}`,
    kind: 'envoi',
    title: p.title,
    start: at,
    end: null,
    organisations: p.signatories.filter((s) => !s.absent).map(({ id, slug, name }) => ({ id, slug, name })),
    levels: p.levels,
    channel: p.channel,
    path: `envois/${p.slug}`,
    place: '',
    cancelled: p.state === 'annule',
    push: { state: p.state, signatories: p.signatories, recurrence: p.recurrence, rule: p.rule },
    // An issue counts its changes from the birth of its series, or they would begin again when it is written.
    createdAt: model.createdAt,
    changedAt: p.changedAt,
  };
}

async function webinarEntries(trx: Trx, campaignId: number, partners: readonly Partner[]): Promise<PlanEntry[]> {
  return (await webinarsOfCampaign(trx, campaignId)).map((w) => ({
    key: `webinaire-${w.id}`,
    kind: 'webinaire',
    title: w.title,
    start: w.startsAt,
    end: w.endsAt,
    organisations: partners
      .filter((p) => w.organisers.includes(p.slug))
      .map(({ organisationId: id, slug, name }) => ({ id, slug, name })),
    levels: w.levels,
    channel: null,
    path: `webinaires/${w.slug}`,
    place: '',
    cancelled: w.said === 'annule',
    push: null,
    createdAt: w.createdAt,
    changedAt: w.updatedAt,
  }));
}

async function actionEntries(trx: Trx, campaignId: number): Promise<PlanEntry[]> {
  return (await actionsOfCampaign(trx, campaignId)).map((a) => ({
    key: `action-${a.id}`,
    kind: 'action',
    title: a.title,
    ...calendarSpan(a.startsAt, a.endsAt),
    organisations: [{ id: a.organisationId, ...a.organisation }],
    levels: a.levels,
    channel: a.kind,
    path: `actions/${a.slug}`,
    place: a.place,
    cancelled: a.cancelledAt !== null,
    push: null,
    createdAt: a.createdAt,
    changedAt: a.updatedAt,
  }));
}

async function eventEntries(trx: Trx, campaignId: number): Promise<PlanEntry[]> {
  return (await eventsOfCampaign(trx, campaignId)).map((e) => ({
    key: `temps-fort-${e.id}`,
    kind: 'temps_fort',
    title: e.title,
    start: e.from,
    end: e.to,
    organisations: [{ id: e.organisationId, ...e.organisation }],
    levels: [],
    channel: null,
    path: `temps-forts/${e.slug}`,
    place: e.place,
    cancelled: e.cancelledAt !== null,
    push: null,
    createdAt: e.createdAt,
    changedAt: e.updatedAt,
  }));
}

/** Whether two audiences can hold the same person: not when each names values of one criterion, and none in common. */
export const mayOverlap = (a: AudienceRule, b: AudienceRule): boolean =>
  EXCLUSIVE.every((key) => {
    const [x, y] = [a[key] as readonly string[] | undefined, b[key] as readonly string[] | undefined];
    return !x || !y || x.some((value) => y.includes(value));
  });
const EXCLUSIVE = ['level', 'public', 'organisation', 'departement', 'region', 'sizeClass', 'idcc'] as const;

/** A series sends nothing before its campaign has begun, nor after it has ended. */
const duringCampaign = (
  { from, to }: DayRange,
  { startsOn, endsOn }: { startsOn: string; endsOn: string },
): DayRange => ({
  from: from > startsOn ? from : startsOn,
  to: to < endsOn ? to : endsOn,
});
