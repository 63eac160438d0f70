import { sql } from 'kysely';
import { notFound } from '../base/errors.ts';
import { searched } from '../base/search-words.ts';
import { type Trx, withOrganisation } from '../db/database.ts';
import { allow, may } from '../organisations/permissions.ts';
import {
  type CampaignRef,
  type Cursor,
  chainOf,
  type DecisionFilter,
  type DecisionRow,
  decisionById,
  decisionsInOrder,
  type Found,
  listDecisions,
} from './queries.ts';
import type { MemberCtx } from './schema.ts';
import { listWatchNotes, type WatchNoteRow, watchNoteById, watchNotesInOrder } from './watch-queries.ts';

export const PAGE = 25;
export const NOTES = 5;

/** Whose memory: one campaign's, the organisation's own (null), or everything it reads (undefined). */
export type Whose = number | null | undefined;

export type MemoryFilter = Omit<DecisionFilter, 'campaignId' | 'organisation'> & {
  /** By its short name. */
  organisation?: string | undefined;
};

/** A decision as this reader may see it: `people` stays empty for who reads figures, not persons. */
export type ShownDecision = Omit<DecisionRow, 'participants'> & {
  participants: { organisation: string; people: string[]; count: number }[];
};

export type MemoryPage = {
  decisions: (ShownDecision & { found: Found | null })[];
  next: Cursor | null;
  notes: (WatchNoteRow & { found: Found | null })[];
  nextNote: Cursor | null;
  /** Over the whole memory, whatever the filters. */
  total: number;
  pending: number;
  /** The organisation may write here. */
  open: boolean;
  organisations: { slug: string; name: string }[];
  pushes: { slug: string; title: string }[];
};

/** One page of a memory: decisions by date, watch notes beside, and what the filters offer. */
export async function readMemory(
  ctx: MemberCtx,
  campaignId: Whose,
  filter: MemoryFilter,
  page: { before?: Cursor | null; beforeNote?: Cursor | null } = {},
): Promise<MemoryPage> {
  return reading(ctx, async (trx) => {
    const organisations = await organisationsOf(trx, campaignId);
    const organisation = organisations.find((o) => o.slug === filter.organisation);
    const search = filter.search === undefined ? undefined : searched(filter.search);
    const decisions = await listDecisions(
      trx,
      { ...filter, search, campaignId, organisation },
      { before: page.before ?? null, limit: PAGE },
    );
    const notes = await listWatchNotes(
      trx,
      { campaignId, search, push: filter.push, organisationId: organisation?.id },
      { before: page.beforeNote ?? null, limit: NOTES },
    );
    return {
      decisions: decisions.rows.map(shownTo(ctx)),
      next: decisions.next,
      notes: notes.rows,
      nextNote: notes.next,
      ...(await countsOf(trx, campaignId)),
      open: typeof campaignId !== 'number' || (await isOpen(trx, campaignId)),
      organisations,
      pushes: typeof campaignId === 'number' ? await pushesOf(trx, campaignId) : [],
    };
  });
}

/** One decision with all those it replaces and that replace it, itself among them. */
export async function readDecision(
  ctx: MemberCtx,
  id: number,
): Promise<{ decision: ShownDecision; chain: ShownDecision[]; open: boolean }> {
  return reading(ctx, async (trx) => {
    const decision = await decisionById(trx, id);
    if (!decision) throw notFound('Cette décision');
    return {
      decision: shownTo(ctx)(decision),
      chain: (await chainOf(trx, id)).map(shownTo(ctx)),
      open: decision.campaign === null || (await isOpen(trx, decision.campaign.id)),
    };
  });
}

export async function readWatchNote(ctx: MemberCtx, id: number): Promise<WatchNoteRow> {
  return reading(ctx, async (trx) => {
    const note = await watchNoteById(trx, id);
    if (!note) throw notFound('Cette note de veille');
    return note;
  });
}

/** The whole memory of a campaign, in the order of its meetings. */
export const readWholeMemory = (
  ctx: MemberCtx,
  campaignId: number,
): Promise<{ decisions: ShownDecision[]; notes: WatchNoteRow[] }> =>
  reading(ctx, async (trx) => ({
    decisions: (await decisionsInOrder(trx, { campaignId })).map(shownTo(ctx)),
    notes: await watchNotesInOrder(trx, campaignId),
  }));

export type FormChoices = {
  campaign: CampaignRef | null;
  pushes: { slug: string; title: string }[];
  resources: { slug: string; title: string }[];
  /** Names of the partners, to be there. */
  organisations: string[];
};

/** What a form that writes in this memory offers. */
export async function readFormChoices(ctx: MemberCtx, campaignId: number | null): Promise<FormChoices> {
  allow(ctx.actor, 'memory.write');
  return reading(ctx, async (trx) => ({
    campaign:
      campaignId === null
        ? null
        : ((await trx
            .selectFrom('campaigns')
            .select(['id', 'slug', 'name'])
            .where('id', '=', campaignId)
            .executeTakeFirst()) ?? null),
    pushes: campaignId === null ? [] : await pushesOf(trx, campaignId),
    resources: await trx
      .selectFrom('resources')
      .select(['slug', 'title'])
      .where('campaign_id', campaignId === null ? 'is' : '=', campaignId)
      .orderBy('title')
      .limit(500)
      .execute(),
    organisations: (await organisationsOf(trx, campaignId)).map((o) => o.name),
  }));
}

const reading = <T>(ctx: MemberCtx, run: (trx: Trx) => Promise<T>): Promise<T> => {
  allow(ctx.actor, 'memory.read');
  return withOrganisation(ctx.db, ctx.actor.organisationId, run);
};

/** An évaluateur reads what was decided and why, not who sat at the table. */
export const shownTo =
  (ctx: MemberCtx) =>
  <D extends DecisionRow>(d: D): D & ShownDecision => ({
    ...d,
    participants: d.participants.map((p) => ({
      organisation: p.organisation,
      people: may(ctx.actor, 'push.read') ? p.people : [],
      count: p.people.length,
    })),
  });

/** Who takes part, for a campaign; everybody one works with, for all; oneself, for one's own. */
const organisationsOf = (trx: Trx, campaignId: Whose): Promise<{ id: number; slug: string; name: string }[]> =>
  trx
    .selectFrom('organisations as o')
    .select(['o.id', 'o.slug', 'o.name'])
    .where((eb) =>
      eb.or([
        eb('o.id', '=', sql<number>`current_organisation()`),
        ...(campaignId === null
          ? []
          : [
              eb.exists(
                eb
                  .selectFrom('campaign_partners as p')
                  .select('p.campaign_id')
                  .whereRef('p.organisation_id', '=', 'o.id')
                  .$if(campaignId !== undefined, (q) => q.where('p.campaign_id', '=', Number(campaignId))),
              ),
            ]),
      ]),
    )
    .orderBy('o.name')
    .execute();

const pushesOf = (trx: Trx, campaignId: number) =>
  trx
    .selectFrom('pushes')
    .select(['slug', 'title'])
    .where('campaign_id', '=', campaignId)
    .orderBy('scheduled_at')
    .orderBy('id')
    .limit(500)
    .execute();

async function isOpen(trx: Trx, campaignId: number): Promise<boolean> {
  const { rows } = await sql<{ open: boolean }>`
    select ${campaignId} in (select my_open_campaigns()) as open`.execute(trx);
  return rows[0]?.open ?? false;
}

async function countsOf(trx: Trx, campaignId: Whose): Promise<{ total: number; pending: number }> {
  const row = await trx
    .selectFrom('decisions as d')
    .leftJoin('decisions as later', 'later.supersedes_id', 'd.id')
    .select((eb) => [
      eb.fn.countAll<number>().as('total'),
      eb.fn.countAll<number>().filterWhere('later.id', 'is', null).filterWhere('d.decision', '=', '').as('pending'),
    ])
    .$if(campaignId === null, (q) => q.where('d.campaign_id', 'is', null))
    .$if(typeof campaignId === 'number', (q) => q.where('d.campaign_id', '=', Number(campaignId)))
    .executeTakeFirstOrThrow();
  return row;
}
