import { hostname } from 'node:os';
import type { Secrets } from '../base/context.ts';
import { unavailable } from '../base/errors.ts';
import { openText } from '../base/tokens.ts';
import type { Trx } from '../db/database.ts';
import { type DkimKey, readDkimKey } from '../mail/dkim.ts';
import { isLoopback, type Transport, type TransportAuth, type TransportLimits } from '../mail/transport.ts';
import { type Auth, domainOf, type Instance, type Security } from './schema.ts';

export type TransportInUse = Transport & TransportLimits;

type Stored = {
  organisation_id: number;
  host: string;
  port: number;
  security: string;
  auth: string;
  username: string;
  secret: Buffer | null;
  connections: number;
};

export const transportOf = (trx: Trx, organisationId: number) =>
  trx.selectFrom('transports').selectAll().where('organisation_id', '=', organisationId).executeTakeFirst();

/** Sealed by this instance, and readable by no other: a changed SECRET must be said, never sent around. */
function opened(sealing: Buffer, sealed: Buffer | null, what: string): string {
  const text = sealed && openText(sealing, sealed);
  if (text === null)
    throw unavailable(
      'sealed',
      `${what} ne peut plus être lu : la clé de l’instance (SECRET ou le fichier « secret ») a changé. Remettez l’ancienne, ou saisissez-le de nouveau.`,
    );
  return text;
}

/** A stored row as what opens a connection. Throws a Refusal `sealed` where its secret cannot be read any more. */
export function openTransport(row: Stored, secrets: Secrets, instance: Instance): Transport {
  return {
    host: row.host,
    port: row.port,
    security: row.security as Security,
    auth: authOf(row, secrets),
    connections: row.connections,
    name: hostname(),
    network: instance.demo ? 'loopback' : 'outside',
  };
}

function authOf(row: Stored, secrets: Secrets): TransportAuth | null {
  if ((row.auth as Auth) === 'aucune') return null;
  const secret = opened(secrets.sealing, row.secret, `Le mot de passe du serveur d’envoi ${row.host}`);
  return row.auth === 'jeton'
    ? { kind: 'token', user: row.username, token: secret }
    : { kind: 'password', user: row.username, password: secret };
}

/**
 * Organisations whose mail leaves by their own server, opened; the others use the instance's. In the demonstration only
 * servers of this machine count. One small query: may be read every few seconds. Throws a Refusal `sealed`.
 */
export async function transportsInUse(
  trx: Trx,
  secrets: Secrets,
  instance: Instance,
): Promise<Map<number, TransportInUse>> {
  const rows = await trx.selectFrom('transports').selectAll().where('used', '=', true).execute();
  return new Map(
    rows
      .filter((row) => !instance.demo || isLoopback(row.host))
      .map((row) => [
        row.organisation_id,
        { ...openTransport(row, secrets, instance), perMinute: row.per_minute, perDay: row.per_day },
      ]),
  );
}

/**
 * Domains whose mail is signed here, with the key: one that was found published, where several organisations keep the
 * same domain. Unsigned mail must never leave for a key that cannot be read: throws a Refusal (`sealed`, `dkim_key`).
 */
export async function dkimKeys(trx: Trx, secrets: Secrets): Promise<Map<string, DkimKey>> {
  const rows = await trx
    .selectFrom('sender_domains')
    .select(['domain', 'selector', 'private_key'])
    .where('signing', '=', 'ici')
    // Last wins: verified ones come after the others.
    .orderBy((eb) => eb('verified_at', 'is not', null))
    .orderBy('id')
    .execute();
  return new Map(
    rows.map((row) => [
      row.domain,
      readDkimKey({
        domain: row.domain,
        selector: row.selector,
        pem: opened(secrets.sealing, row.private_key, `La clé de signature de ${row.domain}`),
      }),
    ]),
  );
}

export type SenderVerified = { verified: boolean; why: string };

/** Whether an organisation may write from this address (MAIL-11): on its own domain, with a signature found right. */
export async function senderVerified(
  trx: Trx,
  organisationId: number,
  senderAddress: string,
  instance: Instance,
): Promise<SenderVerified> {
  const domain = domainOf(senderAddress);
  if (instance.demo)
    return { verified: true, why: 'Démonstration : le domaine de l’expéditeur n’est pas vérifié, rien ne part.' };
  const row = await trx
    .selectFrom('sender_domains')
    .select(['verified_at', 'checked_at'])
    .where('organisation_id', '=', organisationId)
    .where('domain', '=', domain)
    .executeTakeFirst();
  const where = 'Un administrateur le fait sur la page « Envoi » de l’organisation.';
  // RFC 2606: names that no DNS will ever answer for, of demonstrations and tests.
  if (!row && /\.(example|test|invalid|localhost)$/.test(domain))
    return { verified: true, why: `Le domaine ${domain} est réservé aux exemples : il ne peut pas être vérifié.` };
  if (!row)
    return { verified: false, why: `Le domaine ${domain} n’est pas déclaré : ajoutez-le et vérifiez-le. ${where}` };
  if (row.verified_at === null)
    return {
      verified: false,
      why:
        row.checked_at === null
          ? `Le domaine ${domain} n’a pas encore été vérifié. ${where}`
          : `La signature (DKIM) du domaine ${domain} n’a pas été trouvée juste à la dernière vérification : publiez la clé, puis vérifiez de nouveau. ${where}`,
    };
  return { verified: true, why: `Le domaine ${domain} est vérifié : sa signature (DKIM) est en place.` };
}
