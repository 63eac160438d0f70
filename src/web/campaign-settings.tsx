import { Hono } from 'hono';
import { readCampaign, readLogo } from '../campaigns/read-campaign.ts';
import { may } from '../organisations/permissions.ts';
import { acting } from './acting.ts';
import { identityPages } from './campaign-identity.tsx';
import { partnersPages } from './campaign-partners.tsx';
import { ledCampaign, saved, showForm } from './campaign-settings-frame.tsx';
import { SettingsPage } from './campaign-settings-pages.tsx';
import { LAW, MEASURE, type Part, TARGETS } from './campaign-settings-parts.tsx';
import { withdrawalPages } from './campaign-withdrawal.tsx';
import type { WebDeps, WebEnv } from './env.ts';
import { formOf, page, redirectWith } from './page.tsx';

const BASE = '/campagnes/:campaign/reglages';

/** What a campaign is: read by everybody who takes part in it, changed by its lead, part by part. */
export function campaignSettingsPages(deps: WebDeps) {
  const app = new Hono<WebEnv>();

  app.get(BASE, async (c) => {
    const ctx = acting(c);
    const campaign = await readCampaign(ctx, c.req.param('campaign'));
    return page(
      c,
      { title: `La campagne ${campaign.name}`, current: '/campagnes' },
      <SettingsPage
        campaign={campaign}
        logo={await readLogo(ctx, campaign.slug)}
        organisation={ctx.actor.organisationId}
        now={deps.now()}
        mayWrite={campaign.leads && may(ctx.actor, 'campaign.write')}
        mayWithdraw={may(ctx.actor, 'campaign.withdraw')}
        mayReport={may(ctx.actor, 'report.read')}
      />,
    );
  });

  mount(app, LAW);
  mount(app, MEASURE);
  mount(app, TARGETS);
  app.route('/', identityPages());
  app.route('/', partnersPages(deps));
  app.route('/', withdrawalPages(deps));
  return app;
}

function mount<V>(app: Hono<WebEnv>, part: Part<V>): void {
  app.get(`${BASE}${part.path}`, async (c) => {
    const campaign = await ledCampaign(c);
    return showForm(c, part.title, campaign, part.stored(campaign), part.view);
  });
  app.post(`${BASE}${part.path}`, async (c) => {
    const campaign = await ledCampaign(c);
    const typed = part.typed(await formOf(c));
    const refused = await saved(c, campaign, part.changes(typed, campaign), (path) => part.field(path, typed));
    return 'location' in refused
      ? redirectWith(c, refused.location, refused.flash)
      : showForm(c, part.title, campaign, typed, part.view, refused);
  });
}
