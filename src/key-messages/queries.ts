import type { Level } from '../base/words.ts';
import type { Trx } from '../db/database.ts';
import type { WordingFormat, Wordings } from './schema.ts';

export type KeyMessageRow = {
  id: number;
  slug: string;
  topic: string;
  /** Of the current version. */
  version: number;
  wordings: Wordings;
  createdBy: string;
  createdAt: Date;
};

/** The éléments de langage of a campaign, each with its current (last) version. */
export async function keyMessagesOfCampaign(trx: Trx, campaignId: number): Promise<KeyMessageRow[]> {
  const rows = await trx
    .selectFrom('key_messages as m')
    .innerJoin('key_message_versions as v', 'v.key_message_id', 'm.id')
    .distinctOn('m.id')
    .select([
      'm.id',
      'm.slug',
      'm.topic',
      'v.version',
      'v.wordings',
      'v.created_by as createdBy',
      'v.created_at as createdAt',
    ])
    .where('m.campaign_id', '=', campaignId)
    .orderBy('m.id')
    .orderBy('v.version', 'desc')
    .execute();
  return rows.map((r) => ({ ...r, wordings: r.wordings as Wordings }));
}

/** Every version of one, the newest first: who wrote what, when. */
export async function versionsOf(
  trx: Trx,
  keyMessageId: number,
): Promise<Omit<KeyMessageRow, 'id' | 'slug' | 'topic'>[]> {
  const rows = await trx
    .selectFrom('key_message_versions')
    .select(['version', 'wordings', 'created_by as createdBy', 'created_at as createdAt'])
    .where('key_message_id', '=', keyMessageId)
    .orderBy('version', 'desc')
    .execute();
  return rows.map((r) => ({ ...r, wordings: r.wordings as Wordings }));
}

/** slug → format → text, as one level reads it; a message that says nothing to this level is absent. */
export async function wordingsForLevel(
  trx: Trx,
  campaignId: number,
  level: Level,
): Promise<Record<string, Partial<Record<WordingFormat, string>>>> {
  const messages = await keyMessagesOfCampaign(trx, campaignId);
  return Object.fromEntries(messages.flatMap((m) => (m.wordings[level] ? [[m.slug, m.wordings[level]]] : [])));
}
