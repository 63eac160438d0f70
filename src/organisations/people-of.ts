import type { Role } from '../base/context.ts';
import { acrossOrganisations, type Database } from '../db/database.ts';

/** Who holds a role in some organisations, each person once, by name: whom the service writes to about their campaign. */
export const peopleOf = (
  db: Database,
  organisationIds: readonly number[],
  role: Role,
): Promise<{ name: string; address: string; organisationId: number }[]> =>
  acrossOrganisations(db, (trx) =>
    trx
      .selectFrom('memberships as m')
      .innerJoin('users as u', 'u.id', 'm.user_id')
      .distinctOn(['u.name', 'u.address'])
      .select(['u.name', 'u.address', 'm.organisation_id as organisationId'])
      .where('m.organisation_id', 'in', [...organisationIds])
      .where('m.role', '=', role)
      .where('u.disabled_at', 'is', null)
      .orderBy('u.name')
      .orderBy('u.address')
      .execute(),
  );
