import { beforeAll, describe, expect, test } from 'vitest';
import { addressHash } from '../../src/contacts/addresses.ts';
import { saveAudience } from '../../src/contacts/save-audience.ts';
import { acrossOrganisations } from '../../src/db/database.ts';
import { testDatabase } from '../support/database.ts';
import { address, asker, hasIds, methodOf, routesOf, watch } from './ask.ts';
import { openHouse } from './house.ts';
import { PUBLIC } from './public-routes.ts';
import { MARK, makeWorld, type World } from './world.ts';

const t = await testDatabase();
const { app, service } = await openHouse(t.url);

const { ask, session, as } = asker(t, app, service);
const ROUTES = routesOf(app);
const SIGNED_IN = ROUTES.filter((route) => !(route in PUBLIC));

let world: World;
/** Tables of the world's organisations where something has moved since it was last asked. */
let moved: () => Promise<string[]>;
beforeAll(async () => {
  world = await makeWorld(t, service.config.dataDir);
  moved = await watch(t, { except: t.cast.organisations.etranger });
});

/** « zebre : introuvable » repeats what the visitor typed, and tells nothing. */
const withoutWhatWasAsked = (text: string): string =>
  [world.address, world.push, world.campaign].reduce((done, asked) => done.replaceAll(asked, ''), text);

test('the public routes are those listed, with their reason', () => {
  expect(Object.keys(PUBLIC).filter((route) => !ROUTES.includes(route))).toEqual([]);
  expect(SIGNED_IN.length).toBeGreaterThan(50);
});

test('what moves is seen: one audience more, in its table and nowhere else', async () => {
  await moved();
  await saveAudience(t.ctx(t.cast.alice), { slug: 'zebreaux', name: 'Les petits zèbres', rule: {} });
  expect(await moved()).toEqual(['audiences', 'audit_log']);
  expect(await moved()).toEqual([]);
});

describe.each(SIGNED_IN)('%s', (route) => {
  const method = methodOf(route);

  test('without a session, leads to the sign-in page (SEC-23)', async () => {
    const { status, location } = await ask(method, address(route, world));
    expect(status).toBe(303);
    expect(location).toMatch(/^\/connexion(\?|$)/);
  });

  test('a stranger of another organisation finds nothing of the others there', async () => {
    const answer = await as(t.cast.etranger, route, address(route, world));
    expect(hasIds(route) ? [403, 404] : [200, 303, 403, 404, 422]).toContain(answer.status);
    expect(withoutWhatWasAsked(answer.text)).not.toMatch(MARK);
    expect(await moved()).toEqual([]);
  });

  if (method === 'GET')
    test('its own people do find something there', async () => {
      const { status, text } = await as(t.cast.alice, route, address(route, world));
      expect([200, 403, 409], text).toContain(status);
      // What they leave there is theirs: an export is written down.
      await moved();
    });

  if (method === 'POST')
    test('a form without the token of its page changes nothing (ASVS 3.5.1)', async () => {
      const { cookie } = await session(t.cast.alice);
      const answer = await ask('POST', address(route, world), { cookie });
      expect(answer.status).toBe(403);
      expect(await moved()).toEqual([]);
    });
});

describe('ids that travel in questions and in fields', () => {
  test.each([
    [
      'the count of another organisation’s audience',
      'GET /audiences/apercu',
      () => `?audience=${world.audienceId}`,
      [404],
    ],
    ['the mailbox before another organisation’s message', 'GET /courrier', () => `?avant=${world.mailId + 1}`, [200]],
    ['the contacts after another organisation’s', 'GET /contacts', () => `?apres=${world.contactId - 1}`, [200]],
    ['another organisation’s address', 'GET /contacts', () => `?recherche=${encodeURIComponent(world.address)}`, [200]],
    [
      'a campaign model made from nothing of theirs',
      'GET /campagnes/nouvelle',
      () => `?modele=${world.campaign}&etape=2`,
      [200],
    ],
  ])('%s', async (_, route, query, expected) => {
    const answer = await as(t.cast.etranger, route, `${route.split(' ')[1]}${query()}`);
    expect(expected).toContain(answer.status);
    expect(withoutWhatWasAsked(answer.text)).not.toMatch(MARK);
  });

  test('nobody acts for an organisation that is not theirs', async () => {
    expect(
      await as(t.cast.etranger, 'POST /organisation-courante', '/organisation-courante', { organisation: 'opco' }),
    ).toMatchObject({ status: 404 });
  });

  test('an audience cannot be hung on another organisation’s campaign', async () => {
    const answer = await as(t.cast.etranger, 'POST /audiences/nouvelle', '/audiences/nouvelle', {
      name: 'Intruse',
      campaign: String(world.campaignId),
    });
    expect(answer.status).toBe(422);
    expect(answer.text).not.toMatch(MARK);
  });
});

test('the address that the stranger looked for is really there, under its keyed hash', async () => {
  const found = await acrossOrganisations(t.db, (trx) =>
    trx
      .selectFrom('contacts')
      .select('id')
      .where('address', '=', world.address)
      .where('address_hash', '=', addressHash(t.ctx(t.cast.alice).secrets, world.address))
      .execute(),
  );
  expect(found).toEqual([{ id: world.contactId }]);
});
