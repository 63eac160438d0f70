import { beforeAll, describe, expect, test } from 'vitest';
import { readSeals } from '../../src/seals/read-seals.ts';
import { reportHistory } from '../reports/history.ts';
import { routesOf } from '../structure/ask.ts';
import { openHouse } from '../structure/house.ts';
import { makeWorld, type World } from '../structure/world.ts';
import { testDatabase } from '../support/database.ts';
import { checkAnswer, type Described, described } from './shapes.ts';
import { program } from './world.ts';

const t = await testDatabase();
const { app, service } = await openHouse(t.url);
const { ask, keyOf } = program(app, t, service);
const DESCRIBED = described(t.db);

let world: World;
let history: string;
let secret: string;
let seal: number;
beforeAll(async () => {
  world = await makeWorld(t, service.config.dataDir);
  history = (await reportHistory(t, 5)).slug;
  secret = (await keyOf(t.cast.alice)).secret;
  seal = (await readSeals(t.ctx(t.cast.alice), world.campaign)).seals[0]?.id ?? 0;
});

const pathOf = (route: Described, campaign: string): string =>
  route.path
    .replace('{campagne}', campaign)
    .replace('{tableau}', 'main')
    .replace('{webinaire}', world.webinar)
    .replace('{sceau}', String(seal));

test('the document is OpenAPI 3.1, in French, of exactly the routes that answer', async () => {
  const { status, json, headers } = await ask('/api/v1/openapi.json');
  expect([status, headers.get('set-cookie')]).toEqual([200, null]);
  const document = json as { openapi: string; info: { description: string }; paths: Record<string, object> };
  expect(document.openapi).toBe('3.1.0');
  expect(document.info.description).toContain('Une clé se fait sur la page');
  const served = routesOf(app)
    .filter((r) => r.startsWith('GET /api/v1/') && r !== 'GET /api/v1/openapi.json')
    .map((r) => r.slice(4).replace(/:(\w+)/g, '{$1}'));
  expect(Object.keys(document.paths).sort()).toEqual(served.sort());
  expect(Object.values(document.paths).flatMap((p) => Object.keys(p))).toEqual(served.map(() => 'get'));
});

test('every route says what it is for, what it refuses, and that a key opens it', async () => {
  const document = (await ask('/api/v1/openapi.json')).json as {
    paths: Record<string, { get: { summary: string; security?: unknown[]; responses: Record<string, unknown> } }>;
    components: { securitySchemes: object; schemas: Record<string, unknown> };
  };
  for (const [path, { get }] of Object.entries(document.paths)) {
    expect(get.summary.length, path).toBeGreaterThan(10);
    const open = path === '/api/v1/ressources';
    expect(get.security, path).toEqual(open ? undefined : [{ cle: [] }]);
    expect(Object.keys(get.responses), path).toEqual(
      open ? ['200', '400'] : ['200', '400', '401', '403', '404', '429'],
    );
  }
  expect(document.components.securitySchemes).toMatchObject({ cle: { type: 'http', scheme: 'bearer' } });
  expect(Object.keys(document.components.schemas)).toEqual(expect.arrayContaining(['Chiffre', 'Rapport', 'Probleme']));
  const dead = [...JSON.stringify(document).matchAll(/"#\/components\/schemas\/([^"]+)"/g)]
    .map((m) => m[1] ?? '')
    .filter((name) => !(name in document.components.schemas));
  expect(dead).toEqual([]);
});

describe.each(DESCRIBED.map((route) => [route.path, route] as const))('%s', (_, route) => {
  test.each(['the world', 'the history'])('answers of %s are what the document says', async (which) => {
    const campaign = which === 'the world' ? world.campaign : history;
    if (campaign === history && /\{(?:sceau|webinaire)\}/.test(route.path)) return;
    checkAnswer(route, await ask(pathOf(route, campaign), secret));
  });
});
