import { createRoute, z } from '@hono/zod-openapi';
import { toParisDay } from '../base/dates.ts';
import { PUBLICS } from '../base/words.ts';
import { type PublicLine, publicInventory } from '../resources/public-inventory.ts';
import { RESOURCE_FORMATS, RESOURCE_KINDS } from '../resources/schema.ts';
import { named, openAnswers } from './answers.ts';
import type { ApiApp, ApiDeps } from './env.ts';
import { nextAddress } from './paging.ts';
import { instant, list, many, question } from './shapes.ts';

const resourceShape = z
  .object({
    slug: z.string(),
    title: z.string(),
    url: z.url().openapi({ description: 'Sa page publique.' }),
    campaign: z.object({ slug: z.string(), name: z.string() }),
    summary: z.string(),
    kind: z.enum(RESOURCE_KINDS),
    axis: z.string(),
    carriedBy: z.string(),
    years: z.string(),
    owner: z.string(),
    formats: list(z.enum(RESOURCE_FORMATS)),
    uses: z.record(z.string(), z.string()).openapi({ description: 'Par public : à quoi elle lui sert.' }),
    levelUses: z.record(z.string(), z.string()),
    addedAt: instant,
    updatedAt: instant,
  })
  .openapi('Ressource');

const resourcesRoute = createRoute({
  method: 'get',
  path: '/api/v1/ressources',
  summary: 'L’inventaire public, sans clé',
  tags: ['Ressources'],
  request: {
    query: question({
      campagne: named('Une campagne seule', 'infranum').optional(),
      public: z.enum(PUBLICS, 'Donnez un public de la liste.').optional(),
      recherche: z.string('Donnez-la une seule fois.').max(200, '200 caractères au plus.').optional(),
      page: z
        .string('Donnez-la une seule fois.')
        .regex(/^[1-9]\d{0,5}$/, 'Donnez un numéro de page, à partir de 1.')
        .default('1')
        .openapi({ type: 'integer', example: '1' }),
      nombre: many,
    }),
  },
  responses: openAnswers(
    z
      .object({
        items: list(resourceShape),
        found: z.int(),
        page: z.int(),
        pages: z.int(),
        next: z.url().nullable(),
      })
      .openapi('Ressources'),
    'Dans l’ordre de l’inventaire',
  ),
});

/** What anybody reads without a key, as on the public pages. */
export function openRoutes(app: ApiApp, { db, now, publicUrl }: Pick<ApiDeps, 'db' | 'now' | 'publicUrl'>): void {
  app.openapi(resourcesRoute, async (c) => {
    const q = c.req.valid('query');
    const { lines, found, page, pages } = await publicInventory(
      { db },
      {
        filters: { campaign: q.campagne, profile: q.public, search: q.recherche?.replaceAll('\0', '') },
        today: toParisDay(now()),
        page: Number(q.page),
        perPage: q.nombre,
      },
    );
    const next = nextAddress(c, publicUrl, page < pages ? String(page + 1) : null, 'page');
    return c.json({ items: lines.map((line) => resourceOf(publicUrl, line)), found, page, pages, next }, 200);
  });
}

const resourceOf = (publicUrl: string, line: PublicLine) => {
  const { id: _, organisationId: __, campaignId: ___, addedAt, updatedAt, ...told } = line;
  return {
    ...told,
    url: `${publicUrl}/ressources/${line.campaign.slug}/${line.slug}`,
    addedAt: addedAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
  };
};
