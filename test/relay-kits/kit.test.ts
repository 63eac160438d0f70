import ICAL from 'ical.js';
import { sql } from 'kysely';
import { beforeAll, describe, expect, test } from 'vitest';
import { sealId } from '../../src/base/tokens.ts';
import { acrossOrganisations, withOrganisation } from '../../src/db/database.ts';
import { saveKitSettings } from '../../src/relay-kits/settings.ts';
import { changeKit } from '../../src/relays/change-kit.ts';
import { stopRelay } from '../../src/relays/end-relay.ts';
import { wordsOf } from '../key-messages/house.ts';
import { NOW, SECRETS, type TestDatabase, testDatabase } from '../support/database.ts';
import { type MadePush, makeApprovedPush, makePush } from '../support/factories.ts';
import { JPEG, png } from '../support/images.ts';
import { actsOf, day, kitHouse, kitPath, makeRelay, PUBLIC_URL } from './cast.ts';

let t: TestDatabase;
let push: MadePush;
let relayId: number;
let path: string;
let house: ReturnType<typeof kitHouse>;
const settings = (over: Record<string, unknown> = {}) => saveKitSettings(t.ctx(t.cast.alice), push.campaign, over);

beforeAll(async () => {
  t = await testDatabase();
  push = await makeApprovedPush(t, { push: { slug: 'lettre-relayee', title: 'Lettre relayée' } });
  const words = wordsOf(t, push.campaignId);
  await words.validated('Découvrez l’outil (https://outil.example/gepp), il est gratuit.');
  await words.write('Ce brouillon n’est pas validé.', { slug: 'brouillon', topic: 'Brouillon' });
  await settings({ extract: 'lettre-relayee', introduction: 'Merci de relayer.' });
  house = kitHouse(t);
  relayId = await makeRelay(t, push.campaign, { name: 'Mission locale <b>&' });
  path = await kitPath(t, push.campaign, relayId);
});

describe('the page of a kit', () => {
  test('opens without an account, is kept nowhere and tells the next site nothing', async () => {
    const { status, headers, text } = await house.get(path);
    expect(status).toBe(200);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.get('x-robots-tag')).toContain('noindex');
    expect(headers.get('set-cookie')).toBeNull();
    expect(text).toContain('Mission locale &lt;b&gt;&amp;');
    expect(text).toContain('Merci de relayer.');
    expect(Buffer.byteLength(text)).toBeLessThan(100_000);
  });

  test('shows only wordings that every signatory approved, with the relay’s own links inside', async () => {
    const { text } = await house.get(path);
    expect(text).toContain('Découvrez l’outil');
    expect(text).not.toContain('brouillon');
    expect(text).not.toContain('outil.example/gepp');
    const [tracked] = /https:\/\/pv\.example\/r\/[\w-]{22}(?=\), il est)/.exec(text) ?? [];
    expect(await urlOf(tracked)).toBe('https://outil.example/gepp');
  });

  test('gives the approved letter as HTML and as text, with its own links and none of its reader’s', async () => {
    for (const kind of ['html', 'txt']) {
      const { status, text, headers } = await house.get(`${path}/extrait.${kind}`);
      expect(status).toBe(200);
      expect(headers.get('content-type')).toBe('text/plain; charset=utf-8');
      expect(text).toContain('Le texte de « Bonjour à tous »');
      expect(text).not.toMatch(/\{\{|désinscri|Bonjour,|ressources\.example|préférences|Une lettre de/i);
      const links = [...text.matchAll(/https:\/\/pv\.example\/r\/[\w-]{22}/g)].map(([l]) => l);
      expect(await Promise.all(links.map(urlOf))).toEqual([
        'https://ressources.example/etude',
        `${PUBLIC_URL}/c/${push.campaign}`,
      ]);
    }
    const { text: html } = await house.get(`${path}/extrait.html`);
    expect(html).not.toMatch(/<(table|style|html|head|script)|style=|class=/);
  });

  test('an edited letter is not passed on before everybody said yes again; nor a press release, at any time', async () => {
    const draft = await makePush(t, {});
    await saveKitSettings(t.ctx(t.cast.alice), draft.campaign, { extract: draft.slug });
    const other = await kitPath(t, draft.campaign, await makeRelay(t, draft.campaign));
    expect((await house.get(`${other}/extrait.html`)).status).toBe(404);
    await acrossOrganisations(t.db, (trx) =>
      sql`update pushes set channel = 'communique' where id = ${push.id}`.execute(trx),
    );
    try {
      expect((await house.get(`${path}/extrait.html`)).status).toBe(404);
      expect((await house.get(path)).text).not.toContain('Le texte de « Bonjour à tous »');
      expect((await house.get(`${path}/agenda.ics`)).text).not.toContain('Lettre relayée');
    } finally {
      await acrossOrganisations(t.db, (trx) =>
        sql`update pushes set channel = 'newsletter' where id = ${push.id}`.execute(trx),
      );
    }
  });

  test('its posters and its counter card are PDFs, each with a link of its own kind', async () => {
    for (const file of ['affiche-a4.pdf', 'affiche-a3.pdf', 'carte.pdf']) {
      const { status, bytes, headers } = await house.get(`${path}/${file}`);
      expect(status).toBe(200);
      expect(bytes.subarray(0, 5).toString()).toBe('%PDF-');
      expect(headers.get('content-disposition')).toContain('attachment');
    }
    const kinds = await acrossOrganisations(t.db, (trx) =>
      trx.selectFrom('link_sources').select('kind').where('relay_id', '=', relayId).orderBy('kind').execute(),
    );
    expect(kinds.map((k) => k.kind)).toEqual(['affiche', 'carte', 'relais']);
  });

  test('its agenda is a calendar that programs read (CAL-04)', async () => {
    const { text, headers } = await house.get(`${path}/agenda.ics`);
    expect(headers.get('content-type')).toContain('text/calendar');
    expect(new ICAL.Component(ICAL.parse(text)).getFirstPropertyValue('version')).toBe('2.0');
  });

  test('the same kit opened twice has the same links: a printed code never changes', async () => {
    const links = async () => [...(await house.get(path)).text.matchAll(/\/r\/[\w-]{22}/g)].map(([l]) => l);
    expect(await links()).toEqual(await links());
  });
});

describe('a kit link', () => {
  const gone = async (address: string) => {
    const { status, text, headers } = await house.get(address);
    expect(status).toBe(404);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    return text;
  };

  test('that is guessed, cut, of another purpose, revoked, expired or of a relay that stopped: one same page', async () => {
    const guessed = await gone(`/kit/${'A'.repeat(43)}`);
    expect(guessed).toContain('demandez-en un nouveau');
    const last = path.slice(-1) === 'A' ? 'B' : 'A';
    expect(await gone(path.slice(0, -1) + last)).toBe(guessed);
    expect(await gone(path.slice(0, -2))).toBe(guessed);
    expect(await gone(`/kit/${sealId(SECRETS.doors, 'calendar', 1)}`)).toBe(guessed);
    expect(await gone(`/kit/${sealId(SECRETS.doors, 'kit', 999_999)}`)).toBe(guessed);

    const revoked = await makeRelay(t, push.campaign);
    const before = await kitPath(t, push.campaign, revoked);
    await changeKit(t.ctx(t.cast.alice), push.campaign, revoked, 'renew');
    const after = await kitPath(t, push.campaign, revoked);
    expect(after).not.toBe(before);
    expect(await gone(before)).toBe(guessed);
    expect((await house.get(after)).status).toBe(200);
    await changeKit(t.ctx(t.cast.alice), push.campaign, revoked, 'revoke');
    for (const rest of ['', '/affiche-a4.pdf', '/agenda.ics', '/extrait.html', '/arret'])
      expect(await gone(after + rest)).toBe(guessed);

    const expired = await makeRelay(t, push.campaign);
    const old = await kitPath(t, push.campaign, expired);
    house.at.now = day(366);
    expect(await gone(old)).toBe(guessed);
    house.at.now = NOW;
    expect((await house.get(old)).status).toBe(200);

    await stopRelay(t.ctx(t.cast.alice), push.campaign, expired);
    expect(await gone(old)).toBe(guessed);
  });

  test('that is closed takes no act any more', async () => {
    const id = await makeRelay(t, push.campaign);
    const closed = await kitPath(t, push.campaign, id);
    await changeKit(t.ctx(t.cast.alice), push.campaign, id, 'revoke');
    expect((await house.post(`${closed}/actes`, { quoi: 'copie', detail: 'lien' })).status).toBe(404);
    expect((await house.post(`${closed}/publications`, { channel: 'site', publishedOn: '2026-11-20' })).status).toBe(
      404,
    );
    expect(await actsOf(t, id)).toEqual([]);
  });
});

describe('what a relay does there', () => {
  test('an opening is written once an hour; robots, previews and the tries of a mailbox that say so are not', async () => {
    const id = await makeRelay(t, push.campaign);
    const own = await kitPath(t, push.campaign, id);
    await house.get(own, { 'user-agent': 'LinkedInBot/1.0 (compatible; Mozilla/5.0)' });
    await house.get(own, {});
    await house.get(own, { 'user-agent': 'Mozilla/5.0 Chrome/130.0 Safari/537.36', 'sec-purpose': 'prefetch' });
    expect(await actsOf(t, id)).toEqual([]);
    await house.get(own);
    await house.get(own);
    expect(await actsOf(t, id)).toEqual(['ouvert']);
  });

  test('a copy is told in passing, a file is asked for by a form and then comes (BOT-04)', async () => {
    const id = await makeRelay(t, push.campaign);
    const own = await kitPath(t, push.campaign, id);
    expect((await house.post(`${own}/actes`, { quoi: 'copie', detail: 'edl:gepp:terrain:post' })).status).toBe(204);
    const taken = await house.post(`${own}/actes`, { quoi: 'telecharge', detail: 'affiche:a3' });
    expect(taken).toMatchObject({ status: 303, location: `${own}/affiche-a3.pdf` });
    for (const detail of ['<script>', 'edl:../..:x:y', 'visuel:../../etc/passwd', 'x'.repeat(300)])
      expect((await house.post(`${own}/actes`, { quoi: 'copie', detail })).status).toBe(422);
    expect((await house.post(`${own}/actes`, { quoi: 'ouvert', detail: 'lien' })).status).toBe(422);
    expect(await actsOf(t, id)).toEqual(['copie edl:gepp:terrain:post', 'telecharge affiche:a3']);
  });

  test('« J’ai publié » takes one tap, and may be withdrawn by its own relay only', async () => {
    const id = await makeRelay(t, push.campaign);
    const own = await kitPath(t, push.campaign, id);
    const done = await house.post(`${own}/publications`, { channel: 'social', publishedOn: '2026-11-21' });
    expect(done).toMatchObject({ status: 303, location: `${own}?fait=publie#publications` });
    const declared = await declarations(id);
    expect(declared).toMatchObject([{ channel: 'social', audience: null, withdrawn_at: null }]);
    const withdraw = `publications/${declared[0]?.id}/retrait`;
    expect((await house.post(`${path}/${withdraw}`, {})).status).toBe(404);
    expect((await house.post(`${own}/${withdraw}`, {})).status).toBe(303);
    expect(await declarations(id)).toMatchObject([{ withdrawn_at: NOW }]);
  });

  test('says what is wrong in a declaration, and keeps what was typed', async () => {
    const answer = await house.post(`${path}/publications`, {
      channel: 'lettre',
      publishedOn: '2027-01-01',
      url: 'javascript:alert(1)',
      audience: 'beaucoup',
      note: 'Mot gardé',
    });
    expect(answer.status).toBe(422);
    expect(answer.text).toContain('Donnez une adresse complète');
    expect(answer.text).toContain('Donnez un nombre entier.');
    expect(answer.text).toContain('Mot gardé');
    expect(answer.text).not.toContain('href="javascript:');
    const later = await house.post(`${path}/publications`, { channel: 'lettre', publishedOn: '2027-01-01' });
    expect(later.text).toContain('Cette date est à venir');
  });

  test('a picture is one by its bytes, and comes back without where it was taken', async () => {
    const id = await makeRelay(t, push.campaign);
    const own = await kitPath(t, push.campaign, id);
    const exif = Buffer.concat([
      Buffer.from('ffe10040', 'hex'),
      Buffer.from('Exif\0\0GPSLatitude 48.117').subarray(0, 60),
      Buffer.alloc(62 - 28, 32),
    ]);
    exif.writeUInt16BE(exif.length - 2, 2);
    const photo = Buffer.concat([JPEG.subarray(0, 2), exif, JPEG.subarray(2)]);
    const send = (bytes: Buffer, name: string, type: string) =>
      house.post(`${own}/publications`, {
        channel: 'affichage',
        publishedOn: '2026-11-21',
        picture: new File([new Uint8Array(bytes)], name, { type }),
      });
    expect((await send(Buffer.from('<svg onload="x"/>'), 'photo.png', 'image/png')).status).toBe(422);
    expect((await send(Buffer.concat([png(), Buffer.alloc(9 * 1024 * 1024)]), 'grande.png', 'image/png')).status).toBe(
      413,
    );
    expect((await send(photo, 'vacances.jpg', 'image/jpeg')).status).toBe(303);
    const [{ id: declaration } = { id: 0 }] = await declarations(id);
    const shown = await house.get(`${own}/publications/${declaration}/image`);
    expect(shown.headers.get('content-type')).toBe('image/jpeg');
    expect(shown.headers.get('content-security-policy')).toContain('sandbox');
    expect(shown.bytes.includes('GPSLatitude')).toBe(false);
    expect(shown.bytes.equals(JPEG)).toBe(true);
    expect((await house.get(`${path}/publications/${declaration}/image`)).status).toBe(404);
  });

  test('leaving closes the kit for good, after a page that says so', async () => {
    const id = await makeRelay(t, push.campaign);
    const own = await kitPath(t, push.campaign, id);
    expect((await house.get(`${own}/arret`)).text).toContain('plus personne n’écrit');
    expect((await house.get(own)).status).toBe(200);
    expect((await house.post(`${own}/arret`, {})).status).toBe(200);
    expect((await house.get(own)).status).toBe(404);
  });
});

test('what opens to the public is the campaign’s card and page, with its own picture (Open Graph)', async () => {
  const { text, status } = await house.get(`/c/${push.campaign}`);
  expect(status).toBe(200);
  expect(text).toContain(`<meta property="og:image" content="${PUBLIC_URL}/c/${push.campaign}/carte.png"`);
  expect(text).toContain(`href="/ressources/campagne/${push.campaign}"`);
  expect(text).not.toContain(`/relayer/${push.campaign}`);
  const card = await house.get(`/c/${push.campaign}/carte.png`);
  expect(card.bytes.subarray(1, 4).toString()).toBe('PNG');
  expect((await house.get('/c/inconnue')).status).toBe(404);
});

const declarations = (id: number) =>
  withOrganisation(t.db, t.cast.organisations.opco, (trx) =>
    trx
      .selectFrom('declarations')
      .select(['id', 'channel', 'audience', 'withdrawn_at'])
      .where('relay_id', '=', id)
      .execute(),
  );

/** Where a tracked link leads. */
const urlOf = (link = ''): Promise<string> =>
  acrossOrganisations(t.db, async (trx) => {
    const row = await trx
      .selectFrom('tokens')
      .select('url')
      .where('token', '=', link.split('/r/')[1] ?? '')
      .executeTakeFirst();
    return row?.url ?? 'nulle part';
  });
