import { sql } from 'kysely';
import { beforeAll, describe, expect, test } from 'vitest';
import { withOrganisation } from '../../src/db/database.ts';
import { declarePublication } from '../../src/relay-kits/declare.ts';
import { inviteRelays } from '../../src/relay-kits/invite.ts';
import { openKit } from '../../src/relay-kits/open-kit.ts';
import type { Person, TestDatabase } from '../support/database.ts';
import { testDatabase } from '../support/database.ts';
import { makeCampaign } from '../support/factories.ts';
import { browser, house } from '../web/campaigns/house.ts';
import { kitHouse, kitPath, makeRelay } from './cast.ts';

const MARK = /zébulon/i;

let t: TestDatabase;
let slug: string;
let otherSlug: string;
let relays: number[];
beforeAll(async () => {
  t = await testDatabase();
  ({ slug } = await makeCampaign(t));
  ({ slug: otherSlug } = await makeCampaign(t));
  relays = [];
  for (let i = 0; i < 6; i++)
    relays.push(
      await makeRelay(t, slug, {
        name: `Zébulon ${i}`,
        contactName: 'Zébulon père',
        note: 'Zébulon',
        kind: i === 0 ? 'opco' : 'guichet',
      }),
    );
  await inviteRelays(t.ctx(t.cast.alice), slug);
  const kits = kitHouse(t);
  const path = await kitPath(t, slug, relays[1] ?? 0);
  await kits.get(path);
  await kits.get(`${path}/affiche-a4.pdf`);
  const kit = await openKit(kits.deps, path.split('/').at(-1) ?? '');
  if (kit)
    await declarePublication(kits.deps, kit, { channel: 'site', publishedOn: '2026-11-20', note: 'Zébulon' }, null);
});

const signedIn = (person: Person) => browser(house(t), person);

describe('a partner of the campaign', () => {
  test('reads totals, and no name, address, note or link of a relay, on any page', async () => {
    const bruno = await signedIn(t.cast.bruno);
    const { status, text } = await bruno.get(`/campagnes/${slug}/relais`);
    expect(status).toBe(200);
    expect(text).toContain('Par type');
    expect(text).not.toMatch(MARK);
    expect(text).not.toContain('relais.example');
    const id = relays[1];
    for (const page of [
      'liste.csv',
      'nouveau',
      'import',
      'kit',
      'invitations',
      'relances',
      `${id}`,
      `${id}/modifier`,
      `${id}/arret`,
      `${id}/publications/1/image`,
    ]) {
      const answer = await bruno.get(`/campagnes/${slug}/relais/${page}`);
      expect([403, 404], page).toContain(answer.status);
      expect(answer.text).not.toMatch(MARK);
    }
    for (const act of [
      'nouveau',
      'import',
      'kit',
      'invitations',
      'relances',
      `${id}/modifier`,
      `${id}/arret`,
      `${id}/refus`,
      `${id}/confirmation`,
      `${id}/invitation`,
      `${id}/relance`,
      `${id}/kit/renouvellement`,
      `${id}/kit/fermeture`,
    ]) {
      const answer = await bruno.post(`/campagnes/${slug}/relais/${act}`, {
        name: 'x',
        kind: 'opco',
        territory: 'France',
        liste: 'bm9tCkE=',
      });
      expect([403, 404], act).toContain(answer.status);
    }
  });

  test('is shown no group under five relays', async () => {
    const { text } = await (await signedIn(t.cast.chloe)).get(`/campagnes/${slug}/relais`);
    // Five counters and one OPCO: the one is told by nothing.
    expect(text).not.toContain('>OPCO<');
    expect(text).toMatch(/autres/);
  });

  test('finds none of it by SQL either (SEC-21): no row of relays, kits, acts, declarations, their links, tokens or clicks', async () => {
    const count = (organisation: number, table: string) =>
      withOrganisation(t.db, organisation, async (trx) =>
        Number((await sql<{ n: number }>`select count(*) as n from ${sql.id(table)}`.execute(trx)).rows[0]?.n),
      );
    for (const table of [
      'relays',
      'kits',
      'relay_acts',
      'declarations',
      'solicitation_mails',
      'link_sources',
      'links',
    ]) {
      expect(await count(t.cast.organisations.opco, table), table).toBeGreaterThan(0);
      expect(await count(t.cast.organisations.btp, table), table).toBe(0);
    }
    for (const table of ['tokens', 'hits', 'hit_rollups'])
      await expect(count(t.cast.organisations.btp, table).catch(() => 0)).resolves.toBe(0);
    // Nor may it write one under the lead's name, or hang one on the lead's campaign.
    await expect(
      withOrganisation(t.db, t.cast.organisations.btp, (trx) =>
        sql`insert into relays (organisation_id, campaign_id, name, kind, scope, origin, created_at, created_by, updated_at)
          select ${t.cast.organisations.opco}, id, 'x', 'opco', 'national', 'saisie', now(), 'x', now() from campaigns where slug = ${slug}`.execute(
          trx,
        ),
      ),
    ).rejects.toThrow(/row-level security/);
  });

  test('counts of the public page tell openings of all kits together, not of one', async () => {
    const pages = await withOrganisation(t.db, t.cast.organisations.btp, (trx) =>
      trx.selectFrom('page_counts').select('page').distinct().execute(),
    );
    expect(pages.map((p) => p.page)).toEqual(['kits']);
  });
});

describe('the lead', () => {
  test('reads the whole story of a relay by name, and of another campaign’s relay nothing', async () => {
    const alice = await signedIn(t.cast.alice);
    const list = await alice.get(`/campagnes/${slug}/relais`);
    expect(list.text).toContain('Zébulon 3');
    const one = await alice.get(`/campagnes/${slug}/relais/${relays[1]}`);
    for (const told of ['Kit ouvert', 'Invité', 'site web', 'Zébulon père']) expect(one.text).toContain(told);
    for (const page of ['', '/modifier', '/arret', '/publications/1/image'])
      expect((await alice.get(`/campagnes/${otherSlug}/relais/${relays[1]}${page}`)).status).toBe(404);
    for (const act of ['arret', 'invitation', 'kit/renouvellement', 'refus'])
      expect((await alice.post(`/campagnes/${otherSlug}/relais/${relays[1]}/${act}`, {})).status).toBe(404);
  });

  test('its evaluator reads totals too: names are for who looks after relays', async () => {
    const { status, text } = await (await signedIn(t.cast.david)).get(`/campagnes/${slug}/relais`);
    expect(status).toBe(200);
    expect(text).not.toMatch(MARK);
  });

  test('orders relays by name, whatever they did', async () => {
    const { text } = await (await signedIn(t.cast.alice)).get(`/campagnes/${slug}/relais`);
    const order = [...text.matchAll(/Zébulon (\d)<\/a>/g)].map((m) => m[1]);
    expect(order).toEqual(['0', '1', '2', '3', '4', '5']);
  });

  test('adds, imports and filters by forms that come back with their errors', async () => {
    const alice = await signedIn(t.cast.alice);
    const base = `/campagnes/${otherSlug}/relais`;
    const bad = await alice.post(`${base}/nouveau`, { name: '', kind: 'opco', territory: 'Bretagne' });
    expect(bad.status).toBe(422);
    expect(bad.text).toContain('Donnez le nom');
    const made = await alice.post(`${base}/nouveau`, {
      name: '<img src=x onerror=alert(1)>',
      kind: 'opco',
      territory: 'Bretagne',
    });
    expect(made.status).toBe(303);
    const page = await alice.get(made.location);
    expect(page.text).toContain('&lt;img src=x');
    const checked = await alice.upload(`${base}/import`, {
      fichier: new File(['nom;email\nVenu de loin;loin@relais.example\n'], 'relais.csv'),
    });
    expect(checked.text).toContain('Rien n’est encore enregistré');
    const liste = /name="liste" value="([^"]+)"/.exec(checked.text)?.[1] ?? '';
    expect((await alice.post(`${base}/import`, { liste })).status).toBe(303);
    const filtered = await alice.get(`${base}?geste=a_inviter&territoire=Bretagne`);
    expect(filtered.text).toContain('&lt;img src=x');
    expect(filtered.text).not.toContain('Venu de loin');
    const refused = await alice.upload(`${base}/import`, { fichier: new File([Buffer.from('%PDF-1.7')], 'liste.csv') });
    expect(refused.status).toBe(422);
    expect(refused.text).toContain('un PDF');
  });

  test('says what kits contain, and is refused an image that is none', async () => {
    const alice = await signedIn(t.cast.alice);
    const base = `/campagnes/${otherSlug}/relais/kit`;
    const saved = await alice.upload(base, {
      open: '1',
      introduction: 'Merci.',
      toutEdl: 'tous',
      touteRessource: 'choix',
      destination: 'https://ailleurs.example/',
    });
    expect(saved.status).toBe(303);
    const { text } = await alice.get(base);
    expect(text).toContain('https://ailleurs.example/');
    const bad = await alice.upload(base, { destination: 'ftp://x', image: new File(['<svg/>'], 'a.png') });
    expect(bad.status).toBe(422);
  });
});
