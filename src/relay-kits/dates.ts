import { type SqlBool, sql } from 'kysely';
import { toParisDay } from '../base/dates.ts';
import { type IcsEvent, icsCalendar } from '../base/ics.ts';
import type { Trx } from '../db/database.ts';
import { webinarUrl } from '../webinars/public-calendar.ts';
import { webinarsOfCampaign } from '../webinars/queries.ts';

/** One date of a campaign that relays may pass on. `day`: it lasts whole days; else an instant. */
export type PublicDate = {
  uid: string;
  sequence: number;
  stamp: Date;
  title: string;
  what: string;
  start: Date | string;
  end: Date | string | null;
  place: string;
  url: string | null;
};

/**
 * What a relay may announce: temps forts, events and appointments open to all, and newsletters once everybody approved
 * them. Neither a press release, nor an advertisement, nor what is still being discussed.
 */
export async function publicDates(
  trx: Trx,
  campaignId: number,
  instance: { publicUrl: string },
): Promise<PublicDate[]> {
  const host = new URL(instance.publicUrl).hostname;
  const events = await trx
    .selectFrom('sector_events')
    .selectAll()
    .where('campaign_id', '=', campaignId)
    .where('cancelled_at', 'is', null)
    .execute();
  const actions = await trx
    .selectFrom('actions')
    .selectAll()
    .where('campaign_id', '=', campaignId)
    .where('cancelled_at', 'is', null)
    .where('kind', 'in', ['evenement', 'site', 'affiche'])
    .execute();
  const letters = await trx
    .selectFrom('pushes as p')
    .select(['p.id', 'p.title', 'p.scheduled_at', 'p.updated_at'])
    .where('p.campaign_id', '=', campaignId)
    .where('p.channel', '=', 'newsletter')
    .where('p.scheduled_at', 'is not', null)
    .where('p.current_proof_id', 'is not', null)
    .where('p.cancelled_at', 'is', null)
    .where(sql<SqlBool>`not exists (select from missing_approvals(p.id))`)
    .execute();
  const webinars = (await webinarsOfCampaign(trx, campaignId)).filter((w) =>
    ['ouvert', 'ferme', 'tenu'].includes(w.said),
  );
  const dates: PublicDate[] = [
    ...events.map((e) => ({
      ...common(`temps-fort-${e.id}@${host}`, e.updated_at, e.created_at),
      title: e.title,
      what: 'temps fort',
      start: e.starts_on,
      end: e.ends_on === e.starts_on ? null : e.ends_on,
      place: e.place,
      url: e.url,
    })),
    ...actions.map((a) => ({
      ...common(`action-${a.id}@${host}`, a.updated_at, a.created_at),
      title: a.title,
      what: a.kind === 'evenement' ? 'événement' : a.kind === 'site' ? 'sur un site' : 'affichage',
      start: a.starts_at,
      end: a.ends_at,
      place: a.place,
      url: a.url,
    })),
    // The same event as on its public page, for whoever has both (CAL-03).
    ...webinars.map((w) => ({
      uid: w.uid,
      sequence: w.sequence,
      stamp: w.changedAt,
      title: w.title,
      what: 'webinaire',
      start: w.startsAt,
      end: w.endsAt,
      place: 'En ligne',
      url: webinarUrl(instance, w.address),
    })),
    ...letters.flatMap((l) =>
      l.scheduled_at === null
        ? []
        : [
            {
              ...common(`lettre-${l.id}@${host}`, l.updated_at, l.updated_at),
              title: l.title,
              what: 'lettre de la campagne',
              start: l.scheduled_at,
              end: null,
              place: '',
              url: null,
            },
          ],
    ),
  ];
  return dates.toSorted((a, b) => dayOf(a.start).localeCompare(dayOf(b.start)) || a.title.localeCompare(b.title, 'fr'));
}

const dayOf = (at: Date | string): string => (typeof at === 'string' ? at : toParisDay(at));

/** Grows with every change, as calendars ask (CAL-03): minutes since it was written down. */
const common = (uid: string, updated: Date, created: Date) => ({
  uid,
  stamp: updated,
  sequence: Math.max(0, Math.floor((updated.getTime() - created.getTime()) / 60_000)),
});

/** What is not over yet. */
export const upcoming = (dates: readonly PublicDate[], now: Date): PublicDate[] =>
  dates.filter((d) => dayOf(d.end ?? d.start) >= toParisDay(now));

export const datesIcs = (name: string, dates: readonly PublicDate[]): string =>
  icsCalendar({
    name,
    events: dates.map(
      (d): IcsEvent => ({
        uid: d.uid,
        sequence: d.sequence,
        stamp: d.stamp,
        start: d.start,
        end: d.end ?? undefined,
        summary: d.title,
        location: d.place || undefined,
        url: d.url ?? undefined,
        free: true,
      }),
    ),
  });
