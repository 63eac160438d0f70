import { sql } from 'kysely';
import type { Level } from '../base/words.ts';
import type { Trx } from '../db/database.ts';
import type { AudienceRule } from './audience-schema.ts';
import { compileAudience } from './audience-sql.ts';
import { type ContactListRow, LIST_COLUMNS } from './queries.ts';

export type Audience = {
  id: number;
  organisationId: number;
  campaignId: number | null;
  slug: string;
  name: string;
  rule: AudienceRule;
  placedLevel: Level | null;
};

const audiences = (trx: Trx) =>
  trx
    .selectFrom('audiences')
    .select([
      'id',
      'organisation_id as organisationId',
      'campaign_id as campaignId',
      'slug',
      'name',
      'rule',
      'placed_level as placedLevel',
    ])
    .$castTo<Audience>();

/** An organisation's own audiences, or those of one campaign, which its partners read too. */
export const listAudiences = (
  trx: Trx,
  scope: { organisationId: number } | { campaignId: number },
): Promise<Audience[]> =>
  ('campaignId' in scope
    ? audiences(trx).where('campaign_id', '=', scope.campaignId)
    : audiences(trx).where('organisation_id', '=', scope.organisationId)
  )
    .orderBy('name')
    .execute();

export const audienceById = (trx: Trx, id: number): Promise<Audience | undefined> =>
  audiences(trx).where('id', '=', id).executeTakeFirst();

export type AudiencePreview = {
  /** Contacts the rule selects, those who will be set apart (unsubscribed, opposed) included. */
  count: number;
  levels: { level: Level; count: number }[];
  sample: ContactListRow[];
};

const SAMPLE = 20;

/** Whom a rule selects among one organisation's contacts. The count over several organisations is the forecast's. */
export async function previewAudience(trx: Trx, organisationId: number, rule: unknown): Promise<AudiencePreview> {
  const where = sql`c.organisation_id = ${organisationId} and ${compileAudience(rule)}`;
  const levels = await sql<{ level: Level; count: number }>`
    select c.level, count(*) as count from contacts c where ${where} group by c.level order by c.level`.execute(trx);
  const sample = await sql<ContactListRow>`
    select ${LIST_COLUMNS} from contacts c where ${where} order by c.id limit ${SAMPLE}`.execute(trx);
  return { count: levels.rows.reduce((sum, row) => sum + row.count, 0), levels: levels.rows, sample: sample.rows };
}
