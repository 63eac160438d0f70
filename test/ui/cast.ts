import type { FigureValue } from '../../src/web/ui/figures.tsx';

/** Who and what the gallery shows. */

export const figure = (value: number | null, unit: string, to?: number): FigureValue => ({
  value,
  unit,
  window: { from: '2026-11-02', to: '2026-11-22', zone: 'Europe/Paris' },
  source: 'registre des envois de Porte-voix',
  definition: 'adresses distinctes avec au moins un message distribué dans la fenêtre',
  leftOut: '1 203 adresses écartées : désinscrites, en opposition ou traitées par la campagne',
  ruleVersion: 'mesure-1',
  ...(to === undefined ? {} : { range: { to } }),
});

export const nav = [
  { href: '/', label: 'Aujourd’hui' },
  { href: '/campagnes', label: 'Campagnes' },
  { href: '/contacts', label: 'Contacts' },
  { href: '/audiences', label: 'Audiences' },
  { href: '/courrier', label: 'Courrier de démonstration' },
];

export const session = {
  name: 'Léa Petit',
  organisation: { name: 'Constructys', slug: 'constructys', colour: '#00685e' },
  roles: ['communicant', 'valideur'],
  others: [{ slug: 'afdas', name: 'AFDAS' }],
};
