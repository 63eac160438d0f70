import { SMALLEST_GROUP } from '../relay-kits/read-totals.ts';
import { sumClicks } from './click-counts.ts';
import { type Facts, type PageFacts, pushesWithin } from './facts.ts';
import { counted, type Figure, figure, type Scope } from './figure.ts';
import * as figures from './figures.ts';
import { peopleBehind } from './ledger-counts.ts';
import type { Counts, Row, Table } from './tables.ts';

const opened = (pages: readonly PageFacts[], name: 'consultations' | 'telechargements', scope: Scope): Figure => {
  const robots = pages.reduce((n, p) => n + p.robots, 0);
  return figure(
    name,
    pages.reduce((n, p) => n + p.opened, 0),
    scope,
    [
      counted(robots, 'ouverture d’un robot déclaré', 'ouvertures de robots déclarés'),
      'Qui s’oppose à la mesure n’est pas compté.',
    ],
  );
};

/** What was sent of each resource, what its link brought, and what people did on its page: units that do not add up. */
export function resourceTable(scope: Scope, counts: Counts, facts: Facts): Table {
  const people = peopleBehind(counts.ledger, (r) => r.push);
  const rows = facts.resources.flatMap((resource): Row[] => {
    const pushes = facts.pushes.filter((p) => p.resources.includes(resource.slug));
    const ids = new Set(pushes.map((p) => p.id));
    const pages = facts.pages.filter((p) => p.resource === resource.id);
    const sent = pushesWithin(pushes, scope).length;
    if (sent === 0 && pages.length === 0) return [];
    const links = new Set(counts.links.filter((l) => l.url === resource.url && ids.has(l.pushId)).map((l) => l.id));
    const clicks = sumClicks(counts.clicks.links.filter((r) => links.has(r.link)));
    const few = [...ids].some((id) => (people.get(id) ?? scope.k) < scope.k);
    const ledger = counts.ledger.filter((r) => ids.has(r.push));
    return [
      {
        key: resource.slug,
        label: resource.title,
        figures: {
          envois: figures.envois(scope, sent),
          distribues: few
            ? figure('distribues', null, scope, [`Un des envois a été adressé à moins de ${scope.k} personnes.`])
            : figures.distribues(scope, ledger),
          clics:
            links.size === 0
              ? figure('clics', null, scope, ['Aucun lien suivi ne mène à son adresse.'])
              : figures.clics(scope, clicks),
          consultations: opened(
            pages.filter((p) => p.page === 'ressource'),
            'consultations',
            scope,
          ),
          telechargements: opened(
            pages.filter((p) => p.what === 'telechargement'),
            'telechargements',
            scope,
          ),
        },
      },
    ];
  });
  return {
    key: 'resource',
    title: 'Par ressource',
    counted:
      'Envoyé et cliqué : messages des envois qui la portent, clics sur le lien vers son adresse. Une lettre qui en porte deux compte pour les deux.',
    columns: ['envois', 'distribues', 'clics', 'consultations', 'telechargements'],
    rows,
  };
}

const PAGE_NAMES: readonly { pages: readonly string[]; label: string }[] = [
  { pages: ['campagne'], label: 'page de la campagne' },
  { pages: ['ressources'], label: 'espace des ressources' },
  { pages: ['ressource', 'fichier'], label: 'ressources, une par une' },
  { pages: ['kits'], label: 'kits des relais' },
  { pages: ['communique'], label: 'communiqués de presse' },
  { pages: ['webinaires', 'webinaire'], label: 'pages des webinaires' },
  { pages: ['replay'], label: 'enregistrements des webinaires' },
];

/** What people looked at and took, page by kind of page; the last line adds them up, for all are counted alike. */
export function interestTable(scope: Scope, facts: Facts): Table {
  const row = (key: string, label: string, of: readonly PageFacts[]): Row => ({
    key,
    label,
    figures: {
      consultations: opened(
        of.filter((p) => p.what === 'visite'),
        'consultations',
        scope,
      ),
      telechargements: opened(
        of.filter((p) => p.what === 'telechargement'),
        'telechargements',
        scope,
      ),
    },
  });
  // Of fewer than five relays, who opens a kit is known.
  const silent = facts.relays.length < SMALLEST_GROUP ? 'kits' : null;
  const kinds = PAGE_NAMES.filter(({ pages }) => !pages.some((p) => p === silent)).flatMap(({ pages, label }) => {
    const of = facts.pages.filter((p) => pages.includes(p.page));
    return of.length === 0 ? [] : [{ row: row(pages[0] ?? '', label, of), of }];
  });
  return {
    key: 'interest',
    title: 'Pages et fichiers ouverts',
    counted: 'Intérêt, et non usage : une page ouverte ne dit pas ce qui en est fait. Non dédoublonné.',
    columns: ['consultations', 'telechargements'],
    rows:
      kinds.length === 0
        ? []
        : [
            ...kinds.map((kind) => kind.row),
            row(
              'tout',
              'toutes ces pages',
              kinds.flatMap((kind) => kind.of),
            ),
          ],
  };
}
