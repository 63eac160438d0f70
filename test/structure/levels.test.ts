import { expect, test } from 'vitest';
import { type Import, SOURCES, type Source } from './sources.ts';

/**
 * The house from the ground up: a file imports from lower lines only, and two rooms of one line know nothing of each
 * other. `a|b` is one room kept in two places.
 */
const LEVELS: readonly (readonly string[])[] = [
  ['base/'],
  ['config.ts'],
  ['db/', 'mail/', 'embedded/'],
  ['memory/', 'outbox/'],
  ['organisations/'],
  ['approvals/', 'decisions/', 'pressure/', 'senders/'],
  ['contacts/', 'resources/', 'key-messages/', 'campaigns/'],
  ['surveys/'],
  ['webinars/', 'relays/'],
  ['attendance/'],
  ['follow-up/'],
  ['pushes/'],
  ['tracking/'],
  ['pages/'],
  ['rendering/'],
  ['proofs/'],
  ['deliveries/'],
  ['bounces/', 'relay-kits/'],
  ['plan/', 'reports/'],
  ['seals/'],
  ['web/ui/|web/assets.ts'],
  ['web/', 'public/', 'api/', 'jobs/'],
  ['service.ts'],
  ['server.ts', 'demo.ts'],
  ['running.ts'],
  ['bench/'],
  ['cli/'],
  ['main.ts'],
  ['porte-voix.mjs'],
];

/** Imports that go against the levels, each with the reason it may. */
const ALLOWED: Record<string, string> = {
  'base/context.ts -> db/database.ts':
    'type only: Ctx carries the database that every verb is given, and base runs nothing of it',
};

/** The most precise entry that holds a file: `web/ui/` before `web/`. */
function placeOf(name: string): { level: number; place: string } | null {
  const holds = (path: string): boolean => (path.endsWith('/') ? name.startsWith(path) : name === path);
  const found = LEVELS.flatMap((places, level) =>
    places.flatMap((place) =>
      place
        .split('|')
        .filter(holds)
        .map((path) => ({ level, place, path })),
    ),
  ).sort((a, b) => b.path.length - a.path.length);
  return found[0] ?? null;
}

const against = (from: Source, { to }: Import): boolean => {
  const [here, there] = [placeOf(from.name), placeOf(to)];
  if (!here || !there || here.place === there.place) return false;
  return there.level >= here.level;
};
const keyOf = (from: Source, { to }: Import): string => `${from.name} -> ${to}`;

test('every file of src has its level', () => {
  expect(SOURCES.filter((s) => placeOf(s.name) === null).map((s) => s.name)).toEqual([]);
});

test('imports go down the levels only, never up, never sideways (design §1)', () => {
  const wrong = SOURCES.flatMap((s) =>
    s.imports.filter((i) => against(s, i) && !(keyOf(s, i) in ALLOWED)).map((i) => keyOf(s, i)),
  );
  expect(wrong).toEqual([]);
});

test('an exception exists only while it is needed, and for types only', () => {
  const used = SOURCES.flatMap((s) => s.imports.filter((i) => against(s, i) && i.typeOnly).map((i) => keyOf(s, i)));
  expect(used).toEqual(Object.keys(ALLOWED));
});

test('no file needs itself to be loaded', () => {
  const values = new Map(SOURCES.map((s) => [s.name, s.imports.filter((i) => !i.typeOnly).map((i) => i.to)]));
  const done = new Set<string>();
  const cycles: string[] = [];
  const visit = (name: string, path: string[]): void => {
    if (path.includes(name)) return void cycles.push([...path.slice(path.indexOf(name)), name].join(' -> '));
    if (done.has(name)) return;
    for (const to of values.get(name) ?? []) visit(to, [...path, name]);
    done.add(name);
  };
  for (const name of values.keys()) visit(name, []);
  expect(cycles).toEqual([]);
});

const DOORS = ['web/', 'public/', 'api/', 'jobs/', 'cli/'];
const DATABASE_AT_THE_DOOR: Record<string, string> = {
  'cli/services.ts -> db/migrate.ts':
    'the command `migrate` is the migration itself: there is no room above it to call',
};

test('a door parses, calls one verb or read, and shows: it never touches the database (design §1)', () => {
  const touching = SOURCES.filter((s) => DOORS.some((door) => s.name.startsWith(door))).flatMap((s) =>
    s.imports.filter((i) => i.to.startsWith('db/') && !i.typeOnly).map((i) => keyOf(s, i)),
  );
  expect(touching).toEqual(Object.keys(DATABASE_AT_THE_DOOR));
});

test('only config.ts reads the environment', () => {
  expect(SOURCES.filter((s) => /\bprocess\.env\b/.test(s.text)).map((s) => s.name)).toEqual(['config.ts']);
});

/** Longer files, each with the day it was noted and why it is still whole. */
const LONG: Record<string, string> = {
  'db/types.ts': '2026-11-22: generated from the migrations',
};

test('no file of src is longer than 300 lines', () => {
  const long = SOURCES.filter((s) => s.text.split('\n').length - 1 > 300).map((s) => s.name);
  expect(long).toEqual(Object.keys(LONG));
});

test('the base knows neither SQL nor the web', () => {
  const wrong = SOURCES.filter((s) => s.name.startsWith('base/') && /from '(?:kysely|pg|hono)\b/.test(s.text));
  expect(wrong.map((s) => s.name)).toEqual([]);
});

test('pages carry no inline style and no inline script, which the policy would refuse (ASVS 3.4.3)', () => {
  const inline = SOURCES.filter((s) => /^(web|public)\//.test(s.name) && s.name.endsWith('.tsx')).flatMap((s) =>
    s.text
      .split('\n')
      .flatMap((line, i) =>
        /\sstyle=|\son(?:click|change|submit|input|load|error|focus|blur|key\w+|mouse\w+|pointer\w+)=|<script>|<style/.test(
          line,
        )
          ? [`${s.name}:${i + 1} ${line.trim()}`]
          : [],
      ),
  );
  expect(inline).toEqual([]);
});
