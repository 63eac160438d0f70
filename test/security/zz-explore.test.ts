import { writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { ROLES, type Role } from '../../src/base/context.ts';
import { acrossOrganisations } from '../../src/db/database.ts';
import { NOW, type Person, testDatabase } from '../support/database.ts';
import { address, asker, hasIds, methodOf, routesOf, watch } from '../structure/ask.ts';
import { openHouse } from '../structure/house.ts';
import { makeOwnThings } from '../structure/own-things.ts';
import { PUBLIC } from '../structure/public-routes.ts';
import { makeWorld, PRIVATE } from '../structure/world.ts';
const t = await testDatabase();
const { app, service } = await openHouse(t.url);
const { as } = asker(t, app, service);
const SIGNED = routesOf(app).filter((r) => !(r in PUBLIC));
const person = async (org: 'opco'|'btp'|'etranger', role: Role): Promise<Person> => acrossOrganisations(t.db, async (trx) => {
  const a = `${role}@${org}.example`;
  const { id } = await trx.insertInto('users').values({ address: a, name: role+org, created_at: NOW }).returning('id').executeTakeFirstOrThrow();
  await trx.insertInto('memberships').values({ organisation_id: t.cast.organisations[org], user_id: id, role, created_at: NOW }).execute();
  return { kind: 'user', userId: id, name: role+org, address: a, organisationId: t.cast.organisations[org], roles: [role] };
});
test('x', async () => {
  const world = await makeWorld(t, service.config.dataDir);
  await makeOwnThings(t, t.cast.alice);
  await makeOwnThings(t, t.cast.chloe);
  const lines: string[] = [];
  const t0 = Date.now();
  for (const org of ['etranger', 'btp', 'opco'] as const) {
    const people = new Map<Role, Person>();
    for (const role of ROLES) people.set(role, await person(org, role));
    if (org==='opco') for (const m of ['GET', 'POST']) for (const route of SIGNED.filter((r) => methodOf(r) === m)) {
      const got: string[] = [];
      for (const role of ROLES) {
        const a = await as(people.get(role)!, route, address(route, world));
        got.push(`${a.status}${PRIVATE.test(a.text) ? '!' : ''}`);
      }
      lines.push(`${org}\t${route}\t${got.join('\t')}`);
    }
    lines.push(`time ${org} ${Date.now() - t0}`);
  }
  writeFileSync('/tmp/matrix.tsv', lines.join('\n'));
}, 600_000);
