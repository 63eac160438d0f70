import { Resolver as NodeResolver } from 'node:dns/promises';
import { connect } from 'node:tls';

/**
 * What the outside world says of a name. Each answer is empty where there is nothing; a `DnsTrouble` is thrown where
 * nobody could tell (silence, a failing server): the two must never be taken for each other.
 */
export type Resolver = {
  /** One text per record, its 255-octet strings joined. */
  txt: (name: string) => Promise<string[]>;
  mx: (name: string) => Promise<{ exchange: string; priority: number }[]>;
  /** IPv4 and IPv6. */
  addresses: (name: string) => Promise<string[]>;
  ptr: (address: string) => Promise<string[]>;
  cname: (name: string) => Promise<string[]>;
  /** Null: the certificate that answers on this port is valid for this name; else what is wrong. */
  certificate: (host: string, port: number) => Promise<string | null>;
};

export class DnsTrouble extends Error {}

const NOTHING = new Set(['ENOTFOUND', 'ENODATA', 'NXDOMAIN', 'ENONAME']);

async function answers<T>(name: string, ask: Promise<T[]>): Promise<T[]> {
  try {
    return await ask;
  } catch (error) {
    const { code = '' } = error as { code?: string };
    if (NOTHING.has(code)) return [];
    throw new DnsTrouble(`le DNS n’a pas répondu pour ${name}${code === '' ? '' : ` (${code})`}`);
  }
}

const TLS_MS = 5000;

/** The machine's own resolver; three seconds a question, asked twice. */
export function systemResolver(): Resolver {
  const dns = new NodeResolver({ timeout: 3000, tries: 2 });
  return {
    txt: async (name) => (await answers(name, dns.resolveTxt(name))).map((strings) => strings.join('')),
    mx: (name) => answers(name, dns.resolveMx(name)),
    addresses: async (name) =>
      (await Promise.all([answers(name, dns.resolve4(name)), answers(name, dns.resolve6(name))])).flat(),
    ptr: (address) => answers(address, dns.reverse(address)),
    cname: (name) => answers(name, dns.resolveCname(name)),
    certificate: (host, port) =>
      new Promise((resolve) => {
        const socket = connect({ host, port, servername: host, timeout: TLS_MS }, () => end(null));
        const end = (wrong: string | null) => {
          socket.destroy();
          resolve(wrong);
        };
        socket.once('error', (error) => end(error.message));
        socket.once('timeout', () => end(`pas de réponse en ${TLS_MS / 1000} s`));
      }),
  };
}
