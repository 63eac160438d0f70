import { beforeAll, describe, expect, test } from 'vitest';
import { ROLES, type Role } from '../../src/base/context.ts';
import { acrossOrganisations } from '../../src/db/database.ts';
import { may } from '../../src/organisations/permissions.ts';
import { type Answer, address, asker, hasIds, methodOf, routesOf, watch } from '../structure/ask.ts';
import { openHouse } from '../structure/house.ts';
import { makeOwnThings } from '../structure/own-things.ts';
import { PUBLIC } from '../structure/public-routes.ts';
import { actionsOf, LISTED } from '../structure/route-actions.ts';
import { MARK, makeWorld, PRIVATE, type World } from '../structure/world.ts';
import { NOW, type Person, testDatabase } from '../support/database.ts';

const t = await testDatabase();
const { app, service } = await openHouse(t.url);
const { as } = asker(t, app, service);
const SIGNED_IN = routesOf(app).filter((route) => !(route in PUBLIC));
const GETS = SIGNED_IN.filter((route) => methodOf(route) === 'GET');
const POSTS = SIGNED_IN.filter((route) => methodOf(route) === 'POST');

type Position = 'opco' | 'btp' | 'etranger';
let world: World;
/** Rows of anybody; of everybody but the stranger; of the lead; of the other partner. */
let moved: Record<'any' | 'others' | 'lead' | 'federation', () => Promise<string[]>>;

beforeAll(async () => {
  world = await makeWorld(t, service.config.dataDir);
  await makeOwnThings(t, t.cast.alice);
  await makeOwnThings(t, t.cast.chloe);
  const { opco, federation, etranger } = t.cast.organisations;
  moved = {
    any: await watch(t),
    others: await watch(t, { except: etranger }),
    lead: await watch(t, { of: opco }),
    federation: await watch(t, { of: federation }),
  };
});

/** A person of that organisation who has that role and no other. */
async function holding(role: Role, position: Position): Promise<Person> {
  const organisationId = t.cast.organisations[position];
  const name = `${role} de ${position}`;
  const address = `${role}-${made++}@${position}.example`;
  const userId = await acrossOrganisations(t.db, async (trx) => {
    const row = { address, name, created_at: NOW };
    const { id } = await trx.insertInto('users').values(row).returning('id').executeTakeFirstOrThrow();
    const member = { organisation_id: organisationId, user_id: id, role, created_at: NOW };
    await trx.insertInto('memberships').values(member).execute();
    return id;
  });
  return { kind: 'user', userId, name, address, organisationId, roles: [role] };
}
let made = 0;

const opens = (person: Person, route: string): boolean =>
  (actionsOf(route) ?? []).every((action) => may(person, action));

const withoutWhatWasAsked = (text: string): string =>
  [world.push, world.campaign].reduce((done, asked) => done.replaceAll(asked, ''), text);

/** Asks these routes one after the other; answers what is wrong, one line each. */
async function wrongs(
  person: Person,
  routes: readonly string[],
  judge: (answer: Answer, route: string) => Promise<(string | false)[]> | (string | false)[],
): Promise<string[]> {
  const found: string[] = [];
  for (const route of routes) {
    const answer = await as(person, route, address(route, world));
    for (const wrong of await judge(answer, route)) if (wrong) found.push(`${route} (${answer.status}): ${wrong}`);
  }
  return found;
}

/** Refused as forbidden, and nothing moved anywhere. */
const refused = async ({ status }: Answer): Promise<(string | false)[]> => {
  const where = await moved.any();
  return [status !== 403 && 'a role without the action is not refused', where.length > 0 && `moved ${where}`];
};

test('each page behind a session says which action opens it, and none is listed that is gone', () => {
  expect(SIGNED_IN.filter((route) => actionsOf(route) === null)).toEqual([]);
  expect(LISTED.filter((route) => !SIGNED_IN.includes(route))).toEqual([]);
  expect(SIGNED_IN.length).toBeGreaterThan(200);
});

describe.each(ROLES)('%s alone, of an organisation that takes no part', (role) => {
  test('finds nothing of the others on any page, and moves nothing of theirs', async () => {
    const person = await holding(role, 'etranger');
    await moved.others();
    const found = await wrongs(person, SIGNED_IN, async ({ status, text }, route) => {
      const where = await moved.others();
      return [
        hasIds(route) && ![403, 404].includes(status) && 'an address of others answers',
        status >= 500 && 'breaks',
        !opens(person, route) && ![403, 404].includes(status) && 'a role without the action is not refused',
        MARK.test(withoutWhatWasAsked(text)) && 'shows something of the others',
        where.length > 0 && `moved ${where}`,
      ];
    });
    expect(found).toEqual([]);
  });
});

describe.each(ROLES)('%s alone', (role) => {
  test('of a partner: pages and forms it has no action for refuse, and change nothing', async () => {
    const person = await holding(role, 'btp');
    await moved.any();
    expect(
      await wrongs(
        person,
        SIGNED_IN.filter((route) => !opens(person, route)),
        refused,
      ),
    ).toEqual([]);
  });

  test('of the lead: pages and forms it has no action for refuse, and change nothing', async () => {
    const person = await holding(role, 'opco');
    await moved.any();
    expect(
      await wrongs(
        person,
        SIGNED_IN.filter((route) => !opens(person, route)),
        refused,
      ),
    ).toEqual([]);
  });

  test('of a partner: no page shows what is the lead’s or another partner’s own', async () => {
    const person = await holding(role, 'btp');
    const shown = GETS.filter((route) => opens(person, route));
    expect(
      await wrongs(person, shown, ({ status, text }) => [
        status >= 500 && 'breaks',
        PRIVATE.test(text) && 'shows something private',
      ]),
    ).toEqual([]);
  });

  test('of the lead: pages it has the action for open', async () => {
    const person = await holding(role, 'opco');
    const shown = GETS.filter((route) => opens(person, route));
    let own = 0;
    const found = await wrongs(person, shown, ({ status, text }) => {
      if (PRIVATE.test(text)) own += 1;
      return [![200, 409].includes(status) && 'does not open'];
    });
    expect(found).toEqual([]);
    // What partners must not see is really there to be seen.
    expect(own).toBeGreaterThanOrEqual(
      { administrateur: 20, communicant: 20, valideur: 4, relais: 2, evaluateur: 3 }[role],
    );
  });
});

// Last: some of these forms are taken, and end what they are about.
describe.each(ROLES)('%s alone, with forms it has the action for', (role) => {
  test('of a partner: nothing of the lead’s nor of another partner’s moves, and nothing private is said', async () => {
    const person = await holding(role, 'btp');
    await moved.lead();
    await moved.federation();
    const sent = POSTS.filter((route) => opens(person, route));
    const found = await wrongs(person, sent, async ({ status, text }) => {
      const where = [...(await moved.lead()), ...(await moved.federation())];
      return [
        status >= 500 && 'breaks',
        PRIVATE.test(text) && 'shows something private',
        where.length > 0 && `moved ${where}`,
      ];
    });
    expect(found).toEqual([]);
  });

  test('of the lead: none is refused as forbidden', async () => {
    const person = await holding(role, 'opco');
    const sent = POSTS.filter((route) => opens(person, route));
    expect(
      await wrongs(person, sent, ({ status }) => [
        status === 403 && 'the table says yes, the form says no',
        status >= 500 && 'breaks',
      ]),
    ).toEqual([]);
  });
});
