import { z } from 'zod';
import { type Ctx, ROLES, type Role } from '../base/context.ts';
import { forbidden, invalid, notFound } from '../base/errors.ts';
import { acrossOrganisations, type Trx } from '../db/database.ts';
import { recordAudit } from '../memory/audit.ts';
import { checkNewPassword, hashPassword } from './password.ts';
import { allow } from './permissions.ts';
import { signInAddressSchema } from './schema.ts';

const schema = z.strictObject({
  address: signInAddressSchema,
  name: z.string().trim().min(1).max(120),
  roles: z.array(z.enum(ROLES)).min(1),
  password: z.string().optional(),
});
export type InviteInput = z.input<typeof schema>;

/** Gives a person roles in the actor's organisation; the person is created if new. Twice changes nothing. */
export async function inviteUser(ctx: Ctx, input: InviteInput): Promise<{ userId: number }> {
  allow(ctx.actor, 'user.write');
  if (ctx.actor.kind === 'clock') throw notFound('Organisation');
  const organisationId = ctx.actor.organisationId;
  const parsed = schema.safeParse(input);
  if (!parsed.success)
    throw invalid(
      'user',
      `Adresse, nom et rôles sont nécessaires. Les rôles possibles : ${ROLES.join(', ')}.`,
      parsed.error.issues.map((i) => ({ field: String(i.path[0] ?? ''), message: i.message })),
    );
  const { address, name, roles, password } = parsed.data;
  // Who chose a stranger's password could sign in as them wherever else they are invited later.
  if (password !== undefined && ctx.actor.kind === 'user')
    throw forbidden(
      'Un mot de passe se choisit soi-même : invitez cette personne sans en donner, elle entrera avec un code.',
    );
  if (password !== undefined) checkNewPassword(password);
  const passwordHash = password === undefined ? null : await hashPassword(password);
  return acrossOrganisations(ctx.db, async (trx) => {
    const userId = await findOrCreate(trx, { address, name, passwordHash, now: ctx.now() });
    await addRoles(trx, { userId, organisationId, roles, now: ctx.now() });
    await recordAudit(trx, ctx, { action: 'user.invite', subject: `user:${userId}`, detail: { roles } });
    return { userId };
  });
}

/** An existing person keeps name and password: an organisation does not change another one's user. */
async function findOrCreate(
  trx: Trx,
  user: { address: string; name: string; passwordHash: string | null; now: Date },
): Promise<number> {
  const made = await trx
    .insertInto('users')
    .values({ address: user.address, name: user.name, password_hash: user.passwordHash, created_at: user.now })
    .onConflict((oc) => oc.column('address').doNothing())
    .returning('id')
    .executeTakeFirst();
  if (made) return made.id;
  return (await trx.selectFrom('users').select('id').where('address', '=', user.address).executeTakeFirstOrThrow()).id;
}

const addRoles = (trx: Trx, m: { userId: number; organisationId: number; roles: Role[]; now: Date }) =>
  trx
    .insertInto('memberships')
    .values(m.roles.map((role) => ({ organisation_id: m.organisationId, user_id: m.userId, role, created_at: m.now })))
    .onConflict((oc) => oc.doNothing())
    .execute();
