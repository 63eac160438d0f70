import { LEVEL_NAMES, LEVELS, type Level, PUBLIC_NAMES, PUBLICS, type Public } from '../base/words.ts';
import { known } from '../deliveries/told.ts';
import { RELAY_KIND_NAMES, RELAY_KINDS, type RelayKind } from '../relays/schema.ts';
import { type AnsweredGroup, isExact, linesOf, sumsOf } from '../surveys/results.ts';
import { QUESTION_WORDS } from '../surveys/schema.ts';
import { ORIGIN_CHANNEL_NAMES, ORIGIN_CHANNELS, type OriginChannel } from '../webinars/schema.ts';
import { figure, type Scope } from './figure.ts';
import { SEVERAL } from './lines.ts';
import { tellableGroups } from './small-groups.ts';
import type { Row, Table } from './tables.ts';
import type { OriginSums, RegistrationSums } from './webinar-counts.ts';
import { type CountedWebinar, isAttended, isShared } from './webinar-figures.ts';
import { isOwn, split, toldMinutes } from './webinar-people.ts';

/** A property of registrants, or of the way they came: how its values are named, and in which order they stand. */
type Dimension = {
  key: string;
  title: string;
  several: string;
  name: (value: string) => string;
  order: readonly string[];
};

const LEVEL: Dimension = {
  key: 'level',
  title: 'par niveau',
  several: 'plusieurs niveaux',
  name: (level) => LEVEL_NAMES[level as Level] ?? 'niveau inconnu',
  order: LEVELS,
};
const PUBLIC: Dimension = {
  key: 'public',
  title: 'par public',
  several: 'plusieurs publics',
  name: (of) => PUBLIC_NAMES[of as Public] ?? of,
  order: PUBLICS,
};
const REGION: Dimension = {
  key: 'region',
  title: 'par région',
  several: 'plusieurs régions',
  name: (region) => region || 'région inconnue',
  order: [],
};
const CHANNEL: Dimension = {
  key: 'channel',
  title: 'par canal',
  several: 'plusieurs canaux',
  name: (channel) => ORIGIN_CHANNEL_NAMES[channel as OriginChannel] ?? channel,
  order: ORIGIN_CHANNELS,
};
const RELAY: Dimension = {
  key: 'relay',
  title: 'par type de relais',
  several: 'plusieurs types de relais',
  name: (kind) => RELAY_KIND_NAMES[kind as RelayKind] ?? kind,
  order: RELAY_KINDS,
};

/** Names of organisations, by id. */
export type Names = ReadonlyMap<number, string>;
const organisations = (names: Names): Dimension => ({
  key: 'organisation',
  title: 'par organisation',
  several: 'plusieurs organisations',
  name: (id) => names.get(Number(id)) ?? 'ancien partenaire',
  order: [...names.keys()].map(String),
});

/** Of the webinars held in the window: nothing is broken down while registrations still come in. */
export function webinarTables(scope: Scope, webinars: readonly CountedWebinar[], names: Names): Table[] {
  const held = webinars.filter((w) => w.held);
  const seen = held.filter(isAttended);
  const organisation = organisations(names);
  const properties: [Dimension, (r: RegistrationSums) => string][] = [
    [LEVEL, (r) => r.level],
    [PUBLIC, (r) => r.public],
    [organisation, (r) => String(r.organisation)],
    [REGION, (r) => r.region],
  ];
  return [
    ...properties.map(([of, keyFrom]) => registered(scope, held, of, (w) => w.registrations, keyFrom)),
    registered(
      scope,
      held,
      CHANNEL,
      (w) => w.origins,
      (r) => r.channel,
    ),
    registered(
      scope,
      held,
      RELAY,
      (w) => w.origins.filter((r) => r.relayKind !== ''),
      (r) => r.relayKind,
    ),
    ...properties.map(([of, keyFrom]) => attended(scope, seen, of, keyFrom)),
    satisfied(scope, held, LEVEL, (g) => g.level),
    satisfied(scope, held, organisation, (g) => (g.mixed ? null : String(g.organisationId))),
    used(scope, held),
  ].filter((table) => table.rows.length > 0);
}

const merged = (scope: Scope): string => `Les lignes de moins de ${scope.k} sont réunies, webinaire par webinaire.`;

/** Rows of several webinars under one key become one; each webinar decides by itself what it may tell. */
function rowsOf<R>(
  of: Dimension,
  told: readonly { key: string; rows: readonly R[] }[],
  figures: (rows: readonly R[]) => Row['figures'],
): Row[] {
  const place = (key: string): number =>
    key === SEVERAL ? of.order.length + 1 : of.order.includes(key) ? of.order.indexOf(key) : of.order.length;
  return [...Map.groupBy(told, (line) => line.key)]
    .map(([key, lines]) => ({
      key,
      label: key === SEVERAL ? of.several : of.name(key),
      figures: figures(lines.flatMap((line) => line.rows)),
    }))
    .toSorted((a, b) => place(a.key) - place(b.key) || a.label.localeCompare(b.label, 'fr'));
}

/** The lines of one webinar: what of its rows each adds up. */
function linesBy<R extends { organisation: number }>(
  scope: Scope,
  rows: readonly R[],
  keyFrom: (row: R) => string,
  people: (row: R) => number,
): { lines: { key: string; rows: R[] }[]; partial: boolean } {
  const parts = [...Map.groupBy(rows, keyFrom)].map(([key, of]) => ({ key, ...split(of, people, scope) }));
  const { lines, partial } = tellableGroups(parts, scope.k);
  return {
    partial,
    lines: lines.map(({ key, own, others }) => ({
      key,
      rows: rows.filter((r) => (isOwn(r, scope) ? own : others).includes(keyFrom(r))),
    })),
  };
}

function registered<R extends { organisation: number } & (RegistrationSums | OriginSums)>(
  scope: Scope,
  held: readonly CountedWebinar[],
  of: Dimension,
  rows: (w: CountedWebinar) => R[],
  keyFrom: (row: R) => string,
): Table {
  const told = held.map((w) => linesBy(scope, rows(w), keyFrom, (r) => r.n));
  return {
    key: `registered-${of.key}`,
    title: `Inscriptions ${of.title}`,
    counted: `${merged(scope)}${told.some((t) => t.partial) ? untold(scope) : ''}`,
    columns: ['inscriptionsTenus'],
    rows: rowsOf(
      of,
      told.flatMap((t) => t.lines),
      (all) => ({
        inscriptionsTenus: figure(
          'inscriptionsTenus',
          all.reduce((n, r) => n + r.n, 0),
          scope,
        ),
      }),
    ),
  };
}

const untold = (scope: Scope): string => ` Ceux des partenaires, moins de ${scope.k}, n’y sont pas.`;

function attended(
  scope: Scope,
  seen: readonly CountedWebinar[],
  of: Dimension,
  keyFrom: (row: RegistrationSums) => string,
): Table {
  const told = seen.map((w) =>
    linesBy(
      scope,
      w.registrations.filter((r) => r.present > 0),
      keyFrom,
      (r) => r.present,
    ),
  );
  // Each webinar's part of a line is rounded by itself, as its total is.
  const lines = told.flatMap((t) =>
    t.lines.map(({ key, rows }) => {
      const { own, others } = split(rows, (r) => r.present, scope);
      return { key, rows: [{ presents: own + known(others, scope.k), minutes: toldMinutes(rows, scope) }] };
    }),
  );
  const rough = isShared(scope, seen)
    ? [`Les présents des partenaires se comptent à la dizaine, à partir de ${scope.k}.`]
    : [];
  const sum = (rows: readonly { presents: number; minutes: number }[], name: 'presents' | 'minutes') =>
    figure(
      name,
      rows.reduce((n, r) => n + r[name], 0),
      scope,
      rough,
    );
  return {
    key: `attended-${of.key}`,
    title: `Présents ${of.title}`,
    counted: `${merged(scope)}${told.some((t) => t.partial) ? untold(scope) : ''}`,
    columns: ['presents', 'minutes'],
    rows: rowsOf(of, lines, (rows) => ({ presents: sum(rows, 'presents'), minutes: sum(rows, 'minutes') })),
  };
}

const surveysOf = (held: readonly CountedWebinar[]) => held.flatMap((w) => (w.survey ? [w.survey] : []));

function satisfied(
  scope: Scope,
  held: readonly CountedWebinar[],
  of: Dimension,
  keyOf: (group: AnsweredGroup) => string | null,
): Table {
  const surveys = surveysOf(held).filter((s) => s.questions.includes('satisfaction'));
  const exact = isExact(surveys.flatMap((s) => s.groups));
  const counts = surveys.flatMap((s) => s.counts);
  const lines = surveys.flatMap(({ closed, groups }) =>
    linesOf(groups, { keyOf, k: scope.k, closed }).map((line) => ({
      key: line.key ?? SEVERAL,
      rows: line.groups,
    })),
  );
  return {
    key: `satisfied-${of.key}`,
    title: `Satisfaction ${of.title}`,
    counted: `Questionnaires clos. Les lignes de moins de ${scope.k} réponses sont réunies.`,
    columns: ['satisfaction', 'reponses', 'tauxReponse'],
    rows: rowsOf(of, lines, (groups) => {
      const sums = sumsOf(['satisfaction'], groups, counts, exact);
      const found = sums.questions?.[0];
      return {
        satisfaction: figure('satisfaction', found?.mean ?? null, scope, [
          found ? `${found.n} réponses sur ${sums.asked} personnes interrogées.` : '',
        ]),
        reponses: figure('reponses', sums.answered, scope),
        tauxReponse: figure('tauxReponse', sums.rate, scope),
      };
    }),
  };
}

function used(scope: Scope, held: readonly CountedWebinar[]): Table {
  const surveys = surveysOf(held).filter((s) => s.questions.includes('usage'));
  const groups = surveys.flatMap((s) => s.groups);
  const sums = sumsOf(
    ['usage'],
    groups,
    surveys.flatMap((s) => s.counts),
    isExact(groups),
  );
  return {
    key: 'used',
    title: 'Usage déclaré',
    counted: 'Ce que les personnes disent, tous webinaires ensemble.',
    columns: ['usage'],
    rows: (sums.questions?.[0]?.counts ?? []).map(({ value, label, n }) => ({
      key: value,
      label,
      figures: { usage: figure('usage', n, scope, [`Question : « ${QUESTION_WORDS.usage.asked} »`]) },
    })),
  };
}
