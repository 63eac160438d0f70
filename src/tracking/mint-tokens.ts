import { sql } from 'kysely';
import { randomToken } from '../base/tokens.ts';
import type { Level } from '../base/words.ts';
import type { Trx } from '../db/database.ts';
import { fromLetter } from '../webinars/origins.ts';

/**
 * One random token (128 bits, SEC-11) per cell × link of a frozen push. Asked again, it adds only what is missing:
 * a token already printed in a message never changes. A webinar's page learns which organisation and which level of the
 * cell one comes from. Runs in the freeze's transaction, across organisations.
 */
export async function mintTokens(
  trx: Trx,
  { pushId, now }: { pushId: number; now: Date },
): Promise<{ minted: number }> {
  const missing = await trx
    .selectFrom('cells as c')
    .innerJoin('links as l', 'l.push_id', 'c.push_id')
    .innerJoin('organisations as o', 'o.id', 'c.organisation_id')
    .leftJoin('tokens as t', (join) => join.onRef('t.cell_id', '=', 'c.id').onRef('t.link_id', '=', 'l.id'))
    .where('c.push_id', '=', pushId)
    .where('t.token', 'is', null)
    .select(['c.id as cell', 'c.level', 'l.id as link', 'l.url', 'o.slug'])
    .execute();
  const result = await sql`
    insert into tokens (token, organisation_id, campaign_id, push_id, cell_id, link_id, url, created_at)
    select m.token, c.organisation_id, c.campaign_id, c.push_id, c.id, m.link, m.url, ${now}
    from unnest(${missing.map(() => randomToken())}::text[], ${missing.map((m) => m.cell)}::bigint[],
      ${missing.map((m) => m.link)}::bigint[],
      ${missing.map((m) => fromLetter(m.url, m.slug, m.level as Level | null))}::text[]) as m (token, cell, link, url)
    join cells c on c.id = m.cell
    on conflict (cell_id, link_id) do nothing`.execute(trx);
  return { minted: Number(result.numAffectedRows ?? 0) };
}
