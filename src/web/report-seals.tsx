import { Hono } from 'hono';
import { Refusal } from '../base/errors.ts';
import { may } from '../organisations/permissions.ts';
import { readSeal, readSeals } from '../seals/read-seals.ts';
import { sealReport } from '../seals/seal-report.ts';
import { acting, ID, idOf } from './acting.ts';
import type { WebContext, WebDeps, WebEnv } from './env.ts';
import { formOf, page, redirectWith } from './page.tsx';
import { campaignPlace } from './report-place.ts';
import { SealPage, SealsPage } from './report-seals-page.tsx';

/** The figures of closed quarters, kept as they were. */
export function sealPages(deps: WebDeps) {
  const app = new Hono<WebEnv>();
  const title = 'Trimestres scellés';

  const list = async (c: WebContext, status: 200 | 422 = 200, error?: Refusal) => {
    const ctx = acting(c);
    const seals = await readSeals(ctx, c.req.param('campaign') ?? '');
    const place = campaignPlace(seals, { mayShare: may(ctx.actor, 'report.share') });
    return page(
      c,
      { title, current: '/campagnes', status },
      <SealsPage seals={seals} place={place} csrf={c.get('session').csrf} {...(error ? { error } : {})} />,
    );
  };

  app.get('/campagnes/:campaign/rapport/sceaux', (c) => list(c));
  app.post('/campagnes/:campaign/rapport/sceaux', async (c) => {
    const campaign = c.req.param('campaign');
    const form = await formOf(c);
    try {
      const { id } = await sealReport(acting(c), campaign, { quarter: form.text('quarter'), simulated: deps.demo });
      return redirectWith(c, `/campagnes/${campaign}/rapport/sceaux/${id}`, {
        kind: 'ok',
        text: 'Ces chiffres sont scellés : ils restent tels quels, à côté de tout nouveau comptage.',
      });
    } catch (error) {
      if (error instanceof Refusal && error.kind === 'invalid') return list(c, 422, error);
      throw error;
    }
  });
  app.get(`/campagnes/:campaign/rapport/sceaux/${ID}`, async (c) => {
    const ctx = acting(c);
    const seal = await readSeal(ctx, c.req.param('campaign'), idOf(c), { simulated: deps.demo });
    const place = campaignPlace(seal, { mayShare: may(ctx.actor, 'report.share') });
    return page(c, { title, current: '/campagnes', wide: true }, <SealPage page={seal} place={place} />);
  });
  return app;
}
