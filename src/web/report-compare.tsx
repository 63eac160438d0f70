import { Hono } from 'hono';
import { Refusal } from '../base/errors.ts';
import { readCampaign, readCampaigns } from '../campaigns/read-campaign.ts';
import { may } from '../organisations/permissions.ts';
import { compareReports } from '../reports/compare.ts';
import { readReport } from '../reports/report.ts';
import { acting } from './acting.ts';
import type { WebDeps, WebEnv } from './env.ts';
import { page } from './page.tsx';
import { askedIn } from './report.tsx';
import { ComparePage } from './report-compare-page.tsx';
import { campaignPlace } from './report-place.ts';

/** Two reports side by side: of two campaigns, or of two periods of one. */
export function comparePages(deps: WebDeps) {
  return new Hono<WebEnv>().get('/campagnes/:campaign/rapport/comparaison', async (c) => {
    const ctx = acting(c);
    const campaign = await readCampaign(ctx, c.req.param('campaign'));
    const simulated = deps.demo;
    const other = c.req.query('avec') || campaign.slug;
    const asked = {
      first: askedIn(c),
      other,
      second: { from: c.req.query('du2') || undefined, to: c.req.query('au2') || undefined },
    };
    const shown = { title: `Comparer, ${campaign.name}`, current: '/campagnes', wide: true };
    const first = await readReport(ctx, campaign.slug, { simulated });
    const props = {
      place: campaignPlace(first, { mayShare: may(ctx.actor, 'report.share') }),
      campaigns: await readCampaigns(ctx),
      campaign,
      asked,
    };
    // Nothing was asked yet: the form alone.
    if (c.req.query('avec') === undefined) return page(c, shown, <ComparePage {...props} />);
    try {
      const sides = [
        await readReport(ctx, campaign.slug, { ...asked.first, simulated }),
        await readReport(ctx, other, { ...asked.second, simulated }),
      ] as const;
      return page(c, shown, <ComparePage {...props} sides={sides} comparison={compareReports(...sides)} />);
    } catch (error) {
      if (!(error instanceof Refusal) || error.kind !== 'invalid') throw error;
      return page(c, { ...shown, status: 422 }, <ComparePage {...props} error={error} />);
    }
  });
}
