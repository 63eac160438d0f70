import type { Actor, Ctx } from '../base/context.ts';
import { acrossOrganisations } from '../db/database.ts';

/**
 * Names of the people who work, or have worked, for the actor's organisation: those who left stay in its journal. Ids of
 * anybody else are left out.
 */
export async function namesOfPeople(
  ctx: Ctx<Exclude<Actor, { kind: 'clock' }>>,
  ids: readonly number[],
): Promise<Map<number, string>> {
  const { organisationId } = ctx.actor;
  if (ids.length === 0) return new Map();
  const rows = await acrossOrganisations(ctx.db, (trx) =>
    trx
      .selectFrom('users as u')
      .select(['u.id', 'u.name'])
      .where('u.id', 'in', [...new Set(ids)])
      .where((eb) =>
        eb.or([
          eb.exists(
            eb
              .selectFrom('memberships as m')
              .select('m.user_id')
              .whereRef('m.user_id', '=', 'u.id')
              .where('m.organisation_id', '=', organisationId),
          ),
          eb.exists(
            eb
              .selectFrom('audit_log as a')
              .select('a.id')
              .whereRef('a.user_id', '=', 'u.id')
              .where('a.organisation_id', '=', organisationId),
          ),
        ]),
      )
      .execute(),
  );
  return new Map(rows.map((r) => [r.id, r.name]));
}

/** Addresses of the other people of the actor's organisation: what is written to them is theirs alone to read. */
export const addressesOfColleagues = (ctx: Ctx<Actor & { kind: 'user' }>): Promise<string[]> =>
  acrossOrganisations(ctx.db, async (trx) => {
    const rows = await trx
      .selectFrom('memberships as m')
      .innerJoin('users as u', 'u.id', 'm.user_id')
      .select('u.address')
      .distinct()
      .where('m.organisation_id', '=', ctx.actor.organisationId)
      .where('u.id', '<>', ctx.actor.userId)
      .execute();
    return rows.map((r) => r.address);
  });
