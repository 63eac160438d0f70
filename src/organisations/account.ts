import type { Ctx } from '../base/context.ts';
import { invalid, tooMany } from '../base/errors.ts';
import { sha256 } from '../base/tokens.ts';
import { acrossOrganisations } from '../db/database.ts';
import { recordAudit } from '../memory/audit.ts';
import { checkNewPassword, hashPassword, verifyPassword } from './password.ts';

type OwnCtx = Ctx<Extract<Ctx['actor'], { kind: 'user' }>>;
export type Account = { hasPassword: boolean; sessions: { openedAt: Date; seenAt: Date; current: boolean }[] };

/** What a person sees of their own account: whether it has a password, and where it is open. */
export const readAccount = (ctx: OwnCtx, secret: string): Promise<Account> =>
  acrossOrganisations(ctx.db, async (trx) => {
    const user = await trx
      .selectFrom('users')
      .select('password_hash')
      .where('id', '=', ctx.actor.userId)
      .executeTakeFirstOrThrow();
    const sessions = await trx
      .selectFrom('sessions')
      .select(['id_hash', 'created_at', 'last_seen_at'])
      .where('user_id', '=', ctx.actor.userId)
      .where('expires_at', '>', ctx.now())
      .orderBy('last_seen_at', 'desc')
      .execute();
    return {
      hasPassword: user.password_hash !== null,
      sessions: sessions.map((s) => ({
        openedAt: s.created_at,
        seenAt: s.last_seen_at,
        current: s.id_hash.equals(sha256(secret)),
      })),
    };
  });

/** How many wrong present passwords a session may try in a quarter of an hour. */
const TRIES = 5;

/**
 * Chooses or changes one's password. The present one is asked when there is one (ASVS 7.5.1); every other session of the
 * person ends, so that whoever stole one is out.
 */
export async function choosePassword(
  ctx: OwnCtx,
  secret: string,
  input: { present: string; chosen: string },
): Promise<void> {
  checkNewPassword(input.chosen);
  const { userId } = ctx.actor;
  const subject = sha256(`password\0${userId}`);
  const { stored, failures } = await acrossOrganisations(ctx.db, async (trx) => ({
    stored: (await trx.selectFrom('users').select('password_hash').where('id', '=', userId).executeTakeFirstOrThrow())
      .password_hash,
    failures: (
      await trx
        .selectFrom('sign_in_failures')
        .select('at')
        .where('subject_hash', '=', subject)
        .where('at', '>', new Date(ctx.now().getTime() - 15 * 60_000))
        .execute()
    ).length,
  }));
  if (failures >= TRIES) throw tooMany('Trop d’essais. Attendez un quart d’heure, puis recommencez.');
  if (stored !== null && !(await verifyPassword(input.present, stored))) {
    await acrossOrganisations(ctx.db, (trx) =>
      trx.insertInto('sign_in_failures').values({ subject_hash: subject, at: ctx.now() }).execute(),
    );
    throw invalid('password', 'Le mot de passe actuel n’est pas le bon.', [
      { field: 'actuel', message: 'Ce n’est pas votre mot de passe actuel.' },
    ]);
  }
  const hash = await hashPassword(input.chosen);
  await acrossOrganisations(ctx.db, async (trx) => {
    await trx.updateTable('users').set({ password_hash: hash }).where('id', '=', userId).execute();
    await trx.deleteFrom('sessions').where('user_id', '=', userId).where('id_hash', '<>', sha256(secret)).execute();
    await recordAudit(trx, ctx, { action: 'user.password', subject: `user:${userId}` });
  });
}

/** Ends every session of the person but this one. */
export const closeOtherSessions = (ctx: OwnCtx, secret: string): Promise<void> =>
  acrossOrganisations(ctx.db, async (trx) => {
    await trx
      .deleteFrom('sessions')
      .where('user_id', '=', ctx.actor.userId)
      .where('id_hash', '<>', sha256(secret))
      .execute();
    await recordAudit(trx, ctx, { action: 'session.close-others', subject: `user:${ctx.actor.userId}` });
  });
