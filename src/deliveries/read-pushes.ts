import { sql } from 'kysely';
import { decisionsOn } from '../approvals/queries.ts';
import type { Actor, Ctx } from '../base/context.ts';
import { parseParis, toParisDay } from '../base/dates.ts';
import type { Level } from '../base/words.ts';
import { acrossOrganisations, type Trx, withOrganisation } from '../db/database.ts';
import { allow } from '../organisations/permissions.ts';
import { type SignatoryState, signatoriesOf } from '../proofs/queries.ts';
import { levelsOf } from '../proofs/variants.ts';
import { nextOccurrence } from '../pushes/next-occurrence.ts';
import type { Channel } from '../pushes/schema.ts';
import { type PushState, pushState } from './queries.ts';
import { OWED } from './schema.ts';
import { type Block, readerOf, toldBlocks } from './told.ts';

type MemberCtx = Ctx<Exclude<Actor, { kind: 'clock' }>>;

/** One push as lists show it: where it stands, who still has to say yes, and how far it went. */
export type PushLine = {
  id: number;
  organisationId: number;
  campaignId: number;
  campaignSlug: string;
  campaign: string;
  slug: string;
  title: string;
  channel: Channel;
  levels: Level[];
  /** When it leaves, or began to; for a recurring push its next occurrence. */
  at: Date | null;
  recurrence: string | null;
  /** Of an issue of a series: the series. */
  modelId: number | null;
  state: PushState;
  /** When the signatories must have answered; null: by the hour of departure. */
  answerBy: Date | null;
  /** Everybody was told that the answers, or the hour, had gone by. */
  silenceToldAt: Date | null;
  signatories: SignatoryState[];
  /** Names of those whose last word on this very content asks for changes: they wait for the lead now. */
  changesAskedBy: string[];
  progress: PushProgress | null;
};

/**
 * Null before the list is drawn. `done` = no longer owed to anybody; `accepted`: distributed and not come back since.
 * `partial`: partners' rows that are too few to be told are not counted.
 */
export type PushProgress = { addressed: number; done: number; accepted: number; partial: boolean };

/** One push, those of one campaign, or of all of them, in the order in which they leave; `open` leaves out what has ended. */
export async function readPushes(
  ctx: MemberCtx,
  scope: { campaignId?: number; pushId?: number; open?: boolean },
): Promise<PushLine[]> {
  allow(ctx.actor, 'campaign.read');
  const lines = await withOrganisation(ctx.db, ctx.actor.organisationId, async (trx) => {
    const found: PushLine[] = [];
    for (const p of await chosen(trx, scope)) {
      const state = await pushState(trx, p.id, ctx.now());
      const signatories = await signatoriesOf(trx, p.id);
      found.push({
        id: p.id,
        organisationId: p.organisation_id,
        campaignId: p.campaign_id,
        campaignSlug: p.campaign_slug,
        campaign: p.campaign,
        slug: p.slug,
        title: p.title,
        channel: p.channel as Channel,
        levels: levelsOf(p),
        recurrence: p.recurrence,
        modelId: p.model_id,
        at: p.recurrence ? nextIssue(p.recurrence, p, ctx.now()) : (p.began_at ?? p.scheduled_at),
        state,
        answerBy: p.answer_by,
        silenceToldAt: p.silence_told_at,
        signatories,
        changesAskedBy: state === 'a_valider' ? await changesAskedBy(trx, p.id, signatories) : [],
        progress: null,
      });
    }
    return found;
  });
  const progress = await progressOf(
    ctx,
    lines.map((l) => l.id),
  );
  return lines
    .map((l) => ({ ...l, progress: progress.get(l.id) ?? null }))
    .toSorted((a, b) => (a.at?.getTime() ?? Number.POSITIVE_INFINITY) - (b.at?.getTime() ?? Number.POSITIVE_INFINITY));
}

type Bounds = { starts_on: string; ends_on: string; deadline_at: Date | null };

/** Inside the campaign, as the clock makes them; null when the series ends before. */
function nextIssue(recurrence: string, { starts_on, ends_on, deadline_at }: Bounds, now: Date): Date | null {
  const firstMoment = new Date((parseParis(starts_on) ?? now).getTime() - 1);
  const next = nextOccurrence(recurrence, firstMoment > now ? firstMoment : now);
  if (!next || toParisDay(next) > ends_on) return null;
  return deadline_at && next > deadline_at ? null : next;
}

async function changesAskedBy(trx: Trx, pushId: number, signatories: readonly SignatoryState[]): Promise<string[]> {
  const decisions = await decisionsOn(trx, `push:${pushId}`);
  return signatories
    .filter(
      (s) =>
        decisions.find((d) => d.organisation_id === s.id && s.asked?.equals(d.content_hash))?.decision === 'changement',
    )
    .map((s) => s.name);
}

const chosen = (trx: Trx, { campaignId, pushId, open }: { campaignId?: number; pushId?: number; open?: boolean }) =>
  trx
    .selectFrom('pushes as p')
    .innerJoin('campaigns as c', 'c.id', 'p.campaign_id')
    .innerJoin('audiences as a', 'a.id', 'p.audience_id')
    .leftJoin('freezes as f', 'f.push_id', 'p.id')
    .select([
      'p.id',
      'p.organisation_id',
      'p.campaign_id',
      'c.slug as campaign_slug',
      'c.name as campaign',
      'c.starts_on',
      'c.ends_on',
      'p.slug',
      'p.title',
      'p.channel',
      'p.scheduled_at',
      'p.deadline_at',
      'p.answer_by',
      'p.silence_told_at',
      'f.at as began_at',
      'p.recurrence',
      'p.model_id',
      'a.rule',
      'a.placed_level',
    ])
    .$if(campaignId !== undefined, (q) => q.where('p.campaign_id', '=', campaignId ?? 0))
    .$if(pushId !== undefined, (q) => q.where('p.id', '=', pushId ?? 0))
    .$if(open === true, (q) => q.where('p.finished_at', 'is', null).where('p.cancelled_at', 'is', null))
    .orderBy('p.id')
    .execute();

type BlockProgress = { pushId: number; k: number; addressed: number; done: number; accepted: number } & Block;

/** Joint totals, over those signatories whose rows the reader may count. */
function progressOf(ctx: MemberCtx, ids: readonly number[]): Promise<Map<number, PushProgress>> {
  const reader = readerOf(ctx);
  return acrossOrganisations(ctx.db, async (trx) => {
    // A list on which nobody was left has one line too, of no organisation.
    const { rows } = await sql<BlockProgress>`
      select f.push_id as "pushId", c.k, coalesce(d.organisation_id, 0) as "organisationId", count(d.id) as people,
        d.cell_id is not null as measured, count(d.id) filter (where d.state <> 'cancelled') as addressed,
        count(d.id) filter (where d.state <> 'cancelled' and d.state <> all(${[...OWED]})) as done,
        count(d.id) filter (where d.state in ('accepted', 'complained')) as accepted
      from freezes f join campaigns c on c.id = f.campaign_id
      left join deliveries d on d.push_id = f.push_id and d.state <> 'set_apart'
      where f.push_id = any(${[...ids]}) group by 1, 2, 3, measured`.execute(trx);
    return new Map([...Map.groupBy(rows, (r) => r.pushId)].map(([id, blocks]) => [id, summed(blocks, reader)]));
  });
}

function summed(blocks: readonly BlockProgress[], reader: number | null): PushProgress {
  const { told, partial } = toldBlocks(blocks, reader, blocks[0]?.k ?? 0);
  const counted = blocks.filter(told);
  const sum = (of: (block: BlockProgress) => number): number => counted.reduce((total, b) => total + of(b), 0);
  return { addressed: sum((b) => b.addressed), done: sum((b) => b.done), accepted: sum((b) => b.accepted), partial };
}
