import {
  LEVEL_NAMES,
  LEVELS,
  type Level,
  PUBLIC_NAMES,
  PUBLICS,
  type Public,
  SIZE_CLASSES,
  SIZE_NAMES,
  type SizeClass,
} from '../base/words.ts';
import type { Dimension } from '../deliveries/select.ts';
import { BRANCH_NAMES } from './branch-names.ts';
import { SEVERAL } from './lines.ts';

/** A property that lines of a table tell apart: how its values are named, and in which order they stand. */
export type Words = {
  title: string;
  several: string;
  name: (value: string) => string;
  /** Values in the trade's order; the others come after, by their names. */
  order: readonly string[];
};

export const DIMENSION_WORDS: Record<Dimension, Words> = {
  level: {
    title: 'Par niveau',
    several: 'plusieurs niveaux',
    name: (level) => LEVEL_NAMES[level as Level] ?? 'niveau inconnu',
    order: LEVELS,
  },
  public: {
    title: 'Par public',
    several: 'plusieurs publics',
    name: (of) => PUBLIC_NAMES[(of || 'inconnu') as Public] ?? of,
    order: PUBLICS,
  },
  region: {
    title: 'Par région',
    several: 'plusieurs régions',
    name: (region) => region || 'région inconnue',
    order: [],
  },
  size_class: {
    title: 'Par taille d’entreprise',
    several: 'plusieurs tailles',
    name: (size) => SIZE_NAMES[(size || 'inconnu') as SizeClass] ?? size,
    order: SIZE_CLASSES,
  },
  idcc: {
    title: 'Par branche (IDCC)',
    several: 'plusieurs branches',
    name: (idcc) =>
      BRANCH_NAMES[idcc] ? `${BRANCH_NAMES[idcc]} (IDCC ${idcc})` : idcc ? `IDCC ${idcc}` : 'branche inconnue',
    order: [],
  },
};

/** Named and put in order: the trade's, then by name, and what mixes several values last. */
export function inWords<L extends { key: string }>(lines: readonly L[], words: Words): (L & { label: string })[] {
  const place = (key: string): number =>
    key === SEVERAL
      ? words.order.length + 1
      : words.order.includes(key)
        ? words.order.indexOf(key)
        : words.order.length;
  return lines
    .map((line) => ({ ...line, label: line.key === SEVERAL ? words.several : words.name(line.key) }))
    .toSorted((a, b) => place(a.key) - place(b.key) || a.label.localeCompare(b.label, 'fr'));
}
