import type { Ctx } from '../base/context.ts';
import { acrossOrganisations } from '../db/database.ts';
import type { Caps } from '../pressure/schema.ts';
import { type PublicCampaign, publicCampaign } from './public-campaign.ts';
import { findCampaign, partnersOf } from './queries.ts';
import type { LinkMode, Nature, PartnerRole } from './schema.ts';

export type PublicNotice = {
  slug: string;
  look: PublicCampaign;
  startsOn: string;
  endsOn: string;
  nature: Nature;
  legalBasis: string;
  arrangement: string;
  contactPoint: string;
  linkMode: LinkMode;
  /** How many people a group that is counted holds at least. */
  k: number;
  caps: Caps;
  /** In the order of the campaign, those who left among them. */
  partners: {
    name: string;
    role: PartnerRole;
    postalAddress: string;
    privacyContact: string;
    withdrawnAt: Date | null;
  }[];
};

/** What a campaign tells everybody about personal data: who is responsible, why, and how to object (PRV-30, PRV-52). */
export async function publicNotice({ db, now }: Pick<Ctx, 'db' | 'now'>, slug: string): Promise<PublicNotice | null> {
  return acrossOrganisations(db, async (trx) => {
    const campaign = await findCampaign(trx, slug);
    if (!campaign) return null;
    const partners = await partnersOf(trx, campaign.id);
    const contacts = await trx
      .selectFrom('organisations')
      .select(['id', 'postal_address', 'privacy_contact'])
      .where(
        'id',
        'in',
        partners.map((p) => p.organisationId),
      )
      .execute();
    const { startsOn, endsOn, nature, legalBasis, arrangement, contactPoint, linkMode, k, caps } = campaign;
    return {
      slug,
      look: await publicCampaign(trx, campaign.id, now()),
      ...{ startsOn, endsOn, nature, legalBasis, arrangement, contactPoint, linkMode, k, caps },
      partners: partners.map(({ organisationId, name, role, withdrawnAt }) => {
        const contact = contacts.find((o) => o.id === organisationId);
        return {
          name,
          role,
          withdrawnAt,
          postalAddress: contact?.postal_address ?? '',
          privacyContact: contact?.privacy_contact ?? '',
        };
      }),
    };
  });
}
