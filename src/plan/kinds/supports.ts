import { z } from 'zod';
import { invalid } from '../../base/errors.ts';
import { writeSupport } from '../../resources/attach.ts';
import { supportsOfCampaign } from '../../resources/queries.ts';
import {
  RESOURCE_FORMAT_NAMES,
  RESOURCE_FORMATS,
  resourceSlug,
  type SupportInput,
  supportSchema,
} from '../../resources/schema.ts';
import { kind } from './kind.ts';
import { count, listFile, oneOf, said } from './list-file.ts';
import { fromYaml } from './yaml-text.ts';

type Support = { resource: string; support: SupportInput };

/** One flat line in a file: an address, or what tells a file of ours from any other. */
const flat = z.looseObject({ resource: resourceSlug }).transform(({ resource, ...support }, issues): Support => {
  const parsed = supportSchema.safeParse(support);
  if (parsed.success) return { resource, support: parsed.data };
  issues.addIssue({ code: 'custom', message: 'Donnez un format et une adresse complète, qui commence par https://.' });
  return z.NEVER;
});
const keyOf = ({ resource, support }: Support): string =>
  `${resource}, ${RESOURCE_FORMAT_NAMES[support.format]}, ${'url' in support ? support.url : support.name}`;

const file = listFile(
  {
    ressource: said('resource'),
    format: oneOf('format', RESOURCE_FORMATS, RESOURCE_FORMAT_NAMES),
    titre: said('title'),
    adresse: said('url'),
    fichier: said('name'),
    type: said('type'),
    octets: count('size'),
    empreinte: said('sha256'),
  },
  flat,
  keyOf,
);

/** `supports.yaml`: in which forms each resource can be opened. A file of ours is named, and stays where it is kept. */
export const supports = kind<Support>({
  what: 'support',
  file: 'supports.yaml',
  keyOf,
  read: (name, bytes) => fromYaml(name, bytes, file.of),
  written: (all) => file.written(all.map(({ resource, support }) => ({ resource, ...support }) as unknown as Support)),
  current: (trx, campaign) => supportsOfCampaign(trx, campaign.id),
  write(trx, ctx, campaign, { resource, support }) {
    if (!('url' in support))
      throw invalid(
        'fichier_a_deposer',
        `Le fichier ${support.name} n’est pas ici : déposez-le sur la page de la ressource « ${resource} », ou retirez sa ligne de supports.yaml.`,
      );
    return writeSupport(trx, ctx, campaign.id, resource, support);
  },
  fromModel: (s) => ('url' in s.support ? s : null),
});
