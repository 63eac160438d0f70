import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { isWebhookKey, PROVIDERS, type ProviderName, recordEvents } from '../bounces/record-events.ts';
import type { ReturnCtx } from '../bounces/record-return.ts';

const MAX_BODY = 1024 * 1024;

/**
 * `POST /retours/<provider>/:key`: what a provider tells of our messages. No session and no form token: the key of the
 * address is the permission. The same event twice is one; one that says nothing of a return is received and left.
 */
export function returnPages(ctx: ReturnCtx) {
  const app = new Hono();
  const limit = bodyLimit({ maxSize: MAX_BODY, onError: (c) => c.text('Corps trop long : 1 Mo au plus.', 413) });
  for (const provider of Object.keys(PROVIDERS) as ProviderName[])
    app.post(
      `/retours/${provider}/:key`,
      async (c, next) => {
        // Before the body is read: a stranger makes us read nothing.
        if (!isWebhookKey(ctx.secrets, provider, c.req.param('key'))) return c.notFound();
        return next();
      },
      limit,
      async (c) => {
        const body = parsed(await c.req.text());
        const recorded = body === undefined ? null : await recordEvents(ctx, provider, body);
        return recorded
          ? c.json({ received: recorded.length })
          : c.text(`Ce corps n’est pas un événement ${provider}.`, 400);
      },
    );
  return app;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
