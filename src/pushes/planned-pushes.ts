import { sql } from 'kysely';
import type { Level } from '../base/words.ts';
import { LEVELS } from '../base/words.ts';
import type { AudienceRule } from '../contacts/audience-schema.ts';
import type { Trx } from '../db/database.ts';
import type { Channel } from './schema.ts';

export type PlannedSignatory = {
  id: number;
  slug: string;
  name: string;
  missing: boolean;
  /** Why it no longer counts: it left the campaign, or was silent at the deadline. */
  absent: 'retrait' | 'silence' | null;
};

/** A push as the plan needs it: when, to whom, under whose names, and how far it is. Never its content. */
export type PlannedPush = {
  id: number;
  slug: string;
  title: string;
  channel: Channel;
  rule: AudienceRule;
  levels: Level[];
  signatories: PlannedSignatory[];
  /** When it began to leave, or is to; null: no date yet. */
  at: Date | null;
  deadlineAt: Date | null;
  /** When its signatories must have answered. */
  answerBy: Date | null;
  recurrence: string | null;
  /** Of an issue of a series. */
  modelId: number | null;
  occurrence: Date | null;
  state: 'brouillon' | 'a_valider' | 'programme' | 'pret' | 'en_cours' | 'en_pause' | 'termine' | 'annule' | 'modele';
  createdAt: Date;
  /** Of anything that is said of it here. */
  changedAt: Date;
};

/** All pushes of a campaign in one question, whatever their number. */
export async function plannedPushes(trx: Trx, campaignId: number, now: Date): Promise<PlannedPush[]> {
  type Row = Omit<PlannedPush, 'levels' | 'state'> & {
    placedLevel: Level | null;
    paused: boolean;
    cancelled: boolean;
    finished: boolean;
    begun: boolean;
    submitted: boolean;
    mayLeave: boolean;
  };
  // The two gates are asked of open, submitted pushes only: of the others the answer would not be read.
  const { rows } = await sql<Row>`
    select p.id, p.slug, p.title, p.channel, a.rule, a.placed_level as "placedLevel",
      coalesce(f.at, p.scheduled_at) as at, p.deadline_at as "deadlineAt", p.answer_by as "answerBy", p.recurrence,
      p.model_id as "modelId", p.occurrence, p.created_at as "createdAt",
      greatest(p.updated_at, p.paused_at, p.cancelled_at, p.finished_at, f.at) as "changedAt",
      p.paused_at is not null as paused, p.cancelled_at is not null as cancelled, p.finished_at is not null as finished,
      f.at is not null as begun, p.current_proof_id is not null as submitted,
      case when open then may_leave(p.id) else false end as "mayLeave",
      coalesce((select json_agg(json_build_object('id', o.id, 'slug', o.slug, 'name', o.name,
          'missing', o.id = any(missing.ids), 'absent', case when is_withdrawn(p.campaign_id, o.id) then 'retrait'
            when exists (select 1 from push_lapses l where l.push_id = p.id and l.organisation_id = o.id) then 'silence' end)
          order by o.name)
        from push_signatories s join organisations o on o.id = s.organisation_id where s.push_id = p.id), '[]') as signatories
    from pushes p
    join audiences a on a.id = p.audience_id
    left join freezes f on f.push_id = p.id
    cross join lateral (select p.current_proof_id is not null and p.recurrence is null and p.cancelled_at is null
      and p.finished_at is null as open) o
    cross join lateral (select case when open then array(select missing_approvals(p.id)) else '{}' end as ids) missing
    where p.campaign_id = ${campaignId}
    order by p.id`.execute(trx);
  return rows.map(({ placedLevel, paused, cancelled, finished, begun, submitted, mayLeave, ...push }) => ({
    ...push,
    levels: levelsReached(push.rule, placedLevel),
    state: stateOf({ ...push, paused, cancelled, finished, begun, submitted, mayLeave }, now),
  }));
}

/** The level an audience is placed at, those its rule names, else all three. */
const levelsReached = (rule: AudienceRule, placed: Level | null): Level[] =>
  placed ? [placed] : rule.level ? LEVELS.filter((l) => rule.level?.includes(l)) : [...LEVELS];

type Facts = {
  recurrence: string | null;
  at: Date | null;
  paused: boolean;
  cancelled: boolean;
  finished: boolean;
  begun: boolean;
  submitted: boolean;
  mayLeave: boolean;
};

function stateOf(p: Facts, now: Date): PlannedPush['state'] {
  if (p.recurrence && !p.cancelled) return 'modele';
  if (p.cancelled) return 'annule';
  if (p.finished) return 'termine';
  if (p.paused) return 'en_pause';
  if (!p.submitted) return 'brouillon';
  if (!p.mayLeave) return 'a_valider';
  if (p.begun) return 'en_cours';
  return p.at && p.at > now ? 'programme' : 'pret';
}
