import { sql } from 'kysely';
import type { Actor, Ctx } from '../base/context.ts';
import { longDate, toParisDay } from '../base/dates.ts';
import { conflict, invalid } from '../base/errors.ts';
import { randomToken, sha256 } from '../base/tokens.ts';
import { type Trx, withOrganisation } from '../db/database.ts';
import { recordAudit } from '../memory/audit.ts';
import { KEY_DAYS, keySchema, MOST_KEYS } from './key-schema.ts';
import { allow } from './permissions.ts';

/** A key is a person's: a command has the whole machine. */
export type PersonCtx = Ctx<Actor & { kind: 'user' }>;

/**
 * Makes a key with which another program reads, for the organisation of the session, what this person's roles read. Its
 * secret is answered once: only its digest is kept. Ends with the day given, a year away at most.
 */
export async function makeKey(ctx: PersonCtx, input: unknown): Promise<{ id: number; secret: string }> {
  allow(ctx.actor, 'key.write');
  const { label, until } = checkedKey(input, ctx.now());
  const secret = `pv_${randomToken(32)}`;
  const { organisationId, userId } = ctx.actor;
  return withOrganisation(ctx.db, organisationId, async (trx) => {
    await mayHoldOneMore(trx, ctx);
    const { id } = await trx
      .insertInto('api_keys')
      .values({
        organisation_id: organisationId,
        user_id: userId,
        label,
        hash: sha256(secret),
        created_at: ctx.now(),
        expires_at: until,
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    const last = toParisDay(new Date(until.getTime() - 1));
    await recordAudit(trx, ctx, { action: 'key.create', subject: `key:${id}`, detail: { label, until: last } });
    return { id, secret };
  });
}

function checkedKey(input: unknown, now: Date): { label: string; until: Date } {
  const refuse = (fields: { field: string; message: string }[]) =>
    invalid('cle_invalide', 'La clé n’est pas faite : corrigez les champs signalés.', fields);
  const { data, error } = keySchema.safeParse(input);
  if (error) throw refuse(error.issues.map((i) => ({ field: i.path.join('.'), message: i.message })));
  if (data.until <= now) throw refuse([{ field: 'until', message: 'Cette date est passée : donnez un jour à venir.' }]);
  const latest = new Date(now.getTime() + KEY_DAYS * 86_400_000);
  if (data.until > latest)
    throw refuse([
      { field: 'until', message: `Un an au plus : jusqu’au ${longDate(new Date(latest.getTime() - 86_400_000))}.` },
    ]);
  return data;
}

/** One after the other: two forms sent at once must not pass together. */
async function mayHoldOneMore(trx: Trx, { actor: { userId, organisationId }, now }: PersonCtx): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`keys:${organisationId}:${userId}`}, 0))`.execute(trx);
  const { n } = await trx
    .selectFrom('api_keys')
    .select(sql<number>`count(*)`.as('n'))
    .where('user_id', '=', userId)
    .where('organisation_id', '=', organisationId)
    .where('revoked_at', 'is', null)
    .where('expires_at', '>', now())
    .executeTakeFirstOrThrow();
  if (n >= MOST_KEYS)
    throw conflict('trop_de_cles', `Vous avez déjà ${MOST_KEYS} clés ouvertes : fermez celles qui ne servent plus.`);
}
