import { RESOURCE_FORMAT_NAMES, RESOURCE_KIND_NAMES, type ResourceInput } from '../../resources/schema.ts';
import { yamlOf } from './yaml.ts';

/** `ressources.yaml` */
export const resourcesWritten = (resources: readonly ResourceInput[]): string =>
  yamlOf(
    resources.map((r) => ({
      identifiant: r.slug,
      titre: r.title,
      résumé: r.summary,
      type: RESOURCE_KIND_NAMES[r.kind],
      'porté-par': r.carriedBy,
      années: r.years,
      adresse: r.url ?? undefined,
      formats: r.formats.map((f) => RESOURCE_FORMAT_NAMES[f]),
      usages: r.uses,
    })),
  );
