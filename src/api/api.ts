import { OpenAPIHono } from '@hono/zod-openapi';
import type { MiddlewareHandler } from 'hono';
import { aroundRoutes } from './around.ts';
import { campaignRoutes } from './campaigns.ts';
import { describeApi } from './document.ts';
import type { ApiApp, ApiDeps, ApiEnv } from './env.ts';
import { keyGate } from './gate.ts';
import { openRoutes } from './open.ts';
import { NOT_FOUND, problem, problemOf } from './problem.ts';
import { reportRoutes } from './report.ts';

/** What programs read: `/api/v1/*`, and the document that describes it. Mounted before the pages, it answers everything there. */
export function apiRoutes(deps: ApiDeps): ApiApp {
  const app: ApiApp = new OpenAPIHono<ApiEnv>({
    defaultHook: (result, c) => {
      if (result.success) return undefined;
      // What nothing can be called does not exist either.
      if (result.target === 'param') return problem(c, 404, 'introuvable', NOT_FOUND);
      const errors = result.error.issues.flatMap(issueOf);
      return problem(c, 400, 'parametre_invalide', 'Un paramètre est à corriger : « errors » dit lequel.', errors);
    },
  });
  app.onError(problemOf);
  app.use('/api/v1/*', onlyReading);
  describeApi(app, deps.publicUrl);
  openRoutes(app, deps);
  app.use('/api/v1/*', keyGate(deps));
  campaignRoutes(app, deps);
  reportRoutes(app, deps);
  aroundRoutes(app, deps);
  app.all('/api/v1/*', (c) => problem(c, 404, 'introuvable', NOT_FOUND));
  return app;
}

type Issue = { code?: string; path: PropertyKey[]; message: string; keys?: string[] };
const issueOf = ({ code, path, message, keys = [] }: Issue) =>
  code === 'unrecognized_keys'
    ? keys.map((key) => ({ parameter: key.slice(0, 60), message: 'Ce paramètre n’existe pas ici.' }))
    : [{ parameter: path.join('.'), message }];

const METHODS = 'GET, HEAD, OPTIONS';

/** Nothing here writes, whoever asks. What is answered belongs to whoever asked, and to nobody in between. */
const onlyReading: MiddlewareHandler<ApiEnv> = async (c, next) => {
  c.header('Cache-Control', 'private, no-store');
  c.header('Vary', 'Authorization');
  c.header('X-Robots-Tag', 'noindex');
  if (c.req.method === 'GET' || c.req.method === 'HEAD') return next();
  c.header('Allow', METHODS);
  if (c.req.method === 'OPTIONS') return c.body(null, 204);
  return problem(c, 405, 'lecture_seule', 'Cette adresse se lit avec GET ; rien ne s’écrit par ici.');
};
