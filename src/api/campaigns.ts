import { createRoute, z } from '@hono/zod-openapi';
import { LEVELS } from '../base/words.ts';
import type { Partner } from '../campaigns/queries.ts';
import { type CampaignCard, type CampaignSheet, readCampaign, readCampaigns } from '../campaigns/read-campaign.ts';
import { ENTRY_KINDS, type PlanEntry, readPlan } from '../pushes/plan-calendar.ts';
import { campaignParameter, KEY, keyAnswers } from './answers.ts';
import type { ApiApp, ApiDeps } from './env.ts';
import { nextAddress, pageAfter } from './paging.ts';
import { campaignShape, campaignSheetShape, dayParameter, many, pageOf, question } from './shapes.ts';

const after = (what: string) =>
  z
    .string('Donnez-le une seule fois.')
    .max(200)
    .optional()
    .openapi({ description: `${what} : la suite vient après.` });

const listRoute = createRoute({
  method: 'get',
  path: '/api/v1/campagnes',
  summary: 'Les campagnes dont votre organisation est partenaire, la plus récente d’abord',
  tags: ['Campagnes'],
  security: KEY,
  request: { query: question({ apres: after('Identifiant de la dernière campagne lue'), nombre: many }) },
  responses: keyAnswers(pageOf(campaignShape).openapi('Campagnes'), 'Les campagnes, avec leurs partenaires'),
});

const oneRoute = createRoute({
  method: 'get',
  path: '/api/v1/campagnes/{campagne}',
  summary: 'Une campagne : ses dates, ses partenaires, ses objectifs',
  tags: ['Campagnes'],
  security: KEY,
  request: { params: z.object(campaignParameter) },
  responses: keyAnswers(campaignSheetShape, 'La campagne'),
});

const entryShape = z
  .object({
    key: z.string().openapi({ description: 'Pour toujours la sienne.' }),
    kind: z.enum(ENTRY_KINDS),
    title: z.string(),
    start: z.string().openapi({ description: 'Un instant (ISO 8601), ou un jour entier de Paris.' }),
    end: z.string().nullable(),
    organisations: z.array(z.object({ slug: z.string(), name: z.string() })),
    levels: z.array(z.enum(LEVELS)),
    channel: z.string().nullable(),
    place: z.string(),
    cancelled: z.boolean(),
    state: z.string().nullable().openapi({ description: 'D’un envoi : où il en est.' }),
  })
  .openapi('Evenement');

const planRoute = createRoute({
  method: 'get',
  path: '/api/v1/campagnes/{campagne}/calendrier',
  summary: 'Ce qui est prévu ou parti : envois, webinaires, actions, temps forts',
  tags: ['Campagnes'],
  security: KEY,
  request: {
    params: z.object(campaignParameter),
    query: question({
      du: dayParameter('Premier jour, à Paris ; sans lui, le début de la campagne.', '2026-11-02'),
      au: dayParameter('Dernier jour, compris ; sans lui, la fin de la campagne.', '2026-12-18'),
      apres: after('« key » de la dernière ligne lue'),
      nombre: many,
    }),
  },
  responses: keyAnswers(pageOf(entryShape).openapi('Calendrier'), 'Dans l’ordre du temps'),
});

export function campaignRoutes(app: ApiApp, { publicUrl }: Pick<ApiDeps, 'publicUrl'>): void {
  app.openapi(listRoute, async (c) => {
    const { apres, nombre } = c.req.valid('query');
    const { items, next } = pageAfter(await readCampaigns(c.get('ctx')), (one) => one.slug, apres, nombre);
    return c.json({ items: items.map(cardOf), next: nextAddress(c, publicUrl, next) }, 200);
  });

  app.openapi(oneRoute, async (c) => c.json(sheetOf(await readCampaign(c.get('ctx'), c.req.param('campagne'))), 200));

  app.openapi(planRoute, async (c) => {
    const { du, au, apres, nombre } = c.req.valid('query');
    const { slug, startsOn, endsOn } = await readCampaign(c.get('ctx'), c.req.param('campagne'));
    const range = {
      from: du ?? (au !== undefined && au < startsOn ? au : startsOn),
      to: au ?? (du !== undefined && du > endsOn ? du : endsOn),
    };
    const { entries } = await readPlan(c.get('ctx'), slug, range);
    const { items, next } = pageAfter(entries, (one) => one.key, apres, nombre);
    return c.json({ items: items.map(entryOf), next: nextAddress(c, publicUrl, next) }, 200);
  });
}

type Card = Pick<
  CampaignCard,
  'slug' | 'name' | 'tagline' | 'startsOn' | 'endsOn' | 'k' | 'linkMode' | 'cellDimensions' | 'partners'
>;

export const cardOf = ({ slug, name, tagline, startsOn, endsOn, k, linkMode, cellDimensions, partners }: Card) => ({
  slug,
  name,
  tagline,
  startsOn,
  endsOn,
  k,
  linkMode,
  cellDimensions,
  partners: partners.map(partnerOf),
});

/** What was kept as a document has its dates as texts. */
const partnerOf = ({ slug, name, role, withdrawnAt }: Partner) => ({
  slug,
  name,
  role,
  withdrawnAt: withdrawnAt && new Date(withdrawnAt).toISOString(),
});

const sheetOf = (campaign: CampaignSheet) => ({
  ...cardOf(campaign),
  summary: campaign.summary,
  leads: campaign.leads,
  demo: campaign.demo,
  targets: campaign.targets,
});

const written = (at: Date | string): string => (typeof at === 'string' ? at : at.toISOString());
const entryOf = (e: PlanEntry) => ({
  key: e.key,
  kind: e.kind,
  title: e.title,
  start: written(e.start),
  end: e.end && written(e.end),
  organisations: e.organisations.map(({ slug, name }) => ({ slug, name })),
  levels: e.levels,
  channel: e.channel,
  place: e.place,
  cancelled: e.cancelled,
  state: e.push?.state ?? null,
});
