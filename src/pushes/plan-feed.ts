import type { Ctx } from '../base/context.ts';
import { type IcsEvent, icsCalendar } from '../base/ics.ts';
import { hmac } from '../base/tokens.ts';
import { LEVEL_NAMES } from '../base/words.ts';
import { feedOf } from '../campaigns/calendar-feed.ts';
import type { MemberCtx } from '../campaigns/create-campaign.ts';
import { type CampaignRow, getCampaign } from '../campaigns/queries.ts';
import { type Trx, withOrganisation } from '../db/database.ts';
import { allow } from '../organisations/permissions.ts';
import { channelName, type PlanEntry, planOf } from './plan-calendar.ts';

type Instance = Pick<Ctx, 'db' | 'secrets' | 'publicUrl' | 'now'>;

/** A calendar file, and a name for it. */
export type PlanFile = { name: string; file: string };

/** What a feed's secret address answers: the plan as its organisation sees it. Null: forged, unknown, revoked, all alike. */
export async function readFeed(instance: Instance, token: string): Promise<PlanFile | null> {
  const feed = await feedOf(instance, token);
  if (!feed) return null;
  return withOrganisation(instance.db, feed.organisationId, async (trx) => {
    const row = await trx.selectFrom('campaigns').select('slug').where('id', '=', feed.campaignId).executeTakeFirst();
    return row ? planFile(trx, instance, await getCampaign(trx, row.slug)) : null;
  });
}

/** The same file, once, for somebody of the organisation. */
export function readPlanFile(ctx: MemberCtx, campaignSlug: string): Promise<PlanFile> {
  allow(ctx.actor, 'campaign.read');
  return withOrganisation(ctx.db, ctx.actor.organisationId, async (trx) =>
    planFile(trx, ctx, await getCampaign(trx, campaignSlug)),
  );
}

/** From a year before the campaign to a year after: what was planned outside of it is in its plan all the same. */
async function planFile(trx: Trx, instance: Instance, campaign: CampaignRow): Promise<PlanFile> {
  const range = { from: shifted(campaign.startsOn, -366), to: shifted(campaign.endsOn, 366) };
  const plan = await planOf(trx, campaign, range, instance.now());
  // Of this instance, whatever address it is reached at: a program knows an event by its UID for ever.
  const house = hmac(instance.secrets.doors, 'calendar').toString('hex', 0, 6);
  return {
    name: `${campaign.slug}.ics`,
    file: icsCalendar({
      name: campaign.name,
      events: plan.entries.map((e) => icsEvent(e, campaign, { house, publicUrl: instance.publicUrl })),
    }),
  };
}

const shifted = (day: string, days: number): string =>
  new Date(Date.parse(day) + days * 86_400_000).toISOString().slice(0, 10);

function icsEvent(e: PlanEntry, campaign: CampaignRow, of: { house: string; publicUrl: string }): IcsEvent {
  const page = `${of.publicUrl}/campagnes/${campaign.slug}${e.path ? `/${e.path}` : ''}`;
  return {
    uid: `${e.key}@${of.house}.porte-voix`,
    // Seconds from its birth to its last change: one number that only grows, without a column to keep in step.
    sequence: Math.floor((e.changedAt.getTime() - e.createdAt.getTime()) / 1000),
    stamp: e.changedAt,
    start: e.start,
    end: e.end ?? undefined,
    summary: `${MARKS[e.kind]} ${e.title}`,
    description: describe(e, campaign),
    location: e.place,
    url: page,
    status: e.cancelled ? 'CANCELLED' : e.push && UNSURE.has(e.push.state) ? 'TENTATIVE' : 'CONFIRMED',
    // A webinar alone takes somebody's time.
    free: e.kind !== 'webinaire',
  };
}

/** In a narrow cell of somebody else's calendar, what it is comes first. */
const MARKS: Record<PlanEntry['kind'], string> = {
  envoi: 'Envoi :',
  webinaire: 'Webinaire :',
  action: 'Action :',
  temps_fort: 'Temps fort :',
  relecture: 'À relire :',
  jalon: 'Jalon :',
};
const UNSURE = new Set(['brouillon', 'a_valider', 'en_pause', 'modele']);

function describe(e: PlanEntry, campaign: CampaignRow): string {
  const missing = e.push?.signatories.filter((s) => s.missing).map((s) => s.name) ?? [];
  return [
    `Campagne « ${campaign.name} »`,
    e.channel ? `Canal : ${channelName(e.channel)}` : '',
    e.levels.length ? `Niveau : ${e.levels.map((l) => LEVEL_NAMES[l]).join(', ')}` : '',
    e.organisations.length ? `Par : ${e.organisations.map((o) => o.name).join(', ')}` : '',
    e.push?.state === 'brouillon' ? 'Brouillon : pas encore soumis à validation.' : '',
    e.push?.state === 'a_valider' && missing.length ? `Validation attendue de : ${missing.join(', ')}` : '',
    e.push?.state === 'en_pause' ? 'En pause.' : '',
    e.push?.state === 'modele' ? 'Numéro à venir d’une série.' : '',
    e.cancelled ? 'Annulé.' : '',
  ]
    .filter(Boolean)
    .join('\n');
}
