import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { IN_FLIGHT } from '../../src/deliveries/drain.ts';
import { type Evidence, judge } from '../support/torture-verdict.ts';

const TORTURE = fileURLToPath(new URL('../torture.ts', import.meta.url));
const TSX = fileURLToPath(import.meta.resolve('tsx'));

/** The short form, on a PostgreSQL of its own: what it makes and removes must not be counted by the other tests. */
function torture(args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const env = { ...process.env, DATABASE_URL: '' };
  return new Promise((resolve) => {
    execFile(process.execPath, ['--import', TSX, TORTURE, ...args], { env, cwd: '/' }, (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code ?? -1) : 0, stdout, stderr }),
    );
  });
}

test('two workers, killed five times at random while they send: nobody lost, nobody twice, and one line says so', {
  timeout: 180_000,
}, async () => {
  const args = [
    '--recipients',
    '2000',
    '--kills',
    '5',
    '--seconds',
    '8',
    '--seed',
    '7',
    '--no-database-restart',
    '--json',
  ];
  const { code, stdout, stderr } = await torture(args);
  expect({ code, faults: stderr.split('\n').filter((line) => line.startsWith('FAUTE')) }).toEqual({
    code: 0,
    faults: [],
  });
  expect(stdout.trim().split('\n')).toHaveLength(1);
  const figures = JSON.parse(stdout);
  expect(Object.keys(figures)).toEqual(['recipients', 'kills', 'lost', 'twice', 'unknown', 'inFlightMax', 'seconds']);
  expect(figures).toMatchObject({ recipients: 2000, kills: 5, lost: 0, twice: 0 });
  expect(figures.inFlightMax).toBeGreaterThan(0);
  expect(figures.inFlightMax).toBeLessThanOrEqual(IN_FLIGHT);
  expect(figures.unknown).toBeLessThanOrEqual(figures.inFlightMax * figures.kills);
});

const held = (over: Partial<Evidence> = {}): Evidence => ({
  recipients: 3,
  kills: 1,
  seconds: 1,
  inFlightMax: 1,
  rows: [
    { address: 'a', state: 'accepted', reason: null },
    { address: 'b', state: 'unknown', reason: null },
    { address: 'c', state: 'failed', reason: 'adresse_invalide' },
  ],
  received: new Map([['a', 1]]),
  refused: new Set(['c']),
  troubles: [],
  longestSilence: 0,
  databaseAway: 0,
  ...over,
});
const rows = (...states: string[]) => states.map((state, i) => ({ address: 'abc'[i] ?? '', state, reason: null }));

test('the judge finds nothing wrong where every row is explained', () => {
  expect(judge(held())).toMatchObject({ wrong: [], figures: { lost: 0, twice: 0, unknown: 1 } });
  expect(
    judge(
      held({
        received: new Map([
          ['a', 1],
          ['b', 1],
        ]),
      }),
    ).wrong,
  ).toEqual([]);
});

test.each([
  ['somebody said to have it who has not', { received: new Map() }, { lost: 1 }],
  ['somebody still owed at the end', { rows: rows('accepted', 'planned', 'failed') }, { lost: 1 }],
  ['somebody left in flight at the end', { rows: rows('accepted', 'handed', 'failed') }, { lost: 1 }],
  ['somebody who received it twice', { received: new Map([['a', 2]]) }, { twice: 1 }],
  ['more in doubt than the kills explain', { kills: 0 }, { unknown: 1 }],
  ['a refusal that nobody made', { refused: new Set<string>() }, {}],
  [
    'somebody refused who has it',
    {
      received: new Map([
        ['a', 1],
        ['c', 1],
      ]),
    },
    {},
  ],
  ['a refusal that is not told', { refused: new Set(['a', 'c']) }, {}],
  [
    'a stranger',
    {
      received: new Map([
        ['a', 1],
        ['z', 1],
      ]),
    },
    {},
  ],
  ['a push that did not go on by itself', { longestSilence: 31 }, {}],
  ['a row that is missing', { recipients: 4 }, {}],
] satisfies [string, Partial<Evidence>, object][])('the judge finds %s', (_, over, figures) => {
  const verdict = judge(held(over));
  expect(verdict.wrong.length).toBeGreaterThan(0);
  expect(verdict.figures).toMatchObject(figures);
});
