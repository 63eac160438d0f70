import type { Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { Refusal, type RefusalKind } from '../base/errors.ts';
import { log } from '../base/log.ts';

/** What was wrong with one parameter. */
export type ParameterError = { parameter: string; message: string };

const STATUS: Record<RefusalKind, ContentfulStatusCode> = {
  invalid: 400,
  'not-found': 404,
  forbidden: 403,
  conflict: 409,
  unauthenticated: 401,
  unavailable: 503,
  'too-many': 429,
};

const TITLES: Partial<Record<number, string>> = {
  400: 'Demande à corriger',
  401: 'Il faut une clé',
  403: 'Action refusée',
  404: 'Introuvable',
  405: 'On ne fait ici que lire',
  409: 'Pas possible en l’état',
  429: 'Trop de demandes',
  500: 'Une erreur est survenue',
  503: 'Service indisponible',
};

/** Every answer that is not what was asked (RFC 9457): `code` is stable, `detail` says what to do, in French. */
export function problem(
  c: Context,
  status: ContentfulStatusCode,
  code: string,
  detail: string,
  errors: readonly ParameterError[] = [],
): Response {
  const title = TITLES[status] ?? 'Problème';
  const body = { type: `/api#${code}`, title, status, detail, code, ...(errors.length > 0 ? { errors } : {}) };
  return c.body(JSON.stringify(body), status, { 'content-type': 'application/problem+json' });
}

/** Of figures' windows, what their fields are called in an address. */
const PARAMETERS: Record<string, string> = { from: 'du', to: 'au' };

/** The one place where a refusal becomes a problem. A bug is logged with its stack, and told without it. */
export function problemOf(error: Error, c: Context): Response {
  if (error instanceof Refusal) {
    if (error.kind === 'too-many') c.header('Retry-After', '3600');
    // What exists for others and what does not exist at all are the same, to the letter.
    const detail = error.kind === 'not-found' ? NOT_FOUND : error.message;
    const errors = error.fields.map(({ field, message }) => ({ parameter: PARAMETERS[field] ?? field, message }));
    return problem(c, STATUS[error.kind], CODES[error.code] ?? error.code, detail, errors);
  }
  log.error({ path: c.req.path, method: c.req.method, error: error.message, stack: error.stack }, 'erreur');
  return problem(
    c,
    500,
    'erreur_interne',
    'Elle est de notre fait et elle est notée : recommencez plus tard, ou prévenez qui tient ce service.',
  );
}

const CODES: Record<string, string> = { window: 'periode_invalide' };

export const NOT_FOUND =
  'Cette adresse ne mène à rien que cette clé puisse lire : vérifiez l’identifiant, ou partez de /api/v1/campagnes.';
