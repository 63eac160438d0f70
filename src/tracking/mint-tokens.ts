import { sql } from 'kysely';
import { randomToken } from '../base/tokens.ts';
import type { Trx } from '../db/database.ts';

/**
 * One random token (128 bits, SEC-11) per cell × link of a frozen push. Asked again, it adds only what is missing:
 * a token already printed in a message never changes. Runs in the freeze's transaction, across organisations.
 */
export async function mintTokens(
  trx: Trx,
  { pushId, now }: { pushId: number; now: Date },
): Promise<{ minted: number }> {
  const missing = await trx
    .selectFrom('cells as c')
    .innerJoin('links as l', 'l.push_id', 'c.push_id')
    .leftJoin('tokens as t', (join) => join.onRef('t.cell_id', '=', 'c.id').onRef('t.link_id', '=', 'l.id'))
    .where('c.push_id', '=', pushId)
    .where('t.token', 'is', null)
    .select(['c.id as cell', 'l.id as link'])
    .execute();
  const result = await sql`
    insert into tokens (token, organisation_id, campaign_id, push_id, cell_id, link_id, url, created_at)
    select m.token, c.organisation_id, c.campaign_id, c.push_id, c.id, l.id, l.url, ${now}
    from unnest(${missing.map(() => randomToken())}::text[], ${missing.map((m) => m.cell)}::bigint[],
      ${missing.map((m) => m.link)}::bigint[]) as m (token, cell, link)
    join cells c on c.id = m.cell
    join links l on l.id = m.link
    on conflict (cell_id, link_id) do nothing`.execute(trx);
  return { minted: Number(result.numAffectedRows ?? 0) };
}
