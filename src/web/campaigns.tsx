import { Hono } from 'hono';
import { readCampaign, readCampaigns } from '../campaigns/read-campaign.ts';
import { readPushes } from '../deliveries/read-pushes.ts';
import { may } from '../organisations/permissions.ts';
import { readSummary } from '../reports/summary.ts';
import { acting } from './acting.ts';
import { CampaignsPage } from './campaign-lists.tsx';
import { CampaignPage } from './campaign-pages.tsx';
import type { WebDeps, WebEnv } from './env.ts';
import { page } from './page.tsx';

/** The campaigns one takes part in, and the pushes of each. */
export function campaignPages(deps: WebDeps) {
  const app = new Hono<WebEnv>();

  app.get('/campagnes', async (c) => {
    const ctx = acting(c);
    const campaigns = await readCampaigns(ctx);
    return page(
      c,
      { title: 'Campagnes', current: '/campagnes' },
      <CampaignsPage
        campaigns={campaigns}
        pushes={await readPushes(ctx, { open: true })}
        today={deps.now()}
        mayCreate={may(ctx.actor, 'campaign.write')}
      />,
    );
  });

  app.get('/campagnes/:campaign', async (c) => {
    const ctx = acting(c);
    const campaign = await readCampaign(ctx, c.req.param('campaign'));
    const report = may(ctx.actor, 'report.read')
      ? await readSummary(ctx, campaign.slug, { simulated: deps.demo })
      : null;
    return page(
      c,
      { title: campaign.name, current: '/campagnes', wide: true },
      <CampaignPage
        campaign={campaign}
        pushes={await readPushes(ctx, { campaignId: campaign.id })}
        report={report}
        today={deps.now()}
        organisation={ctx.actor.organisationId}
        mayWrite={campaign.leads && may(ctx.actor, 'push.write')}
        mayReadPushes={may(ctx.actor, 'push.read')}
      />,
    );
  });
  return app;
}
