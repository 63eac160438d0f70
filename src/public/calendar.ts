import { Hono } from 'hono';
import type { Ctx } from '../base/context.ts';
import { sha256 } from '../base/tokens.ts';
import { readFeed } from '../pushes/plan-feed.ts';

/**
 * `GET|HEAD /calendrier/:token.ics`: the plan of a campaign, for a calendar program that has no session. The address is
 * the secret; a wrong one, an unknown one and a revoked one answer alike. Programs come back often: an unchanged plan is 304.
 */
export function calendarFeed(deps: Pick<Ctx, 'db' | 'secrets' | 'publicUrl' | 'now'>) {
  return new Hono().get('/calendrier/:token{[\\w-]{1,64}\\.ics}', async (c) => {
    const plan = await readFeed(deps, c.req.param('token').slice(0, -'.ics'.length));
    if (!plan) return c.notFound();
    const etag = `"${sha256(plan.file).toString('base64url').slice(0, 27)}"`;
    const headers = {
      ETag: etag,
      // Asked again each time, and kept by nobody in between.
      'Cache-Control': 'private, no-cache',
      'Referrer-Policy': 'no-referrer',
      'X-Robots-Tag': 'noindex',
    };
    const known =
      c.req
        .header('if-none-match')
        ?.split(',')
        .map((tag) => tag.trim().replace(/^W\//, '')) ?? [];
    if (known.includes(etag) || known.includes('*')) return c.body(null, 304, headers);
    return c.body(plan.file, 200, {
      ...headers,
      'Content-Type': 'text/calendar; charset=utf-8',
      'Content-Disposition': `inline; filename="${plan.name}"`,
      'X-Content-Type-Options': 'nosniff',
    });
  });
}
