import { withOrganisation } from '../../src/db/database.ts';
import type { TestDatabase } from '../support/database.ts';

/** A partner of a campaign of opco's leaves it, as its row says: since yesterday by the clock of the database. */
export const withdraw = (t: TestDatabase, campaignId: number, who: 'btp' | 'federation'): Promise<unknown> =>
  withOrganisation(t.db, t.cast.organisations.opco, (trx) =>
    trx
      .insertInto('withdrawals')
      .values({
        campaign_id: campaignId,
        organisation_id: t.cast.organisations[who],
        effective_at: new Date(Date.now() - 86_400_000),
        reason: 'fin de convention',
        recorded_by: 'test',
        recorded_at: new Date(),
      })
      .execute(),
  );
