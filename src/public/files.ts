import { Hono } from 'hono';
import type { Ctx } from '../base/context.ts';
import { publicFile } from '../campaigns/public-file.ts';

/**
 * `GET|HEAD /fichiers/:campagne/:nom`: the images of messages. No session and no cookie; the same address for everybody
 * (PRV-01), and what it shows never changes. Opened by itself, a file runs and loads nothing, whatever it holds.
 */
export function filePages(deps: Pick<Ctx, 'db'>) {
  return new Hono().get('/fichiers/:campagne/:nom', async (c) => {
    const file = await publicFile(deps, c.req.param('campagne'), c.req.param('nom'));
    if (!file) return c.notFound();
    return c.body(new Uint8Array(file.bytes), 200, {
      'Content-Type': file.type,
      'Cache-Control': 'public, max-age=31536000, immutable',
      'X-Content-Type-Options': 'nosniff',
      'Content-Security-Policy': "default-src 'none'; sandbox",
      // Webmails of other sites show it in their own pages.
      'Cross-Origin-Resource-Policy': 'cross-origin',
    });
  });
}
