import { SMALLEST_GROUP, tellableRelays } from '../relay-kits/read-totals.ts';
import { RELAY_KIND_NAMES } from '../relays/schema.ts';
import { counted, figure, type Scope } from './figure.ts';
import type { RelayFacts } from './relay-facts.ts';
import type { Row, Table } from './tables.ts';

/** What relays did, in groups of five or more whatever the reader: who relays is the lead’s to know. */
export function relayTables(scope: Scope, relays: readonly RelayFacts[]): Table[] {
  const table = (key: string, title: string, by: (r: RelayFacts) => string): Table => ({
    key,
    title,
    counted: `Ce que les relais font et déclarent : ni envoyé, ni cliqué par nos lettres. Groupes de ${SMALLEST_GROUP} relais ou plus ; clics à partir de ${scope.k}.`,
    columns: ['relais', 'relaisOuverts', 'reprises', 'publications', 'porteeDeclaree', 'clicsRelais'],
    rows: tellableRelays(relays, by, scope.k).map(({ name, of, silent }) => ({
      key: name,
      label: of.length === relays.length ? 'tous les relais' : name,
      figures: relayFigures(scope, of, silent),
    })),
  });
  const kinds = table('relay-kind', 'Par type de relais', (r) => RELAY_KIND_NAMES[r.kind]);
  const places = table('relay-region', 'Relais par territoire', (r) => r.region ?? 'France entière');
  // All of them together are told once, by their own name.
  return places.rows.length > 1 ? [kinds, places] : [kinds];
}

function relayFigures(scope: Scope, of: readonly RelayFacts[], silent: boolean): Row['figures'] {
  const sum = (n: (r: RelayFacts) => number): number => of.reduce((total, r) => total + n(r), 0);
  const leftOut = [
    counted(
      sum((r) => r.clicks.doubtful),
      'clic douteux',
      'clics douteux',
    ),
    counted(
      sum((r) => r.clicks.robots),
      'requête de robot',
      'requêtes de robots',
    ),
  ];
  return {
    relais: figure('relais', of.length, scope),
    relaisOuverts: figure('relaisOuverts', of.filter((r) => r.opened).length, scope),
    reprises: figure('reprises', of.filter((r) => r.taken).length, scope),
    publications: figure(
      'publications',
      sum((r) => r.publications),
      scope,
    ),
    porteeDeclaree: figure(
      'porteeDeclaree',
      sum((r) => r.audience),
      scope,
      ['Les publications sans nombre déclaré.'],
    ),
    clicsRelais: silent
      ? figure('clicsRelais', null, scope, [
          `Moins de ${scope.k} clics, ou ils se déduiraient : ce nombre n’est pas dit.`,
        ])
      : figure(
          'clicsRelais',
          sum((r) => r.clicks.retained),
          scope,
          leftOut,
        ),
  };
}
