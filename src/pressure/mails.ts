import { sql } from 'kysely';
import type { Trx } from '../db/database.ts';
import type { Solicitations } from './crowded.ts';
import type { Whose } from './declared.ts';

/** Mail to relays that solicits and is in no ledger: one solicitation each, of one person. For the cross role. */
export const mailSolicitations = (trx: Trx, scope: Whose = {}): Solicitations => ({
  sources: async (since) => {
    const rows = await trx
      .selectFrom('solicitation_mails')
      .select('id')
      .where('at', '>', since)
      .$if(scope.only !== undefined, (q) => q.where('organisation_id', '=', scope.only ?? 0))
      .$if(scope.except !== undefined, (q) => q.where('organisation_id', '<>', scope.except ?? 0))
      .execute();
    return rows.map(({ id }) => ({ id, people: 1 }));
  },
  rows: (ids) => sql`
    select id as source, address_hash, company_hash, at from solicitation_mails where id = any(${[...ids]}::bigint[])`,
});

/** Writes down that these addresses were solicited, in the transaction that does it. */
export async function recordMails(
  trx: Trx,
  of: { organisationId: number; campaignId: number; now: Date },
  addressHashes: readonly Buffer[],
): Promise<void> {
  if (addressHashes.length === 0) return;
  await trx
    .insertInto('solicitation_mails')
    .values(
      addressHashes.map((hash) => ({
        organisation_id: of.organisationId,
        campaign_id: of.campaignId,
        address_hash: hash,
        at: of.now,
      })),
    )
    .execute();
}
