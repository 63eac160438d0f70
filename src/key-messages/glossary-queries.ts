import type { Trx } from '../db/database.ts';
import type { TermInput } from './glossary-schema.ts';

export type TermRow = TermInput & { id: number };

/** The words of a campaign, as a dictionary orders them. */
export async function termsOfCampaign(trx: Trx, campaignId: number): Promise<TermRow[]> {
  const rows = await trx
    .selectFrom('glossary_terms')
    .select(['id', 'term', 'definition', 'avoid'])
    .where('campaign_id', '=', campaignId)
    .execute();
  return rows.toSorted((a, b) => a.term.localeCompare(b.term, 'fr'));
}

/** The same as a form or a folder gives them. */
export const glossaryOfCampaign = async (trx: Trx, campaignId: number): Promise<TermInput[]> =>
  (await termsOfCampaign(trx, campaignId)).map(({ id: _, ...term }) => term);
