import { Hono } from 'hono';
import { Refusal } from '../base/errors.ts';
import { readCampaign } from '../campaigns/read-campaign.ts';
import { readReport } from '../reports/report.ts';
import { reportCsv } from '../reports/report-csv.ts';
import { acting } from './acting.ts';
import type { WebContext, WebDeps, WebEnv } from './env.ts';
import { page } from './page.tsx';
import { ReportPage } from './report-pages.tsx';

/** What a campaign brought, on a page and as files. The period is asked in the address, so that a report can be shared. */
export function reportPages(deps: WebDeps) {
  const app = new Hono<WebEnv>();
  const asked = (c: WebContext) => ({ from: c.req.query('du') || undefined, to: c.req.query('au') || undefined });
  const read = (c: WebContext, period = asked(c)) =>
    readReport(acting(c), c.req.param('campaign') ?? '', { ...period, simulated: deps.demo });

  app.get('/campagnes/:campaign/rapport', async (c) => {
    const campaign = await readCampaign(acting(c), c.req.param('campaign'));
    try {
      return page(
        c,
        { title: `Rapport, ${campaign.name}`, current: '/campagnes', wide: true },
        <ReportPage report={await read(c)} asked={asked(c)} />,
      );
    } catch (error) {
      if (!(error instanceof Refusal) || error.kind !== 'invalid') throw error;
      const refused = (
        <ReportPage report={await read(c, { from: undefined, to: undefined })} asked={asked(c)} error={error} />
      );
      return page(c, { title: `Rapport, ${campaign.name}`, current: '/campagnes', wide: true, status: 422 }, refused);
    }
  });

  app.get('/campagnes/:campaign/rapport.csv', async (c) =>
    file(c, 'csv', 'text/csv; charset=utf-8', reportCsv(await read(c))),
  );
  app.get('/campagnes/:campaign/rapport.json', async (c) =>
    file(c, 'json', 'application/json; charset=utf-8', JSON.stringify(await read(c), null, 2)),
  );
  return app;
}

const file = (c: WebContext, extension: string, type: string, body: string) =>
  c.body(body, 200, {
    'content-type': type,
    'content-disposition': `attachment; filename="rapport-${c.req.param('campaign')}.${extension}"`,
  });
