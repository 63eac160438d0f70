import { Hono } from 'hono';
import { toParisDay } from '../base/dates.ts';
import { type FieldError, forbidden, notFound, Refusal } from '../base/errors.ts';
import { allow } from '../organisations/permissions.ts';
import { declareFigure, withdrawStatement } from '../pages/declare-figure.ts';
import { type PageSheet, readPage, readPages } from '../pages/read-pages.ts';
import { removeWatchedPage, saveWatchedPage } from '../pages/save-watched-page.ts';
import { statementFile } from '../pages/statement-file.ts';
import { readPagesReport } from '../reports/read-pages-report.ts';
import { fileResponse } from '../resources/file-response.ts';
import { acting, ID, idOf } from './acting.ts';
import type { WebContext, WebDeps, WebEnv } from './env.ts';
import { formOf, page, redirectWith } from './page.tsx';
import { quoted } from './push-words.tsx';
import {
  emptyFigure,
  FigureForm,
  figureForm,
  figureOf,
  newPage,
  pageForm,
  pageOf,
  type TypedFigure,
  type TypedPage,
  typedPage,
  WatchedForm,
} from './watched-forms.tsx';
import { WatchedList } from './watched-list.tsx';
import { WatchedOne } from './watched-one.tsx';
import { pagesUrl, pageUrl } from './watched-words.tsx';

const ALL = '/campagnes/:campaign/pages';
const ONE = `${ALL}/:page`;
const campaignOf = (c: WebContext): string => c.req.param('campaign') ?? '';
const pageSlug = (c: WebContext): string => c.req.param('page') ?? '';

/** From the baseline, or the beginning of the campaign, to its end or today: the days of which something may be known. */
function lifeOf({ campaign, page: p }: PageSheet, today: string): { from: string; to: string } {
  const from = [campaign.startsOn, p.baselineFrom, p.windowFrom].filter((d) => d !== null).sort()[0] ?? today;
  const end =
    [campaign.endsOn, p.windowTo]
      .filter((d) => d !== null)
      .sort()
      .at(-1) ?? today;
  const to = end < today ? end : today;
  return { from: from < to ? from : to, to };
}

/** The pages that partners do not own: what is counted, exported and stated of them. */
export function watchedPages(deps: WebDeps) {
  const app = new Hono<WebEnv>();
  const simulated = deps.demo;

  app.get(ALL, async (c) => {
    const ctx = acting(c);
    const list = await readPages(ctx, campaignOf(c));
    const report = await readPagesReport(ctx, campaignOf(c), { simulated });
    return page(
      c,
      { title: `Pages, ${list.campaign.name}`, current: '/campagnes', wide: true },
      <WatchedList {...list} report={report} />,
    );
  });

  app.get(`${ALL}/nouvelle`, async (c) => {
    allow(acting(c).actor, 'campaign.write');
    return writing(c, null, newPage((await readPages(acting(c), campaignOf(c))).campaign));
  });
  app.post(`${ALL}/nouvelle`, (c) => save(c, null));

  app.get(`${ONE}/modifier`, async (c) => writing(c, pageSlug(c), typedPage((await own(c)).page)));
  app.post(`${ONE}/modifier`, async (c) => save(c, (await own(c)).page.slug));
  app.post(`${ONE}/retrait`, async (c) => {
    const { name } = await removeWatchedPage(acting(c), campaignOf(c), pageSlug(c));
    return redirectWith(c, pagesUrl(campaignOf(c)), { kind: 'ok', text: `${quoted(name)} n’est plus suivie.` });
  });

  app.get(`${ONE}/declarations`, (c) => {
    allow(acting(c).actor, 'campaign.write');
    return stating(c, emptyFigure());
  });
  app.post(`${ONE}/declarations`, async (c) => {
    const form = await formOf(c);
    const typed = figureForm(form);
    const file = form.file('fichier');
    try {
      const { outcome } = await declareFigure(acting(c), campaignOf(c), pageSlug(c), figureOf(typed), {
        sure: form.text('sure') === '1',
        ...(file ? { evidence: { dataDir: deps.dataDir, name: file.name, bytes: file.stream() } } : {}),
      });
      return redirectWith(c, pageUrl(campaignOf(c), pageSlug(c)), {
        kind: 'ok',
        text: outcome === 'created' ? 'C’est noté, dans ces mots.' : 'Votre organisation l’avait déjà noté ainsi.',
      });
    } catch (error) {
      if (!(error instanceof Refusal) || error.kind !== 'invalid') throw error;
      return stating(c, typed, error);
    }
  });
  app.post(`${ONE}/declarations/${ID}/retrait`, async (c) => {
    await withdrawStatement(acting(c), campaignOf(c), pageSlug(c), idOf(c));
    return redirectWith(c, pageUrl(campaignOf(c), pageSlug(c)), {
      kind: 'ok',
      text: 'Ce chiffre est retiré : il reste écrit, barré, et ne compte plus.',
    });
  });
  app.get(`${ONE}/declarations/${ID}/fichier`, async (c) => {
    const file = await statementFile(acting(c), campaignOf(c), pageSlug(c), idOf(c), deps.dataDir);
    return fileResponse(deps.dataDir, file, c.req.raw, false);
  });

  app.get(ONE, async (c) => {
    const ctx = acting(c);
    const sheet = await readPage(ctx, campaignOf(c), pageSlug(c));
    const asked = { ...lifeOf(sheet, toParisDay(deps.now())), simulated, only: sheet.page.slug };
    const [report] = (await readPagesReport(ctx, campaignOf(c), asked)).pages;
    if (!report) throw notFound('Cette page');
    return page(
      c,
      { title: `${sheet.page.name}, ${sheet.campaign.name}`, current: '/campagnes', wide: true },
      <WatchedOne {...sheet} report={report} csrf={c.get('session').csrf} />,
    );
  });

  /** A page that one may change: of one's own organisation. */
  async function own(c: WebContext) {
    const sheet = await readPage(acting(c), campaignOf(c), pageSlug(c));
    if (sheet.own) return sheet;
    allow(acting(c).actor, 'campaign.write');
    throw forbidden(`C’est ${sheet.page.organisation.name} qui suit cette page, et qui seule la change.`);
  }

  async function save(c: WebContext, slug: string | null) {
    const typed = pageForm(await formOf(c));
    try {
      const saved = await saveWatchedPage(acting(c), campaignOf(c), {
        ...pageOf(typed),
        ...(slug === null ? {} : { slug }),
      });
      return redirectWith(c, pageUrl(campaignOf(c), saved.slug), {
        kind: 'ok',
        text: slug === null ? 'La page est suivie.' : 'La page est enregistrée.',
      });
    } catch (error) {
      if (!(error instanceof Refusal) || error.kind !== 'invalid') throw error;
      return writing(c, slug, typed, error.fields);
    }
  }

  async function writing(c: WebContext, slug: string | null, typed: TypedPage, errors?: FieldError[]) {
    const { campaign, pages } = await readPages(acting(c), campaignOf(c));
    return page(
      c,
      { title: slug ? 'Modifier la page' : 'Suivre une page', current: '/campagnes', status: errors ? 422 : 200 },
      <WatchedForm
        campaign={campaign}
        page={pages.find((p) => p.slug === slug) ?? null}
        typed={typed}
        errors={errors}
        csrf={c.get('session').csrf}
      />,
    );
  }

  async function stating(c: WebContext, typed: TypedFigure, refusal?: Refusal) {
    const sheet = await readPage(acting(c), campaignOf(c), pageSlug(c));
    return page(
      c,
      { title: 'Noter un chiffre', current: '/campagnes', status: refusal ? 422 : 200 },
      <FigureForm
        campaign={sheet.campaign}
        page={sheet.page}
        typed={typed}
        errors={refusal?.fields}
        doubt={refusal !== undefined && typed.unit === 'personnes'}
        csrf={c.get('session').csrf}
      />,
    );
  }
  return app;
}
