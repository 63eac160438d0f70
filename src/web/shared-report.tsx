import { type Context, Hono } from 'hono';
import type { FC } from 'hono/jsx';
import type { Ctx } from '../base/context.ts';
import { longDate } from '../base/dates.ts';
import { Refusal } from '../base/errors.ts';
import { readSharedReport, type SharedReport } from '../seals/read-shares.ts';
import { download } from './report-files.ts';
import { MethodsPage } from './report-methods-page.tsx';
import { ReportPage, type ReportProps } from './report-pages.tsx';
import type { ReportPlace } from './report-place.ts';
import { PublicsPage, SeriesPage, WebinarsPage } from './report-series-page.tsx';
import { PublicLayout } from './ui/layout.tsx';

type Deps = Omit<Ctx, 'actor'> & { demo: boolean };

/** A PDF costs a browser: whoever has the address prints the page. */
const FORMATS = ['xlsx', 'html', 'csv', 'json'] as const;

/**
 * `/rapports/:token`: a report for whoever was given its address. No session, no cookie, never listed; the very pages of an
 * evaluator. An address that is over, closed or made up answers like any other that does not exist.
 */
export function sharedReportPages(deps: Deps) {
  const app = new Hono();
  const asked = (c: Context) => ({ from: c.req.query('du') || undefined, to: c.req.query('au') || undefined });
  const read = (c: Context, period = asked(c)): Promise<SharedReport | null> =>
    readSharedReport(deps, c.req.param('token') ?? '', { ...period, simulated: deps.demo });

  const show = async (c: Context, View: FC<ReportProps>) => {
    quiet(c);
    try {
      const shared = await read(c);
      return shared
        ? c.html(<Shared shared={shared} c={c} asked={asked(c)} View={View} demo={deps.demo} />)
        : c.notFound();
    } catch (error) {
      if (!(error instanceof Refusal) || error.kind !== 'invalid') throw error;
      const whole = await read(c, { from: undefined, to: undefined });
      return whole
        ? c.html(<Shared shared={whole} c={c} asked={asked(c)} View={View} demo={deps.demo} error={error} />, 422)
        : c.notFound();
    }
  };

  app.get('/rapports/:token', (c) => show(c, ReportPage));
  app.get('/rapports/:token/series', (c) => show(c, SeriesPage));
  app.get('/rapports/:token/publics', (c) => show(c, PublicsPage));
  app.get('/rapports/:token/webinaires', (c) => show(c, WebinarsPage));
  app.get('/rapports/:token/methode', (c) => show(c, MethodsPage));
  for (const format of FORMATS)
    app.get(`/rapports/:token/rapport.${format}`, async (c) => {
      quiet(c);
      const shared = await read(c);
      return shared ? download(c, shared.report, format, null) : c.notFound();
    });
  // Whoever holds such an address has no account: a badly copied end is not to be asked to sign in.
  app.get('/rapports/:token/*', (c) => c.notFound());
  return app;
}

/** The address is the secret: kept by nobody, told to nobody, listed nowhere. */
function quiet(c: Context): void {
  c.header('Cache-Control', 'private, no-store');
  c.header('Referrer-Policy', 'no-referrer');
  c.header('X-Robots-Tag', 'noindex, nofollow');
}

type SharedProps = {
  shared: SharedReport;
  c: Context;
  asked: ReportProps['asked'];
  View: FC<ReportProps>;
  demo: boolean;
  error?: Refusal;
};

const Shared = ({ shared: { report, expiresAt, organisation }, c, asked, View, demo, error }: SharedProps) => {
  const base = `/rapports/${c.req.param('token')}`;
  const place: ReportPlace = {
    base,
    file: `${base}/rapport`,
    formats: FORMATS,
    views: ['indicateurs', 'series', 'publics', 'webinaires', 'methode'],
    signedIn: false,
    query: new URLSearchParams({
      ...(asked.from ? { du: asked.from } : {}),
      ...(asked.to ? { au: asked.to } : {}),
    }).toString(),
  };
  return (
    <PublicLayout title={`Rapport, ${report.campaign.name}`} demo={demo}>
      <p class="meta">
        {report.campaign.name} : rapport partagé par {organisation}, jusqu’au{' '}
        {longDate(new Date(expiresAt.getTime() - 1))}.
      </p>
      <View report={report} place={place} asked={asked} {...(error ? { error } : {})} />
    </PublicLayout>
  );
};
