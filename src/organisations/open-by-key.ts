import type { Actor, Ctx, Role } from '../base/context.ts';
import { toParisDay } from '../base/dates.ts';
import { sameBytes, sha256 } from '../base/tokens.ts';
import { acrossOrganisations, readingOnly } from '../db/database.ts';
import { KEY_FORM } from './key-schema.ts';
import { may } from './permissions.ts';

export type KeyCtx = Ctx<Actor & { kind: 'user'; keyId: number }>;

/**
 * What a program that holds this key may do: read, as its person for its organisation, with the roles they have at this
 * instant; in transactions where PostgreSQL itself refuses to write. Null, all alike: malformed, unknown, closed, over, of
 * somebody disabled, who left the organisation, or whose roles make no key any more.
 */
export async function openByKey(instance: Omit<Ctx, 'actor'>, secret: string): Promise<KeyCtx | null> {
  if (!KEY_FORM.test(secret)) return null;
  const hash = sha256(secret);
  const now = instance.now();
  return acrossOrganisations(instance.db, async (trx) => {
    const rows = await trx
      .selectFrom('api_keys as k')
      .innerJoin('users as u', 'u.id', 'k.user_id')
      .innerJoin('memberships as m', (j) =>
        j.onRef('m.user_id', '=', 'k.user_id').onRef('m.organisation_id', '=', 'k.organisation_id'),
      )
      .select(['k.id', 'k.hash', 'k.organisation_id', 'k.user_id', 'k.last_used_on', 'u.name', 'u.address', 'm.role'])
      .where('k.hash', '=', hash)
      .where('k.revoked_at', 'is', null)
      .where('k.expires_at', '>', now)
      .where('u.disabled_at', 'is', null)
      .execute();
    const key = rows[0];
    // The index looked for a digest of what was sent, which nobody can steer; and it is compared whole all the same.
    if (!key || !sameBytes(key.hash, hash)) return null;
    const person = {
      kind: 'user',
      userId: key.user_id,
      name: key.name,
      address: key.address,
      organisationId: key.organisation_id,
      roles: rows.map((r) => r.role as Role),
    } as const;
    if (!may(person, 'key.write')) return null;
    const today = toParisDay(now);
    if (key.last_used_on !== today)
      await trx.updateTable('api_keys').set({ last_used_on: today }).where('id', '=', key.id).execute();
    return { ...instance, db: readingOnly(instance.db), actor: { ...person, keyId: key.id } };
  });
}
