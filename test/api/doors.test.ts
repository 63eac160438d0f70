import { beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { openPace } from '../../src/api/pace.ts';
import { saveEvent } from '../../src/campaigns/event-save.ts';
import { acrossOrganisations } from '../../src/db/database.ts';
import { revokeKey } from '../../src/organisations/revoke-key.ts';
import { reportHistory } from '../reports/history.ts';
import { asker, routesOf, watch } from '../structure/ask.ts';
import { openHouse } from '../structure/house.ts';
import { makeOwnThings } from '../structure/own-things.ts';
import { MARK, makeWorld, PRIVATE, type World } from '../structure/world.ts';
import { testDatabase } from '../support/database.ts';
import { makeCampaign } from '../support/factories.ts';
import { type Asked, program } from './world.ts';

const t = await testDatabase();
const { app, service } = await openHouse(t.url);
const { as } = asker(t, app, service);
const { ask, keyOf } = program(app, t, service);
const { alice, bruno, david, etranger } = t.cast;

let world: World;
let history: string;
beforeAll(async () => {
  world = await makeWorld(t, service.config.dataDir);
  await makeOwnThings(t, alice);
  history = (await reportHistory(t, 11)).slug;
});

/** A person holds ten keys at most. */
beforeEach(() =>
  acrossOrganisations(t.db, (trx) => trx.updateTable('api_keys').set({ revoked_at: service.now() }).execute()),
);

const LOCKED = routesOf(app)
  .filter((route) => route.startsWith('GET /api/v1/campagnes'))
  .map((route) => route.slice(4));
const about = (path: string, campaign: string): string =>
  path
    .replace(':campagne', campaign)
    .replace(':tableau', 'main')
    .replace(':webinaire', world.webinar)
    .replace(':sceau', String(world.sealId));

/** RFC 9457: a stable code, a French sentence, and nothing of how it is made. */
function expectProblem(answer: Asked, status: number, code: string): void {
  expect([answer.status, answer.type, answer.json], answer.text).toEqual([
    status,
    'application/problem+json',
    expect.objectContaining({
      status,
      code,
      type: `/api#${code}`,
      title: expect.any(String),
      detail: expect.any(String),
    }),
  ]);
  expect(answer.text).not.toMatch(/\bat \w+.*:\d+:\d+|node_modules|select |kysely/i);
}

describe.each(LOCKED)('%s', (path) => {
  test('without a key, or with a wrong one: 401, and how to get one', async () => {
    const bare = await ask(about(path, world.campaign));
    expectProblem(bare, 401, 'cle_absente');
    expect(bare.headers.get('www-authenticate')).toBe('Bearer realm="Porte-voix"');
    expectProblem(await ask(about(path, world.campaign), `pv_${'a'.repeat(43)}`), 401, 'cle_refusee');
  });

  test('a session is not a key: nothing is answered to a cookie', async () => {
    const { status } = await as(alice, `GET ${path}`, about(path, world.campaign));
    expect(status).toBe(401);
  });

  test('of another organisation and of nobody: one and the same answer (SEC-23)', async () => {
    const { secret } = await keyOf(etranger);
    const answer = await ask(about(path, world.campaign), secret);
    if (path === '/api/v1/campagnes') return expect(answer.json).toEqual({ items: [], next: null });
    expectProblem(answer, 404, 'introuvable');
    expect(answer.text).toBe((await ask(about(path, 'nulle-part'), secret)).text);
    expect(answer.text).not.toMatch(MARK);
  });

  test('an evaluator and a partner read it; no contact, no relay, nothing private; and nothing moves', async () => {
    const moved = await watch(t, { except: 0 });
    for (const person of [david, bruno]) {
      const { secret } = await keyOf(person);
      await moved();
      const answer = await ask(about(path, world.campaign), secret);
      // What is sealed is for the people of the lead alone.
      const sealed = path.endsWith(':sceau') && person === bruno;
      expect(answer.status, answer.text).toBe(sealed ? 404 : 200);
      expect(answer.text).not.toMatch(PRIVATE);
      expect(answer.text).not.toContain(world.address);
      expect(answer.headers.get('set-cookie')).toBeNull();
      expect(answer.headers.get('cache-control')).toBe('private, no-store');
      expect(answer.headers.get('access-control-allow-origin')).toBeNull();
      expect((await moved()).filter((table) => table !== 'api_keys')).toEqual([]);
    }
  });

  test('HEAD answers like GET without a body, OPTIONS says what one may do, the rest is refused', async () => {
    const { secret } = await keyOf(alice);
    const address = about(path, world.campaign);
    const head = await ask(address, secret, { method: 'HEAD' });
    expect([head.status, head.text]).toEqual([200, '']);
    const options = await ask(address, undefined, { method: 'OPTIONS' });
    expect([options.status, options.headers.get('allow')]).toEqual([204, 'GET, HEAD, OPTIONS']);
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
      const answer = await ask(address, secret, { method, body: method === 'POST' ? 'x=1' : null });
      expectProblem(answer, 405, 'lecture_seule');
      expect(answer.headers.get('allow')).toBe('GET, HEAD, OPTIONS');
    }
  });
});

describe('odd questions', () => {
  const report = (query: string) => `/api/v1/campagnes/${history}/rapport${query}`;

  test.each([
    ['?du=hier', 'du'],
    ['?du=2026-02-30', 'du'],
    ['?au=2026-13-01', 'au'],
    ['?du=01/11/2026', 'du'],
    ['?du=2026-11-20&au=2026-11-02', 'au'],
    ['?du=2026-11-02&du=2026-11-03', 'du'],
    ['?du=', 'du'],
    [`?du=${'9'.repeat(10_000)}`, 'du'],
    ['?du=%00', 'du'],
    ["?au=2026-11-02';drop table hits--", 'au'],
    ['?from=2026-11-02', 'from'],
    ['?__proto__=1', '__proto__'],
  ])('%#: 400, and where it is to be corrected', async (query, parameter) => {
    const { secret } = await keyOf(alice);
    const answer = await ask(report(query), secret);
    expectProblem(answer, 400, 'parametre_invalide');
    expect((answer.json as { errors: { parameter: string }[] }).errors.map((e) => e.parameter)).toEqual([parameter]);
    expect(answer.text.length).toBeLessThan(1_000);
  });

  test('of a comparison, the second period is named by its own parameter', async () => {
    const { secret } = await keyOf(alice);
    const answer = await ask(`/api/v1/campagnes/${history}/comparaison?du2=2026-11-20&au2=2026-11-02`, secret);
    expect((answer.json as { errors: unknown[] }).errors).toEqual([{ parameter: 'au2', message: expect.any(String) }]);
    expectProblem(await ask(`/api/v1/campagnes/${history}/comparaison?avec=nulle-part`, secret), 404, 'introuvable');
  });

  test.each([
    '/api/v1/campagnes/%00',
    '/api/v1/campagnes/..%2F..%2Fetc',
    `/api/v1/campagnes/${'a'.repeat(5_000)}`,
    '/api/v1/campagnes/Zèbre',
    "/api/v1/campagnes/x'--/rapport",
    '/api/v1/rien',
    '/api/v1/',
    '/api/v1/campagnes/nulle-part/rapport/tableaux/%3Cscript%3E',
  ])('%s leads nowhere, like any other', async (path) => {
    const { secret } = await keyOf(alice);
    expectProblem(await ask(path, secret), 404, 'introuvable');
  });

  test('days at the ends of time are days, as long as Paris counts them as it does now', async () => {
    const { secret } = await keyOf(alice);
    for (const query of ['?du=1970-01-01', '?au=9999-12-31', '?du=9999-12-31', '?au=1970-01-01'])
      expect((await ask(report(query), secret)).status, query).toBe(200);
    for (const query of ['?du=0001-01-01', '?au=0001-01-01', '?du=1900-01-01'])
      expectProblem(await ask(report(query), secret), 400, 'periode_invalide');
    const seals = `/api/v1/campagnes/${world.campaign}/sceaux`;
    for (const id of ['0', '-1', '1e3', '999999999999999', '9'.repeat(30)])
      expectProblem(await ask(`${seals}/${id}`, secret), 404, 'introuvable');
  });

  test('a list goes on where it was left, and a mark that nothing bears is told', async () => {
    const { secret } = await keyOf(alice);
    const seen: string[] = [];
    let next: string | null = '/api/v1/campagnes?nombre=1';
    while (next) {
      const page = (await ask(next.replace('https://pv.example', ''), secret)).json as {
        items: { slug: string }[];
        next: string | null;
      };
      seen.push(...page.items.map((one) => one.slug));
      next = page.next;
    }
    expect(seen.toSorted()).toEqual([history, world.campaign].toSorted());
    expectProblem(await ask('/api/v1/campagnes?apres=zebu', secret), 400, 'suite_inconnue');
    expectProblem(await ask('/api/v1/campagnes?nombre=100000', secret), 400, 'parametre_invalide');
    const plan = (await ask(`/api/v1/campagnes/${world.campaign}/calendrier?nombre=2`, secret)).json as {
      items: unknown[];
      next: string;
    };
    expect(plan.items).toHaveLength(2);
    expect((await ask(plan.next.replace('https://pv.example', ''), secret)).status).toBe(200);
  });
});

describe('abuse', () => {
  test('closed between two requests, a key reads nothing more', async () => {
    const { id, secret } = await keyOf(alice);
    expect((await ask('/api/v1/campagnes', secret)).status).toBe(200);
    await revokeKey(t.ctx(alice), id);
    expectProblem(await ask('/api/v1/campagnes', secret), 401, 'cle_refusee');
  });

  test('a thousand wrong keys are slowed down, and the good one of the same network still reads', async () => {
    const { secret } = await keyOf(alice);
    const answers = new Map<number, number>();
    for (let n = 0; n < 1_000; n++) {
      const wrong = `pv_${String(n).padStart(43, '0')}`;
      const { status } = await ask('/api/v1/campagnes', wrong);
      answers.set(status, (answers.get(status) ?? 0) + 1);
    }
    expect([...answers.keys()].sort()).toEqual([401, 429]);
    expect(answers.get(401)).toBeLessThanOrEqual(60);
    const late = await ask('/api/v1/campagnes', `pv_${'b'.repeat(43)}`);
    expectProblem(late, 429, 'trop_de_demandes');
    expect(late.headers.get('retry-after')).toBe('3600');
    expect((await ask('/api/v1/campagnes', secret)).status).toBe(200);
  }, 60_000);

  test('a key that loops is told when to come back; another key goes on', async () => {
    const [loop, calm] = [await keyOf(alice), await keyOf(david)];
    let last = await ask('/api/v1/campagnes?nombre=0', loop.secret);
    for (let n = 0; n < 120; n++) last = await ask('/api/v1/campagnes?nombre=0', loop.secret);
    expectProblem(last, 429, 'trop_de_demandes');
    expect(Number(last.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await ask('/api/v1/campagnes', calm.secret)).status).toBe(200);
  });

  test('the pace begins again with each window, also after the clock goes back', () => {
    const clock = { at: 0 };
    const pace = openPace({ most: 2, everyMs: 1_000 }, () => clock.at);
    expect([pace(1), pace(1), pace(1), pace(2)]).toEqual([0, 0, 1, 0]);
    clock.at = 1_000;
    expect(pace(1)).toBe(0);
    clock.at = -5_000;
    expect([pace(1), pace(1), pace(1)]).toEqual([0, 0, 1]);
  });
});

test('the number of questions to the database does not grow with what is read', async () => {
  const { secret } = await keyOf(alice);
  const count = async (path: string): Promise<number> => {
    const spies = new Map<object, { mock: { calls: unknown[] }; mockRestore: () => void }>();
    const watched = (client: object) =>
      spies.has(client) || spies.set(client, vi.spyOn(client as { query: () => unknown }, 'query'));
    service.db.pool.on('acquire', watched);
    expect((await ask(path, secret)).status).toBe(200);
    service.db.pool.off('acquire', watched);
    const asked = [...spies.values()].reduce((n, spy) => n + spy.mock.calls.length, 0);
    for (const spy of spies.values()) spy.mockRestore();
    return asked;
  };
  const paths = [
    '/api/v1/campagnes',
    `/api/v1/campagnes/${history}/rapport`,
    `/api/v1/campagnes/${history}/calendrier`,
  ];
  // The day of its first use is written once.
  await ask('/api/v1/campagnes', secret);
  const before = [];
  for (const path of paths) before.push(await count(path));
  for (let n = 0; n < 6; n++) {
    await makeCampaign(t, { slug: `de-plus-${n}` });
    await saveEvent(t.ctx(alice), history, { title: `Salon ${n}`, from: '2026-12-01', to: '2026-12-02' });
  }
  const after = [];
  for (const path of paths) after.push(await count(path));
  expect(Math.min(...before)).toBeGreaterThan(4);
  expect(Math.max(...before)).toBeLessThan(70);
  expect(after).toEqual(before);
});
