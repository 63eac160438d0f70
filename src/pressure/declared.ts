import { type RawBuilder, sql } from 'kysely';
import { notFound } from '../base/errors.ts';
import type { Trx } from '../db/database.ts';
import type { Solicitations } from './crowded.ts';
import type { Kind } from './schema.ts';

/** Whose doings count: one organisation's, all but one's, or everybody's. */
export type Whose = { only?: number | undefined; except?: number | undefined };

/** What was declared. For the cross role. */
export const declaredSolicitations = (trx: Trx, scope: Whose = {}): Solicitations => ({
  sources: (since) =>
    trx
      .selectFrom('declared_solicitations')
      .select(['id', 'people'])
      .where('at', '>', since)
      .where('withdrawn_at', 'is', null)
      .$if(scope.only !== undefined, (q) => q.where('organisation_id', '=', scope.only ?? 0))
      .$if(scope.except !== undefined, (q) => q.where('organisation_id', '<>', scope.except ?? 0))
      .execute(),
  rows: (ids) => sql`
    select declared_id as source, address_hash, company_hash, at from solicited where declared_id = any(${[...ids]}::bigint[])`,
});

export type Declaration = {
  organisationId: number;
  campaignId: number | null;
  kind: Kind;
  label: string;
  at: Date;
  audienceId: number;
  by: string;
  now: Date;
};

/**
 * Writes down that these people were, or will be, solicited otherwise than by a message of ours: `people` selects
 * `address_hash, company_hash` of the organisation's own contacts, copied as they are now. Answers how many.
 */
export async function recordDeclared(
  trx: Trx,
  declared: Declaration,
  people: RawBuilder<unknown>,
): Promise<{ id: number; people: number }> {
  const { id } = await trx
    .insertInto('declared_solicitations')
    .values({
      organisation_id: declared.organisationId,
      campaign_id: declared.campaignId,
      kind: declared.kind,
      label: declared.label,
      at: declared.at,
      audience_id: declared.audienceId,
      people: 0,
      created_by: declared.by,
      created_at: declared.now,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  const { numAffectedRows } = await sql`
    insert into solicited (declared_id, organisation_id, at, address_hash, company_hash)
    select ${id}, ${declared.organisationId}, ${declared.at}, address_hash, company_hash from (${people}) p`.execute(
    trx,
  );
  const counted = Number(numAffectedRows ?? 0);
  await trx.updateTable('declared_solicitations').set({ people: counted }).where('id', '=', id).execute();
  return { id, people: counted };
}

/** Its people stay written down, and count no more. Refused when it is not this organisation's, or already withdrawn. */
export async function withdrawDeclared(
  trx: Trx,
  declared: { id: number; organisationId: number; now: Date },
): Promise<{ label: string }> {
  const row = await trx
    .updateTable('declared_solicitations')
    .set({ withdrawn_at: declared.now })
    .where('id', '=', declared.id)
    .where('organisation_id', '=', declared.organisationId)
    .where('withdrawn_at', 'is', null)
    .returning('label')
    .executeTakeFirst();
  if (!row) throw notFound('Cette sollicitation');
  return row;
}

export type DeclaredRow = {
  id: number;
  kind: Kind;
  label: string;
  at: Date;
  audience: string | null;
  people: number;
  withdrawnAt: Date | null;
};

/** One organisation's own, the latest first. */
export async function listDeclared(trx: Trx, organisationId: number): Promise<DeclaredRow[]> {
  const rows = await trx
    .selectFrom('declared_solicitations as d')
    .leftJoin('audiences as a', 'a.id', 'd.audience_id')
    .select(['d.id', 'd.kind', 'd.label', 'd.at', 'a.name as audience', 'd.people', 'd.withdrawn_at as withdrawnAt'])
    .where('d.organisation_id', '=', organisationId)
    .orderBy('d.at', 'desc')
    .orderBy('d.id', 'desc')
    .limit(200)
    .execute();
  return rows.map((r) => ({ ...r, kind: r.kind as Kind }));
}
