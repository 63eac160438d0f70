import { notFound } from '../base/errors.ts';
import type { Level } from '../base/words.ts';
import type { Trx } from '../db/database.ts';
import type { Caps } from '../pressure/schema.ts';
import type { CampaignInput, CellDimension, Identity, LinkMode, Nature, PartnerRole, TargetMeasure } from './schema.ts';

export type CampaignRow = {
  id: number;
  /** The lead. */
  organisationId: number;
  slug: string;
  name: string;
  tagline: string;
  summary: string;
  identity: Identity;
  /** `2026-11-02` */
  startsOn: string;
  endsOn: string;
  nature: Nature;
  legalBasis: string;
  arrangement: string;
  contactPoint: string;
  linkMode: LinkMode;
  cellDimensions: CellDimension[];
  k: number;
  caps: Caps;
  demo: boolean;
};

export type Partner = {
  organisationId: number;
  slug: string;
  name: string;
  role: PartnerRole;
  position: number;
  /** When it leaves the campaign, or left it; null: it has not said so. */
  withdrawnAt: Date | null;
  /** Its own site. */
  website: string | null;
};

/** Whether a partner has left by then. */
export const hasLeft = ({ withdrawnAt }: Pick<Partner, 'withdrawnAt'>, now: Date): boolean =>
  withdrawnAt !== null && withdrawnAt <= now;
export type Target = { measure: TargetMeasure; level: Level | null; value: number; note: string };

/** Campaigns the transaction's organisation leads or takes part in (row-level security decides), newest first. */
export async function listCampaigns(trx: Trx): Promise<CampaignRow[]> {
  const rows = await trx
    .selectFrom('campaigns')
    .selectAll()
    .orderBy('starts_on', 'desc')
    .orderBy('id', 'desc')
    .execute();
  return rows.map(toRow);
}

/** Null when it does not exist, or is not this organisation's to know. */
export async function findCampaign(trx: Trx, slug: string): Promise<CampaignRow | null> {
  const row = await trx.selectFrom('campaigns').selectAll().where('slug', '=', slug).executeTakeFirst();
  return row ? toRow(row) : null;
}

export async function getCampaign(trx: Trx, slug: string): Promise<CampaignRow> {
  const campaign = await findCampaign(trx, slug);
  if (!campaign) throw notFound(`La campagne « ${slug} »`);
  return campaign;
}

export async function getCampaignById(trx: Trx, id: number): Promise<CampaignRow> {
  const row = await trx.selectFrom('campaigns').selectAll().where('id', '=', id).executeTakeFirst();
  if (!row) throw notFound('Cette campagne');
  return toRow(row);
}

/** In the order that decides who keeps an address several of them hold. */
export const partnersOf = async (trx: Trx, campaignId: number): Promise<Partner[]> =>
  (await partnersOfAll(trx, [campaignId])).get(campaignId) ?? [];

/** The same of several campaigns, by their ids, in one question. */
export async function partnersOfAll(trx: Trx, campaignIds: readonly number[]): Promise<Map<number, Partner[]>> {
  const rows = await trx
    .selectFrom('campaign_partners as p')
    .innerJoin('organisations as o', 'o.id', 'p.organisation_id')
    .leftJoin('withdrawals as w', (j) =>
      j.onRef('w.campaign_id', '=', 'p.campaign_id').onRef('w.organisation_id', '=', 'p.organisation_id'),
    )
    .select([
      'p.campaign_id as campaignId',
      'p.organisation_id as organisationId',
      'o.slug',
      'o.name',
      'p.role',
      'p.position',
      'w.effective_at as withdrawnAt',
      'o.website',
    ])
    .where('p.campaign_id', 'in', campaignIds)
    .orderBy('p.position')
    .execute();
  const partners = new Map<number, Partner[]>();
  for (const { campaignId, role, ...partner } of rows) {
    const known = partners.get(campaignId) ?? [];
    partners.set(campaignId, [...known, { ...partner, role: role as PartnerRole }]);
  }
  return partners;
}

export async function targetsOf(trx: Trx, campaignId: number): Promise<Target[]> {
  const rows = await trx
    .selectFrom('campaign_targets')
    .select(['measure', 'level', 'value', 'note'])
    .where('campaign_id', '=', campaignId)
    .orderBy('position')
    .execute();
  return rows.map((r) => ({ ...r, measure: r.measure as TargetMeasure, level: r.level as Level | null }));
}

/** A campaign in the shape in which it was given: what an edit starts from, and what a folder is compared with. */
export async function campaignInput(trx: Trx, campaign: CampaignRow): Promise<CampaignInput> {
  const { id, organisationId: _, ...own } = campaign;
  const partners = await partnersOf(trx, id);
  return {
    ...own,
    partners: partners.map((p) => ({ organisation: p.slug, role: p.role })),
    targets: await targetsOf(trx, id),
  };
}

type Stored = {
  id: number;
  organisation_id: number;
  slug: string;
  name: string;
  tagline: string;
  summary: string;
  identity: unknown;
  starts_on: string;
  ends_on: string;
  nature: string;
  legal_basis: string;
  arrangement: string;
  contact_point: string;
  link_mode: string;
  cell_dimensions: string[];
  k: number;
  address_cap: number;
  address_days: number;
  company_cap: number;
  company_days: number;
  demo: boolean;
};

// What was checked when written is trusted when read.
const toRow = (r: Stored): CampaignRow => ({
  id: r.id,
  organisationId: r.organisation_id,
  slug: r.slug,
  name: r.name,
  tagline: r.tagline,
  summary: r.summary,
  // Campaigns older than logos have none.
  identity: { logo: null, ...(r.identity as Omit<Identity, 'logo'>) },
  startsOn: r.starts_on,
  endsOn: r.ends_on,
  nature: r.nature as Nature,
  legalBasis: r.legal_basis,
  arrangement: r.arrangement,
  contactPoint: r.contact_point,
  linkMode: r.link_mode as LinkMode,
  cellDimensions: r.cell_dimensions as CellDimension[],
  k: r.k,
  caps: { perPerson: r.address_cap, days: r.address_days, perCompany: r.company_cap, companyDays: r.company_days },
  demo: r.demo,
});
