import { invalid, notFound } from '../base/errors.ts';
import type { Phase } from '../base/words.ts';
import type { Trx } from '../db/database.ts';
import type { Channel, Content } from './schema.ts';
import type { Silence, Window } from './timing.ts';

export type PushRow = {
  id: number;
  /** The lead of the campaign, who writes the common core. */
  organisationId: number;
  campaignId: number;
  campaignSlug: string;
  slug: string;
  title: string;
  channel: Channel;
  phase: Phase;
  audienceId: number;
  scheduledAt: Date | null;
  deadlineAt: Date | null;
  window: Window | null;
  answerBy: Date | null;
  silence: Silence;
  /** Everybody was told what the silence of a signatory did. */
  silenceToldAt: Date | null;
  /** Not null: a model, which never leaves itself. */
  recurrence: string | null;
  modelId: number | null;
  occurrence: Date | null;
  content: Content;
  contentVersion: number;
  currentProofId: number | null;
  createdBy: string;
  createdAt: Date;
  updatedAt: Date;
  pausedAt: Date | null;
  cancelledAt: Date | null;
  finishedAt: Date | null;
};

export type Signatory = { organisationId: number; slug: string; name: string };

const base = (trx: Trx) =>
  trx
    .selectFrom('pushes as p')
    .innerJoin('campaigns as c', 'c.id', 'p.campaign_id')
    .selectAll('p')
    .select('c.slug as campaign_slug');

/** In the order in which they leave; those without a date last. */
export async function pushesOfCampaign(trx: Trx, campaignId: number): Promise<PushRow[]> {
  const rows = await base(trx)
    .where('p.campaign_id', '=', campaignId)
    .orderBy('p.scheduled_at', (o) => o.asc().nullsLast())
    .orderBy('p.id')
    .execute();
  return rows.map(toRow);
}

/** The occurrences already made of a recurring push, the newest first. */
export async function occurrencesOf(trx: Trx, modelId: number): Promise<PushRow[]> {
  const rows = await base(trx).where('p.model_id', '=', modelId).orderBy('p.occurrence', 'desc').execute();
  return rows.map(toRow);
}

export async function getPushById(trx: Trx, id: number): Promise<PushRow> {
  const row = await base(trx).where('p.id', '=', id).executeTakeFirst();
  if (!row) throw notFound('Cet envoi');
  return toRow(row);
}

/** One push by `campagne/envoi`, or by `envoi` alone when a single campaign one sees has it. */
export async function getPush(trx: Trx, reference: string): Promise<PushRow> {
  const [slug, campaign] = reference.split('/').reverse();
  const rows = await base(trx)
    .where('p.slug', '=', slug ?? '')
    .$if(campaign !== undefined, (q) => q.where('c.slug', '=', campaign ?? ''))
    .execute();
  const [row, other] = rows;
  if (!row) throw notFound(`L’envoi « ${reference} »`);
  if (other)
    throw invalid(
      'envoi_ambigu',
      `Plusieurs campagnes ont un envoi « ${reference} » : précisez, par exemple ${row.campaign_slug}/${row.slug}.`,
    );
  return toRow(row);
}

export function signatoriesOf(trx: Trx, pushId: number): Promise<Signatory[]> {
  return trx
    .selectFrom('push_signatories as s')
    .innerJoin('organisations as o', 'o.id', 's.organisation_id')
    .select(['s.organisation_id as organisationId', 'o.slug', 'o.name'])
    .where('s.push_id', '=', pushId)
    .orderBy('o.slug')
    .execute();
}

type Stored = {
  id: number;
  organisation_id: number;
  campaign_id: number;
  campaign_slug: string;
  slug: string;
  title: string;
  channel: string;
  phase: string;
  audience_id: number;
  scheduled_at: Date | null;
  deadline_at: Date | null;
  window_from: Date | null;
  window_to: Date | null;
  answer_by: Date | null;
  silence: string;
  silence_told_at: Date | null;
  recurrence: string | null;
  model_id: number | null;
  occurrence: Date | null;
  content: unknown;
  content_version: number;
  current_proof_id: number | null;
  created_by: string;
  created_at: Date;
  updated_at: Date;
  paused_at: Date | null;
  cancelled_at: Date | null;
  finished_at: Date | null;
};

const toRow = (r: Stored): PushRow => ({
  id: r.id,
  organisationId: r.organisation_id,
  campaignId: r.campaign_id,
  campaignSlug: r.campaign_slug,
  slug: r.slug,
  title: r.title,
  channel: r.channel as Channel,
  phase: r.phase as Phase,
  audienceId: r.audience_id,
  scheduledAt: r.scheduled_at,
  deadlineAt: r.deadline_at,
  window: r.window_from && r.window_to && { from: r.window_from, to: r.window_to },
  answerBy: r.answer_by,
  silence: r.silence as Silence,
  silenceToldAt: r.silence_told_at,
  recurrence: r.recurrence,
  modelId: r.model_id,
  occurrence: r.occurrence,
  content: r.content as Content,
  contentVersion: r.content_version,
  currentProofId: r.current_proof_id,
  createdBy: r.created_by,
  createdAt: r.created_at,
  updatedAt: r.updated_at,
  pausedAt: r.paused_at,
  cancelledAt: r.cancelled_at,
  finishedAt: r.finished_at,
});
