import { sql } from 'kysely';
import type { CampaignRow } from '../campaigns/queries.ts';
import { crossing, type Trx } from '../db/database.ts';
import { ledgerSolicitations } from '../deliveries/solicitations.ts';
import { findCrowded, lockPressure } from '../pressure/crowded.ts';
import { declaredSolicitations } from '../pressure/declared.ts';
import { mailSolicitations } from '../pressure/mails.ts';
import type { MemberCtx } from '../relays/schema.ts';

/**
 * Of these relays, those that may be written to now. Never one whose address refused the lead's messages, or everybody's.
 * `capped`: neither one who was solicited as often as the campaign allows, by whoever it was. Why one is left out is not
 * told, which would say what partners sent (no oracle). The caller's transaction is the lead's own; the look over all
 * organisations lasts for these statements, and counting and writing down stay under one lock.
 */
export async function mailable(
  trx: Trx,
  ctx: MemberCtx,
  campaign: CampaignRow,
  relayIds: readonly number[],
  { capped }: { capped: boolean },
): Promise<Set<number>> {
  const now = ctx.now();
  await lockPressure(trx);
  return crossing(trx, ctx.db, async () => {
    if (capped)
      await findCrowded(trx, {
        caps: campaign.caps,
        now,
        kinds: [ledgerSolicitations(trx, { pushId: 0, now }), declaredSolicitations(trx), mailSolicitations(trx)],
      });
    const free = capped
      ? sql`not exists (select from crowded_address c where c.key = r.address_hash and c.free_at > ${now})`
      : sql`true`;
    const { rows } = await sql<{ id: number }>`
      select r.id from relays r
      where r.id = any(${[...relayIds]}::bigint[]) and r.campaign_id = ${campaign.id} and r.address_hash is not null
        and r.confirmed_at is not null and r.declined_at is null and r.stopped_at is null
        and not exists (select from suppressions s where s.address_hash = r.address_hash and (s.scope = 'instance'
          or s.scope = 'organisation' and s.organisation_id = r.organisation_id
          or s.scope = 'campagne' and s.campaign_id = r.campaign_id))
        and (select c.value from consents c where c.organisation_id = r.organisation_id and c.address_hash = r.address_hash
          and c.purpose = 'message' order by c.id desc limit 1) is distinct from 'refused'
        and ${free}`.execute(trx);
    return new Set(rows.map((r) => r.id));
  });
}
