import { sql } from 'kysely';
import { z } from 'zod';
import { ZONE } from '../base/dates.ts';
import { invalid } from '../base/errors.ts';
import { getAction } from '../campaigns/action-queries.ts';
import { mustOwnLine } from '../campaigns/plan-partner.ts';
import type { CampaignRow } from '../campaigns/queries.ts';
import { daySchema, slugSchema } from '../campaigns/schema.ts';
import { crossing, type Trx } from '../db/database.ts';
import { recordAudit } from '../memory/audit.ts';
import { mintSourceTokens } from '../tracking/mint-source-tokens.ts';
import { SIMULATED_RULE } from '../tracking/simulated.ts';
import type { MemberCtx } from './schema.ts';

const n = z
  .int('Donnez un nombre entier.')
  .min(0, 'Donnez un nombre entier.')
  .max(1_000_000, 'Ce nombre est trop grand.');

/** A simulated journal: requests that never were, on the tracked link of a declared action, day by day. */
export const simulatedJournalSchema = z.strictObject({
  action: slugSchema,
  days: z
    .array(z.strictObject({ day: daySchema, retained: n, doubtful: n, robots: n }))
    .min(1, 'Ce journal n’a aucun jour.')
    .max(800, 'Ce journal est trop long : 800 jours au plus.')
    .transform((days) => days.toSorted((a, b) => (a.day < b.day ? -1 : 1))),
});
export type SimulatedJournal = z.output<typeof simulatedJournalSchema>;

const CLASSES = { retained: 'inconnu', doubtful: 'suspect', robots: 'scanner' } as const;
/** No rule found them so: the file says what each would have been. */
const VERSION = 0;

/**
 * Writes the totals of a simulated journal, under a rule of their own and among no hits. Days that it no longer has become
 * noughts. Refused outside a demonstration (`pas_une_demonstration`): simulated figures never stand beside those of a real
 * campaign.
 */
export async function writeSimulatedJournal(
  trx: Trx,
  ctx: MemberCtx,
  campaign: CampaignRow,
  { action: slug, days }: SimulatedJournal,
): Promise<void> {
  if (!campaign.demo)
    throw invalid(
      'pas_une_demonstration',
      'clics-simules.csv : un journal simulé n’entre que dans une campagne de démonstration (démonstration: oui). Retirez ce fichier, ou dites-le dans campagne.yaml.',
    );
  const action = await getAction(trx, campaign.id, slug);
  mustOwnLine(ctx, action);
  const { url } = action;
  if (url === null)
    throw invalid('action_sans_lien', `clics-simules.csv : l’action « ${action.title} » ne mène à aucune page.`);
  await crossing(trx, ctx.db, async (all) => {
    const source = { organisationId: action.organisationId, campaignId: campaign.id, kind: 'action' as const };
    const links = [{ url, label: action.title }];
    const token = (await mintSourceTokens(all, { ...source, actionId: action.id }, links, ctx.now())).get(url);
    const { link_id: link } = await all
      .selectFrom('tokens')
      .select('link_id')
      .where('token', '=', token ?? '')
      .executeTakeFirstOrThrow();
    for (const table of ['hit_rollups', 'hit_days'] as const)
      await all
        .updateTable(table)
        .set({ hits: 0 })
        .where('campaign_id', '=', campaign.id)
        .where('link_id', '=', link)
        .where('rule', '=', SIMULATED_RULE)
        .execute();
    await insertTotals(all, { organisationId: action.organisationId, campaignId: campaign.id, link }, days);
  });
  await recordAudit(trx, ctx, {
    action: 'page.simulate',
    subject: `action:${action.id}`,
    detail: { days: days.length },
  });
}

/** At noon in Paris of each day: a simulated hour would say more than the file does. */
async function insertTotals(
  all: Trx,
  of: { organisationId: number; campaignId: number; link: number },
  days: SimulatedJournal['days'],
): Promise<void> {
  const rows = days.flatMap((d) =>
    Object.entries(CLASSES).map(([part, hitClass]) => ({
      day: d.day,
      class: hitClass,
      hits: d[part as keyof typeof CLASSES],
    })),
  );
  await sql`
    with told as (
      select * from unnest(${rows.map((r) => r.day)}::date[], ${rows.map((r) => r.class)}::text[], ${rows.map((r) => r.hits)}::int[])
        as t (day, class, hits)
    ), hours as (
      insert into hit_rollups (organisation_id, campaign_id, push_id, cell_id, link_id, hour, class, rule, rule_version, hits)
      select ${of.organisationId}::bigint, ${of.campaignId}::bigint, 0, 0, ${of.link}::bigint,
        (day + time '12:00') at time zone ${ZONE}, class, ${SIMULATED_RULE}, ${VERSION}::int, hits from told
      on conflict (push_id, cell_id, link_id, hour, class, rule, rule_version) do update set hits = excluded.hits
    )
    insert into hit_days (organisation_id, campaign_id, push_id, cell_id, link_id, day, class, rule, rule_version, hits)
    select ${of.organisationId}::bigint, ${of.campaignId}::bigint, 0, 0, ${of.link}::bigint, day, class, ${SIMULATED_RULE},
      ${VERSION}::int, hits from told
    on conflict (push_id, cell_id, link_id, day, class, rule, rule_version) do update set hits = excluded.hits`.execute(
    all,
  );
}

/** The simulated journals of a campaign, by action. */
export async function simulatedJournalsOf(trx: Trx, campaignId: number): Promise<SimulatedJournal[]> {
  const { rows } = await sql<SimulatedJournal['days'][number] & { action: string }>`
    select a.slug as action, (r.hour at time zone ${ZONE})::date::text as day,
      coalesce(sum(r.hits) filter (where r.class = ${CLASSES.retained}), 0)::bigint as retained,
      coalesce(sum(r.hits) filter (where r.class = ${CLASSES.doubtful}), 0)::bigint as doubtful,
      coalesce(sum(r.hits) filter (where r.class = ${CLASSES.robots}), 0)::bigint as robots
    from hit_rollups r
    join links l on l.id = r.link_id
    join link_sources s on s.id = l.source_id
    join actions a on a.id = s.action_id
    where r.campaign_id = ${campaignId} and r.push_id = 0 and r.rule = ${SIMULATED_RULE}
    group by 1, 2 having sum(r.hits) > 0 order by 1, 2`.execute(trx);
  return [...Map.groupBy(rows, (r) => r.action)].map(([action, of]) => ({
    action,
    days: of.map(({ action: _, ...day }) => day),
  }));
}
