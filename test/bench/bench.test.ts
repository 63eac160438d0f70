import { existsSync } from 'node:fs';
import { Command } from 'commander';
import pg from 'pg';
import { afterAll, expect, inject, test } from 'vitest';
import { contactFile } from '../../src/bench/contact-file.ts';
import { benchFreeze } from '../../src/bench/freeze.ts';
import { benchImport } from '../../src/bench/import.ts';
import { benchRedirect } from '../../src/bench/redirect.ts';
import { benchReport } from '../../src/bench/report.ts';
import { type Bench, benchResult, benchText } from '../../src/bench/result.ts';
import { benchSend } from '../../src/bench/send.ts';
import { benchCommands } from '../../src/cli/bench.ts';
import { inspectCsv } from '../../src/contacts/inspect-csv.ts';

// The shape only: a speed never decides a test.
// Not the template itself: nobody may be connected to it while other test files copy it.
const databaseUrl = new URL('/postgres', inject('templateUrl')).href;
const deps = { databaseUrl, say: () => undefined };
const SHAPE = ['limit', 'name', 'ratio', 'rate', 'rssMb', 'seconds', 'work'];

const client = new pg.Client({ connectionString: databaseUrl });
await client.connect();
const databases = async () =>
  (await client.query("select datname from pg_database where datname like 'porte\\_voix\\_bench\\_%'")).rows;
const roles = async () =>
  (await client.query("select count(*)::int as n from pg_roles where rolname like 'pv\\_%'")).rows[0].n;
const rolesBefore = await roles();
afterAll(() => client.end());

async function expectShape({ result, notes }: Bench, name: string, more: string[] = []): Promise<void> {
  expect(Object.keys(result).sort()).toEqual([...SHAPE, ...more].sort());
  expect(result.name).toBe(name);
  for (const n of [result.seconds, result.rate, result.limit.rate, result.ratio, result.rssMb])
    expect(n).toBeGreaterThan(0);
  expect(result.ratio).toBeCloseTo(result.rate / result.limit.rate, 3);
  expect(benchText({ result, notes })).toContain(result.limit.name);
  expect(await databases()).toEqual([]);
  expect(await roles()).toBe(rolesBefore);
}

test('bench import says work, speed and limit, and leaves nothing on the server it was given', async () => {
  await expectShape(await benchImport(deps, { rows: 300 }), 'import');
});

test('bench freeze draws a list with duplicates and oppositions in it', async () => {
  await expectShape(await benchFreeze(deps, { contacts: 400 }), 'freeze');
});

test.skipIf(!existsSync('/usr/sbin/smtp-sink'))('bench send hands every row over, beside smtp-source', async () => {
  const bench = await benchSend(deps, { recipients: 120, size: 20_000 });
  await expectShape(bench, 'send', ['rssBeforeMb']);
  expect(bench.result.work).toMatch(/lettres de (19,[5-9]|20,[0-4]) ko/);
});

test('bench redirect measures the real service, and finds every answered click after killing it', {
  timeout: 90_000,
}, async () => {
  const bench = await benchRedirect(deps, { seconds: 1 });
  await expectShape(bench, 'redirect', ['p99Ms', 'limitP99Ms', 'countedAfterSeconds', 'killed']);
  expect(bench.result.killed.answered).toBeGreaterThan(0);
  expect(bench.result.killed.lost).toBe(0);
});

test('bench report counts in the report exactly the hits of its journal', async () => {
  await expectShape(await benchReport(deps, { hits: 2_000, contacts: 100 }), 'report', ['reportSeconds', 'rollups']);
});

test('a ratio is what was done over what could be done', () => {
  const result = benchResult({
    name: 'x',
    work: 'y',
    units: 100,
    seconds: 2,
    limit: { name: 'z', rate: 200 },
    rssMb: 12.4,
  });
  expect(result).toEqual({
    name: 'x',
    work: 'y',
    seconds: 2,
    rate: 50,
    limit: { name: 'z', rate: 200 },
    ratio: 0.25,
    rssMb: 12,
  });
});

test('the invented file is read as what it pretends to be, and two ranges that meet share their addresses', async () => {
  const file = contactFile({ rows: 200 });
  expect(await inspectCsv(file)).toMatchObject({ encoding: 'windows-1252', delimiter: ';' });
  const lines = (bytes: Buffer) => bytes.toString('latin1').trimEnd().split('\r\n').slice(1);
  expect(lines(contactFile({ from: 150, rows: 100 })).slice(0, 50)).toEqual(lines(file).slice(150));
});

test('a number that makes no sense is refused with a sentence, before anything is prepared', async () => {
  const program = new Command();
  benchCommands(program, {
    answer: async (_command, run) => void (await run()),
    withService: () => Promise.reject(new Error('no service')),
  });
  for (const argv of [
    ['import', '--rows', '0'],
    ['send', '--size', 'lourd'],
    ['redirect', '--seconds', '1.5'],
  ])
    await expect(program.parseAsync(['bench', ...argv], { from: 'user' })).rejects.toMatchObject({
      kind: 'invalid',
      code: 'option',
    });
});
