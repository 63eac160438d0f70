import { randomInt } from 'node:crypto';
import { sql } from 'kysely';
import { subscriberOf } from '../base/client-address.ts';
import type { Ctx } from '../base/context.ts';
import { invalid, tooMany } from '../base/errors.ts';
import { hmac, randomToken, sameBytes, sha256 } from '../base/tokens.ts';
import { acrossOrganisations, type Trx } from '../db/database.ts';
import { recordAudit } from '../memory/audit.ts';
import { queueMail } from '../outbox/queue-mail.ts';
import { verifyPassword } from './password.ts';
import { CODE_MINUTES, CODE_TRIES, SESSION_DAYS, signInAddressSchema } from './schema.ts';

/** Before sign-in there is no actor: only the database, the clock and the keys. */
export type Visitor = Pick<Ctx, 'db' | 'now' | 'secrets'> & { network: string };
export type OpenedSession = { secret: string; userId: number; organisationId: number };

const FAILURES = 10;
const FAILURE_MINUTES = 15;
const WRONG_CODE = 'Ce code n’est pas le bon, ou il a expiré. Vérifiez-le, ou demandez-en un nouveau.';
const WRONG_PASSWORD = 'Adresse ou mot de passe incorrect. Vous pouvez aussi demander un code par courriel.';

/**
 * Asks for a one-time code. The answer is the same whether or not somebody has the address (ASVS 6.3.8): `challenge`
 * goes into a cookie of the browser that asked, without which the code opens nothing. `shown` is the code itself, only
 * for demonstration accounts, whose mail goes nowhere.
 */
export async function requestCode(
  visitor: Visitor,
  input: unknown,
  from: { name: string; address: string },
): Promise<{ challenge: string; shown: string | null }> {
  const parsed = signInAddressSchema.safeParse(input);
  if (!parsed.success)
    throw invalid('address', 'Donnez votre adresse électronique complète, par exemple prenom.nom@organisation.fr.', [
      { field: 'adresse', message: 'Adresse incomplète.' },
    ]);
  const now = visitor.now();
  const challenge = randomToken(32);
  const code = String(randomInt(0, 1_000_000)).padStart(6, '0');
  return acrossOrganisations(visitor.db, async (trx) => {
    await refuseIfTooMany(trx, visitor, parsed.data);
    const user = await trx
      .selectFrom('users')
      .select(['id', 'name'])
      .where('address', '=', parsed.data)
      .where('disabled_at', 'is', null)
      .executeTakeFirst();
    await trx
      .insertInto('sign_in_codes')
      .values({
        challenge_hash: sha256(challenge),
        user_id: user?.id ?? null,
        code_hash: codeHash(visitor, challenge, code),
        created_at: now,
        expires_at: new Date(now.getTime() + CODE_MINUTES * 60_000),
      })
      .execute();
    // A request counts as a try: asking again and again is slowed like guessing.
    await countFailure(trx, visitor, parsed.data);
    if (!user) return { challenge, shown: null };
    await queueMail(trx, {
      organisationId: null,
      kind: 'sign-in-code',
      to: parsed.data,
      from,
      now,
      subject: `${code} : votre code Porte-voix`,
      text: `Bonjour ${user.name},\n\nVotre code de connexion à Porte-voix : ${code}\n\nIl est valable ${CODE_MINUTES} minutes, une seule fois.\nSi vous ne l’avez pas demandé, ignorez ce message.\n`,
    });
    return { challenge, shown: (await isDemo(trx, user.id)) ? code : null };
  });
}

/** Opens a session with the code, or refuses: wrong, used, too old and five wrong tries read the same. */
export async function signInWithCode(
  visitor: Visitor,
  input: { challenge: string; code: string },
): Promise<OpenedSession> {
  const now = visitor.now();
  const opened = await acrossOrganisations(visitor.db, async (trx) => {
    const row = await trx
      .selectFrom('sign_in_codes')
      .selectAll()
      .where('challenge_hash', '=', sha256(input.challenge))
      .forUpdate()
      .executeTakeFirst();
    if (!row || row.used_at || row.expires_at <= now || row.attempts >= CODE_TRIES || row.user_id === null) return null;
    if (!sameBytes(row.code_hash, codeHash(visitor, input.challenge, input.code.replace(/\s/g, '')))) {
      await trx
        .updateTable('sign_in_codes')
        .set({ attempts: row.attempts + 1 })
        .where('id', '=', row.id)
        .execute();
      return null;
    }
    await trx.updateTable('sign_in_codes').set({ used_at: now }).where('id', '=', row.id).execute();
    return openSession(trx, visitor, row.user_id);
  });
  // Thrown outside: the counted try must not be rolled back with the refusal.
  if (!opened) throw invalid('code', WRONG_CODE, [{ field: 'code', message: WRONG_CODE }]);
  return opened;
}

export async function signInWithPassword(
  visitor: Visitor,
  input: { address: string; password: string },
): Promise<OpenedSession> {
  const address = input.address.trim().toLowerCase();
  // Counted and committed before the password is looked at: a thousand tries at once are a thousand tries.
  await acrossOrganisations(visitor.db, (trx) => countFailure(trx, visitor, address));
  const user = await acrossOrganisations(visitor.db, async (trx) => {
    await refuseIfTooMany(trx, visitor, address, 1);
    return trx
      .selectFrom('users')
      .select(['id', 'password_hash'])
      .where('address', '=', address)
      .where('disabled_at', 'is', null)
      .executeTakeFirst();
  });
  const right = await verifyPassword(input.password.slice(0, 1000), user?.password_hash ?? null);
  const opened = await acrossOrganisations(visitor.db, async (trx) => {
    if (!right || !user) return null;
    await trx.deleteFrom('sign_in_failures').where('subject_hash', '=', failureSubject(visitor, address)).execute();
    return openSession(trx, visitor, user.id);
  });
  if (!opened) throw invalid('password', WRONG_PASSWORD, [{ field: 'password', message: WRONG_PASSWORD }]);
  return opened;
}

const codeHash = (visitor: Visitor, challenge: string, code: string): Buffer =>
  hmac(visitor.secrets.session, `code\0${challenge}\0${code}`);

/** Account AND network: guessing is slowed, and nobody can lock another person out from elsewhere (ASVS 6.3.1). */
const failureSubject = (visitor: Visitor, address: string): Buffer =>
  hmac(visitor.secrets.network, `${address}\0${subscriberOf(visitor.network)}`);

/** `counted`: how many of the tries found are the one being made. */
async function refuseIfTooMany(trx: Trx, visitor: Visitor, address: string, counted = 0): Promise<void> {
  const since = new Date(visitor.now().getTime() - FAILURE_MINUTES * 60_000);
  const { n } = await trx
    .selectFrom('sign_in_failures')
    .select(sql<number>`count(*)`.as('n'))
    .where('subject_hash', '=', failureSubject(visitor, address))
    .where('at', '>', since)
    .executeTakeFirstOrThrow();
  if (n - counted >= FAILURES)
    throw tooMany(`Trop d’essais pour cette adresse. Attendez ${FAILURE_MINUTES} minutes, puis recommencez.`);
}

const countFailure = (trx: Trx, visitor: Visitor, address: string) =>
  trx
    .insertInto('sign_in_failures')
    .values({ subject_hash: failureSubject(visitor, address), at: visitor.now() })
    .execute();

async function isDemo(trx: Trx, userId: number): Promise<boolean> {
  const row = await trx
    .selectFrom('memberships as m')
    .innerJoin('organisations as o', 'o.id', 'm.organisation_id')
    .select(sql<boolean>`bool_and(o.demo)`.as('demo'))
    .where('m.user_id', '=', userId)
    .executeTakeFirst();
  return row?.demo === true;
}

/** A new secret at each sign-in (ASVS 7.2.4); only its hash is stored. Null for somebody disabled, or a member of nothing. */
async function openSession(trx: Trx, visitor: Visitor, userId: number): Promise<OpenedSession | null> {
  const now = visitor.now();
  const first = await trx
    .selectFrom('memberships as m')
    .innerJoin('users as u', 'u.id', 'm.user_id')
    .select('m.organisation_id')
    .where('m.user_id', '=', userId)
    .where('u.disabled_at', 'is', null)
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
