import { sql } from 'kysely';
import { type KeptRemark, keptRemarksSchema } from '../approvals/schema.ts';
import type { Trx } from '../db/database.ts';

export const subjectOf = (versionId: number): string => `edl:${versionId}`;

/** What was asked about a version; null while nobody asked. */
export async function requestOf(
  trx: Trx,
  versionId: number,
): Promise<{ hash: Buffer; by: string; byUserId: number | null; at: Date } | null> {
  const row = await trx
    .selectFrom('wording_requests')
    .select(['content_hash as hash', 'asked_by as by', 'asked_by_user_id as byUserId', 'asked_at as at'])
    .where('version_id', '=', versionId)
    .executeTakeFirst();
  return row ?? null;
}

/** The version that the signatories are asked about: the newest one that was submitted to them. */
export async function askedVersion(trx: Trx, keyMessageId: number): Promise<number | null> {
  const row = await trx
    .selectFrom('wording_requests as r')
    .innerJoin('key_message_versions as v', 'v.id', 'r.version_id')
    .select('v.id')
    .where('v.key_message_id', '=', keyMessageId)
    .orderBy('v.version', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row?.id ?? null;
}

export type WordingAnswer = {
  decision: 'valide' | 'changement';
  comment: string;
  remarks: KeptRemark[];
  by: string;
  at: Date;
};
export type WordingSignatory = {
  id: number;
  slug: string;
  name: string;
  /** Its yes to this version is still missing. */
  missing: boolean;
  last: WordingAnswer | null;
};

/** Those whose yes a version needs, in the order of the campaign, each with its last word on it. */
export async function signatoriesOfVersion(
  trx: Trx,
  campaignId: number,
  versionId: number,
): Promise<WordingSignatory[]> {
  const rows = await trx
    .selectFrom('campaign_partners as p')
    .innerJoin('organisations as o', 'o.id', 'p.organisation_id')
    .leftJoinLateral(
      (eb) =>
        eb
          .selectFrom('approvals as a')
          .select(['a.decision', 'a.comment', 'a.remarks', 'a.user_name', 'a.at'])
          .where('a.subject', '=', subjectOf(versionId))
          .whereRef('a.organisation_id', '=', 'p.organisation_id')
          .orderBy('a.id', 'desc')
          .limit(1)
          .as('last'),
      (join) => join.onTrue(),
    )
    .select([
      'o.id',
      'o.slug',
      'o.name',
      'last.decision',
      'last.comment',
      'last.remarks',
      'last.user_name as by',
      'last.at',
      sql<boolean>`p.organisation_id in (select missing_wording_approvals(${versionId}))`.as('missing'),
    ])
    .where('p.campaign_id', '=', campaignId)
    .where('p.role', 'in', ['pilote', 'signataire'])
    .where(sql<boolean>`not is_withdrawn(p.campaign_id, p.organisation_id)`)
    .orderBy('p.position')
    .execute();
  return rows.map(({ decision, comment, remarks, by, at, ...organisation }) => ({
    ...organisation,
    last:
      decision !== null && at !== null
        ? {
            decision: decision as WordingAnswer['decision'],
            comment: comment ?? '',
            remarks: keptRemarksSchema.parse(remarks ?? []),
            by: by ?? '',
            at,
          }
        : null,
  }));
}

/** The newest version that an organisation said yes to, and still does; null when it never did. */
export async function lastApproved(trx: Trx, keyMessageId: number, organisationId: number): Promise<number | null> {
  const row = await trx
    .selectFrom('key_message_versions as v')
    .innerJoinLateral(
      (eb) =>
        eb
          .selectFrom('approvals as a')
          .select('a.decision')
          .where('a.subject', '=', sql<string>`'edl:' || v.id`)
          .where('a.organisation_id', '=', organisationId)
          .orderBy('a.id', 'desc')
          .limit(1)
          .as('last'),
      (join) => join.onTrue(),
    )
    .select('v.id')
    .where('v.key_message_id', '=', keyMessageId)
    .where('last.decision', '=', 'valide')
    .orderBy('v.version', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row?.id ?? null;
}

/** Which of these versions every signatory approved. */
export async function validatedAmong(trx: Trx, versionIds: readonly number[]): Promise<Set<number>> {
  const rows = await trx
    .selectFrom('key_message_versions as v')
    .select('v.id')
    .where('v.id', 'in', [...versionIds])
    .where(sql<boolean>`wording_is_validated(v.id)`)
    .execute();
  return new Set(rows.map((r) => r.id));
}
