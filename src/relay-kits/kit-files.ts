import { longDateTime } from '../base/dates.ts';
import { sha256 } from '../base/tokens.ts';
import { campaignLogo } from '../campaigns/logo.ts';
import { publicCampaign } from '../campaigns/public-campaign.ts';
import { withOrganisation } from '../db/database.ts';
import { drawnOnce } from '../rendering/drawn-once.ts';
import { renderPoster } from '../rendering/poster.ts';
import { qrPng } from '../rendering/qr.ts';
import { datesIcs, publicDates } from './dates.ts';
import { campaignUrl, trackedLinks } from './links.ts';
import type { Instance, OpenKit } from './open-kit.ts';
import { kitSettingsOf } from './settings.ts';
import { offeredWebinars } from './webinars.ts';

export type PosterKind = 'a4' | 'a3' | 'carte';

/** A poster or a counter card of this relay, as a PDF. Its code is its own: what it brings is told from what links bring. */
export async function kitPoster(instance: Instance, kit: OpenKit, format: PosterKind): Promise<Buffer> {
  const settings = await withOrganisation(instance.db, kit.organisationId, (trx) => kitSettingsOf(trx, kit.campaignId));
  const page = campaignUrl(instance, kit.campaign);
  return drawn(instance, kit, format, {
    title: settings.posterTitle,
    text: settings.posterText,
    destination: settings.destination ?? page,
    shown: page,
  });
}

/** The same of one webinar that one may register to; null where there is none. */
export async function webinarPoster(instance: Instance, kit: OpenKit, address: string): Promise<Buffer | null> {
  const webinar = (await offeredWebinars(instance, kit)).find((w) => w.address === address);
  if (!webinar) return null;
  const { title, url } = webinar;
  const text = [`Webinaire, ${longDateTime(webinar.startsAt)}`, webinar.summary].filter(Boolean).join('. ');
  return drawn(instance, kit, 'a4', { title, text, destination: url, shown: url });
}

/** `shown`: what somebody without a telephone types, the same for all. */
type PosterWords = { title: string; text: string; destination: string; shown: string };

async function drawn(instance: Instance, kit: OpenKit, format: PosterKind, words: PosterWords): Promise<Buffer> {
  const campaign = await withOrganisation(instance.db, kit.organisationId, (trx) =>
    publicCampaign(trx, kit.campaignId, instance.now()),
  );
  const { destination } = words;
  const kind = format === 'carte' ? 'carte' : 'affiche';
  const links = await trackedLinks(instance, kit, kind, [{ url: destination, label: campaign.name }]);
  const poster = {
    format,
    title: words.title || campaign.name,
    text: words.text || campaign.tagline,
    link: links.get(destination) ?? destination,
    shownLink: words.shown.replace(/^https?:\/\//, ''),
    relay: kit.relay,
    campaign: {
      name: campaign.name,
      tagline: campaign.tagline,
      colour: campaign.colour,
      accent: campaign.accent,
      hashtag: campaign.hashtag && `#${campaign.hashtag}`,
    },
    partners: campaign.partners,
  };
  // The address of an image says its content.
  const key = sha256(JSON.stringify([poster, campaign.logo?.src])).toString('base64url');
  return drawnOnce(key, async () => {
    const logo = await withOrganisation(instance.db, kit.organisationId, (trx) => campaignLogo(trx, kit.campaignId));
    return renderPoster(logo ? { ...poster, campaign: { ...poster.campaign, logo } } : poster);
  });
}

/** The code alone, which holds the relay's own link. */
export const kitCode = (link: string): Promise<Buffer> => drawnOnce(`code ${link}`, () => qrPng(link));

/** The public dates of the campaign, as a calendar file. */
export const kitCalendar = (instance: Instance, kit: OpenKit): Promise<string> =>
  withOrganisation(instance.db, kit.organisationId, async (trx) => {
    const { name } = await publicCampaign(trx, kit.campaignId, instance.now());
    return datesIcs(name, await publicDates(trx, kit.campaignId, instance));
  });
