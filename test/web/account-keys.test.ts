import { expect, test } from 'vitest';
import { acrossOrganisations } from '../../src/db/database.ts';
import { asker } from '../structure/ask.ts';
import { openHouse } from '../structure/house.ts';
import { type Person, testDatabase } from '../support/database.ts';

const t = await testDatabase();
const { app, service } = await openHouse(t.url);
const { session, as } = asker(t, app, service);
const { alice, bruno } = t.cast;
const until = new Date(service.now().getTime() + 20 * 86_400_000).toISOString().slice(0, 10);

async function send(person: Person, path: string, fields?: Record<string, string>, more = ''): Promise<Response> {
  const { cookie, csrf } = await session(person);
  const headers = { cookie: more ? `${cookie}; ${more}` : cookie };
  const body = fields && new URLSearchParams({ csrf, ...fields });
  return app.request(`https://pv.example${path}`, {
    method: fields ? 'POST' : 'GET',
    headers,
    ...(body ? { body } : {}),
  });
}
/** What the browser now holds, as it sends it back. */
const carried = (response: Response): string =>
  response.headers
    .getSetCookie()
    .find((c) => c.startsWith('porte-voix-cle='))
    ?.split(';')[0] ?? '';

test('a key is made on the account page, shown once to the browser that asked, and closed there', async () => {
  expect((await as(alice, 'GET /compte', '/compte')).text).toContain('href="/compte/cles"');
  const made = await send(alice, '/compte/cles', { label: 'Le tableur du comité', until });
  expect([made.status, made.headers.get('location')]).toEqual([303, '/compte/cles/nouvelle']);
  const cookie = made.headers.getSetCookie().find((c) => c.startsWith('porte-voix-cle='));
  expect(cookie).toMatch(/Max-Age=120; Path=\/compte\/cles; HttpOnly; Secure; SameSite=Strict/);
  expect(cookie).not.toContain('pv_');

  const shown = await send(alice, '/compte/cles/nouvelle', undefined, carried(made));
  const secret = /pv_[\w-]{43}/.exec(await shown.text())?.[0] ?? '';
  expect([shown.status, shown.headers.get('cache-control'), carried(shown)]).toEqual([
    200,
    'no-store',
    'porte-voix-cle=',
  ]);
  const read = () =>
    app.request('https://pv.example/api/v1/campagnes', { headers: { authorization: `Bearer ${secret}` } });
  expect((await read()).status).toBe(200);

  // Neither again, nor in anybody else's session.
  expect(await (await send(alice, '/compte/cles/nouvelle')).text()).not.toContain('pv_');
  expect(await (await send(bruno, '/compte/cles/nouvelle', undefined, carried(made))).text()).not.toContain('pv_');
  expect(await (await send(alice, '/compte/cles/nouvelle', undefined, 'porte-voix-cle=abc')).text()).not.toContain(
    'pv_',
  );

  const list = await (await send(alice, '/compte/cles')).text();
  expect(list).toContain('Le tableur du comité');
  expect(list).toContain('utilisée le');
  expect(list).not.toContain('pv_');
  const id = /\/compte\/cles\/(\d+)\/fermeture/.exec(list)?.[1];
  expect((await send(bruno, `/compte/cles/${id}/fermeture`, {})).status).toBe(404);
  expect((await read()).status).toBe(200);
  expect((await send(alice, `/compte/cles/${id}/fermeture`, {})).status).toBe(303);
  expect((await read()).status).toBe(401);
  expect(await (await send(alice, '/compte/cles')).text()).toContain('Clés fermées');
});

test('a form with a mistake comes back with what was typed, and makes nothing', async () => {
  const wrong = await send(bruno, '/compte/cles', { label: 'Pour <script>', until: '2020-01-01' });
  const text = await wrong.text();
  expect([wrong.status, carried(wrong)]).toEqual([422, '']);
  expect(text).toContain('Cette date est passée');
  expect(text).toContain('value="Pour &lt;script&gt;"');
  expect(await (await send(bruno, '/compte/cles')).text()).toContain('Aucune clé n’est ouverte');
});

test('a role that reads no figures makes no key', async () => {
  const relay: Person = { ...t.cast.chloe, roles: ['relais'] };
  await acrossOrganisations(t.db, (trx) =>
    trx.deleteFrom('memberships').where('user_id', '=', relay.userId).where('role', '<>', 'relais').execute(),
  );
  expect((await as(relay, 'GET /compte', '/compte')).text).not.toContain('/compte/cles');
  expect((await send(relay, '/compte/cles')).status).toBe(200);
  expect((await send(relay, '/compte/cles', { label: 'x', until })).status).toBe(403);
});

test('the guide says how, with the address of this instance, to anybody', async () => {
  const response = await app.request('https://pv.example/api');
  const text = await response.text();
  expect([response.status, response.headers.get('set-cookie')]).toEqual([200, null]);
  expect(text).toContain('https://pv.example/api/v1/campagnes/infranum/rapport.csv');
  expect(text).toContain('id="cle_refusee"');
});
