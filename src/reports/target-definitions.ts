import type { Definition } from './definitions.ts';

/** Of what a campaign set out to reach. */
export const TARGET_DEFINITIONS = {
  viseCible: {
    label: 'Visé',
    unit: 'unité de la cible',
    source: 'Réglages de la campagne.',
    definition: 'Ce que la campagne s’est donné pour toute sa durée.',
  },
  atteintCible: {
    label: 'Atteint',
    unit: 'unité de la cible',
    source: 'Celle de la mesure visée.',
    definition: 'La mesure visée, telle qu’elle est comptée partout ailleurs dans ce rapport.',
  },
  partCible: {
    label: 'Part de la cible',
    unit: 'pour cent',
    source: 'Celle de la mesure visée, et les réglages de la campagne.',
    definition: 'Ce qui est compté dans la période, divisé par ce qui est visé, dans la même unité, fois cent.',
  },
} as const satisfies Record<string, Definition>;
