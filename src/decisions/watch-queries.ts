import { sql } from 'kysely';
import type { Trx } from '../db/database.ts';
import { marked, piecesOf, snippet } from './found.ts';
import type { CampaignRef, Cursor, Found, PushRef } from './queries.ts';
import type { WatchNoteInput } from './schema.ts';

export type WatchNoteRow = {
  id: number;
  campaign: CampaignRef | null;
  push: PushRef | null;
  organisation: string;
  organisationId: number;
  date: string;
  title: string;
  /** Markdown. */
  body: string;
  sourceName: string;
  sourceUrl: string | null;
  resources: { slug: string; title: string }[];
  archivedAt: Date | null;
};

export type WatchFilter = {
  campaignId?: number | null | undefined;
  search?: string | undefined;
  organisationId?: number | undefined;
  push?: string | undefined;
  /** Archived ones too. */
  all?: boolean;
};

const notes = (trx: Trx, filter: WatchFilter) =>
  trx
    .selectFrom('watch_notes as w')
    .innerJoin('organisations as o', 'o.id', 'w.organisation_id')
    .leftJoin('campaigns as c', 'c.id', 'w.campaign_id')
    .leftJoin('pushes as p', 'p.id', 'w.push_id')
    .select([
      'w.id',
      'w.campaign_id',
      'c.slug as campaign_slug',
      'c.name as campaign_name',
      'p.slug as push_slug',
      'p.title as push_title',
      'o.name as organisation',
      'w.organisation_id',
      'w.noted_on',
      'w.title',
      'w.body',
      'w.source_name',
      'w.source_url',
      'w.archived_at',
    ])
    // A slug names one resource of the campaign; the organisation's own ones have none.
    .select(
      sql<
        { slug: string; title: string }[]
      >`coalesce((select jsonb_agg(jsonb_build_object('slug', r.slug, 'title', r.title)
        order by r.title) from resources r where r.slug = any(w.resources)
          and r.campaign_id is not distinct from w.campaign_id), '[]')`.as('resources'),
    )
    .$if(filter.campaignId === null, (q) => q.where('w.campaign_id', 'is', null))
    .$if(typeof filter.campaignId === 'number', (q) => q.where('w.campaign_id', '=', Number(filter.campaignId)))
    .$if(filter.search !== undefined, (q) => q.where(sql<boolean>`w.search @@ fr_query(${filter.search})`))
    .$if(filter.organisationId !== undefined, (q) => q.where('w.organisation_id', '=', filter.organisationId ?? 0))
    .$if(filter.push !== undefined, (q) => q.where('p.slug', '=', filter.push ?? ''))
    .$if(!filter.all, (q) => q.where('w.archived_at', 'is', null));

/** One page, the latest first. */
export async function listWatchNotes(
  trx: Trx,
  filter: WatchFilter,
  page: { before?: Cursor | null; limit: number },
): Promise<{ rows: (WatchNoteRow & { found: Found | null })[]; next: Cursor | null }> {
  const { search } = filter;
  const rows = await notes(trx, filter)
    .select(search === undefined ? sql<null>`null`.as('found_title') : marked(sql`w.title`, search).as('found_title'))
    .select(search === undefined ? sql<null>`null`.as('found_body') : marked(sql`w.body`, search).as('found_body'))
    .$if(!!page.before, (q) =>
      q.where(sql<boolean>`(w.noted_on, w.id) < (${page.before?.date}::date, ${page.before?.id}::bigint)`),
    )
    .orderBy('w.noted_on', 'desc')
    .orderBy('w.id', 'desc')
    .limit(page.limit + 1)
    .execute();
  const shown = rows.slice(0, page.limit).map((r) => ({
    ...toRow(r),
    found:
      r.found_title === null
        ? null
        : { subject: piecesOf(r.title, r.found_title), text: snippet(piecesOf(r.body, r.found_body ?? '')) },
  }));
  const last = shown.at(-1);
  return { rows: shown, next: rows.length > page.limit && last ? { date: last.date, id: last.id } : null };
}

/** All of one memory in order of dates, the archived ones too: for documents. */
export async function watchNotesInOrder(trx: Trx, campaignId: number): Promise<WatchNoteRow[]> {
  const rows = await notes(trx, { campaignId, all: true }).orderBy('w.noted_on').orderBy('w.id').execute();
  return rows.map(toRow);
}

export async function watchNoteById(trx: Trx, id: number): Promise<WatchNoteRow | undefined> {
  const row = await notes(trx, { all: true }).where('w.id', '=', id).executeTakeFirst();
  return row && toRow(row);
}

/** The watch notes of a campaign as a folder gives them; archived ones are not part of it any more. */
export async function watchNotesOfCampaign(trx: Trx, campaignId: number): Promise<WatchNoteInput[]> {
  const rows = await notes(trx, { campaignId }).orderBy('w.id').execute();
  return rows.map(toRow).map((r) => ({
    date: r.date,
    title: r.title,
    body: r.body,
    sourceName: r.sourceName,
    sourceUrl: r.sourceUrl,
    resources: r.resources.map((x) => x.slug),
    push: r.push?.slug ?? null,
  }));
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
  noted_on: string;
  title: string;
  body: string;
  source_name: string;
  source_url: string | null;
  archived_at: Date | null;
  resources: { slug: string; title: string }[];
};

const toRow = (r: Stored): WatchNoteRow => ({
  id: r.id,
  campaign:
    r.campaign_id === null ? null : { id: r.campaign_id, slug: r.campaign_slug ?? '', name: r.campaign_name ?? '' },
  push:
    r.push_slug === null ? null : { slug: r.push_slug, title: r.push_title ?? '', campaignSlug: r.campaign_slug ?? '' },
  organisation: r.organisation,
  organisationId: r.organisation_id,
  date: r.noted_on,
  title: r.title,
  body: r.body,
  sourceName: r.source_name,
  sourceUrl: r.source_url,
  resources: r.resources,
  archivedAt: r.archived_at,
});
