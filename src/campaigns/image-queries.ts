import type { Trx } from '../db/database.ts';

/** The names of a campaign's images. */
export async function imageNamesOf(trx: Trx, campaignId: number): Promise<string[]> {
  const rows = await trx
    .selectFrom('files')
    .select('name')
    .where('campaign_id', '=', campaignId)
    .orderBy('id')
    .execute();
  return rows.map((r) => r.name);
}
