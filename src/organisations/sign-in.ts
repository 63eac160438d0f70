import { randomInt } from 'node:crypto';
import { sql } from 'kysely';
import { invalid } from '../base/errors.ts';
import { hmac, randomToken, sameBytes, sha256 } from '../base/tokens.ts';
import { acrossOrganisations, type Trx } from '../db/database.ts';
import { queueMail } from '../outbox/queue-mail.ts';
import { countFailure, failureSubject, refuseIfTooMany, type Visitor } from './failures.ts';
import { type OpenedSession, openSession } from './open-session.ts';
import { verifyPassword } from './password.ts';
import { CODE_MINUTES, CODE_TRIES, signInAddressSchema } from './schema.ts';

export type { Visitor } from './failures.ts';

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

async function isDemo(trx: Trx, userId: number): Promise<boolean> {
  const row = await trx
    .selectFrom('memberships as m')
    .innerJoin('organisations as o', 'o.id', 'm.organisation_id')
    .select(sql<boolean>`bool_and(o.demo)`.as('demo'))
    .where('m.user_id', '=', userId)
    .executeTakeFirst();
  return row?.demo === true;
}
