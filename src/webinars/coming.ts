import type { Ctx } from '../base/context.ts';
import { acrossOrganisations, type Trx } from '../db/database.ts';
import { type PublicWebinar, type Surroundings, shownWebinar } from './public-webinar.ts';
import { type WebinarRow, webinarsSince } from './queries.ts';

/** `coming`: announced and not over, the next one first; `past`: those that can be seen again, the latest first. */
export type PublicList = { coming: PublicWebinar[]; past: PublicWebinar[] };

const DAY = 86_400_000;
/** For how long a list shows what can be seen again. */
const PAST_DAYS = 730;
const MOST = 60;

/** What is announced and not over, of every campaign or of one, the next one first; `most` of them. */
export function comingWebinars(
  instance: Pick<Ctx, 'db' | 'now'>,
  campaignId?: number,
  most = MOST,
): Promise<PublicWebinar[]> {
  const now = instance.now();
  return acrossOrganisations(instance.db, async (trx) => {
    const rows = (await webinarsSince(trx, now, campaignId)).filter((w) => announced(w) && w.said !== 'tenu');
    return shownAll(trx, rows.slice(0, most), now);
  });
}

/** What anybody may read of the webinars of every campaign, or of one. Those in preparation are in no list. */
export function publicWebinars(instance: Pick<Ctx, 'db' | 'now'>, campaignId?: number): Promise<PublicList> {
  const now = instance.now();
  return acrossOrganisations(instance.db, async (trx) => {
    const rows = (await webinarsSince(trx, new Date(now.getTime() - PAST_DAYS * DAY), campaignId)).filter(announced);
    const coming = rows.filter((w) => w.endsAt > now && w.said !== 'tenu');
    const past = rows.filter((w) => w.said === 'tenu' && w.replayUrl !== null).toReversed();
    return { coming: await shownAll(trx, coming, now), past: await shownAll(trx, past, now) };
  });
}

/** Days after their end during which a calendar that subscribes still finds them. */
const FEED_DAYS = 60;

/** What a calendar program subscribes to: cancelled ones too, so that they are taken out of it. */
export function webinarsOfFeed(instance: Pick<Ctx, 'db' | 'now'>, campaignId?: number): Promise<PublicWebinar[]> {
  const now = instance.now();
  return acrossOrganisations(instance.db, async (trx) => {
    const rows = await webinarsSince(trx, new Date(now.getTime() - FEED_DAYS * DAY), campaignId);
    return shownAll(trx, rows.filter(announced), now);
  });
}

const announced = (webinar: WebinarRow): boolean => webinar.said !== 'prepare';

async function shownAll(trx: Trx, rows: readonly WebinarRow[], now: Date): Promise<PublicWebinar[]> {
  const shown: PublicWebinar[] = [];
  const known: Surroundings = new Map();
  for (const row of rows.slice(0, MOST)) shown.push(await shownWebinar(trx, row, now, known));
  // Once all who organise it have left the campaign, nobody answers for it any more.
  return shown.filter((w) => w.organisers.length > 0);
}
