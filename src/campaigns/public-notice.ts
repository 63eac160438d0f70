import type { Ctx } from '../base/context.ts';
import { acrossOrganisations } from '../db/database.ts';

export type PublicNotice = {
  name: string;
  tagline: string;
  slug: string;
  identity: { colour: string; accent: string };
  nature: string;
  legalBasis: string;
  arrangement: string;
  contactPoint: string;
  linkMode: string;
  partners: { name: string; postalAddress: string; privacyContact: string; role: string }[];
};

/** What a campaign tells everybody about personal data: who is responsible, why, and how to object (PRV-30, PRV-52). */
export async function publicNotice(instance: Pick<Ctx, 'db'>, slug: string): Promise<PublicNotice | null> {
  return acrossOrganisations(instance.db, async (trx) => {
    const c = await trx.selectFrom('campaigns').selectAll().where('slug', '=', slug).executeTakeFirst();
    if (!c) return null;
    const partners = await trx
      .selectFrom('campaign_partners as p')
      .innerJoin('organisations as o', 'o.id', 'p.organisation_id')
      .select(['o.name', 'o.postal_address as postalAddress', 'o.privacy_contact as privacyContact', 'p.role'])
      .where('p.campaign_id', '=', c.id)
      .orderBy('p.position')
      .execute();
    return {
      name: c.name,
      tagline: c.tagline,
      slug: c.slug,
      identity: c.identity as PublicNotice['identity'],
      nature: c.nature,
      legalBasis: c.legal_basis,
      arrangement: c.arrangement,
      contactPoint: c.contact_point,
      linkMode: c.link_mode,
      partners,
    };
  });
}
