import { sql } from 'kysely';
import type { Trx } from '../db/database.ts';
import { marked, type Piece, piecesOf, snippet } from './found.ts';
import type { DecisionInput, Instance, Participant } from './schema.ts';

export type PushRef = { slug: string; title: string; campaignSlug: string };
export type CampaignRef = { id: number; slug: string; name: string };

export type DecisionRow = {
  id: number;
  /** Null: the organisation's own memory. */
  campaign: CampaignRef | null;
  push: PushRef | null;
  /** Who wrote it down. */
  organisation: string;
  organisationId: number;
  instance: Instance;
  /** `2026-11-02` */
  date: string;
  subject: string;
  participants: Participant[];
  options: string;
  /** Empty: pending. */
  decision: string;
  why: string;
  due: string | null;
  supersedesId: number | null;
  /** The one that replaced it; null: in force, or still pending. */
  supersededById: number | null;
  recordedAt: Date;
};
/** Of a search: the subject whole, then the part of the text where the words were found. */
export type Found = { subject: Piece[]; text: Piece[] };

/** Where a decision stands: still to be taken, what holds today, or replaced by another one. */
export const STANDINGS = ['attente', 'vigueur', 'remplacee'] as const;
export type Standing = (typeof STANDINGS)[number];
export const standingOf = (d: Pick<DecisionRow, 'decision' | 'supersededById'>): Standing =>
  d.supersededById !== null ? 'remplacee' : d.decision === '' ? 'attente' : 'vigueur';

export type DecisionFilter = {
  /** Undefined: every memory the organisation reads; null: its own. */
  campaignId?: number | null | undefined;
  search?: string | undefined;
  instance?: Instance | undefined;
  /** Who wrote it down or took part. */
  organisation?: { id: number; name: string } | undefined;
  standing?: Standing | undefined;
  push?: string | undefined;
};
/** A place in a list that goes from the latest to the earliest. */
export type Cursor = { date: string; id: number };

const TEXT = sql<string>`concat_ws(E'\n', nullif(d.decision, ''), nullif(d.why, ''), nullif(d.options, ''))`;

const decisions = (trx: Trx, filter: DecisionFilter) =>
  trx
    .selectFrom('decisions as d')
    .innerJoin('organisations as o', 'o.id', 'd.organisation_id')
    .leftJoin('campaigns as c', 'c.id', 'd.campaign_id')
    .leftJoin('pushes as p', 'p.id', 'd.push_id')
    .leftJoin('decisions as later', 'later.supersedes_id', 'd.id')
    .select([
      'd.id',
      'd.campaign_id',
      'c.slug as campaign_slug',
      'c.name as campaign_name',
      'p.slug as push_slug',
      'p.title as push_title',
      'o.name as organisation',
      'd.organisation_id',
      'd.instance',
      'd.held_on',
      'd.subject',
      'd.participants',
      'd.options',
      'd.decision',
      'd.why',
      'd.due_on',
      'd.supersedes_id',
      'later.id as superseded_by_id',
      'd.created_at',
    ])
    .$if(filter.campaignId === null, (q) => q.where('d.campaign_id', 'is', null))
    .$if(typeof filter.campaignId === 'number', (q) => q.where('d.campaign_id', '=', Number(filter.campaignId)))
    .$if(filter.search !== undefined, (q) => q.where(sql<boolean>`d.search @@ fr_query(${filter.search})`))
    .$if(filter.instance !== undefined, (q) => q.where('d.instance', '=', filter.instance ?? ''))
    .$if(filter.push !== undefined, (q) => q.where('p.slug', '=', filter.push ?? ''))
    .$if(filter.standing === 'remplacee', (q) => q.where('later.id', 'is not', null))
    .$if(filter.standing === 'attente', (q) => q.where('later.id', 'is', null).where('d.decision', '=', ''))
    .$if(filter.standing === 'vigueur', (q) => q.where('later.id', 'is', null).where('d.decision', '<>', ''))
    .$if(filter.organisation !== undefined, (q) =>
      q.where((eb) =>
        eb.or([
          eb('d.organisation_id', '=', filter.organisation?.id ?? 0),
          sql<boolean>`d.participants @> ${JSON.stringify([{ organisation: filter.organisation?.name ?? '' }])}::jsonb`,
        ]),
      ),
    );

/** One page, the latest meeting first. `found` is there where words were searched. */
export async function listDecisions(
  trx: Trx,
  filter: DecisionFilter,
  page: { before?: Cursor | null; limit: number },
): Promise<{ rows: (DecisionRow & { found: Found | null })[]; next: Cursor | null }> {
  const { search } = filter;
  const rows = await decisions(trx, filter)
    .select(
      search === undefined ? sql<null>`null`.as('found_subject') : marked(sql`d.subject`, search).as('found_subject'),
    )
    .select(search === undefined ? sql<null>`null`.as('found_text') : marked(TEXT, search).as('found_text'))
    .$if(!!page.before, (q) =>
      q.where(sql<boolean>`(d.held_on, d.id) < (${page.before?.date}::date, ${page.before?.id}::bigint)`),
    )
    .orderBy('d.held_on', 'desc')
    .orderBy('d.id', 'desc')
    .limit(page.limit + 1)
    .execute();
  const shown = rows.slice(0, page.limit).map((r) => ({ ...toRow(r), found: foundIn(r) }));
  const last = shown.at(-1);
  return { rows: shown, next: rows.length > page.limit && last ? { date: last.date, id: last.id } : null };
}

const foundIn = (r: Stored & { found_subject: string | null; found_text: string | null }): Found | null =>
  r.found_subject === null
    ? null
    : {
        subject: piecesOf(r.subject, r.found_subject),
        text: snippet(piecesOf([r.decision, r.why, r.options].filter(Boolean).join('\n'), r.found_text ?? '')),
      };

/** All of one memory in the order of the meetings: for documents. */
export async function decisionsInOrder(trx: Trx, filter: DecisionFilter): Promise<DecisionRow[]> {
  const rows = await decisions(trx, filter).orderBy('d.held_on').orderBy('d.id').execute();
  return rows.map(toRow);
}

/** Undefined when it does not exist, or is of a memory that is not this organisation's to read. */
export async function decisionById(trx: Trx, id: number): Promise<DecisionRow | undefined> {
  const row = await decisions(trx, {}).where('d.id', '=', id).executeTakeFirst();
  return row && toRow(row);
}

/** What this decision replaced, and what replaced it, the first one first. Each replaces one only: a line, no tree. */
export async function chainOf(trx: Trx, id: number): Promise<DecisionRow[]> {
  // `union`, not `union all`: even rows that nobody should have written cannot make it run for ever.
  const { rows } = await sql<{ id: number }>`
    with recursive
      before as (select id, supersedes_id from decisions where id = ${id}
        union select d.id, d.supersedes_id from decisions d join before b on d.id = b.supersedes_id),
      after as (select id from decisions where id = ${id}
        union select d.id from decisions d join after a on d.supersedes_id = a.id)
    select id from before union select id from after`.execute(trx);
  const chain = await decisions(trx, {})
    .where(
      'd.id',
      'in',
      rows.map((r) => r.id),
    )
    .orderBy('d.id')
    .execute();
  return chain.map(toRow);
}

/** The decisions of a campaign as a folder gives them, in the order in which they were written. */
export async function decisionsOfCampaign(trx: Trx, campaignId: number): Promise<DecisionInput[]> {
  const rows = (await decisions(trx, { campaignId }).orderBy('d.id').execute()).map(toRow);
  const byId = new Map(rows.map((r) => [r.id, r]));
  return rows.map((r) => {
    const old = r.supersedesId === null ? undefined : byId.get(r.supersedesId);
    return {
      instance: r.instance,
      date: r.date,
      subject: r.subject,
      participants: r.participants,
      options: r.options,
      decision: r.decision,
      why: r.why,
      due: r.due,
      push: r.push?.slug ?? null,
      supersedes: old ? { date: old.date, subject: old.subject } : null,
    };
  });
}

type Stored = {
  id: number;
  campaign_id: number | null;
  campaign_slug: string | null;
  campaign_name: string | null;
  push_slug: string | null;
  push_title: string | null;
  organisation: string;
  organisation_id: number;
  instance: string;
  held_on: string;
  subject: string;
  participants: unknown;
  options: string;
  decision: string;
  why: string;
  due_on: string | null;
  supersedes_id: number | null;
  superseded_by_id: number | null;
  created_at: Date;
};

// What was checked when written is trusted when read.
const toRow = (r: Stored): DecisionRow => ({
  id: r.id,
  campaign:
    r.campaign_id === null ? null : { id: r.campaign_id, slug: r.campaign_slug ?? '', name: r.campaign_name ?? '' },
  push:
    r.push_slug === null ? null : { slug: r.push_slug, title: r.push_title ?? '', campaignSlug: r.campaign_slug ?? '' },
  organisation: r.organisation,
  organisationId: r.organisation_id,
  instance: r.instance as Instance,
  date: r.held_on,
  subject: r.subject,
  participants: r.participants as Participant[],
  options: r.options,
  decision: r.decision,
  why: r.why,
  due: r.due_on,
  supersedesId: r.supersedes_id,
  supersededById: r.superseded_by_id,
  recordedAt: r.created_at,
});
