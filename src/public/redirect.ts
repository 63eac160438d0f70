import { getConnInfo } from '@hono/node-server/conninfo';
import { Hono } from 'hono';
import { clientAddress } from '../base/client-address.ts';
import type { Secrets } from '../base/context.ts';
import { Refusal } from '../base/errors.ts';
import { featuresOf, networkHasher } from '../tracking/features.ts';
import type { Journal } from '../tracking/journal.ts';
import type { TokenStore } from '../tracking/token-store.ts';

export type RedirectDeps = {
  tokens: Pick<TokenStore, 'find' | 'ask'>;
  journal: Pick<Journal, 'append'>;
  trustedProxies: number;
  secrets: Pick<Secrets, 'network'>;
  now: () => number;
};

/** No cookie, no script, nothing kept by the browser, and the next site does not learn where the reader came from. */
const HEADERS = {
  'Cache-Control': 'no-store',
  'Referrer-Policy': 'no-referrer',
  'X-Robots-Tag': 'noindex, nofollow',
};
const PAGE = {
  ...HEADERS,
  'Content-Type': 'text/html; charset=utf-8',
  'Content-Security-Policy':
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
};
const RETRY_SECONDS = '30';

/**
 * `GET|HEAD /r/:token`: where a tracked link leads. The destination comes from the token only (SEC-10); the hit is in
 * the journal before the answer leaves, and a hit that cannot be written never keeps a reader from their page.
 */
export function redirect({ tokens, journal, trustedProxies, secrets, now }: RedirectDeps): Hono {
  const networkOf = networkHasher(secrets.network);
  const app = new Hono();
  // This house has no other: whatever is not a link that is followed gets its page, in its words.
  app.notFound((c) => c.body(UNKNOWN, 404, PAGE));
  return app.get('/r/:token', async (c) => {
    const token = c.req.param('token');
    let url = tokens.find(token) ?? null;
    if (url === null) {
      try {
        url = await tokens.ask(token);
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        return c.body(UNAVAILABLE, 503, { ...PAGE, 'Retry-After': RETRY_SECONDS });
      }
    }
    if (url === null) return c.body(UNKNOWN, 404, PAGE);
    const header = (name: string) => c.req.header(name);
    const at = now();
    const features = featuresOf(c.req.method, {
      userAgent: header('user-agent'),
      secPurpose: header('sec-purpose'),
      purpose: header('purpose'),
      xMoz: header('x-moz'),
    });
    const address = clientAddress(header('x-forwarded-for'), getConnInfo(c).remote.address ?? '', trustedProxies);
    await journal.append({ kind: 'hit', at, token, network: networkOf(address, at), features });
    // A browser that gets nothing ahead of time asks again when somebody really clicks, and that click counts.
    if (features.prefetch) return c.body(null, 204, HEADERS);
    return c.body(null, 302, { ...HEADERS, Location: url });
  });
}

const page = (title: string, text: string): string => `<!doctype html>
<html lang="fr"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex"><title>${title}</title>
<style>:root{color-scheme:light dark}body{font:1.125rem/1.6 system-ui,sans-serif;max-width:34rem;margin:15vh auto;padding:0 1.5rem}</style>
</head><body><main><h1>${title}</h1><p>${text}</p></main></body></html>`;

const UNKNOWN = page(
  'Ce lien ne mène nulle part',
  'Il est peut-être incomplet : copiez-le en entier depuis le message, ou cherchez la page depuis le site de l’organisation qui vous a écrit.',
);
const UNAVAILABLE = page(
  'Cette page revient dans un instant',
  'Le lien est sans doute bon, mais nous ne pouvons pas le vérifier pour l’instant. Rechargez cette page dans une minute.',
);
