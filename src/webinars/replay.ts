import type { Ctx } from '../base/context.ts';
import { acrossOrganisations } from '../db/database.ts';
import { webinarAt } from './queries.ts';

/** Where what was held can be seen again; null before it was held, or where nothing was kept of it. */
export function replayOf(
  instance: Pick<Ctx, 'db'>,
  address: string,
): Promise<{ id: number; organisationId: number; campaignId: number; url: string } | null> {
  return acrossOrganisations(instance.db, async (trx) => {
    const webinar = await webinarAt(trx, address);
    if (webinar?.said !== 'tenu' || webinar.replayUrl === null) return null;
    const { id, organisationId, campaignId, replayUrl: url } = webinar;
    return { id, organisationId, campaignId, url };
  });
}
