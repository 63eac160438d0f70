import { Hono } from 'hono';
import { toParisDay } from '../base/dates.ts';
import { Refusal } from '../base/errors.ts';
import { readShares } from '../seals/read-shares.ts';
import { revokeShare, shareReport } from '../seals/share-report.ts';
import { acting, ID, idOf } from './acting.ts';
import type { WebContext, WebDeps, WebEnv } from './env.ts';
import { formOf, page, redirectWith } from './page.tsx';
import { campaignPlace } from './report-place.ts';
import { SharesPage } from './report-shares-page.tsx';

/** Addresses at which somebody without an account reads the report, until a day. */
export function sharePages(deps: WebDeps) {
  const app = new Hono<WebEnv>();

  const list = async (c: WebContext, typed?: { label: string; until: string; error: Refusal }) => {
    const { campaign, shares } = await readShares(acting(c), c.req.param('campaign') ?? '');
    return page(
      c,
      { title: 'Partager le rapport', current: '/campagnes', status: typed ? 422 : 200 },
      <SharesPage
        campaign={campaign}
        shares={shares}
        place={campaignPlace({ campaign }, { mayShare: true })}
        csrf={c.get('session').csrf}
        now={deps.now()}
        typed={typed ?? { label: '', until: toParisDay(new Date(deps.now().getTime() + 30 * 86_400_000)) }}
      />,
    );
  };

  app.get('/campagnes/:campaign/rapport/partages', (c) => list(c));
  app.post('/campagnes/:campaign/rapport/partages', async (c) => {
    const form = await formOf(c);
    const asked = { label: form.text('label'), until: form.text('until') };
    try {
      await shareReport(acting(c), c.req.param('campaign'), asked);
    } catch (error) {
      if (error instanceof Refusal && error.kind === 'invalid') return list(c, { ...asked, error });
      throw error;
    }
    return redirectWith(c, `/campagnes/${c.req.param('campaign')}/rapport/partages`, {
      kind: 'ok',
      text: 'L’adresse est prête : copiez-la et envoyez-la vous-même.',
    });
  });
  app.post(`/campagnes/:campaign/rapport/partages/${ID}/retrait`, async (c) => {
    await revokeShare(acting(c), c.req.param('campaign'), idOf(c));
    return redirectWith(c, `/campagnes/${c.req.param('campaign')}/rapport/partages`, {
      kind: 'ok',
      text: 'Cette adresse n’ouvre plus rien.',
    });
  });
  return app;
}
