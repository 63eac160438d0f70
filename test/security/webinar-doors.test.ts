import { beforeAll, expect, test } from 'vitest';
import { sealId } from '../../src/base/tokens.ts';
import { prefillToken } from '../../src/webinars/prefill.ts';
import type { WebinarRow } from '../../src/webinars/queries.ts';
import { openHouse } from '../structure/house.ts';
import { testDatabase } from '../support/database.ts';
import { makeCampaign } from '../support/factories.ts';
import { madeWebinar } from '../webinars/made-webinar.ts';
import { managePath, PERSON, registrationsOf } from '../webinars/visitor.ts';

/** The public pages of webinars behind every layer of the service, headers and gate included. */
const t = await testDatabase();
const { app, service } = await openHouse(t.url);
let webinar: WebinarRow;
let mine: string;

const ask = (path: string, init: RequestInit = {}) => app.request(`https://pv.example${path}`, init);
const form = (fields: Record<string, string>) => ({ method: 'POST', body: new URLSearchParams(fields) });

beforeAll(async () => {
  const { slug } = await makeCampaign(t);
  webinar = await madeWebinar(t, slug, { startsAt: inAMonth(0), endsAt: inAMonth(1), joinNote: 'Code 4417' });
  await ask(`/webinaires/${webinar.address}/inscription`, form(PERSON));
  const [registration] = await registrationsOf(t, webinar.id);
  mine = `/inscriptions/${sealId(service.secrets.doors, 'inscription', registration?.id ?? 0)}`;
});
// This house runs on the real clock.
const inAMonth = (hours: number): Date => new Date(Math.ceil(Date.now() / 3_600_000 + 720 + hours) * 3_600_000);

test('no address of a webinar sets a cookie or asks for a session, and none shows where it takes place', async () => {
  for (const path of [
    '/webinaires',
    '/webinaires/integrer',
    '/webinaires/agenda.ics',
    `/webinaires/${webinar.address}`,
    `/webinaires/${webinar.address}/agenda.ics`,
    `/webinaires/${webinar.address}/moi/${prefillToken(service.secrets, 1)}`,
  ]) {
    const answer = await ask(path);
    expect(answer.status, path).toBe(200);
    expect(answer.headers.get('set-cookie'), path).toBeNull();
    expect(await answer.text(), path).not.toMatch(/reunion\.example|4417/);
  }
  const posted = await ask(
    `/webinaires/${webinar.address}/inscription`,
    form({ ...PERSON, address: 'b@fibre.example' }),
  );
  expect([posted.status, posted.headers.get('set-cookie')]).toEqual([303, null]);
});

test('one page alone may stand in a frame; no host but ours is allowed anywhere', async () => {
  const policy = async (path: string) => (await ask(path)).headers.get('content-security-policy') ?? '';
  expect(await policy('/webinaires/integrer')).toContain('frame-ancestors *');
  for (const path of ['/webinaires', `/webinaires/${webinar.address}`, mine]) {
    expect(await policy(path)).toContain("frame-ancestors 'none'");
    expect(await policy(path)).not.toMatch(/https?:/);
  }
});

test('a person’s own link is told to no other site, nor to a search engine', async () => {
  const page = await ask(mine);
  expect(page.status).toBe(200);
  expect(await page.text()).toContain('reunion.example');
  expect(Object.fromEntries(page.headers)).toMatchObject({
    'referrer-policy': 'no-referrer',
    'x-robots-tag': 'noindex, nofollow',
    'cache-control': 'no-store',
  });
  expect((await ask(managePath(1))).status).toBe(404);
});
