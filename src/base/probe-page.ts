import { lookup, Resolver } from 'node:dns/promises';
import { type ClientRequest, type IncomingMessage, request as overHttp } from 'node:http';
import { request as overTls } from 'node:https';
import type { LookupFunction } from 'node:net';
import { ipOf, isPublicAddress } from './public-address.ts';

/**
 * What a public page answers. `status`: its last answer, redirects followed. `internal`: its name or a redirect leads
 * inside a private network, or to a port that is not a web site's: nothing was asked of it. `loop`: too many redirects.
 */
export type Probe =
  | { kind: 'status'; status: number }
  | { kind: 'dns' | 'tls' | 'refused' | 'slow' | 'internal' | 'loop'; detail: string };

/** Asks a page whether it is there. Passed in wherever links are checked, so that a test says what the world answers. */
export type PageProbe = {
  probe: (url: string, signal: AbortSignal) => Promise<Probe>;
  /** Whether this machine reaches the Internet at all: asked only when no page answered. */
  online: () => Promise<boolean>;
};

export type ProbeOptions = {
  /** Milliseconds for one request. */
  timeout?: number;
  maxRedirects?: number;
  /** Bytes of an answer, after which the connection is cut; the content is never kept. */
  maxBytes?: number;
  /** Which addresses and ports may be asked: by default public ones, 80 and 443. For tests against a local server. */
  mayReach?: (ip: string, port: number) => boolean;
  /** Every address of a name. */
  resolve?: (hostname: string) => Promise<string[]>;
  /** Certificates to trust besides the usual ones (PEM). */
  ca?: string;
};

const webSite = (ip: string, port: number): boolean => isPublicAddress(ip) && (port === 80 || port === 443);
const addressesOf = async (hostname: string): Promise<string[]> =>
  (await lookup(hostname, { all: true })).map((found) => found.address);

class Closed extends Error {}

/** A name being looked up cannot be stopped; one can stop waiting for it. */
const within = <T>(signal: AbortSignal, work: Promise<T>): Promise<T> =>
  new Promise((settle, refuse) => {
    const stop = () => refuse(signal.reason);
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    work.then(settle, refuse).finally(() => signal.removeEventListener('abort', stop));
  });

/**
 * A probe that cannot be turned against the house it runs in (SSRF): only http(s) without credentials, and the address
 * that was judged is the one connected to, at each redirect too, so that a name that changes its mind gains nothing.
 */
export function pageProbe(options: ProbeOptions = {}): PageProbe {
  const { timeout = 5_000, maxRedirects = 5, maxBytes = 64_000, mayReach = webSite, resolve = addressesOf } = options;

  async function addressFor(url: URL, signal: AbortSignal): Promise<string> {
    if (!/^https?:$/.test(url.protocol) || url.username || url.password) throw new Closed(url.protocol);
    const port = Number(url.port) || (url.protocol === 'https:' ? 443 : 80);
    const literal = ipOf(url.hostname);
    const found = literal ? [literal] : await within(signal, resolve(url.hostname));
    // One private address among public ones is enough to refuse: the client could not choose which is used later.
    if (!found[0] || !found.every((ip) => mayReach(ip, port))) throw new Closed(url.host);
    return found[0];
  }

  async function ask(method: 'HEAD' | 'GET', url: URL, signal: AbortSignal): Promise<IncomingMessage> {
    const until = AbortSignal.any([signal, AbortSignal.timeout(timeout)]);
    const ip = await addressFor(url, until);
    const lookUp: LookupFunction = (_, { all }, done) => {
      const family = ip.includes(':') ? 6 : 4;
      if (all) done(null, [{ address: ip, family }]);
      else done(null, ip, family);
    };
    return new Promise((settle, refuse) => {
      const start = url.protocol === 'https:' ? overTls : overHttp;
      const sent: ClientRequest = start(
        url,
        {
          method,
          lookup: lookUp,
          agent: false,
          signal: until,
          headers: { 'User-Agent': 'Porte-voix (verification des liens)', Accept: '*/*', 'Accept-Language': 'fr' },
          ...(options.ca ? { ca: options.ca } : {}),
        },
        (answer) => {
          settle(answer);
          let seen = 0;
          answer.on('data', (chunk: Buffer) => {
            seen += chunk.length;
            if (seen > maxBytes) answer.destroy();
          });
          // The head was read: whatever happens to the rest says nothing more.
          answer.on('error', () => answer.destroy());
          answer.on('end', () => answer.destroy());
        },
      );
      sent.on('error', refuse);
      sent.end();
    });
  }

  /** HEAD first; a site that answers it badly is asked again as a reader's browser would. */
  async function answerOf(url: URL, signal: AbortSignal): Promise<IncomingMessage> {
    try {
      const answer = await ask('HEAD', url, signal);
      if ((answer.statusCode ?? 500) < 400) return answer;
    } catch (error) {
      if (!(error instanceof Error) || codeOf(error) !== 'ECONNRESET') throw error;
    }
    return ask('GET', url, signal);
  }

  return {
    async probe(address, signal) {
      try {
        let url = new URL(address);
        for (let hop = 0; hop <= maxRedirects; hop++) {
          const answer = await answerOf(url, signal);
          const status = answer.statusCode ?? 0;
          const next = status >= 300 && status < 400 ? answer.headers.location : undefined;
          answer.destroy();
          if (next === undefined) return { kind: 'status', status };
          const target = URL.parse(next, url.href);
          if (!target) return { kind: 'status', status: 502 };
          url = target;
        }
        return { kind: 'loop', detail: String(maxRedirects) };
      } catch (error) {
        return failureOf(error);
      }
    },
    online: () =>
      new Resolver({ timeout: 2_000, tries: 1 }).resolveNs('fr').then(
        (names) => names.length > 0,
        () => false,
      ),
  };
}

const codeOf = (error: Error): string => (error as NodeJS.ErrnoException).code ?? error.name;

/** Words of Node and OpenSSL for a certificate that a reader's browser would refuse too. */
const TLS = /CERT|SSL|TLS|SELF_SIGNED|UNABLE_TO_|HOSTNAME|EPROTO/;
const DNS = /^(ENOTFOUND|ENODATA|EAI_NONAME)$/;
const NOBODY = /^(ECONNREFUSED|ECONNRESET|EPIPE|HPE_)/;

function failureOf(error: unknown): Probe {
  if (error instanceof Closed) return { kind: 'internal', detail: error.message };
  const code = error instanceof Error ? codeOf(error) : '';
  if (DNS.test(code)) return { kind: 'dns', detail: code };
  if (TLS.test(code)) return { kind: 'tls', detail: code };
  if (NOBODY.test(code)) return { kind: 'refused', detail: code };
  return { kind: 'slow', detail: code || 'timeout' };
}
