import { expect, test } from 'vitest';
import { ROLES, type Role } from '../../../src/base/context.ts';
import { acrossOrganisations } from '../../../src/db/database.ts';
import { NOW, type Person, testDatabase } from '../../support/database.ts';
import { approve, submit } from '../../support/factories.ts';
import { browser, house, jointCampaign } from './house.ts';

const t = await testDatabase();
await jointCampaign(t);
const pv = house(t);

/** Somebody with one role only: whoever has several hides what each of them lacks. */
async function oneRole(organisation: 'opco' | 'btp' | 'federation', role: Role) {
  const organisationId = t.cast.organisations[organisation];
  const [name, address] = [`${role} ${organisation}`, `${role}@${organisation}.example`];
  const userId = await acrossOrganisations(t.db, async (trx) => {
    const user = await trx
      .insertInto('users')
      .values({ address, name, created_at: NOW })
      .returning('id')
      .executeTakeFirstOrThrow();
    await trx
      .insertInto('memberships')
      .values({ organisation_id: organisationId, user_id: user.id, role, created_at: NOW })
      .execute();
    return user.id;
  });
  const actor: Person = { kind: 'user', userId, name, address, organisationId, roles: [role] };
  return { actor, ...(await browser(pv, actor)) };
}

/** Pages that links reach only once a form was sent. */
const STARTS = ['/', '/contacts?niveau=terrain', '/organisation'];
const linksOf = (page: string): string[] =>
  [...page.matchAll(/(?:href|src|data-live)="(\/[^"#]*)/g)]
    .map((m) => (m[1] ?? '').replaceAll('&amp;', '&'))
    // Files, and the page for programs: both are served to whoever is not signed in.
    .filter((href) => !href.startsWith('/fichiers/') && href !== '/api');

/** Of one page, so many filters, months and page numbers are followed: a calendar has no end. */
const VARIANTS = 3;

/** Every page one comes to by following links, with what it answered. */
async function follow(person: Awaited<ReturnType<typeof oneRole>>, starts: string[]): Promise<Map<string, number>> {
  const seen = new Map<string, number>();
  const todo = [...starts];
  const variants = new Map<string, number>();
  for (let path = todo.pop(); path !== undefined; path = todo.pop()) {
    const page = path.split('?')[0] ?? path;
    const asked = variants.get(page) ?? 0;
    if (seen.has(path) || asked >= VARIANTS) continue;
    variants.set(page, asked + 1);
    const { status, text, headers } = await person.get(path);
    seen.set(path, status);
    if (status === 200 && headers.get('content-type')?.startsWith('text/html')) todo.push(...linksOf(text));
  }
  return seen;
}

const ENTRIES: Record<Role, string[]> = {
  administrateur: ['/', '/campagnes', '/contacts', '/audiences', '/memoire', '/courrier'],
  communicant: ['/', '/campagnes', '/contacts', '/audiences', '/memoire', '/courrier'],
  valideur: ['/', '/campagnes', '/memoire', '/courrier'],
  relais: ['/', '/campagnes'],
  evaluateur: ['/', '/campagnes', '/memoire'],
};

test.each(ROLES)('the navigation of a %s holds the pages this role may open, and no other', async (role) => {
  const person = await oneRole('federation', role);
  const nav = /<nav class="nav".*?<\/nav>/s.exec((await person.get('/')).text)?.[0] ?? '';
  expect(linksOf(nav)).toEqual(ENTRIES[role]);
  for (const path of ['/contacts', '/audiences', '/memoire', '/courrier'])
    expect((await person.get(path)).status, path).toBe(ENTRIES[role].includes(path) ? 200 : 403);
});

test('in the lead’s and a partner’s organisation, no link of any page leads any role to a refusal', async () => {
  const people: { name: string; person: Awaited<ReturnType<typeof oneRole>> }[] = [];
  for (const organisation of ['opco', 'btp'] as const)
    for (const role of ROLES)
      people.push({ name: `${role} of ${organisation}`, person: await oneRole(organisation, role) });
  const refused: string[] = [];
  const visit = async (when: string): Promise<void> => {
    // Pages of the public have no session, and are not those of this house.
    for (const { name, person } of people)
      for (const [path, status] of await follow(person, STARTS.slice(0, /valideur|relais|eval/.test(name) ? 1 : 3)))
        if (status !== 200 && !/^\/(accessibilite|confidentialite|ressources|relayer|c|communiques)(\/|$)/.test(path))
          refused.push(`${when}, ${name} : ${path} ${status}`);
  };
  await visit('draft');
  const { id } = await acrossOrganisations(t.db, (trx) =>
    trx.selectFrom('pushes').select('id').where('slug', '=', 'lettre').executeTakeFirstOrThrow(),
  );
  await submit(t, id);
  for (const { person } of people) if (person.actor.roles.includes('valideur')) await approve(t, id, person.actor);
  await visit('approved');
  expect(refused).toEqual([]);
}, 180_000);
