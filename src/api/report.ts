import { createRoute, z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { notFound } from '../base/errors.ts';
import { compareReports } from '../reports/compare.ts';
import { type Report, readReport } from '../reports/report.ts';
import { reportCsv } from '../reports/report-csv.ts';
import { sheetsOf } from '../reports/report-tables.ts';
import { readSummary, type Summary } from '../reports/summary.ts';
import { campaignParameter, csvAnswers, KEY, keyAnswers, named } from './answers.ts';
import { cardOf } from './campaigns.ts';
import type { ApiApp, ApiDeps, ApiEnv } from './env.ts';
import {
  campaignShape,
  dayParameter,
  figureShape,
  figures,
  instant,
  list,
  measuredTargetShape,
  methodsShape,
  period,
  question,
  tableShape,
  windowShape,
} from './shapes.ts';

const tags = ['Rapport'];
const request = { params: z.object(campaignParameter), query: question(period) };
const BASE = '/api/v1/campagnes/{campagne}/rapport';

const essentials = {
  campaign: campaignShape,
  generatedAt: instant,
  window: windowShape,
  simulated: z.boolean().openapi({ description: 'Démonstration : aucun message n’est parti vers une vraie personne.' }),
  figures,
  targets: list(measuredTargetShape),
  notes: list(z.string()),
};
const summaryShape = z.object({ ...essentials, tables: list(tableShape) }).openapi('Essentiel');

const seriesShape = z
  .object({
    key: z.string(),
    label: z.string(),
    figures: figures.openapi({ description: 'Ce dont les points sont les jours, avec la façon de les compter.' }),
    points: list(z.object({ day: z.string(), distribues: z.int(), clics: z.int() })),
  })
  .openapi('Serie');

const reportShape = z
  .object({
    ...essentials,
    tables: list(tableShape),
    series: list(seriesShape),
    unmeasured: list(z.object({ what: z.string(), why: z.string() })),
    methods: methodsShape,
  })
  .openapi('Rapport');

const reportRoute = createRoute({
  method: 'get',
  path: BASE,
  summary: 'Tout le rapport : chaque chiffre avec la façon dont il est compté',
  tags,
  security: KEY,
  request,
  responses: keyAnswers(reportShape, 'Le rapport, comme sa page'),
});

const summaryRoute = createRoute({
  method: 'get',
  path: `${BASE}/essentiel`,
  summary: 'Les chiffres d’ensemble, les objectifs et les niveaux',
  tags,
  security: KEY,
  request,
  responses: keyAnswers(summaryShape, 'Le début du rapport'),
});

const csvRoute = createRoute({
  method: 'get',
  path: `${BASE}.csv`,
  summary: 'Tout le rapport, un chiffre par ligne, pour un tableur',
  tags,
  security: KEY,
  request,
  responses: csvAnswers('Le fichier CSV de la page du rapport'),
});

const tablesRoute = createRoute({
  method: 'get',
  path: `${BASE}/tableaux`,
  summary: 'Les tableaux du rapport, sans leurs lignes',
  tags,
  security: KEY,
  request,
  responses: keyAnswers(
    z
      .object({
        items: list(tableShape.omit({ rows: true }).extend({ rows: z.int().openapi({ description: 'Combien.' }) })),
      })
      .openapi('Tableaux'),
    'Ce qu’il y a',
  ),
});

const tableRoute = createRoute({
  method: 'get',
  path: `${BASE}/tableaux/{tableau}`,
  summary: 'Un tableau du rapport',
  tags,
  security: KEY,
  request: { ...request, params: z.object({ ...campaignParameter, tableau: named('Sa clé', 'level') }) },
  responses: keyAnswers(tableShape, 'Le tableau'),
});

const seriesRoute = createRoute({
  method: 'get',
  path: `${BASE}/series`,
  summary: 'Jour par jour, par niveau',
  tags,
  security: KEY,
  request,
  responses: keyAnswers(z.object({ items: list(seriesShape) }).openapi('Series'), 'Les lignes du dessin'),
});

const methodsRoute = createRoute({
  method: 'get',
  path: `${BASE}/methode`,
  summary: 'Comment tout est compté : définitions, règles, réglages',
  tags,
  security: KEY,
  request,
  responses: keyAnswers(methodsShape, 'La méthode'),
});

export const comparisonShape = z
  .object({
    warnings: list(z.string()).openapi({ description: 'Ce qui rend les deux incomparables : à lire d’abord.' }),
    tables: list(
      z.object({
        key: z.string(),
        title: z.string(),
        lines: list(
          z.object({
            label: z.string(),
            measure: z.string(),
            first: figureShape.nullable(),
            second: figureShape.nullable(),
            difference: z.number().nullable().openapi({ description: 'Le second moins le premier, même unité.' }),
          }),
        ),
      }),
    ),
  })
  .openapi('Comparaison');

const compareRoute = createRoute({
  method: 'get',
  path: '/api/v1/campagnes/{campagne}/comparaison',
  summary: 'Deux campagnes, ou deux périodes d’une campagne',
  tags,
  security: KEY,
  request: {
    params: z.object(campaignParameter),
    query: question({
      ...period,
      avec: campaignParameter.campagne.optional().openapi({ description: 'L’autre campagne ; sans elle, la même.' }),
      du2: dayParameter('Premier jour de la seconde période.', '2026-12-01'),
      au2: dayParameter('Dernier jour de la seconde période.', '2026-12-31'),
    }),
  },
  responses: keyAnswers(comparisonShape, 'Les chiffres côte à côte ; jamais un pourcentage'),
});

type Days = { du?: string | undefined; au?: string | undefined };

export function reportRoutes(app: ApiApp, { demo: simulated }: Pick<ApiDeps, 'demo'>): void {
  const whole = (c: Context<ApiEnv>, { du: from, au: to }: Days, slug = c.req.param('campagne') ?? '') =>
    readReport(c.get('ctx'), slug, { from, to, simulated });

  app.openapi(summaryRoute, async (c) => {
    const { du: from, au: to } = c.req.valid('query');
    const summary = await readSummary(c.get('ctx'), c.req.param('campagne'), { from, to, simulated });
    const tables = summary.tables.map((table) => ({ section: 'L’essentiel', ...table }));
    return c.json({ ...essentialsOf(summary), tables }, 200);
  });

  app.openapi(reportRoute, async (c) => {
    const report = await whole(c, c.req.valid('query'));
    const { unmeasured, methods } = report;
    const answer = { tables: tablesOf(report), series: seriesOf(report), unmeasured, methods };
    return c.json({ ...essentialsOf(report), ...answer }, 200);
  });

  app.openapi(csvRoute, async (c) => {
    const report = await whole(c, c.req.valid('query'));
    return c.body(reportCsv(report), 200, { 'content-type': 'text/csv; charset=utf-8' });
  });

  app.openapi(tablesRoute, async (c) => {
    const tables = tablesOf(await whole(c, c.req.valid('query')));
    return c.json({ items: tables.map((t) => ({ ...t, rows: t.rows.length })) }, 200);
  });

  app.openapi(tableRoute, async (c) => {
    const tables = tablesOf(await whole(c, c.req.valid('query')));
    const table = tables.find((t) => t.key === c.req.param('tableau'));
    if (!table) throw notFound('Ce tableau');
    return c.json(table, 200);
  });

  app.openapi(seriesRoute, async (c) => c.json({ items: seriesOf(await whole(c, c.req.valid('query'))) }, 200));

  app.openapi(methodsRoute, async (c) => c.json((await whole(c, c.req.valid('query'))).methods, 200));

  app.openapi(compareRoute, async (c) => {
    const { avec, du2, au2, ...first } = c.req.valid('query');
    const sides = [await whole(c, first), await whole(c, { du: du2, au: au2 }, avec)] as const;
    return c.json(compareReports(...sides), 200);
  });
}

const essentialsOf = ({ campaign, generatedAt, window, simulated, figures, targets, notes }: Summary) => ({
  campaign: cardOf(campaign),
  generatedAt,
  window,
  simulated,
  figures,
  targets,
  notes,
});

/** Every figure of a report, table by table: what its files hold. */
export const tablesOf = (report: Report) => sheetsOf(report).map(({ section, table }) => ({ section, ...table }));

/** A drawn line with the figures that its days add up to: no number goes without the way it is counted. */
function seriesOf({ series, tables }: Report) {
  const byLevel = tables.find((t) => t.key === 'level')?.rows ?? [];
  return series.map((line) => {
    const { distribues, clics } = byLevel.find((row) => row.key === line.key)?.figures ?? {};
    return { ...line, figures: { ...(distribues && { distribues }), ...(clics && { clics }) } };
  });
}
