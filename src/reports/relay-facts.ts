import { sql } from 'kysely';
import type { Trx } from '../db/database.ts';
import type { Clicks } from '../relay-kits/figures.ts';
import type { RelayKind } from '../relays/schema.ts';
import { RETAINED } from '../tracking/classify.ts';
import { SIMULATED_RULE } from '../tracking/simulated.ts';
import type { Scope } from './figure.ts';

/** What one relay did in the window: for sums only, its name is not read. */
export type RelayFacts = {
  kind: RelayKind;
  region: string | null;
  opened: boolean;
  taken: boolean;
  publications: number;
  audience: number;
  clicks: Clicks;
};

/** The relays confirmed by the end of the window. Across organisations: what leaves a report is groups of them. */
export async function relayFacts(
  trx: Trx,
  { campaignId, period: { from, to, start, end } }: Scope,
): Promise<RelayFacts[]> {
  type Row = Omit<RelayFacts, 'clicks'> & Clicks;
  const { rows } = await sql<Row>`
    with acts as (
      select relay_id, bool_or(what = 'ouvert') as opened, bool_or(what in ('copie', 'telecharge')) as taken
      from relay_acts where campaign_id = ${campaignId} and at >= ${start} and at < ${end} group by 1
    ), said as (
      select relay_id, count(*) as publications, coalesce(sum(audience), 0)::bigint as audience
      from declarations where campaign_id = ${campaignId} and withdrawn_at is null
        and published_on >= ${from}::date and published_on <= ${to}::date group by 1
    ), clicked as (
      select s.relay_id, coalesce(sum(h.hits) filter (where h.class = any(${[...RETAINED]}::text[])), 0)::bigint as retained,
        coalesce(sum(h.hits) filter (where h.class = 'suspect'), 0)::bigint as doubtful,
        coalesce(sum(h.hits) filter (where h.class = 'scanner'), 0)::bigint as robots
      from link_sources s
      join links l on l.source_id = s.id
      join hit_days h on h.push_id = 0 and h.cell_id = 0 and h.link_id = l.id and h.day >= ${from}::date and h.day <= ${to}::date
        and h.rule <> ${SIMULATED_RULE}
      where s.campaign_id = ${campaignId} and s.relay_id is not null group by 1
    )
    select r.kind, r.region, coalesce(a.opened, false) as opened, coalesce(a.taken, false) or d.publications is not null as taken,
      coalesce(d.publications, 0) as publications, coalesce(d.audience, 0) as audience,
      coalesce(c.retained, 0) as retained, coalesce(c.doubtful, 0) as doubtful, coalesce(c.robots, 0) as robots
    from relays r
    left join acts a on a.relay_id = r.id
    left join said d on d.relay_id = r.id
    left join clicked c on c.relay_id = r.id
    where r.campaign_id = ${campaignId} and r.confirmed_at < ${end} and r.declined_at is null`.execute(trx);
  return rows.map(({ retained, doubtful, robots, ...relay }) => ({ ...relay, clicks: { retained, doubtful, robots } }));
}
