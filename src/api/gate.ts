import type { MiddlewareHandler } from 'hono';
import { openByKey } from '../organisations/open-by-key.ts';
import { slowDown } from '../organisations/slow-down.ts';
import type { ApiDeps, ApiEnv } from './env.ts';
import { openPace } from './pace.ts';
import { problem } from './problem.ts';

/** Of one key. A report is some 50 ms of database: a spreadsheet never feels it, a loop does. */
const PER_MINUTE = 120;
/** Keys that open nothing, from one network, in an hour: none is guessed, and none costs us more than that. */
const WRONG_PER_HOUR = 60;

const CHALLENGE = 'Bearer realm="Porte-voix"';

/** Nothing is read without a key, which is looked at again at each request: closed, it opens nothing the next second. */
export function keyGate(deps: ApiDeps): MiddlewareHandler<ApiEnv> {
  const { demo: _, networkOf, ...instance } = deps;
  const pace = openPace({ most: PER_MINUTE, everyMs: 60_000 }, () => deps.now().getTime());
  return async (c, next) => {
    const secret = keyIn(c.req.header('authorization'));
    if (secret === null) {
      c.header('WWW-Authenticate', CHALLENGE);
      return problem(c, 401, 'cle_absente', `Donnez une clé : « Authorization: Bearer pv_… ». ${WHERE}`);
    }
    const ctx = await openByKey(instance, secret);
    if (ctx === null) {
      // A good key is never made to wait for what its neighbours tried.
      await slowDown({ ...instance, network: networkOf(c) }, 'api-key', WRONG_PER_HOUR);
      c.header('WWW-Authenticate', `${CHALLENGE}, error="invalid_token"`);
      return problem(c, 401, 'cle_refusee', `Cette clé n’ouvre rien : inconnue, fermée ou finie. ${WHERE}`);
    }
    const wait = pace(ctx.actor.keyId);
    if (wait > 0) {
      c.header('Retry-After', String(wait));
      return problem(
        c,
        429,
        'trop_de_demandes',
        `Cette clé a fait plus de ${PER_MINUTE} demandes en une minute : attendez ${wait} s. Un rapport entier tient en une seule.`,
      );
    }
    c.set('ctx', ctx);
    return next();
  };
}

const WHERE = 'Une clé se fait sur la page « Votre compte ».';

/**
 * `Bearer`, or `Basic` with the key as the password: spreadsheets keep that one with their own secrets, and not in the file
 * that is sent round. Null: neither.
 */
export function keyIn(authorization: string | undefined): string | null {
  const [, scheme, given] = /^(bearer|basic) +([\w~+/.=-]{1,400})$/i.exec(authorization?.trim() ?? '') ?? [];
  if (!scheme || !given) return null;
  if (scheme.toLowerCase() === 'bearer') return given;
  const pair = Buffer.from(given, 'base64').toString('utf8');
  return pair.includes(':') ? pair.slice(pair.indexOf(':') + 1) : null;
}
