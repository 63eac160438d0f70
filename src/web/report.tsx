import { Hono } from 'hono';
import type { FC } from 'hono/jsx';
import { Refusal } from '../base/errors.ts';
import { readCampaign } from '../campaigns/read-campaign.ts';
import { may } from '../organisations/permissions.ts';
import { type Report, readReport } from '../reports/report.ts';
import { acting } from './acting.ts';
import type { WebContext, WebDeps, WebEnv } from './env.ts';
import { page } from './page.tsx';
import { download } from './report-files.ts';
import { MethodsPage } from './report-methods-page.tsx';
import { ReportPage, type ReportProps } from './report-pages.tsx';
import { campaignPlace, REPORT_FORMATS } from './report-place.ts';
import { PublicsPage, SeriesPage, WebinarsPage } from './report-series-page.tsx';

/** What a campaign brought, on pages and as files. The period is asked in the address, so that a report can be shared. */
export function reportPages(deps: WebDeps) {
  const app = new Hono<WebEnv>();
  const read = (c: WebContext, period = askedIn(c)) =>
    readReport(acting(c), c.req.param('campaign') ?? '', { ...period, simulated: deps.demo });

  /** One view of the report; a period that is none shows the whole campaign, and what is wrong with it. */
  const show = async (c: WebContext, View: FC<ReportProps>) => {
    const campaign = await readCampaign(acting(c), c.req.param('campaign') ?? '');
    const asked = askedIn(c);
    const placed = (report: Report) => ({
      report,
      place: campaignPlace(report, {
        query: queryOf(asked),
        mayShare: may(acting(c).actor, 'report.share'),
        pdf: Boolean(deps.chromium),
      }),
      asked,
    });
    const shown = { title: `Rapport, ${campaign.name}`, current: '/campagnes', wide: true };
    try {
      return page(c, shown, <View {...placed(await read(c))} />);
    } catch (error) {
      if (!(error instanceof Refusal) || error.kind !== 'invalid') throw error;
      const whole = await read(c, {});
      return page(c, { ...shown, status: 422 }, <View {...placed(whole)} error={error} />);
    }
  };

  app.get('/campagnes/:campaign/rapport', (c) => show(c, ReportPage));
  app.get('/campagnes/:campaign/rapport/series', (c) => show(c, SeriesPage));
  app.get('/campagnes/:campaign/rapport/publics', (c) => show(c, PublicsPage));
  app.get('/campagnes/:campaign/rapport/webinaires', (c) => show(c, WebinarsPage));
  app.get('/campagnes/:campaign/rapport/methode', (c) => show(c, MethodsPage));
  for (const format of REPORT_FORMATS)
    app.get(`/campagnes/:campaign/rapport.${format}`, async (c) =>
      download(c, await read(c), format, deps.chromium ?? null),
    );
  return app;
}

export type Asked = { from?: string | undefined; to?: string | undefined };

export const askedIn = (c: { req: { query: (name: string) => string | undefined } }): Asked => ({
  from: c.req.query('du') || undefined,
  to: c.req.query('au') || undefined,
});

/** The same window, for the addresses of the other views. */
export const queryOf = ({ from, to }: Asked): string =>
  new URLSearchParams({ ...(from ? { du: from } : {}), ...(to ? { au: to } : {}) }).toString();
