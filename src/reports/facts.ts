import { sql } from 'kysely';
import type { Phase } from '../base/words.ts';
import { type ActionRow, actionsOfCampaign, type ResultRow, resultsOfActions } from '../campaigns/action-queries.ts';
import { type BudgetRow, budgetOfCampaign } from '../campaigns/budget-queries.ts';
import type { Trx } from '../db/database.ts';
import type { Channel } from '../pushes/schema.ts';
import type { Clicks } from '../relay-kits/figures.ts';
import type { ResourceFormat } from '../resources/schema.ts';
import { RETAINED } from '../tracking/classify.ts';
import { SIMULATED_RULE } from '../tracking/simulated.ts';
import type { Scope } from './figure.ts';
import { type RelayFacts, relayFacts } from './relay-facts.ts';

/** What is planned and done beside the ledger: each read once, whatever tables are made of it. Across organisations. */
export type Facts = {
  pushes: PushFacts[];
  resources: ResourceFacts[];
  pages: PageFacts[];
  actions: ActionRow[];
  results: ResultRow[];
  clicks: ActionClicks[];
  budget: BudgetRow[];
  relays: RelayFacts[];
  gaps: GapFacts[];
};

export async function readFacts(trx: Trx, scope: Scope): Promise<Facts> {
  const { left } = scope;
  const actions = (await actionsOfCampaign(trx, scope.campaignId)).filter((a) => !left || a.startsAt < left);
  return {
    pushes: await pushFacts(trx, scope),
    resources: await resourceFacts(trx, scope),
    pages: await pageFacts(trx, scope),
    actions,
    results: actions.length > 0 ? await resultsOfActions(trx, scope) : [],
    clicks: actions.length > 0 ? await actionClicks(trx, scope) : [],
    budget: await budgetOfCampaign(trx, scope.campaignId),
    relays: await relayFacts(trx, scope),
    gaps: await gapFacts(trx, scope),
  };
}

/** `frozenAt`: when its list was drawn; null: not yet. `resources`: slugs of those its blocks carry. */
export type PushFacts = {
  id: number;
  slug: string;
  title: string;
  channel: Channel;
  phase: Phase;
  frozenAt: Date | null;
  resources: string[];
};

async function pushFacts(trx: Trx, scope: Scope): Promise<PushFacts[]> {
  const { rows } = await sql<PushFacts>`
    select p.id, p.slug, p.title, p.channel, p.phase, f.at as "frozenAt",
      array(select distinct b->>'resource' from jsonb_array_elements(p.content->'blocks') b where b->>'type' = 'resource') as resources
    from pushes p left join freezes f on f.push_id = p.id
    where p.campaign_id = ${scope.campaignId} and (${scope.pushId ?? null}::bigint is null or p.id = ${scope.pushId ?? null})
      and (${scope.left ?? null}::timestamptz is null or p.created_at <= ${scope.left ?? null})
    order by f.at nulls last, p.id`.execute(trx);
  return rows;
}

/** Those whose list was drawn in the window. */
export const pushesWithin = (pushes: readonly PushFacts[], { period }: Scope): PushFacts[] =>
  pushes.filter((p) => p.frozenAt !== null && p.frozenAt >= period.start && p.frozenAt < period.end);

/** `formats`: those it exists in; `opened`: those that can be opened. */
export type ResourceFacts = {
  id: number;
  slug: string;
  title: string;
  url: string | null;
  formats: ResourceFormat[];
  opened: ResourceFormat[];
};

/** The inventory as it stood at the end of the window, less what was out of date by then. */
async function resourceFacts(trx: Trx, { campaignId, period }: Scope): Promise<ResourceFacts[]> {
  const { rows } = await sql<ResourceFacts>`
    select r.id, r.slug, r.title, r.url, coalesce(r.formats, '{}') || coalesce(s.opened, '{}') as formats,
      coalesce(s.opened, '{}') || case when r.url is null then '{}' else coalesce(r.formats, '{}') end as opened
    from resources r
    left join lateral (select array_agg(distinct f.format) as opened from resource_files f
      where f.resource_id = r.id and f.created_at < ${period.end} and (f.removed_at is null or f.removed_at >= ${period.end})) s on true
    where r.campaign_id = ${campaignId} and r.created_at < ${period.end} and (r.retired_on is null or r.retired_on > ${period.to}::date)
    order by r.id`.execute(trx);
  const once = (formats: ResourceFormat[]): ResourceFormat[] => [...new Set(formats)];
  return rows.map((r) => ({ ...r, formats: once(r.formats), opened: once(r.opened) }));
}

/** How often a public page was opened, or one of its files; `resource`: whose page or file it is. */
export type PageFacts = { page: string; resource: number | null; what: string; opened: number; robots: number };

async function pageFacts(trx: Trx, { campaignId, period }: Scope): Promise<PageFacts[]> {
  const { rows } = await sql<PageFacts>`
    with counted as (
      select page, what, coalesce(sum(n) filter (where class = 'inconnu'), 0)::bigint as opened,
        coalesce(sum(n) filter (where class = 'scanner'), 0)::bigint as robots
      from page_counts where campaign_id = ${campaignId} and hour >= ${period.start} and hour < ${period.end}
      group by 1, 2
    )
    select split_part(c.page, ':', 1) as page, c.what, c.opened, c.robots,
      case when c.page like 'ressource:%' then split_part(c.page, ':', 2)::bigint else f.resource_id end as resource
    from counted c
    left join resource_files f on c.page = 'fichier:' || f.id`.execute(trx);
  return rows;
}

/** Requests received in the window on the tracked links of an action. */
export type ActionClicks = Clicks & { action: number };

async function actionClicks(trx: Trx, { campaignId, period: { from, to } }: Scope): Promise<ActionClicks[]> {
  const { rows } = await sql<ActionClicks>`
    select s.action_id as action, coalesce(sum(h.hits) filter (where h.class = any(${[...RETAINED]}::text[])), 0)::bigint as retained,
      coalesce(sum(h.hits) filter (where h.class = 'suspect'), 0)::bigint as doubtful,
      coalesce(sum(h.hits) filter (where h.class = 'scanner'), 0)::bigint as robots
    from link_sources s
    join links l on l.source_id = s.id
    left join hit_days h on h.push_id = 0 and h.cell_id = 0 and h.link_id = l.id and h.day >= ${from}::date and h.day <= ${to}::date
      and h.rule <> ${SIMULATED_RULE}
    where s.campaign_id = ${campaignId} and s.kind = 'action' and s.action_id is not null group by 1`.execute(trx);
  return rows;
}

/** Hits that were answered and could not be written down. */
export type GapFacts = { from: Date; to: Date; hits: number };

async function gapFacts(trx: Trx, { period }: Scope): Promise<GapFacts[]> {
  const { rows } = await sql<GapFacts>`
    select started_at as "from", ended_at as "to", hits from journal_gaps
    where ended_at >= ${period.start} and started_at < ${period.end} order by 1`.execute(trx);
  return rows;
}
