import { longDateTime } from '../base/dates.ts';
import { comingWebinars } from '../webinars/coming.ts';
import { webinarUrl } from '../webinars/public-calendar.ts';
import type { PublicWebinar } from '../webinars/public-webinar.ts';
import type { Instance, OpenKit } from './open-kit.ts';

/** A webinar that a relay may announce, with its own address inside. */
export type KitWebinar = {
  address: string;
  title: string;
  startsAt: Date;
  organisers: string[];
  link: string;
  text: string;
};

type Offered = PublicWebinar & { url: string };

/** Those of the campaign that one may register to, or wait for. */
export async function offeredWebinars(
  instance: Instance,
  { campaignId }: Pick<OpenKit, 'campaignId'>,
): Promise<Offered[]> {
  return (await comingWebinars(instance, campaignId))
    .filter((w) => w.state === 'ouvert' || w.state === 'complet')
    .map((w) => ({ ...w, url: webinarUrl(instance, w.address) }));
}

const french = new Intl.ListFormat('fr', { type: 'conjunction' });

/** Ready to paste: what, when, by whom, where. */
export const announced = (w: Offered, link: string): KitWebinar => ({
  address: w.address,
  title: w.title,
  startsAt: w.startsAt,
  organisers: w.organisers.map((o) => o.name),
  link,
  text: [
    `Webinaire : ${w.title}`,
    `${longDateTime(w.startsAt)} (heure de Paris), en ligne.`,
    w.summary,
    `Avec ${french.format(w.organisers.map((o) => o.name))}.`,
    `S’inscrire : ${link}`,
  ]
    .filter(Boolean)
    .join('\n'),
});
