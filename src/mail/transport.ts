import { isIP } from 'node:net';
import { hostname } from 'node:os';
import { invalid } from '../base/errors.ts';
import type { Network } from './network.ts';

export type TransportAuth =
  | { kind: 'password'; user: string; password: string }
  /** XOAUTH2, with an access token already obtained. */
  | { kind: 'token'; user: string; token: string };

/** Milliseconds. The defaults are those of RFC 5321 §4.5.3.2. */
export type Timeouts = {
  connect: number;
  greeting: number;
  command: number;
  data: number;
  block: number;
  end: number;
};
const MINUTE = 60_000;
export const DEFAULT_TIMEOUTS: Timeouts = {
  connect: MINUTE,
  greeting: 5 * MINUTE,
  command: 5 * MINUTE,
  data: 2 * MINUTE,
  block: 3 * MINUTE,
  end: 10 * MINUTE,
};

/** Where mail is handed over (MAIL-50). */
export type Transport = {
  host: string;
  port: number;
  /** `none` on this machine only: a letter or a password never travels in clear. */
  security: 'tls' | 'starttls' | 'none';
  auth: TransportAuth | null;
  /** How many at once. */
  connections: number;
  /** How we name ourselves in EHLO. */
  name: string;
  timeouts?: Partial<Timeouts>;
  /** PEM of an authority to trust besides the system's. */
  ca?: string;
  /** Where its name may lead: this machine only, or never this machine. Not given: anywhere. */
  network?: Network;
};

/** What its owner allows, over all workers; null: no limit. */
export type TransportLimits = { perMinute: number | null; perDay: number | null };

export const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || (/^(::ffff:)?127\./.test(host) && isIP(host) !== 0);

const SETTINGS = ['tls', 'connections', 'per_minute', 'per_day', 'name', 'token'];
const FORM = 'smtp://utilisateur:motdepasse@serveur:587';

const refuse = (code: string, message: string) => invalid(code, `Serveur d’envoi : ${message}`);

function count<T>(params: URLSearchParams, name: string, fallback: T, max: number): number | T {
  const text = params.get(name);
  if (text === null) return fallback;
  const n = Number(text);
  if (!Number.isInteger(n) || n < 1 || n > max)
    throw refuse('smtp_url', `${name}=${text} doit être un nombre entre 1 et ${max}.`);
  return n;
}

function securityOf(url: URL, host: string): Transport['security'] {
  const asked = url.searchParams.get('tls');
  if (asked !== null && asked !== 'starttls' && asked !== 'none')
    throw refuse('smtp_url', `tls=${asked} n’existe pas : écrivez tls=starttls, ou une adresse smtps://.`);
  if (url.protocol === 'smtps:') {
    if (asked !== null) throw refuse('smtp_url', `smtps:// est déjà chiffré : retirez tls=${asked}.`);
    return 'tls';
  }
  if (asked === 'none' && !isLoopback(host))
    throw refuse(
      'smtp_plaintext',
      `l’envoi en clair vers ${host} est refusé. Retirez tls=none : le chiffrement (STARTTLS) sera exigé.`,
    );
  return asked === 'starttls' || !isLoopback(host) ? 'starttls' : 'none';
}

/** `SMTP_URL` with percent-encoding undone, or a Refusal where that encoding is broken. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch (error) {
    if (error instanceof URIError)
      throw refuse('smtp_url', 'l’utilisateur ou le mot de passe contient un % isolé : écrivez-le %25.');
    throw error;
  }
}

/**
 * Reads `smtp://user:password@host:port?connections=4&name=mail.exemple.fr` or `smtps://…`. `?tls=starttls` demands
 * encryption on this machine too; `?token=…` is an OAuth2 access token instead of a password. Ports by default: 587, or
 * 465 for smtps; `per_minute` and `per_day` bound what leaves, over all workers. Throws a Refusal (`smtp_url`, `smtp_plaintext`) with the remedy; it never repeats the password.
 */
export function parseTransport(text: string): Transport & TransportLimits {
  const url = URL.parse(text);
  if (!url || (url.protocol !== 'smtp:' && url.protocol !== 'smtps:') || url.hostname === '')
    throw refuse('smtp_url', `l’adresse doit être de la forme ${FORM} (ou smtps://).`);
  const unknown = [...url.searchParams.keys()].find((key) => !SETTINGS.includes(key));
  if (unknown !== undefined)
    throw refuse('smtp_url', `le réglage « ${unknown} » n’existe pas : retirez-le de l’adresse.`);
  const host = url.hostname.replace(/^\[|\]$/g, '').toLowerCase();
  const security = securityOf(url, host);
  const name = url.searchParams.get('name') ?? hostname();
  if (!/^[\w.:[\]-]{1,255}$/.test(name)) throw refuse('smtp_url', `name=${name} n’est pas un nom de machine.`);
  return {
    host,
    port: url.port === '' ? (security === 'tls' ? 465 : 587) : Number(url.port),
    security,
    auth: authOf(url),
    connections: count(url.searchParams, 'connections', 4, 50),
    perMinute: count(url.searchParams, 'per_minute', null, 100_000),
    perDay: count(url.searchParams, 'per_day', null, 10_000_000),
    name,
  };
}

function authOf(url: URL): TransportAuth | null {
  const user = decoded(url.username);
  const password = decoded(url.password);
  const token = url.searchParams.get('token');
  if (user === '') {
    if (password !== '' || token !== null) throw refuse('smtp_url', `il manque l’utilisateur : ${FORM}.`);
    return null;
  }
  if (token !== null) return { kind: 'token', user, token };
  if (password === '') throw refuse('smtp_url', `il manque le mot de passe de ${user} : ${FORM}.`);
  return { kind: 'password', user, password };
}
