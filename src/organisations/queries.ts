import type { Ctx, Role } from '../base/context.ts';
import { notFound } from '../base/errors.ts';
import { acrossOrganisations, type Database, type Trx } from '../db/database.ts';

export const organisationBySlug = (trx: Trx, slug: string) =>
  trx.selectFrom('organisations').selectAll().where('slug', '=', slug).executeTakeFirst();

/** For a command, which names its organisation. */
export async function requireOrganisation(
  db: Database,
  slug: string,
): Promise<{ id: number; slug: string; name: string }> {
  const row = await acrossOrganisations(db, (trx) => organisationBySlug(trx, slug));
  if (!row) throw notFound(`Organisation « ${slug} »`);
  return row;
}

/** The person of `--as ADDRESS`, acting for the organisation where they hold one of `roles` (the first by name). */
export async function actorByAddress(
  db: Database,
  address: string,
  organisationId?: number,
): Promise<(Ctx['actor'] & { kind: 'user' }) | null> {
  return acrossOrganisations(db, async (trx) => {
    const rows = await trx
      .selectFrom('users as u')
      .innerJoin('memberships as m', 'm.user_id', 'u.id')
      .innerJoin('organisations as o', 'o.id', 'm.organisation_id')
      .select(['u.id', 'u.name', 'u.address', 'm.organisation_id', 'm.role', 'o.name as organisation'])
      .where('u.address', '=', address.trim().toLowerCase())
      .where('u.disabled_at', 'is', null)
      .orderBy('o.name')
      .execute();
    const organisation = organisationId ?? rows[0]?.organisation_id;
    const mine = rows.filter((r) => r.organisation_id === organisation);
    const first = mine[0];
    if (!first) return null;
    return {
      kind: 'user',
      userId: first.id,
      name: first.name,
      address: first.address,
      organisationId: first.organisation_id,
      roles: mine.map((r) => r.role as Role),
    };
  });
}

/** People of one's own organisation, with their roles. */
export const membersOf = (db: Database, organisationId: number) =>
  acrossOrganisations(db, (trx) =>
    trx
      .selectFrom('memberships as m')
      .innerJoin('users as u', 'u.id', 'm.user_id')
      .select(['u.id', 'u.name', 'u.address', 'm.role'])
      .where('m.organisation_id', '=', organisationId)
      .orderBy('u.name')
      .orderBy('m.role')
      .execute(),
  );
