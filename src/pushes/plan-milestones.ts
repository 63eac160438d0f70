import type { CampaignRow } from '../campaigns/queries.ts';
import type { Trx } from '../db/database.ts';
import type { PlanEntry } from './plan-calendar.ts';
import type { PlannedPush } from './planned-pushes.ts';

/** What has a date in a campaign without being done by anybody: its two ends, answers awaited, resources to read again. */
export async function milestones(
  trx: Trx,
  campaign: CampaignRow,
  pushes: readonly PlannedPush[],
): Promise<PlanEntry[]> {
  const { created_at, updated_at } = await trx
    .selectFrom('campaigns')
    .select(['created_at', 'updated_at'])
    .where('id', '=', campaign.id)
    .executeTakeFirstOrThrow();
  const own = { createdAt: created_at, changedAt: updated_at };
  return [
    { ...BARE, ...own, key: `debut-${campaign.id}`, title: 'Début de la campagne', start: campaign.startsOn, path: '' },
    { ...BARE, ...own, key: `fin-${campaign.id}`, title: 'Fin de la campagne', start: campaign.endsOn, path: '' },
    ...pushes.flatMap((p) =>
      p.answerBy && p.state === 'a_valider'
        ? [
            {
              ...BARE,
              key: `reponse-${p.id}`,
              title: `Dernier moment pour valider « ${p.title} »`,
              start: p.answerBy,
              path: `envois/${p.slug}`,
              organisations: p.signatories.filter((s) => s.missing).map(({ id, slug, name }) => ({ id, slug, name })),
              createdAt: p.createdAt,
              changedAt: p.changedAt,
            },
          ]
        : [],
    ),
    ...(await reviews(trx, campaign.id)),
  ];
}

const BARE = {
  kind: 'jalon',
  end: null,
  organisations: [] as PlanEntry['organisations'],
  levels: [] as PlanEntry['levels'],
  channel: null,
  place: '',
  cancelled: false,
  push: null,
} as const satisfies Partial<PlanEntry>;

async function reviews(trx: Trx, campaignId: number): Promise<PlanEntry[]> {
  const rows = await trx
    .selectFrom('resources as r')
    .innerJoin('organisations as o', 'o.id', 'r.organisation_id')
    .select(['r.id', 'r.slug', 'r.title', 'r.review_on', 'r.created_at', 'r.updated_at'])
    .select(['o.id as owner_id', 'o.slug as owner_slug', 'o.name as owner_name'])
    .where('r.campaign_id', '=', campaignId)
    .where('r.review_on', 'is not', null)
    .where('r.retired_on', 'is', null)
    .execute();
  return rows.map((r) => ({
    ...BARE,
    kind: 'relecture',
    key: `relecture-${r.id}`,
    title: `Relire « ${r.title} »`,
    start: r.review_on ?? '',
    organisations: [{ id: r.owner_id, slug: r.owner_slug, name: r.owner_name }],
    path: `ressources#${r.slug}`,
    createdAt: r.created_at,
    changedAt: r.updated_at,
  }));
}
