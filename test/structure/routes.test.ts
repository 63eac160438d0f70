import { sql } from 'kysely';
import { beforeAll, describe, expect, test } from 'vitest';
import { sha256 } from '../../src/base/tokens.ts';
import { addressHash } from '../../src/contacts/addresses.ts';
import { acrossOrganisations } from '../../src/db/database.ts';
import { csrfToken } from '../../src/organisations/sessions.ts';
import { type Person, testDatabase } from '../support/database.ts';
import { openHouse } from './house.ts';
import { MARK, makeWorld, type World } from './world.ts';

const t = await testDatabase();
const { app, service } = await openHouse(t.url);

/** Every address of the service, as it is plugged together; middlewares answer to any method and are no page. */
const ROUTES = [...new Set(app.routes.filter((r) => r.method !== 'ALL').map((r) => `${r.method} ${r.path}`))];

/** Pages anybody may open, each with the reason. A route that is neither here nor behind a session fails the test. */
const PUBLIC: Record<string, string> = {
  'GET /r/:token': 'a link of a message',
  'GET /healthz': 'for the machine that watches over this one: says that the process answers',
  'GET /readyz': 'the same: says what it waits for',
  'GET /fichiers/ui/teinte/:colours{[0-9a-f]{6}-[0-9a-f]{6}}/teinte.css': 'look',
  'GET /fichiers/ui/:hash/:name': 'look',
  'GET /d/:token': 'unsubscribing, from a sealed link',
  'POST /d/:token': 'the same, by a mailbox’s one click',
  'POST /retours/brevo/:key': 'what a sending provider tells of our messages, at an address that is a secret',
  'GET /preferences/:token': 'what one accepts, from a sealed link',
  'POST /preferences/:token': 'the same',
  'GET /lettre/:token': 'the online version of a message',
  'GET /fichiers/:campagne/:nom': 'the images of messages',
  'GET /communiques/:campagne/:envoi': 'a press release, once its embargo is over',
  'GET /communiques/:campagne/:envoi/carte.png': 'the picture of its shared link',
  'GET /calendrier/:token{[\\w-]{1,64}\\.ics}': 'a plan for a calendar program, at an address that is a secret',
  'GET /ressources': 'the inventory of every campaign, as its partners publish it',
  'GET /ressources.rss': 'the same, for another site',
  'GET /ressources.json': 'the same',
  'GET /ressources/integrer': 'the same, in a frame of another site',
  'GET /ressources/integrer/:campaign': 'the same, of one campaign',
  'GET /ressources/campagne/:campaign': 'the inventory of one campaign',
  'GET /ressources/campagne/:feed{[a-z0-9-]+\\.(?:rss|json)}': 'the same, for another site',
  'GET /ressources/campagne/:campaign/carte.png': 'the picture of a shared link',
  'GET /ressources/:campaign/:resource': 'a resource that its holder lists',
  'GET /ressources/:campaign/:resource/:file': 'a file of such a resource',
  'GET /mesure': 'how public pages are counted, and how to refuse it',
  'POST /mesure': 'refusing it, in the visitor’s own browser',
  'GET /confidentialite': 'what is done with personal data',
  'GET /confidentialite/:campagne': 'who is responsible for the data of a campaign',
  'GET /accessibilite': 'how accessible the pages are: owed to everybody',
  'GET /c/:campaign': 'what a campaign is, for whoever follows a shared link',
  'GET /c/:campaign/carte.png': 'the picture of that link',
  'GET /relayer/:campaign': 'anybody may ask for a kit',
  'POST /relayer/:campaign': 'the same',
  'GET /kit/:token': 'a relay’s own page, at an address that is a secret',
  'POST /kit/:token/actes': 'what it takes there',
  'POST /kit/:token/publications': 'what it says it published',
  'POST /kit/:token/publications/:id{[0-9]{1,15}}/retrait': 'what it takes back',
  'GET /kit/:token/publications/:id{[0-9]{1,15}}/image': 'its own picture',
  'GET /kit/:token/arret': 'leaving',
  'POST /kit/:token/arret': 'leaving',
  'GET /kit/:token/:file{affiche-a4\\.pdf|affiche-a3\\.pdf|carte\\.pdf}': 'its posters',
  'GET /kit/:token/agenda.ics': 'its dates',
  'GET /kit/:token/code-qr.png': 'its code',
  'GET /kit/:token/:extract{extrait\\.html|extrait\\.txt}': 'the extract of the letter',
  'GET /connexion': 'the way in',
  'POST /connexion': 'the way in',
  'POST /connexion/code': 'the way in',
  'POST /connexion/mot-de-passe': 'the way in',
  'GET /invitation/:sealed{[\\w-]{43}}': 'who asks a valideur what, from a sealed link; opens nothing',
  'POST /invitation/:sealed{[\\w-]{43}}': 'the way in, with the code of the mail',
};
const SIGNED_IN = ROUTES.filter((route) => !(route in PUBLIC));

let world: World;
beforeAll(async () => {
  world = await makeWorld(t, service.config.dataDir);
});

/** The route's address with the ids of the organisations of the world; null when it names none. */
function address(route: string): string | null {
  const path = route.slice(route.indexOf(' ') + 1);
  if (!path.includes(':')) return null;
  const ids: [RegExp, string | number][] = [
    [/^\/campagnes\/:campaign(?=[/.]|$)/, `/campagnes/${world.campaign}`],
    [/\/partenaires\/:organisation(?=[/.]|$)/, '/partenaires/btp'],
    [/\/envois\/:push(?=[/.]|$)/, `/envois/${world.push}`],
    [/\/actions\/:action(?=[/.]|$)/, `/actions/${world.action}`],
    [/\/temps-forts\/:event(?=[/.]|$)/, `/temps-forts/${world.event}`],
    [/\/ressources\/:resource(?=[/.]|$)/, `/ressources/${world.resource}`],
    [/\/(fichiers|formats)\/:id\{[^/]+\}(?=[/.]|$)/, `/$1/${world.resourceFileId}`],
    [/\/elements\/:edl(?=[/.]|$)/, `/elements/${world.keyMessage}`],
    [/\/glossaire\/:id\{[^/]+\}(?=[/.]|$)/, `/glossaire/${world.termId}`],
    [/\/blocs\/:block(?=[/.]|$)/, '/blocs/b1'],
    [/^\/contacts\/imports\/:id\{[^/]+\}(?=[/.]|$)/, `/contacts/imports/${world.importId}`],
    [/^\/contacts\/:id\{[^/]+\}(?=[/.]|$)/, `/contacts/${world.contactId}`],
    [/^\/audiences\/:id\{[^/]+\}(?=[/.]|$)/, `/audiences/${world.audienceId}`],
    [/\/domaines\/:id\{[^/]+\}(?=[/.]|$)/, `/domaines/${world.senderDomainId}`],
    [/^\/sollicitations\/:id\{[^/]+\}(?=[/.]|$)/, `/sollicitations/${world.solicitationId}`],
    [/\/relais\/:relay\{[^/]+\}(?=[/.]|$)/, `/relais/${world.relayId}`],
    [/\/publications\/:declaration\{[^/]+\}(?=[/.]|$)/, `/publications/${world.declarationId}`],
    [/\/destinataires\/:row\{[^/]+\}(?=[/.]|$)/, `/destinataires/${world.rowId}`],
    [/^\/courrier\/:id\{[^/]+\}(?=[/.]|$)/, `/courrier/${world.mailId}`],
    [/^\/memoire\/decisions\/:id\{[^/]+\}(?=[/.]|$)/, `/memoire/decisions/${world.decisionId}`],
    [/^\/memoire\/veille\/:id\{[^/]+\}(?=[/.]|$)/, `/memoire/veille/${world.watchNoteId}`],
  ];
  const filled = ids.reduce((done, [param, id]) => done.replace(param, String(id)), path);
  if (/:\w/.test(filled))
    throw new Error(`${route} : ce test ne sait pas remplir cette adresse, dites-lui avec quel identifiant.`);
  if (path.endsWith('/destinataires/renvoi')) return `${filled}?ligne=${world.rowId}`;
  // A framed message is one variant of a push: it is named by its organisation and its level.
  return filled.endsWith('.html') ? `${filled}?organisation=opco&niveau=terrain` : filled;
}

/** A cookie and a form token of this person, as sign-in gives them. */
async function session(person: Person): Promise<{ cookie: string; csrf: string }> {
  const secret = `essai-${Math.random()}`;
  const now = service.now();
  await acrossOrganisations(t.db, (trx) =>
    trx
      .insertInto('sessions')
      .values({
        id_hash: sha256(secret),
        user_id: person.userId,
        organisation_id: person.organisationId,
        created_at: now,
        last_seen_at: now,
        expires_at: new Date(now.getTime() + 86_400_000),
      })
      .execute(),
  );
  return { cookie: `__Host-porte-voix=${secret}`, csrf: csrfToken(service, secret) };
}

type Answer = { status: number; location: string; text: string };
async function ask(
  method: string,
  path: string,
  headers: Record<string, string> = {},
  fields: Record<string, string> = {},
): Promise<Answer> {
  const body = method === 'GET' ? undefined : new URLSearchParams(fields);
  const response = await app.request(`https://pv.example${path}`, { method, headers, body });
  return { status: response.status, location: response.headers.get('location') ?? '', text: await response.text() };
}

async function as(person: Person, route: string, path: string, fields: Record<string, string> = {}): Promise<Answer> {
  const { cookie, csrf } = await session(person);
  return ask(route.split(' ')[0] ?? '', path, { cookie }, { csrf, ...fields });
}

/** « zebre : introuvable » repeats what the visitor typed, and tells nothing. */
const withoutWhatWasAsked = (text: string): string =>
  [world.address, world.push, world.campaign].reduce((done, asked) => done.replaceAll(asked, ''), text);

/** Everything the world's organisations hold, as one sum: it moves when a row of theirs does. */
const fingerprint = (): Promise<string> =>
  acrossOrganisations(t.db, async (trx) => {
    const { rows: tables } = await sql<{ name: string; columns: string }>`
      select p.table_name as name, string_agg(quote_ident(p.column_name), ', ' order by p.column_name) as columns
      from information_schema.column_privileges p
      where p.grantee = current_user and p.privilege_type = 'SELECT' and p.table_schema = 'public' and p.table_name <> 'sessions'
        and exists (select 1 from information_schema.columns c where c.table_name = p.table_name and c.column_name = 'organisation_id')
      group by 1 order by 1`.execute(trx);
    const sums = [];
    for (const { name, columns } of tables) {
      const { rows } = await sql<{ sum: string }>`
        select coalesce(md5(string_agg(x::text, '|' order by x::text)), '') as sum from (select ${sql.raw(columns)} from ${sql.id(name)}
        where organisation_id <> ${t.cast.organisations.etranger}) x`.execute(trx);
      sums.push(`${name} ${rows[0]?.sum}`);
    }
    return sums.join('\n');
  });

test('the public routes are those listed, with their reason', () => {
  expect(Object.keys(PUBLIC).filter((route) => !ROUTES.includes(route))).toEqual([]);
  expect(SIGNED_IN.length).toBeGreaterThan(50);
});

describe.each(SIGNED_IN)('%s', (route) => {
  const method = route.split(' ')[0] ?? '';

  test('without a session, leads to the sign-in page (SEC-23)', async () => {
    const { status, location } = await ask(method, address(route) ?? (route.split(' ')[1] as string));
    expect(status).toBe(303);
    expect(location).toMatch(/^\/connexion(\?|$)/);
  });

  test('a stranger of another organisation finds nothing of the others there', async () => {
    const path = address(route);
    const before = await fingerprint();
    const answer = await as(t.cast.etranger, route, path ?? route.split(' ')[1] ?? '');
    if (path !== null) expect([403, 404]).toContain(answer.status);
    else expect([200, 303, 403, 404, 422]).toContain(answer.status);
    expect(withoutWhatWasAsked(answer.text)).not.toMatch(MARK);
    expect(await fingerprint()).toBe(before);
  });

  if (method === 'GET')
    test('its own people do find something there', async () => {
      const { status, text } = await as(t.cast.alice, route, address(route) ?? route.split(' ')[1] ?? '');
      expect([200, 403, 409], text).toContain(status);
    });

  if (method === 'POST')
    test('a form without the token of its page changes nothing (ASVS 3.5.1)', async () => {
      const before = await fingerprint();
      const { cookie } = await session(t.cast.alice);
      const answer = await ask('POST', address(route) ?? route.split(' ')[1] ?? '', { cookie });
      expect(answer.status).toBe(403);
      expect(await fingerprint()).toBe(before);
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
