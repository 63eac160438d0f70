import type { Selectable } from 'kysely';
import type { Ctx } from '../base/context.ts';
import type { Trx } from '../db/database.ts';
import type { SenderDomains } from '../db/types.ts';
import type { Facts } from './examine.ts';
import { type Health, healthSchema, type Signing } from './schema.ts';

export type DomainRow = Selectable<SenderDomains>;

/** The last check as it was kept; null before the first. */
export const healthOf = (row: Pick<DomainRow, 'health'>): Health | null =>
  row.health === null ? null : (healthSchema.safeParse(row.health).data ?? null);

export async function factsOf(trx: Trx, ctx: Pick<Ctx, 'publicUrl'>, row: DomainRow): Promise<Facts> {
  const relay = await trx
    .selectFrom('transports')
    .select('host')
    .where('organisation_id', '=', row.organisation_id)
    .where('used', '=', true)
    .executeTakeFirst();
  return {
    domain: row.domain,
    signing: row.signing as Signing,
    selector: row.selector,
    publicKey: row.public_key,
    bounceAddress: row.bounce_address,
    proof: healthOf(row)?.proof ?? null,
    publicUrl: ctx.publicUrl,
    relayHost: relay?.host ?? null,
  };
}
