import type { Trx } from '../db/database.ts';

/** Every decision on a subject, the newest first. */
export const decisionsOn = (trx: Trx, subject: string) =>
  trx
    .selectFrom('approvals as a')
    .innerJoin('organisations as o', 'o.id', 'a.organisation_id')
    .select([
      'a.id',
      'a.organisation_id',
      'o.name as organisation',
      'a.decision',
      'a.comment',
      'a.user_name',
      'a.at',
      'a.content_hash',
    ])
    .where('a.subject', '=', subject)
    .orderBy('a.id', 'desc')
    .execute();
