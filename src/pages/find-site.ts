import type { Ctx } from '../base/context.ts';
import { acrossOrganisations } from '../db/database.ts';
import { originOf } from '../webinars/origins.ts';

/** A site that may be counted, by the key in its pages. */
export type MeasuredSite = { siteId: number; organisationId: number; campaignId: number; origin: string };

const KEY = /^[\w-]{8,64}$/;

/** Null: no such key, or a site that is no longer measured. */
export async function siteByKey({ db }: Pick<Ctx, 'db'>, key: string): Promise<MeasuredSite | null> {
  if (!KEY.test(key)) return null;
  const row = await acrossOrganisations(db, (trx) =>
    trx
      .selectFrom('measured_sites')
      .select(['id as siteId', 'organisation_id as organisationId', 'campaign_id as campaignId', 'origin'])
      .where('key', '=', key)
      .where('stopped_at', 'is', null)
      .executeTakeFirst(),
  );
  return row ?? null;
}

/** As long as the addresses that relays hand on make it, and no question to the database for anything else. */
const HANDED_ON = /^[\w.-]{43,60}$/;

/** The relay that handed an address on, if it is one of this campaign; 0: none. */
export async function relayIn(
  { db, secrets }: Pick<Ctx, 'db' | 'secrets'>,
  campaignId: number,
  origin: unknown,
): Promise<number> {
  if (typeof origin !== 'string' || !HANDED_ON.test(origin)) return 0;
  return (await acrossOrganisations(db, (trx) => originOf(trx, secrets, { campaignId }, origin))).relayId;
}
