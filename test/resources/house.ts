import { saveResource } from '../../src/resources/save-resource.ts';
import { resourceSchema } from '../../src/resources/schema.ts';
import type { Person, TestDatabase } from '../support/database.ts';

/** A resource with nothing missing, as a form gives it. */
export const whole = (over: Record<string, unknown> = {}) => ({
  slug: 'etude',
  title: 'Étude prospective',
  summary: 'Ce que seront les métiers.',
  kind: 'etude',
  axis: 'Axe 1',
  carriedBy: 'Afdas',
  years: '2022',
  url: 'https://exemple.fr/etude',
  uses: { entreprise: 'Situer ses besoins.' },
  levelUses: { institutionnel: 'Décider.', operationnel: 'Relayer.', terrain: 'Agir.' },
  formats: ['rapport', 'infographie'],
  contact: 'etudes@opco.example',
  reviewOn: '2027-06-01',
  ...over,
});

export const add = (
  t: TestDatabase,
  campaignId: number,
  over: Record<string, unknown> = {},
  person: Person = t.cast.alice,
): Promise<{ id: number }> => saveResource(t.ctx(person), campaignId, whole(over));

/** The least that the inventory takes. */
export const bare = (slug: string, title = slug) => resourceSchema.parse({ slug, title, kind: 'etude' });
