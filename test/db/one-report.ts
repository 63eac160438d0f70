import { withOrganisation } from '../../src/db/database.ts';
import { NOW, type TestDatabase } from '../support/database.ts';
import type { MadePush } from '../support/factories.ts';

/** A sealed quarter, a shared report and a key of opco's. */
export async function oneReport(t: TestDatabase, push: MadePush): Promise<void> {
  const organisation_id = t.cast.organisations.opco;
  const own = { organisation_id, campaign_id: push.campaignId };
  await withOrganisation(t.db, organisation_id, async (trx) => {
    await trx
      .insertInto('report_seals')
      .values({
        ...own,
        period_from: '2026-07-01',
        period_to: '2026-09-30',
        rule_version: 1,
        report: '{}',
        sha256: Buffer.alloc(32, 1),
        sealed_by: 'test',
        sealed_at: NOW,
      })
      .execute();
    await trx
      .insertInto('report_shares')
      .values({ ...own, label: 'l', created_by: 'test', created_at: NOW, expires_at: new Date(NOW.getTime() + 1) })
      .execute();
    const key = { organisation_id, user_id: t.cast.alice.userId, label: 'l', hash: Buffer.alloc(32, 1) };
    await trx
      .insertInto('api_keys')
      .values({ ...key, created_at: NOW, expires_at: NOW })
      .execute();
  });
}
