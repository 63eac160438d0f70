import { z } from 'zod';
import { KIND_NAMES, ORGANISATION_KINDS, type OrganisationData, organisationSchema } from '../organisations/schema.ts';
import { check, checkAs, fields, text, word } from './fields.ts';
import type { Problem } from './problems.ts';
import type { YamlSource } from './yaml-source.ts';

/** `organisations.yaml`: the cast of a demonstration, created by the demonstration only. */
const organisationsFile = z.array(
  fields({
    identifiant: text,
    nom: text,
    type: word(ORGANISATION_KINDS, KIND_NAMES),
    expéditeur: fields({ nom: text, adresse: text, 'répondre-à': text.optional() }),
    'adresse-postale': text.optional(),
    site: text.optional(),
    'données-personnelles': text.optional(),
    couleur: text.optional(),
    accent: text.optional(),
  }),
);

const NAMES: Record<string, readonly string[]> = {
  slug: ['identifiant'],
  name: ['nom'],
  kind: ['type'],
  senderName: ['expéditeur', 'nom'],
  senderAddress: ['expéditeur', 'adresse'],
  replyTo: ['expéditeur', 'répondre-à'],
  postalAddress: ['adresse-postale'],
  website: ['site'],
  privacyContact: ['données-personnelles'],
  colour: ['couleur'],
};

export function organisationsOf(source: YamlSource): { value: OrganisationData[]; problems: Problem[] } {
  const { data, problems } = check(source, organisationsFile);
  if (!data) return { value: [], problems };
  const value: OrganisationData[] = [];
  const found: Problem[] = [];
  for (const [i, o] of data.entries()) {
    const checked = checkAs(
      source,
      organisationSchema,
      {
        slug: o.identifiant,
        name: o.nom,
        kind: o.type,
        senderName: o.expéditeur.nom,
        senderAddress: o.expéditeur.adresse,
        replyTo: o.expéditeur['répondre-à'] ?? null,
        postalAddress: o['adresse-postale'],
        website: o.site,
        privacyContact: o['données-personnelles'],
        colour: o.couleur,
        accent: o.accent,
      },
      (path) => [i, ...(NAMES[String(path[0])] ?? path)],
    );
    found.push(...checked.problems);
    if (checked.data) value.push(checked.data);
  }
  return { value, problems: found };
}
