import { sql } from 'kysely';
import { randomToken } from '../base/tokens.ts';
import type { Trx } from '../db/database.ts';

/** Who or what hands links on beside a newsletter: exactly what its row is unique by. */
export type LinkSource = {
  /** Whose figures they are: the lead of the campaign, or the organisation that declared the action. */
  organisationId: number;
  campaignId: number;
  kind: 'relais' | 'affiche' | 'carte' | 'social' | 'action' | 'communique';
  relayId?: number;
  actionId?: number;
  pushId?: number;
};

/**
 * One random token (128 bits, SEC-11) per link of a source. Asked again it gives the same ones: a token printed on a poster
 * never changes. Answers url → token. Runs across organisations: neither tokens nor other people's sources are an
 * organisation's to read.
 */
export async function mintSourceTokens(
  trx: Trx,
  source: LinkSource,
  links: readonly { url: string; label: string }[],
  now: Date,
): Promise<Map<string, string>> {
  const { organisationId, campaignId, kind, relayId = null, actionId = null, pushId = null } = source;
  if (links.length === 0) return new Map();
  const key = { campaign_id: campaignId, kind, relay_id: relayId, action_id: actionId, push_id: pushId };
  const { id: sourceId } = await trx
    .insertInto('link_sources')
    .values({ ...key, organisation_id: organisationId, created_at: now })
    // An update that changes nothing: the row is locked and answered, whoever came first.
    .onConflict((c) => c.columns(['campaign_id', 'kind', 'relay_id', 'action_id', 'push_id']).doUpdateSet({ kind }))
    .returning('id')
    .executeTakeFirstOrThrow();
  const urls = [...new Set(links.map((l) => l.url))];
  const labels = urls.map((url) => links.find((l) => l.url === url)?.label ?? url);
  await sql`
    insert into links (organisation_id, campaign_id, source_id, url, label)
    select ${organisationId}, ${campaignId}, ${sourceId}, l.url, l.label
    from unnest(${urls}::text[], ${labels}::text[]) as l (url, label)
    on conflict (source_id, url) do nothing`.execute(trx);
  // Push 0, no cell: such a link is told by its id alone.
  await sql`
    insert into tokens (token, organisation_id, campaign_id, push_id, link_id, url, created_at)
    select m.token, l.organisation_id, l.campaign_id, 0, l.id, l.url, ${now}
    from unnest(${urls}::text[], ${urls.map(() => randomToken())}::text[]) as m (url, token)
    join links l on l.source_id = ${sourceId} and l.url = m.url
    on conflict (link_id) where cell_id is null do nothing`.execute(trx);
  const { rows } = await sql<{ url: string; token: string }>`
    select l.url, t.token from links l join tokens t on t.link_id = l.id and t.cell_id is null
    where l.source_id = ${sourceId} and l.url = any(${urls}::text[])`.execute(trx);
  return new Map(rows.map((r) => [r.url, r.token]));
}
