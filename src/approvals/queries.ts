import type { Trx } from '../db/database.ts';
import { type KeptRemark, keptRemarksSchema } from './schema.ts';

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
      'a.remarks',
      'a.user_name',
      'a.at',
      'a.content_hash',
    ])
    .where('a.subject', '=', subject)
    .orderBy('a.id', 'desc')
    .execute();

/** Remarks as they were kept. */
export const remarksOf = (decision: { remarks: unknown }): KeptRemark[] => keptRemarksSchema.parse(decision.remarks);
