import { randomToken, sha256 } from '../base/tokens.ts';
import type { Trx } from '../db/database.ts';
import { recordAudit } from '../memory/audit.ts';
import type { Visitor } from './failures.ts';
import { SESSION_DAYS } from './schema.ts';

export type OpenedSession = { secret: string; userId: number; organisationId: number };

/**
 * A new secret at each sign-in (ASVS 7.2.4); only its hash is stored. For `organisationId`, or the first one the person
 * joined. Null for somebody disabled, or a member of nothing (of that organisation).
 */
export async function openSession(
  trx: Trx,
  visitor: Visitor,
  userId: number,
  organisationId?: number,
): Promise<OpenedSession | null> {
  const now = visitor.now();
  const first = await trx
    .selectFrom('memberships as m')
    .innerJoin('users as u', 'u.id', 'm.user_id')
    .select('m.organisation_id')
    .where('m.user_id', '=', userId)
    .where('u.disabled_at', 'is', null)
    .$if(organisationId !== undefined, (q) => q.where('m.organisation_id', '=', organisationId ?? 0))
    .orderBy('m.created_at')
    .orderBy('m.organisation_id')
    .executeTakeFirst();
  if (!first) return null;
  const secret = randomToken(32);
  await trx
    .insertInto('sessions')
    .values({
      id_hash: sha256(secret),
      user_id: userId,
      organisation_id: first.organisation_id,
      created_at: now,
      last_seen_at: now,
      expires_at: new Date(now.getTime() + SESSION_DAYS * 86_400_000),
    })
    .execute();
  await recordAudit(
    trx,
    { now: visitor.now, actor: { kind: 'command', name: `user:${userId}`, organisationId: first.organisation_id } },
    { action: 'session.open', subject: `user:${userId}` },
  );
  return { secret, userId, organisationId: first.organisation_id };
}
