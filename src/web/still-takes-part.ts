import type { MiddlewareHandler } from 'hono';
import { mustStillTakePart } from '../campaigns/take-part.ts';
import { acting } from './acting.ts';
import type { WebEnv } from './env.ts';

/** Whoever has left a campaign reads it, and writes nothing more in it: said once, before any form of its pages. */
export const stillTakesPart: MiddlewareHandler<WebEnv> = async (c, next) => {
  if (c.req.method !== 'GET' && c.req.method !== 'HEAD')
    await mustStillTakePart(acting(c), c.req.param('campaign') ?? '');
  await next();
};
