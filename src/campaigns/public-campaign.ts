import type { Trx } from '../db/database.ts';
import { type ShownLogo, shownLogo } from './logo.ts';
import { getCampaignById, hasLeft, partnersOf } from './queries.ts';

/** What a public page or a poster shows of a campaign: its name, its look, and who carries it. */
export type PublicCampaign = {
  name: string;
  tagline: string;
  colour: string;
  accent: string;
  /** Without its #; empty: none. */
  hashtag: string;
  logo: ShownLogo | null;
  /** Names, in the order of the campaign; those who left are not among them. */
  partners: string[];
  /** Where the partners that have a site of their own can be read. */
  sites: { name: string; url: string }[];
};

/** Throws `introuvable` where the transaction may not see it. */
export async function publicCampaign(trx: Trx, campaignId: number, now: Date): Promise<PublicCampaign> {
  const campaign = await getCampaignById(trx, campaignId);
  const partners = await partnersOf(trx, campaignId);
  const present = partners.filter((p) => !hasLeft(p, now));
  const { colour, accent, hashtag } = campaign.identity;
  return {
    name: campaign.name,
    tagline: campaign.tagline,
    colour,
    accent,
    hashtag,
    logo: await shownLogo(trx, campaign),
    partners: present.map((p) => p.name),
    sites: present.flatMap((p) => (p.website ? [{ name: p.name, url: p.website }] : [])),
  };
}
