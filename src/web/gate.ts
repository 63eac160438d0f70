import type { MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { getCookie } from 'hono/cookie';
import { forbidden } from '../base/errors.ts';
import { sameBytes } from '../base/tokens.ts';
import { readSession } from '../organisations/sessions.ts';
import type { WebDeps, WebEnv } from './env.ts';
import { formOf, secure, takeFlash } from './page.tsx';

/** `__Host-` needs https; on a plain http loopback the browser would drop it (ASVS 3.3.1). */
export const sessionCookie = (https: boolean): string => (https ? '__Host-porte-voix' : 'porte-voix');

/** Largest form of a member: an import file of 150 000 rows is about 25 MB. */
const LARGEST = 60 * 1024 * 1024;
/** Largest form of anybody: an address, a code, where to go back to. */
const LARGEST_UNSIGNED = 64 * 1024;

/** Pages with a session only: without one, the sign-in page, and back here afterwards. */
export const sessionGate =
  (deps: WebDeps): MiddlewareHandler<WebEnv> =>
  async (c, next) => {
    const secret = getCookie(c, sessionCookie(secure(c)));
    const session = secret ? await readSession(deps, secret) : null;
    if (!session) {
      const asked = c.req.path + new URL(c.req.url).search;
      const back = c.req.method === 'GET' ? `?retour=${encodeURIComponent(asked)}` : '';
      return c.redirect(`/connexion${back}`, 303);
    }
    c.set('session', session);
    c.set('ctx', {
      db: deps.db,
      secrets: deps.secrets,
      publicUrl: deps.publicUrl,
      now: deps.now,
      actor: session.actor,
    });
    if (c.req.method === 'GET' || c.req.method === 'HEAD') {
      c.set('flash', takeFlash(c));
      return next();
    }
    // Read after the session is known: a stranger makes nobody hold 60 MB in memory.
    return memberForm(c, async () => {
      const sent = (await formOf(c)).text('csrf');
      if (!sameBytes(Buffer.from(sent), Buffer.from(session.csrf)))
        throw forbidden(
          'Cette page était ouverte depuis trop longtemps. Revenez en arrière, rechargez-la et recommencez.',
        );
      await next();
    });
  };

/** A form of another site never acts here, sign-in included (ASVS 3.5.1); browsers say where a request comes from. */
export const ownFormsOnly: MiddlewareHandler = async (c, next) => {
  if (c.req.method !== 'GET' && c.req.method !== 'HEAD') {
    const site = c.req.header('sec-fetch-site');
    const origin = c.req.header('origin');
    const foreign =
      site !== undefined
        ? site !== 'same-origin' && site !== 'none'
        : origin !== undefined && URL.parse(origin)?.host !== c.req.header('host');
    if (foreign) throw forbidden('Cette demande vient d’un autre site : elle est refusée.');
  }
  await next();
};

const memberForm = bodyLimit({
  maxSize: LARGEST,
  onError: (c) =>
    c.text(`Ce fichier est trop gros (${LARGEST / 1024 / 1024} Mo au plus). Coupez-le en plusieurs.`, 413),
});

/** For the forms that come before sign-in. */
export const unsignedForm = bodyLimit({
  maxSize: LARGEST_UNSIGNED,
  onError: (c) => c.text('Cette demande est trop longue.', 413),
});

/** For every answer of this server (ASVS 3.4). Previews of mails set their own policy. */
export const securityHeaders =
  (deps: Pick<WebDeps, 'publicUrl'>): MiddlewareHandler =>
  async (c, next) => {
    await next();
    const set = (name: string, value: string) => c.res.headers.has(name) || c.res.headers.set(name, value);
    set(
      'content-security-policy',
      "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    );
    set('x-content-type-options', 'nosniff');
    set('referrer-policy', 'same-origin');
    set('cross-origin-opener-policy', 'same-origin');
    set('permissions-policy', 'camera=(), microphone=(), geolocation=()');
    set('cache-control', 'no-store');
    if (deps.publicUrl.startsWith('https:')) set('strict-transport-security', 'max-age=31536000; includeSubDomains');
  };
