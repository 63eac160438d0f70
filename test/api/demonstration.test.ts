import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { importContacts } from '../../src/contacts/import-contacts.ts';
import { DEMO_CAMPAIGN, DEMO_PEOPLE } from '../../src/demo.ts';
import { inviteUser } from '../../src/organisations/invite-user.ts';
import { actorByAddress } from '../../src/organisations/queries.ts';
import { applyFolder } from '../../src/plan/apply.ts';
import { createDemoOrganisations } from '../../src/plan/demo-organisations.ts';
import { openHouse } from '../structure/house.ts';
import { testDatabase } from '../support/database.ts';
import { checkAnswer, described } from './shapes.ts';
import { program } from './world.ts';

const t = await testDatabase();
const { app, service } = await openHouse(t.url);
const { ask, keyOf } = program(app, t, service);

const WEBINAR = 'les-outils-en-situation';
let secret: string;
beforeAll(async () => {
  const organisations = await createDemoOrganisations(service, DEMO_CAMPAIGN);
  const as = (slug: string) =>
    ({
      ...service,
      actor: { kind: 'command', name: 'démonstration', organisationId: organisations.get(slug) ?? 0 },
    }) as const;
  for (const { organisation, does: _, ...person } of DEMO_PEOPLE) await inviteUser(as(organisation), person);
  await applyFolder(as('afdas'), DEMO_CAMPAIGN);
  await applyFolder(as('constructys'), join(DEMO_CAMPAIGN, '../raccordeur-fibre-2023'));
  const file = readFileSync(join(DEMO_CAMPAIGN, 'contacts/afdas.csv'));
  await importContacts(as('afdas'), { file, options: { fileName: 'afdas.csv', source: 'invention' } });
  const david = await actorByAddress(t.db, 'david@afdas.example');
  if (!david) throw new Error('la démonstration a un évaluateur');
  secret = (await keyOf(david)).secret;
}, 120_000);

const ROUTES = described(t.db).filter((route) => !route.path.includes('{sceau}'));

describe.each(['essentiels-infranum', 'raccordeur-fibre-2023'])('%s, as its evaluator reads it', (campaign) => {
  test.each(ROUTES.map((route) => [route.path, route] as const))(
    '%s answers what its description says',
    async (_, route) => {
      const path = route.path
        .replace('{campagne}', campaign)
        .replace('{tableau}', 'main')
        .replace('{webinaire}', WEBINAR);
      checkAnswer(route, await ask(path, secret));
    },
  );
});

test('the field case keeps its three sayings side by side, each with its source', async () => {
  const { json } = await ask('/api/v1/campagnes/raccordeur-fibre-2023/pages?du=2023-10-01&au=2023-12-31', secret);
  const [page] = (
    json as { pages: { statements: { figure: { value: number; unit: string } }[]; contradictions: [] }[] }
  ).pages;
  expect(page?.statements.map((s) => s.figure.value)).toEqual([9000, 9000, 9000]);
  expect(new Set(page?.statements.map((s) => s.figure.unit)).size).toBeGreaterThan(1);
  expect(page?.contradictions.length).toBeGreaterThan(0);
});
