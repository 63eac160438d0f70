import { beforeAll, expect, test } from 'vitest';
import { acrossOrganisations } from '../../src/db/database.ts';
import { facePages } from '../../src/public/campaign-face.tsx';
import { closeRegistrations } from '../../src/webinars/act-webinar.ts';
import type { WebinarRow } from '../../src/webinars/queries.ts';
import { kitHouse, kitPath, makeRelay } from '../relay-kits/cast.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { makeCampaign } from '../support/factories.ts';
import { madeWebinar } from './made-webinar.ts';
import { originsOf, visitorHouse } from './visitor.ts';

let t: TestDatabase;
let campaign: { id: number; slug: string };
let webinar: WebinarRow;
let kit: string;

beforeAll(async () => {
  t = await testDatabase();
  campaign = await makeCampaign(t);
  webinar = await madeWebinar(t, campaign.slug);
  const relay = await makeRelay(t, campaign.slug, { kind: 'chambre' });
  kit = await kitPath(t, campaign.slug, relay);
});
const house = () => kitHouse(t);
/** Where a link of ours leads, from the origin of the site. */
const destination = async (token: string): Promise<string> => {
  const row = await acrossOrganisations(t.db, (trx) =>
    trx.selectFrom('tokens').select('url').where('token', '=', token).executeTakeFirstOrThrow(),
  );
  return row.url.replace('https://pv.example', '');
};

test('a kit announces the webinars of its campaign with the relay’s own link, and who comes by it is counted so', async () => {
  const { status, text } = await house().get(kit);
  expect(status).toBe(200);
  expect(text).toContain('Les webinaires à annoncer');
  const token =
    /Webinaire : Les outils, pour de vrai[\s\S]*?S’inscrire(?: |\u00a0): https:\/\/pv\.example\/r\/([\w-]+)/.exec(
      text,
    )?.[1];
  const path = await destination(token ?? '');
  expect(path).toMatch(new RegExp(`^/webinaires/${webinar.address}\\?de=[\\w-]{43}$`));
  const visitor = visitorHouse(t);
  expect((await visitor.get(path)).status).toBe(200);
  await visitor.register(webinar.address, { de: path.split('de=')[1] ?? '' });
  expect(await originsOf(t, webinar.id)).toEqual(['opco relais chambre ×1']);
});

test('a kit prints a poster of the webinar, whose code is told from the links', async () => {
  const pdf = await house().get(`${kit}/webinaires/${webinar.address}/affiche.pdf`);
  expect(pdf.status).toBe(200);
  expect(pdf.bytes.subarray(0, 5).toString()).toBe('%PDF-');
  const rows = await acrossOrganisations(t.db, (trx) =>
    trx
      .selectFrom('links as l')
      .innerJoin('link_sources as s', 's.id', 'l.source_id')
      .select('l.url')
      .where('s.kind', '=', 'affiche')
      .execute(),
  );
  expect(rows.map((r) => r.url)).toEqual([expect.stringMatching(/\?de=affiche\.[\w-]{43}$/)]);
  expect((await house().get(`${kit}/webinaires/inconnu/affiche.pdf`)).status).toBe(404);
  const taken = await house().post(`${kit}/actes`, {
    quoi: 'telecharge',
    detail: `affiche-webinaire:${webinar.address}`,
  });
  expect(taken).toMatchObject({ status: 303, location: `${kit}/webinaires/${webinar.address}/affiche.pdf` });
});

test('the dates of a kit hold the webinar as the same event as its public page, without the way in', async () => {
  const { text } = await house().get(`${kit}/agenda.ics`);
  expect(text.replaceAll('\r\n ', '')).toContain(`UID:${webinar.uid}`);
  expect(text).not.toContain('reunion.example');
});

test('the page of the campaign leads to what comes; what is closed is announced by no kit', async () => {
  const { deps } = house();
  const page = async () => (await facePages(deps).request(`/c/${campaign.slug}`)).text();
  expect(await page()).toContain(`/webinaires/${webinar.address}`);
  await closeRegistrations(t.ctx(t.cast.alice), campaign.slug, webinar.slug);
  expect((await house().get(kit)).text).not.toContain('Les webinaires à annoncer');
});
