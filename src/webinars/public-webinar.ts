import { sql } from 'kysely';
import type { Ctx } from '../base/context.ts';
import { toParisDay } from '../base/dates.ts';
import type { Level, Public } from '../base/words.ts';
import { type PublicCampaign, publicCampaign } from '../campaigns/public-campaign.ts';
import { hasLeft, partnersOf } from '../campaigns/queries.ts';
import { acrossOrganisations, type Trx } from '../db/database.ts';
import { SHOWN } from '../resources/public-inventory.ts';
import { stateOf, type WebinarRow, webinarAt } from './queries.ts';
import { placed } from './registrations.ts';
import type { Speaker } from './schema.ts';

/** An organisation that one may register with: it keeps the registration, and it alone. */
export type Organiser = {
  id: number;
  slug: string;
  name: string;
  privacyContact: string;
  /** Of its letters, which is also who asks in a calendar (CAL-02). */
  sender: string;
};

/** `bientot`: not open yet · `complet`: one may wait · `clos`: nobody registers any more · `passe`: its hour is over. */
export type PublicState = 'bientot' | 'ouvert' | 'complet' | 'clos' | 'annule' | 'passe';

/** What anybody may read of a webinar. Where it takes place is not in it: that is for registered people (CAL-06). */
export type PublicWebinar = {
  id: number;
  organisationId: number;
  campaignId: number;
  campaign: PublicCampaign & { slug: string };
  address: string;
  title: string;
  summary: string;
  description: string;
  startsAt: Date;
  endsAt: Date;
  levels: Level[];
  publics: Public[];
  speakers: Speaker[];
  /** Still in the campaign, in the order shown. */
  organisers: Organiser[];
  resources: { title: string; path: string }[];
  state: PublicState;
  /** Of one that is cancelled. */
  reason: string;
  /** In words, never a number: whoever looks twice must not learn who registered in between. */
  places: 'libres' | 'quelques' | 'aucune';
  replay: boolean;
  /** Until when it is known who registered. */
  keptUntil: Date;
  uid: string;
  sequence: number;
  changedAt: Date;
};

const ADDRESS = /^[a-z0-9-]{1,250}$/;

/** By its public address; null where there is none. */
export async function publicWebinar(instance: Pick<Ctx, 'db' | 'now'>, address: string): Promise<PublicWebinar | null> {
  if (!ADDRESS.test(address)) return null;
  return acrossOrganisations(instance.db, async (trx) => {
    const webinar = await webinarAt(trx, address);
    return webinar && shownWebinar(trx, webinar, instance.now());
  });
}

/** What the webinars of one campaign share: read once for a whole list. */
type Around = { campaign: PublicWebinar['campaign']; present: Organiser[] };
export type Surroundings = Map<number, Around>;

async function aroundOf(trx: Trx, campaignId: number, now: Date): Promise<Around> {
  const { slug } = await trx
    .selectFrom('campaigns')
    .select('slug')
    .where('id', '=', campaignId)
    .executeTakeFirstOrThrow();
  return {
    campaign: { ...(await publicCampaign(trx, campaignId, now)), slug },
    present: await presentOrganisers(trx, campaignId, now),
  };
}

/** The same of a row at hand, across organisations. `known`: what was read of its campaign already. */
export async function shownWebinar(
  trx: Trx,
  webinar: WebinarRow,
  now: Date,
  known: Surroundings = new Map(),
): Promise<PublicWebinar> {
  const around = known.get(webinar.campaignId) ?? (await aroundOf(trx, webinar.campaignId, now));
  known.set(webinar.campaignId, around);
  const organisers = inOrder(webinar, around.present);
  const places = await placesOf(trx, webinar);
  return {
    id: webinar.id,
    organisationId: webinar.organisationId,
    campaignId: webinar.campaignId,
    campaign: around.campaign,
    address: webinar.address,
    title: webinar.title,
    summary: webinar.summary,
    description: webinar.description,
    startsAt: webinar.startsAt,
    endsAt: webinar.endsAt,
    levels: webinar.levels,
    publics: webinar.publics,
    speakers: webinar.speakers,
    organisers,
    resources: await resourcesOf(trx, webinar, around.campaign.slug, now),
    state: publicState(webinar, { now, places, organisers }),
    reason: webinar.said === 'annule' ? await cancelledBecause(trx, webinar.id) : '',
    places,
    replay: webinar.said === 'tenu' && webinar.replayUrl !== null,
    keptUntil: keptUntil(webinar),
    uid: webinar.uid,
    sequence: webinar.sequence,
    changedAt: webinar.changedAt,
  };
}

/** The moment after which nobody knows any more who registered. */
export const keptUntil = ({ endsAt, keepDays }: Pick<WebinarRow, 'endsAt' | 'keepDays'>): Date =>
  new Date(endsAt.getTime() + keepDays * 86_400_000);

function publicState(
  webinar: WebinarRow,
  seen: { now: Date; places: PublicWebinar['places']; organisers: readonly Organiser[] },
): PublicState {
  switch (stateOf(webinar, seen.now)) {
    case 'prepare':
      return 'bientot';
    case 'ouvert':
      if (seen.organisers.length === 0) return 'clos';
      return seen.places === 'aucune' ? 'complet' : 'ouvert';
    case 'ferme':
      return 'clos';
    case 'annule':
      return 'annule';
    default:
      return 'passe';
  }
}

/** Those who still take part: nobody else may be registered with. */
export const organisersOf = async (
  trx: Trx,
  webinar: Pick<WebinarRow, 'campaignId' | 'organisers'>,
  now: Date,
): Promise<Organiser[]> => inOrder(webinar, await presentOrganisers(trx, webinar.campaignId, now));

const inOrder = ({ organisers }: Pick<WebinarRow, 'organisers'>, present: readonly Organiser[]): Organiser[] =>
  organisers.flatMap((slug) => present.find((o) => o.slug === slug) ?? []);

async function presentOrganisers(trx: Trx, campaignId: number, now: Date): Promise<Organiser[]> {
  const present = (await partnersOf(trx, campaignId)).filter((p) => !hasLeft(p, now));
  const rows = await trx
    .selectFrom('organisations')
    .select(['id', 'slug', 'name', 'privacy_contact', 'reply_to', 'sender_address'])
    .where(
      'id',
      'in',
      present.map((p) => p.organisationId),
    )
    .execute();
  return rows.map(({ id, slug, name, privacy_contact, reply_to, sender_address }) => ({
    id,
    slug,
    name,
    privacyContact: privacy_contact,
    sender: reply_to || sender_address || '',
  }));
}

/** About as many are « quelques ». */
const FEW = 20;

async function placesOf(trx: Trx, { id, capacity }: WebinarRow): Promise<PublicWebinar['places']> {
  if (capacity === null) return 'libres';
  const waiting = await trx
    .selectFrom('registrations')
    .select('id')
    .where('webinar_id', '=', id)
    .where('place', '=', 'attente')
    .where('cancelled_at', 'is', null)
    .limit(1)
    .executeTakeFirst();
  const taken = await placed(trx, id);
  if (waiting || taken >= capacity) return 'aucune';
  // By whole twenties: else who runs it would count the others by changing the capacity until the words change.
  return capacity - Math.floor(taken / FEW) * FEW < 2 * FEW ? 'quelques' : 'libres';
}

const cancelledBecause = async (trx: Trx, webinarId: number): Promise<string> =>
  (
    await trx
      .selectFrom('webinar_acts')
      .select('reason')
      .where('webinar_id', '=', webinarId)
      .where('what', '=', 'annule')
      .orderBy('id')
      .executeTakeFirst()
  )?.reason ?? '';

/** Those that everybody may read, in the order in which they were named. */
async function resourcesOf(trx: Trx, webinar: WebinarRow, campaign: string, now: Date) {
  if (webinar.resources.length === 0) return [];
  const { rows } = await sql<{ slug: string; title: string }>`
    select r.slug, r.title from resources r
    where r.campaign_id = ${webinar.campaignId} and r.slug = any(${webinar.resources}::text[]) and ${SHOWN(toParisDay(now))}
    order by array_position(${webinar.resources}::text[], r.slug)`.execute(trx);
  return rows.map((r) => ({ title: r.title, path: `/ressources/${campaign}/${r.slug}` }));
}
