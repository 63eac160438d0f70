import { type Expression, type SqlBool, sql } from 'kysely';
import { toParisDay } from '../base/dates.ts';
import type { Level } from '../base/words.ts';
import type { Trx } from '../db/database.ts';
import type { KeyMessageInput } from './schema.ts';
import { fromColumn, type Said } from './stored.ts';

/** One version. `note`: why it was written. */
export type VersionRow = Said & {
  versionId: number;
  version: number;
  note: string;
  /** `user:12`, `commande` */
  createdBy: string;
  createdAt: Date;
};
/** An élément de langage with one of its versions. */
export type KeyMessageRow = VersionRow & { id: number; slug: string };

const COLUMNS = [
  'm.id',
  'm.slug',
  'm.topic as topicNow',
  'v.id as versionId',
  'v.version',
  'v.wordings',
  'v.valid_from as validFrom',
  'v.valid_to as validTo',
  'v.note',
  'v.created_by as createdBy',
  'v.created_at as createdAt',
] as const;

const versions = (trx: Trx) =>
  trx
    .selectFrom('key_messages as m')
    .innerJoin('key_message_versions as v', 'v.key_message_id', 'm.id')
    .select(COLUMNS);

type Read = Omit<KeyMessageRow, 'topic' | 'wordings'> & { topicNow: string; wordings: unknown };
const toRow = ({ topicNow, wordings, ...row }: Read): KeyMessageRow => ({ ...row, ...fromColumn(wordings, topicNow) });

/** Each élément de langage of a campaign in its newest version, approved or not: what a newsletter draft says. */
export async function currentWordings(trx: Trx, campaignId: number): Promise<KeyMessageRow[]> {
  const rows = await versions(trx)
    .distinctOn('m.id')
    .where('m.campaign_id', '=', campaignId)
    .orderBy('m.id')
    .orderBy('v.version', 'desc')
    .execute();
  return rows.map(toRow);
}

const isValidated = sql<SqlBool>`wording_is_validated(v.id)`;
const coversDay = (day: string): Expression<SqlBool> =>
  sql<SqlBool>`(v.valid_from is null or v.valid_from <= ${day}::date) and (v.valid_to is null or v.valid_to >= ${day}::date)`;

/**
 * What may be said outside at `at`: of each topic, the newest version that every signatory approved and whose days
 * include that one (Europe/Paris). A version of a few days gives way to the one before it once they are over. With a
 * level, only topics that say something to it.
 */
export async function usableWordings(trx: Trx, campaignId: number, at: Date, level?: Level): Promise<KeyMessageRow[]> {
  const rows = await versions(trx)
    .distinctOn('m.id')
    .where('m.campaign_id', '=', campaignId)
    .where(coversDay(toParisDay(at)))
    .where(isValidated)
    .orderBy('m.id')
    .orderBy('v.version', 'desc')
    .execute();
  return rows.map(toRow).filter((r) => level === undefined || r.wordings[level] !== undefined);
}

/** Every version of one, the newest first: who wrote what, when, why. */
export async function versionsOf(trx: Trx, keyMessageId: number): Promise<VersionRow[]> {
  const rows = await versions(trx).where('m.id', '=', keyMessageId).orderBy('v.version', 'desc').execute();
  return rows.map(toRow).map(({ id: _, slug: __, ...version }) => version);
}

/** The éléments de langage as a form or a folder gives them. */
export const keyMessagesOfCampaign = async (trx: Trx, campaignId: number): Promise<KeyMessageInput[]> =>
  (await currentWordings(trx, campaignId)).map(({ slug, topic, wordings, validFrom, validTo, note }) => ({
    slug,
    topic,
    wordings,
    validFrom,
    validTo,
    note,
  }));

/** Null for a slug that the campaign does not have, or that one may not know about. */
export async function findKeyMessage(trx: Trx, campaignId: number, slug: string): Promise<number | null> {
  const row = await trx
    .selectFrom('key_messages')
    .select('id')
    .where('campaign_id', '=', campaignId)
    .where('slug', '=', slug)
    .executeTakeFirst();
  return row?.id ?? null;
}
