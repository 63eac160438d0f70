import { createRoute, z } from '@hono/zod-openapi';
import { MEASURES } from '../pages/schema.ts';
import { readPagesReport } from '../reports/read-pages-report.ts';
import { readWebinarReport } from '../reports/read-webinar-report.ts';
import { readReport } from '../reports/report.ts';
import type { WebinarReport } from '../reports/webinars.ts';
import { readSeal, readSeals, type SealLine } from '../seals/read-seals.ts';
import { WEBINAR_STATES } from '../webinars/schema.ts';
import { campaignParameter, KEY, keyAnswers, named } from './answers.ts';
import type { ApiApp, ApiDeps } from './env.ts';
import { comparisonShape, tablesOf } from './report.ts';
import { figureShape, figures, instant, list, period, question, tableShape } from './shapes.ts';

const params = z.object(campaignParameter);
const query = question(period);

const days = z.object({ from: z.string(), to: z.string() }).nullable();
const pageShape = z
  .object({
    slug: z.string(),
    name: z.string(),
    url: z.string(),
    owner: z.string().openapi({ description: 'À qui est la page.' }),
    organisation: z.string().openapi({ description: 'Le partenaire qui la suit.' }),
    baseline: days.openapi({ description: 'Avant la campagne ; sans elle, aucun effet ne se dit.' }),
    window: days,
    departs: figureShape.openapi({ description: 'Départs vers elle, comptés à nos liens.' }),
    departsJusqua: figureShape,
    simulated: figureShape.nullable(),
    exported: z
      .partialRecord(z.enum(MEASURES), figureShape)
      .openapi({ description: 'Ce que son propriétaire a compté, d’après ses exports.' }),
    departsReference: figureShape.nullable(),
    comparison: z.union([
      z.object({ kind: z.literal('aucune'), says: z.string() }),
      z.object({ kind: z.literal('ecart'), says: z.string(), reference: figureShape, campaign: figureShape }),
    ]),
    statements: list(
      z.object({
        id: z.int(),
        amount: z.string(),
        window: z.string(),
        figure: figureShape,
        saidBy: z.string(),
        source: z.string(),
        quote: z.string(),
        saidOn: z.string().nullable(),
        note: z.string(),
        organisation: z.string(),
        fileName: z.string().nullable(),
      }),
    ).openapi({ description: 'Ce qui en a été affirmé, tel quel ; deux affirmations contraires restent côte à côte.' }),
    contradictions: list(
      z.object({ ids: list(z.int()), differs: list(z.string()), says: z.string(), cannot: z.string() }),
    ),
    series: list(
      z.object({
        key: z.string(),
        label: z.string(),
        unit: z.string(),
        points: list(z.object({ day: z.string(), n: z.number() })),
      }),
    ),
  })
  .openapi('PageSuivie', { description: 'Trois séries côte à côte, jamais additionnées.' });

const pagesShape = z
  .object({
    pages: list(pageShape),
    visits: z.object({
      own: figureShape,
      sites: figureShape.nullable(),
      pages: figureShape.nullable(),
      bySite: list(
        z.object({
          name: z.string(),
          origin: z.string(),
          organisation: z.string(),
          visits: figureShape,
          pages: figureShape,
        }),
      ),
      byChannel: list(z.object({ channel: z.string(), label: z.string(), visits: figureShape })),
    }),
    notes: list(z.string()),
  })
  .openapi('Pages');

const pagesRoute = createRoute({
  method: 'get',
  path: '/api/v1/campagnes/{campagne}/pages',
  summary: 'Les pages suivies, leurs départs, ce qui en est exporté et affirmé ; les visites',
  tags: ['Pages'],
  security: KEY,
  request: { params, query },
  responses: keyAnswers(pagesShape, 'Toutes les pages'),
});

const webinarsShape = z
  .object({
    figures: figures.nullable().openapi({ description: 'Tous ensemble ; nul : il n’y en a pas.' }),
    webinars: list(
      z.object({
        slug: z.string(),
        title: z.string(),
        organisation: z.string(),
        startsAt: instant,
        state: z.enum(WEBINAR_STATES),
        figures,
      }),
    ),
    tables: list(tableShape.omit({ section: true })),
    notes: list(z.string()),
  })
  .openapi('Webinaires');

const webinarsRoute = createRoute({
  method: 'get',
  path: '/api/v1/campagnes/{campagne}/webinaires',
  summary: 'Les webinaires : invités, inscrits, présents ; des sommes, jamais une personne',
  tags: ['Webinaires'],
  security: KEY,
  request: { params, query },
  responses: keyAnswers(webinarsShape, 'Tous les webinaires'),
});

const webinarRoute = createRoute({
  method: 'get',
  path: '/api/v1/campagnes/{campagne}/webinaires/{webinaire}',
  summary: 'Un webinaire',
  tags: ['Webinaires'],
  security: KEY,
  request: {
    params: z.object({ ...campaignParameter, webinaire: named('Identifiant du webinaire', 'gepp-en-ligne') }),
    query,
  },
  responses: keyAnswers(webinarsShape, 'Ses chiffres ; aucun, s’il n’existe pas ou si rien ne s’y est passé'),
});

const sealShape = z
  .object({
    id: z.int(),
    from: z.string(),
    to: z.string(),
    ruleVersion: z.int(),
    sealedAt: instant,
    sealedBy: z.string(),
  })
  .openapi('Sceau');

const sealsRoute = createRoute({
  method: 'get',
  path: '/api/v1/campagnes/{campagne}/sceaux',
  summary: 'Les trimestres scellés, pour l’organisation pilote',
  tags: ['Trimestres scellés'],
  security: KEY,
  request: { params },
  responses: keyAnswers(
    z.object({ items: list(sealShape) }).openapi('Sceaux'),
    'Les sceaux, le dernier trimestre d’abord',
  ),
});

const sealRoute = createRoute({
  method: 'get',
  path: '/api/v1/campagnes/{campagne}/sceaux/{sceau}',
  summary: 'Les chiffres tels qu’ils ont été scellés, à côté d’un recomptage d’aujourd’hui',
  tags: ['Trimestres scellés'],
  security: KEY,
  request: {
    params: z.object({
      ...campaignParameter,
      sceau: z
        .string()
        .regex(/^[1-9]\d{0,14}$/)
        .openapi({ description: 'Son numéro.', example: '1' }),
    }),
  },
  responses: keyAnswers(
    z
      .object({
        seal: sealShape,
        sha256: z.string(),
        intact: z.boolean().openapi({ description: 'Le contenu est celui qui a été scellé.' }),
        tables: list(tableShape),
        comparison: comparisonShape,
      })
      .openapi('TrimestreScelle'),
    'Le sceau',
  ),
});

export function aroundRoutes(app: ApiApp, { demo: simulated }: Pick<ApiDeps, 'demo'>): void {
  app.openapi(pagesRoute, async (c) => {
    const { du: from, au: to } = c.req.valid('query');
    return c.json(await readPagesReport(c.get('ctx'), c.req.param('campagne'), { from, to, simulated }), 200);
  });

  app.openapi(webinarsRoute, async (c) => {
    const { du: from, au: to } = c.req.valid('query');
    const { webinars } = await readReport(c.get('ctx'), c.req.param('campagne'), { from, to, simulated });
    return c.json(webinarsOf(webinars), 200);
  });

  app.openapi(webinarRoute, async (c) => {
    const { du: from, au: to } = c.req.valid('query');
    const { campagne, webinaire } = c.req.valid('param');
    return c.json(webinarsOf(await readWebinarReport(c.get('ctx'), campagne, webinaire, { from, to, simulated })), 200);
  });

  app.openapi(sealsRoute, async (c) => {
    const { seals } = await readSeals(c.get('ctx'), c.req.param('campagne'));
    return c.json({ items: seals.map(sealOf) }, 200);
  });

  app.openapi(sealRoute, async (c) => {
    const { campagne, sceau } = c.req.valid('param');
    const { seal, sha256, intact, sealed, comparison } = await readSeal(c.get('ctx'), campagne, Number(sceau), {
      simulated,
    });
    return c.json({ seal: sealOf(seal), sha256, intact, tables: tablesOf(sealed), comparison }, 200);
  });
}

const webinarsOf = ({ figures: together, webinars, tables, notes }: WebinarReport) => ({
  figures: together,
  webinars,
  tables,
  notes,
});
const sealOf = (seal: SealLine) => ({ ...seal, sealedAt: seal.sealedAt.toISOString() });
