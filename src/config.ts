import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { findChromium } from './base/chromium.ts';
import type { Secrets } from './base/context.ts';
import { invalid } from './base/errors.ts';
import { MAX_RETURN_LOCAL } from './base/return-address.ts';
import { deriveSecrets } from './base/tokens.ts';

/** Everything the environment may say, read once and here only. */
export type Config = {
  port: number;
  host: string;
  dataDir: string;
  /** null: the embedded database. */
  databaseUrl: string | null;
  /** null: the catcher; nothing can reach a real person. */
  smtpUrl: string | null;
  /** Without a trailing slash. Links in messages start with it. Null: not given; where this process listens, or did. */
  publicUrl: string | null;
  /** Where the pages are when nothing else is said. */
  localUrl: string;
  /** How many proxies in front are ours: the client's address is read that far from the right of X-Forwarded-For (BOT-06). */
  trustedProxies: number;
  /** The mailbox where what comes back is read; null: none. */
  bounceMailbox: ImapAccess | null;
  /** What each message's return address is made of (MAIL-30); null: what comes back has no address of its own. */
  bounceAddress: string | null;
  /** What opens `/metrics` from another machine; null: nothing does. */
  metricsToken: string | null;
  /** What makes PDF files; null: none was found. */
  chromium: string | null;
  secrets: Secrets;
};

/** `security`: TLS from the first byte, by STARTTLS, or none, which is for this machine only. */
export type ImapAccess = {
  host: string;
  port: number;
  security: 'tls' | 'starttls' | 'none';
  user: string;
  password: string;
  mailbox: string;
};

const number = (name: string, text: string | undefined, fallback: number, max: number): number => {
  if (text === undefined || text === '') return fallback;
  const n = Number(text);
  if (!Number.isInteger(n) || n < 0 || n > max)
    throw invalid('config', `${name}=${text} n’est pas un nombre entre 0 et ${max}. Corrigez la variable ${name}.`);
  return n;
};

const url = (name: string, text: string | undefined, protocols: string[]): string | null => {
  if (!text) return null;
  const parsed = URL.parse(text);
  // Without its two slashes the password would be read as a name, and printed as one.
  if (!parsed || !protocols.includes(parsed.protocol) || !/^[a-z]+:\/\//i.test(text))
    throw invalid(
      'config',
      `${name} doit être une adresse qui commence par ${protocols.map((p) => `${p}//`).join(' ou ')}.`,
    );
  return text.replace(/\/$/, '');
};

const LOOPBACK = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/** `imaps://user:password@host[:port]/mailbox`. Says what is wrong without ever repeating the password. */
function imapAccess(text: string | undefined): ImapAccess | null {
  const given = url('BOUNCE_IMAP_URL', text, ['imaps:', 'imap:']);
  if (given === null) return null;
  const { protocol, hostname, port, username, password, pathname } = new URL(given);
  const refuse = (why: string) =>
    invalid('config', `BOUNCE_IMAP_URL : ${why}. Forme attendue : imaps://compte:motdepasse@imap.exemple.fr/INBOX`);
  if (!hostname) throw refuse('il manque le nom du serveur');
  if (!username || !password) throw refuse('il manque le compte ou son mot de passe');
  const decode = (part: string): string => {
    try {
      return decodeURIComponent(part);
    } catch {
      throw refuse('un caractère spécial est mal écrit (« % » s’écrit %25, « @ » %40, « / » %2F)');
    }
  };
  const security = protocol === 'imaps:' ? 'tls' : LOOPBACK.test(hostname) ? 'none' : 'starttls';
  return {
    host: hostname.replace(/^\[|\]$/g, ''),
    port: port ? Number(port) : security === 'tls' ? 993 : 143,
    security,
    user: decode(username),
    password: decode(password),
    mailbox: decode(pathname.slice(1)) || 'INBOX',
  };
}

function bounceAddress(text: string | undefined): string | null {
  if (!text) return null;
  const address = /^([a-z0-9][a-z0-9._-]*)@((?:[a-z0-9-]+\.)+[a-z0-9-]{2,})$/.exec(text.trim().toLowerCase());
  if (!address)
    throw invalid(
      'config',
      `BOUNCE_ADDRESS=${text} n’est pas une adresse simple. Donnez celle de la boîte des retours, par exemple retours@mail.exemple.fr, sans « + ».`,
    );
  if (address[1]!.length > MAX_RETURN_LOCAL)
    throw invalid(
      'config',
      `BOUNCE_ADDRESS : « ${address[1]} » est trop long. Le service y ajoute « + » et 42 lettres : gardez ${MAX_RETURN_LOCAL} caractères au plus avant le « @ ».`,
    );
  return address[0];
}

function metricsToken(text: string | undefined): string | null {
  if (!text) return null;
  if (!/^[\x21-\x7e]{20,}$/.test(text))
    throw invalid('config', 'METRICS_TOKEN est trop court : donnez au moins 20 caractères au hasard, sans espace.');
  return text;
}

/** The instance's secret: given, or made once and kept beside the data with rights 0600; never in the database. */
function instanceSecret(env: NodeJS.ProcessEnv, dataDir: string): Buffer {
  if (env.SECRET) {
    if (env.SECRET.length < 32)
      throw invalid('config', 'SECRET est trop court : donnez au moins 32 caractères au hasard.');
    return Buffer.from(env.SECRET);
  }
  const file = join(dataDir, 'secret');
  try {
    mkdirSync(dataDir, { recursive: true });
    try {
      // 'wx': of two first starts at once, one writes and the other reads what it wrote.
      writeFileSync(file, randomBytes(32).toString('hex'), { mode: 0o600, flag: 'wx' });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const secret = readFileSync(file, 'utf8').trim();
    if (secret.length < 32) throw invalid('secret', `Le fichier ${file} est abîmé : remettez sa sauvegarde.`);
    return Buffer.from(secret);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === undefined) throw error;
    throw invalid(
      'data_dir',
      `Le dossier ${dataDir} ne peut pas être écrit (${code}). Donnez-en un autre : DATA_DIR=/chemin.`,
    );
  }
}

export function readConfig(env: NodeJS.ProcessEnv = process.env): Config {
  const port = number('PORT', env.PORT, 3000, 65535);
  const host = env.HOST || '127.0.0.1';
  const dataDir = resolve(env.DATA_DIR || 'donnees');
  return {
    port,
    host,
    dataDir,
    databaseUrl: url('DATABASE_URL', env.DATABASE_URL, ['postgres:', 'postgresql:']),
    smtpUrl: url('SMTP_URL', env.SMTP_URL, ['smtp:', 'smtps:']),
    publicUrl: url('PUBLIC_URL', env.PUBLIC_URL, ['http:', 'https:']),
    localUrl: `http://${host.includes(':') ? `[${host}]` : host}:${port}`,
    trustedProxies: number('TRUSTED_PROXIES', env.TRUSTED_PROXIES, 0, 10),
    bounceMailbox: imapAccess(env.BOUNCE_IMAP_URL),
    bounceAddress: bounceAddress(env.BOUNCE_ADDRESS),
    metricsToken: metricsToken(env.METRICS_TOKEN),
    chromium: findChromium(env.CHROMIUM_PATH, env.PATH),
    secrets: deriveSecrets(instanceSecret(env, dataDir)),
  };
}
