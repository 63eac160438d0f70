import { Hono } from 'hono';
import type { Ctx } from '../base/context.ts';
import { readCampaigns } from '../campaigns/read-campaign.ts';
import { openImports } from '../contacts/open-imports.ts';
import { forecastPush } from '../deliveries/forecast.ts';
import { type PushLine, readPushes } from '../deliveries/read-pushes.ts';
import { readWordingsToApprove } from '../key-messages/read-to-approve.ts';
import { may } from '../organisations/permissions.ts';
import { readRelayRequests } from '../relays/read-requests.ts';
import { readSummary } from '../reports/summary.ts';
import { readNextWebinars } from '../webinars/read-next-webinars.ts';
import { acting } from './acting.ts';
import type { WebDeps, WebEnv } from './env.ts';
import { HomePage, Running } from './home-pages.tsx';
import { page } from './page.tsx';
import { daysUntil } from './push-words.tsx';

const NEXT_DAYS = 14;

/** « Aujourd’hui »: what happens next, what waits for the reader, what is running, what it brought. */
export function homePages(deps: WebDeps) {
  const app = new Hono<WebEnv>();

  app.get('/', async (c) => {
    const ctx = acting(c);
    const now = deps.now();
    const campaigns = await readCampaigns(ctx);
    const pushes = await readPushes(ctx, { open: true });
    const leaving = soon(pushes, now);
    const next = leaving.find((p) => p.at && p.at > now);
    const day = now.toISOString().slice(0, 10);
    const current =
      campaigns.find((k) => k.startsOn <= day && k.endsOn >= day) ?? campaigns.find((k) => k.startsOn <= day);
    return page(
      c,
      { title: 'Aujourd’hui', current: '/' },
      <HomePage
        actor={ctx.actor}
        now={now}
        campaigns={campaigns}
        pushes={pushes}
        leaving={leaving}
        next={next ? { push: next, recipients: await recipients(ctx, next) } : null}
        imports={await openImports(ctx)}
        wordings={await readWordingsToApprove(ctx)}
        relays={await readRelayRequests(ctx)}
        webinars={await readNextWebinars(ctx)}
        brought={
          current && may(ctx.actor, 'report.read')
            ? await readSummary(ctx, current.slug, { simulated: deps.demo })
            : null
        }
      />,
    );
  });

  /** What is under way, alone, for the page to show its progress. */
  app.get('/en-cours', async (c) => {
    const ctx = acting(c);
    return c.html(
      <Running actor={ctx.actor} pushes={await readPushes(ctx, { open: true })} imports={await openImports(ctx)} />,
    );
  });
  return app;
}

/** What leaves in the next days. A series is there by its next issue, unless that one is already a push of its own. */
function soon(pushes: readonly PushLine[], now: Date): PushLine[] {
  const made = new Set(pushes.map((p) => `${p.modelId} ${p.at?.getTime()}`));
  return pushes.filter(
    (p) =>
      p.at !== null &&
      daysUntil(p.at, now) <= NEXT_DAYS &&
      p.progress === null &&
      !(p.recurrence && made.has(`${p.id} ${p.at.getTime()}`)),
  );
}

const recipients = async (ctx: Ctx, push: PushLine): Promise<number | null> =>
  may(ctx.actor, 'push.read') ? (await forecastPush(ctx, push.id)).addressed : null;
