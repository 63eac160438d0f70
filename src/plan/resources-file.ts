import { LEVEL_NAMES, LEVELS, PUBLICS } from '../base/words.ts';
import {
  RESOURCE_FORMAT_NAMES,
  RESOURCE_FORMATS,
  RESOURCE_KIND_NAMES,
  RESOURCE_KINDS,
  resourceSchema,
} from '../resources/schema.ts';
import { flag, listFile, oneOf, perWord, said, someOf, words } from './kinds/list-file.ts';

/** `ressources.yaml`: the inventory, in order. */
const file = listFile(
  {
    identifiant: said('slug'),
    titre: said('title'),
    résumé: said('summary'),
    type: oneOf('kind', RESOURCE_KINDS, RESOURCE_KIND_NAMES),
    axe: said('axis'),
    'porté-par': said('carriedBy'),
    années: said('years'),
    /** Left empty, or out: published nowhere yet. */
    adresse: said('url'),
    formats: someOf('formats', RESOURCE_FORMATS, RESOURCE_FORMAT_NAMES),
    usages: perWord('uses', PUBLICS),
    'usages par niveau': perWord('levelUses', LEVELS, LEVEL_NAMES),
    contact: said('contact'),
    'publiée le': said('publishedOn'),
    'à relire le': said('reviewOn'),
    'espace public': flag('listed', true),
    'voir aussi': words('related'),
    'retirée le': said('retiredOn'),
  },
  resourceSchema,
);

export const resourcesOf = file.of;
export const resourcesWritten = file.written;
