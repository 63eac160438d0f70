import { notFound } from '../base/errors.ts';
import type { Trx } from '../db/database.ts';
import type { Owner } from './action-queries.ts';
import type { EventInput } from './event-schema.ts';

export type EventRow = EventInput & {
  id: number;
  campaignId: number;
  /** Who spotted it. */
  organisationId: number;
  organisation: Owner;
  createdAt: Date;
  updatedAt: Date;
  cancelledAt: Date | null;
};

const events = (trx: Trx, campaignId: number) =>
  trx
    .selectFrom('sector_events as e')
    .innerJoin('organisations as o', 'o.id', 'e.organisation_id')
    .selectAll('e')
    .select(['o.slug as owner_slug', 'o.name as owner_name'])
    .where('e.campaign_id', '=', campaignId);

/** The temps forts of a campaign in the order of their dates; those taken out too. */
export async function eventsOfCampaign(trx: Trx, campaignId: number): Promise<EventRow[]> {
  const rows = await events(trx, campaignId).orderBy('e.starts_on').orderBy('e.id').execute();
  return rows.map(toEvent);
}

export async function findEvent(trx: Trx, campaignId: number, slug: string): Promise<EventRow | null> {
  const row = await events(trx, campaignId).where('e.slug', '=', slug).executeTakeFirst();
  return row ? toEvent(row) : null;
}

export async function getEvent(trx: Trx, campaignId: number, slug: string): Promise<EventRow> {
  const event = await findEvent(trx, campaignId, slug);
  if (!event) throw notFound('Ce temps fort');
  return event;
}

/** An event in the shape in which it is given. */
export const eventInput = (e: EventRow): EventInput => ({
  slug: e.slug,
  title: e.title,
  from: e.from,
  to: e.to,
  place: e.place,
  url: e.url,
  note: e.note,
  resources: e.resources,
});

/** By slug of a resource: the temps forts at which it is to be shown. */
export async function eventsByResource(
  trx: Trx,
  campaignId: number,
): Promise<Map<string, { slug: string; title: string; from: string }[]>> {
  const shown = new Map<string, { slug: string; title: string; from: string }[]>();
  for (const { slug, title, from, resources, cancelledAt } of await eventsOfCampaign(trx, campaignId))
    if (!cancelledAt) for (const r of resources) shown.set(r, [...(shown.get(r) ?? []), { slug, title, from }]);
  return shown;
}

type Stored = {
  id: number;
  campaign_id: number;
  organisation_id: number;
  owner_slug: string;
  owner_name: string;
  slug: string;
  title: string;
  starts_on: string;
  ends_on: string;
  place: string;
  url: string | null;
  note: string;
  resources: string[];
  created_at: Date;
  updated_at: Date;
  cancelled_at: Date | null;
};

const toEvent = (r: Stored): EventRow => ({
  id: r.id,
  campaignId: r.campaign_id,
  organisationId: r.organisation_id,
  organisation: { slug: r.owner_slug, name: r.owner_name },
  slug: r.slug,
  title: r.title,
  from: r.starts_on,
  to: r.ends_on,
  place: r.place,
  url: r.url,
  note: r.note,
  resources: r.resources,
  createdAt: r.created_at,
  updatedAt: r.updated_at,
  cancelledAt: r.cancelled_at,
});
