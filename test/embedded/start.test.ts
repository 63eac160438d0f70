import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import {
  expectRefusal,
  killedWhen,
  newPlace,
  porteVoix,
  processesOn,
  start,
  temporaryFolder,
  tryStart,
} from '../support/running.ts';

const status = (url: string): Promise<number> =>
  fetch(`${url}/readyz`).then(
    (response) => response.status,
    () => 0,
  );
/** The process of the PostgreSQL server on this data. */
const serverOf = (dataDir: string): number =>
  Number.parseInt(readFileSync(join(dataDir, 'postgres/data/postmaster.pid'), 'utf8'), 10);
const CAMPAIGN = ['report', 'essentiels-infranum', '--json'];

test('two first starts at once on one folder both work, on one database with one demonstration', {
  timeout: 120_000,
}, async () => {
  const first = await newPlace();
  const second = { ...(await newPlace()), dataDir: first.dataDir };
  const [a, b] = await Promise.all([start(first), start(second)]);
  expect([await status(a.url), await status(b.url)]).toEqual([200, 200]);
  expect(serverOf(first.dataDir)).toBeGreaterThan(1);
  const report = await porteVoix(CAMPAIGN, { DATA_DIR: first.dataDir });
  expect(report).toMatchObject({ code: 0 });
  expect(JSON.parse(report.stdout).campaign.partners).toHaveLength(3);
  // The first to leave does not take the database away from the other.
  expect(await a.stop()).toMatchObject({ code: 0 });
  expect(await status(b.url)).toBe(200);
  expect(await b.stop()).toMatchObject({ code: 0 });
  expect(processesOn(first.dataDir)).toEqual([]);
});

test('after kill -9 the database lives on, a new start attaches to it, and Ctrl-C then leaves nothing behind', {
  timeout: 120_000,
}, async () => {
  const place = await newPlace();
  const killed = await start(place);
  await killed.kill();
  const server = serverOf(place.dataDir);
  expect(processesOn(place.dataDir).map((p) => Number.parseInt(p, 10))).toContain(server);
  const again = await start(place);
  expect(serverOf(place.dataDir)).toBe(server);
  expect(await status(again.url)).toBe(200);
  const ended = await again.stop();
  expect(ended).toMatchObject({ code: 0 });
  expect(ended.stdout).toContain('Arrêté.');
  expect(processesOn(place.dataDir)).toEqual([]);
  expect(await status(again.url)).toBe(0);
});

test('a command beside the server shares its database; without a server it opens and closes it by itself', {
  timeout: 120_000,
}, async () => {
  const place = await newPlace();
  const env = { DATA_DIR: place.dataDir };
  const service = await start(place);
  const made = await porteVoix(['organisation', 'create', 'voisine', '--name', 'La voisine', '--json'], env);
  expect(made).toMatchObject({ code: 0 });
  const twice = await porteVoix(['organisation', 'create', 'voisine', '--name', 'La voisine'], env);
  expect(twice.code).toBe(1);
  expect(twice.stderr).toContain('existe déjà');
  expect(await status(service.url)).toBe(200);
  await service.stop();
  const alone = await porteVoix(CAMPAIGN, env);
  expect(alone).toMatchObject({ code: 0 });
  expect(processesOn(place.dataDir)).toEqual([]);
});

test('a port that is taken is one sentence with its remedy, and takes nothing away from who has it', {
  timeout: 120_000,
}, async () => {
  const place = await newPlace();
  const service = await start(place);
  const second = await tryStart(place);
  expectRefusal(second, /Le port \d+ est déjà pris .*PORT=/);
  expect(await status(service.url)).toBe(200);
  await service.stop();
});

test('it runs from another folder, and writes nothing there', { timeout: 120_000 }, async () => {
  const cwd = temporaryFolder();
  const service = await start(await newPlace(), {}, cwd);
  expect(await status(service.url)).toBe(200);
  await service.stop();
  expect(readdirSync(cwd)).toEqual([]);
});

test('a relative DATA_DIR is taken from where the command is typed', { timeout: 120_000 }, async () => {
  const { port } = await newPlace();
  const cwd = temporaryFolder();
  const service = await start({ dataDir: 'mes-donnees', port }, {}, cwd);
  await service.stop();
  expect(readdirSync(cwd)).toEqual(['mes-donnees']);
  expect(processesOn(join(cwd, 'mes-donnees'))).toEqual([]);
});

test('Ctrl-C under npm, which arrives twice, stops as cleanly as once', { timeout: 120_000 }, async () => {
  const place = await newPlace();
  const service = await start(place);
  const ended = service.stop();
  await pause(50);
  process.kill(service.pid, 'SIGINT');
  expect(await ended).toMatchObject({ code: 0 });
  expect(processesOn(place.dataDir)).toEqual([]);
});

test('a first start that is killed while it makes its database begins again at the next', {
  timeout: 120_000,
}, async () => {
  const place = await newPlace();
  const home = join(place.dataDir, 'postgres');
  await killedWhen(place, () => existsSync(home) && readdirSync(home).some((name) => name.startsWith('data.')));
  const service = await start(place);
  expect(await status(service.url)).toBe(200);
  expect(await service.stop()).toMatchObject({ code: 0 });
  expect(processesOn(place.dataDir)).toEqual([]);
  expect(readdirSync(home).filter((name) => name.startsWith('data'))).toEqual(['data']);
});
