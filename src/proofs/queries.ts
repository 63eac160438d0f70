import { sql } from 'kysely';
import { notFound } from '../base/errors.ts';
import type { Trx } from '../db/database.ts';
import type { Content } from '../pushes/schema.ts';
import type { Window } from '../pushes/timing.ts';
import { type SurveyRow, surveysOfCampaign } from '../surveys/queries.ts';

/** The push with what rendering and hashing need; the row is visible to its campaign's partners only. */
export async function pushToProve(trx: Trx, pushId: number) {
  const row = await trx
    .selectFrom('pushes as p')
    .innerJoin('audiences as a', 'a.id', 'p.audience_id')
    .innerJoin('campaigns as c', 'c.id', 'p.campaign_id')
    .leftJoin('freezes as f', 'f.push_id', 'p.id')
    .leftJoin('proofs as s', 's.id', 'p.current_proof_id')
    .leftJoin('webinars as w', (j) =>
      j.onRef('w.campaign_id', '=', 'p.campaign_id').on('w.slug', '=', sql`p.content ->> 'webinar'`),
    )
    .select([
      'p.id',
      'p.slug',
      'p.title',
      'p.organisation_id',
      'p.campaign_id',
      'p.audience_id',
      'p.channel',
      'p.content',
      'p.content_version',
      'p.current_proof_id',
      'p.scheduled_at',
      'p.deadline_at',
      'p.window_from',
      'p.window_to',
      'p.answer_by',
      'p.silence',
      'p.silence_told_at',
      'p.model_id',
      'p.cancelled_at',
      'p.finished_at',
      'p.updated_at',
      'p.recurrence',
      'a.name as audience',
      'a.rule',
      'a.placed_level',
      'f.at as drawn_at',
      's.created_at as submitted_at',
      // Of the webinar it invites to.
      'w.id as webinar_id',
      'w.updated_at as webinar_updated_at',
      'c.link_mode',
      'c.address_cap',
      'c.address_days',
      'c.company_cap',
      'c.company_days',
      'c.name as campaign',
      'c.slug as campaign_slug',
    ])
    .where('p.id', '=', pushId)
    .executeTakeFirst();
  if (!row) throw notFound('Envoi');
  return { ...row, surveys: await carriedSurveys(trx, row.campaign_id, row.content) };
}
/** What a message asks its readers, beside its words: read on a page of ours, and approved with the rest. */
export type CarriedSurvey = Pick<
  SurveyRow,
  'id' | 'slug' | 'title' | 'introduction' | 'questions' | 'comment' | 'closesAt' | 'closedAt'
>;

/** What of a survey is approved: all that is read before answering. The day it ends is its own. */
export const askedIn = ({ slug, title, introduction, questions, comment }: CarriedSurvey) => ({
  slug,
  title,
  introduction,
  questions,
  comment,
});

async function carriedSurveys(trx: Trx, campaignId: number, content: unknown): Promise<CarriedSurvey[]> {
  const blocks = (content as Partial<Content> | null)?.blocks ?? [];
  const named = new Set(blocks.flatMap((b) => (b.type === 'survey' ? [b.survey] : [])));
  if (named.size === 0) return [];
  return (await surveysOfCampaign(trx, campaignId)).filter((s) => s.webinarId === null && named.has(s.slug));
}

export type PushToProve = Awaited<ReturnType<typeof pushToProve>>;

export const windowOf = (push: PushToProve): Window | null =>
  push.window_from && push.window_to && { from: push.window_from, to: push.window_to };

export type SignatoryState = {
  id: number;
  slug: string;
  name: string;
  asked: Buffer | null;
  /** Its yes is still missing; never of one that no longer counts. */
  missing: boolean;
  /** Why it no longer counts: it left the campaign, or was silent at the deadline. Its contacts are not written to. */
  absent: 'retrait' | 'silence' | null;
};

/** Each signatory of a push: the hash it is asked about, and whether its yes is still missing. */
export async function signatoriesOf(trx: Trx, pushId: number): Promise<SignatoryState[]> {
  const rows = await trx
    .selectFrom('push_signatories as s')
    .innerJoin('organisations as o', 'o.id', 's.organisation_id')
    .innerJoin('pushes as p', 'p.id', 's.push_id')
    .leftJoin('proof_hashes as h', (j) =>
      j.onRef('h.proof_id', '=', 'p.current_proof_id').onRef('h.organisation_id', '=', 's.organisation_id'),
    )
    .select([
      'o.id',
      'o.slug',
      'o.name',
      'h.content_hash as asked',
      sql<boolean>`s.organisation_id in (select missing_approvals(s.push_id))`.as('missing'),
      sql<SignatoryState['absent']>`case when is_withdrawn(s.campaign_id, s.organisation_id) then 'retrait'
        when s.organisation_id not in (select present_signatories(s.push_id)) then 'silence' end`.as('absent'),
    ])
    .where('s.push_id', '=', pushId)
    .orderBy('o.name')
    .execute();
  return rows;
}

export const mayLeave = async (trx: Trx, pushId: number): Promise<boolean> =>
  (await sql<{ may: boolean }>`select may_leave(${pushId}) as may`.execute(trx)).rows[0]!.may;

/** The stored variants of the current proof. */
export const currentVariants = (trx: Trx, pushId: number) =>
  trx
    .selectFrom('proof_variants as v')
    .innerJoin('pushes as p', 'p.current_proof_id', 'v.proof_id')
    .select([
      'v.id',
      'v.organisation_id',
      'v.level',
      'v.subject',
      'v.html',
      'v.text',
      'v.skeleton',
      'v.links',
      'v.bytes',
    ])
    .where('p.id', '=', pushId)
    .orderBy('v.organisation_id')
    .orderBy('v.level')
    .execute();
