import { z } from 'zod';
import { PUBLICS } from '../base/words.ts';
import {
  RESOURCE_FORMAT_NAMES,
  RESOURCE_FORMATS,
  RESOURCE_KIND_NAMES,
  RESOURCE_KINDS,
  type ResourceInput,
  resourceSchema,
} from '../resources/schema.ts';
import { check, checkAs, fields, listOf, text, word } from './fields.ts';
import type { Problem } from './problems.ts';
import type { YamlSource } from './yaml-source.ts';

/** `ressources.yaml`: the inventory, in order. */
const resourcesFile = z.array(
  fields({
    identifiant: text,
    titre: text,
    résumé: text,
    type: word(RESOURCE_KINDS, RESOURCE_KIND_NAMES),
    'porté-par': text.optional(),
    années: text.optional(),
    /** Left empty, or out: published nowhere yet. */
    adresse: text.nullish(),
    formats: listOf(word(RESOURCE_FORMATS, RESOURCE_FORMAT_NAMES)).optional(),
    usages: fields(Object.fromEntries(PUBLICS.map((p) => [p, text.optional()]))).optional(),
  }),
);

const NAMES: Record<string, string> = {
  slug: 'identifiant',
  title: 'titre',
  summary: 'résumé',
  kind: 'type',
  carriedBy: 'porté-par',
  years: 'années',
  url: 'adresse',
  uses: 'usages',
};

export function resourcesOf(source: YamlSource): { value: ResourceInput[]; problems: Problem[] } {
  const { data, problems } = check(source, resourcesFile);
  if (!data) return { value: [], problems };
  const value: ResourceInput[] = [];
  const found: Problem[] = [];
  for (const [i, r] of data.entries()) {
    const checked = checkAs(
      source,
      resourceSchema,
      {
        slug: r.identifiant,
        title: r.titre,
        summary: r.résumé,
        kind: r.type,
        carriedBy: r['porté-par'],
        years: r.années,
        url: r.adresse ?? null,
        formats: r.formats,
        uses: r.usages,
      },
      (path) => [i, ...path.map((step) => NAMES[String(step)] ?? step)],
    );
    found.push(...checked.problems);
    if (value.some((other) => other.slug === r.identifiant))
      found.push(source.at([i, 'identifiant'], `Une autre ressource porte déjà l’identifiant « ${r.identifiant} ».`));
    if (checked.data) value.push(checked.data);
  }
  return { value, problems: found };
}
