import { notFound } from '../base/errors.ts';
import type { Level, Phase } from '../base/words.ts';
import type { Trx } from '../db/database.ts';
import type { ActionInput, ActionKind, ResultInput, ResultUnit } from './action-schema.ts';

export type Owner = { slug: string; name: string };

export type ActionRow = ActionInput & {
  id: number;
  campaignId: number;
  /** Who declares it. */
  organisationId: number;
  organisation: Owner;
  createdAt: Date;
  updatedAt: Date;
  cancelledAt: Date | null;
};

export type ResultRow = ResultInput & {
  id: number;
  actionId: number;
  /** Who says so. */
  organisationId: number;
  organisation: Owner;
  declaredAt: Date;
};

const actions = (trx: Trx, campaignId: number) =>
  trx
    .selectFrom('actions as a')
    .innerJoin('organisations as o', 'o.id', 'a.organisation_id')
    .selectAll('a')
    .select(['o.slug as owner_slug', 'o.name as owner_name'])
    .where('a.campaign_id', '=', campaignId);

/** The declared actions of a campaign, every partner's, in the order in which they take place; cancelled ones too. */
export async function actionsOfCampaign(trx: Trx, campaignId: number): Promise<ActionRow[]> {
  const rows = await actions(trx, campaignId).orderBy('a.starts_at').orderBy('a.id').execute();
  return rows.map(toAction);
}

export async function findAction(trx: Trx, campaignId: number, slug: string): Promise<ActionRow | null> {
  const row = await actions(trx, campaignId).where('a.slug', '=', slug).executeTakeFirst();
  return row ? toAction(row) : null;
}

export async function getAction(trx: Trx, campaignId: number, slug: string): Promise<ActionRow> {
  const action = await findAction(trx, campaignId, slug);
  if (!action) throw notFound('Cette action');
  return action;
}

/** An action in the shape in which it is given. */
export const actionInput = (a: ActionRow): ActionInput => ({
  slug: a.slug,
  kind: a.kind,
  title: a.title,
  description: a.description,
  phase: a.phase,
  levels: a.levels,
  startsAt: a.startsAt,
  endsAt: a.endsAt,
  place: a.place,
  url: a.url,
});

/** What was said of the results of a campaign's actions, or of one of them, the oldest word first. */
export async function resultsOfActions(
  trx: Trx,
  scope: { campaignId: number; actionId?: number },
): Promise<ResultRow[]> {
  const rows = await trx
    .selectFrom('action_results as r')
    .innerJoin('organisations as o', 'o.id', 'r.organisation_id')
    .selectAll('r')
    .select(['o.slug as owner_slug', 'o.name as owner_name'])
    .where('r.campaign_id', '=', scope.campaignId)
    .$if(scope.actionId !== undefined, (q) => q.where('r.action_id', '=', scope.actionId ?? 0))
    .orderBy('r.id')
    .execute();
  return rows.map((r) => ({
    id: r.id,
    actionId: r.action_id,
    organisationId: r.organisation_id,
    organisation: { slug: r.owner_slug, name: r.owner_name },
    value: r.value,
    unit: r.unit as ResultUnit,
    from: r.window_from,
    to: r.window_to,
    source: r.source,
    note: r.note,
    declaredAt: r.declared_at,
  }));
}

type Stored = {
  id: number;
  campaign_id: number;
  organisation_id: number;
  owner_slug: string;
  owner_name: string;
  slug: string;
  kind: string;
  title: string;
  description: string;
  phase: string;
  levels: string[];
  starts_at: Date;
  ends_at: Date | null;
  place: string;
  url: string | null;
  created_at: Date;
  updated_at: Date;
  cancelled_at: Date | null;
};

// What was checked when written is trusted when read.
const toAction = (r: Stored): ActionRow => ({
  id: r.id,
  campaignId: r.campaign_id,
  organisationId: r.organisation_id,
  organisation: { slug: r.owner_slug, name: r.owner_name },
  slug: r.slug,
  kind: r.kind as ActionKind,
  title: r.title,
  description: r.description,
  phase: r.phase as Phase,
  levels: r.levels as Level[],
  startsAt: r.starts_at,
  endsAt: r.ends_at,
  place: r.place,
  url: r.url,
  createdAt: r.created_at,
  updatedAt: r.updated_at,
  cancelledAt: r.cancelled_at,
});
