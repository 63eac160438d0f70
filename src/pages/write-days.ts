import { sql } from 'kysely';
import type { Trx } from '../db/database.ts';
import type { WatchedPage } from './queries.ts';
import type { ExportDay } from './read-export.ts';

type Days = { page: WatchedPage; organisationId: number; importId: number; days: readonly ExportDay[] };

/** The days of one file, in one statement. */
export const insertDays = (trx: Trx, { page, organisationId, importId, days }: Days): Promise<unknown> =>
  sql`insert into page_days (page_id, organisation_id, campaign_id, import_id, day, measure, n)
    select ${page.id}::bigint, ${organisationId}::bigint, ${page.campaignId}::bigint, ${importId}::bigint, d.day, d.measure, d.n
    from unnest(${days.map((d) => d.day)}::date[], ${days.map((d) => d.measure)}::text[], ${days.map((d) => d.n)}::bigint[])
      as d (day, measure, n)`.execute(trx);
