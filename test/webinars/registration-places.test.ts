import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { acrossOrganisations } from '../../src/db/database.ts';
import { saveWebinar } from '../../src/pushes/edit-webinar.ts';
import { cancelByOrganisation, cancelByReply } from '../../src/webinars/cancel-registration.ts';
import { fillPlaces } from '../../src/webinars/fill-places.ts';
import { forgetRegistrant } from '../../src/webinars/forget-registrant.ts';
import type { WebinarRow } from '../../src/webinars/queries.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { makeCampaign } from '../support/factories.ts';
import { madeWebinar, registered, WEBINAR } from './made-webinar.ts';
import { lettersOf, managePath, registrationsOf, visitorHouse } from './visitor.ts';

let t: TestDatabase;
let campaign: { id: number; slug: string };
let house: ReturnType<typeof visitorHouse>;
let run = 0;

beforeAll(async () => {
  t = await testDatabase();
});
beforeEach(async () => {
  campaign = await makeCampaign(t);
  house = visitorHouse(t);
  run += 1;
});

const withPlaces = (capacity: number | null): Promise<WebinarRow> => madeWebinar(t, campaign.slug, { capacity });
const who = (i: number): string => `personne.${run}.${i}@fibre.example`;
const register = (w: WebinarRow, i: number, over = {}) => house.register(w.address, { address: who(i), ...over });
const living = async (w: WebinarRow) => (await registrationsOf(t, w.id)).filter((r) => r.cancelled_at === null);
const places = async (w: WebinarRow): Promise<string[]> => (await living(w)).map((r) => `${r.address} ${r.place}`);

describe('places', () => {
  test('two are left and twenty people come at the same second: two have them, eighteen wait, each reads so once', async () => {
    const webinar = await withPlaces(2);
    const organisations = ['opco', 'btp'];
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, i) => register(webinar, i, { organisation: organisations[i % 2] })),
    );
    expect(new Set(answers.map((a) => `${a.status} ${a.location}`)).size).toBe(1);
    const people = await living(webinar);
    expect(people).toHaveLength(20);
    // The first two to come, and nobody else.
    expect(people.map((r) => r.place)).toEqual([...Array(2).fill('inscrit'), ...Array(18).fill('attente')]);
    const letters = await lettersOf(t, webinar.id);
    expect(letters.size).toBe(20);
    for (const r of people)
      expect(letters.get(r.address ?? '')).toEqual([r.place === 'inscrit' ? 'confirmation' : 'attente']);
  });

  test('are said in words: nobody learns from the page who registered in between', async () => {
    const webinar = await withPlaces(41);
    const page = async () => (await house.get(`/webinaires/${webinar.address}`)).text;
    const room = await page();
    expect(room).toContain('il y a de la place');
    await registered(t, webinar, 'opco', 19);
    expect(await page()).toBe(room);
    await registered(t, webinar, 'opco', 1);
    const few = await page();
    expect(few).toContain('il reste quelques places');
    await registered(t, webinar, 'btp', 20);
    expect(await page()).toBe(few);
    await registered(t, webinar, 'btp', 1);
    const full = await page();
    expect(full).toContain('Rejoindre la liste d’attente');
    expect(full).toContain('Toutes les places sont prises');
  });

  test('without a limit, everybody has one', async () => {
    const webinar = await withPlaces(null);
    for (let i = 0; i < 3; i++) await register(webinar, i);
    expect((await places(webinar)).every((p) => p.endsWith('inscrit'))).toBe(true);
  });

  test('go to who waits before whoever comes after', async () => {
    const webinar = await withPlaces(1);
    await register(webinar, 0);
    await register(webinar, 1);
    // Freed behind everybody's back: the clock gives it on.
    const [first] = await living(webinar);
    await forgetRegistrant(t.ctx(t.cast.alice), first?.id ?? 0);
    await register(webinar, 2);
    expect(await places(webinar)).toEqual([`${who(1)} attente`, `${who(2)} attente`]);
    expect(await fillPlaces(house.deps)).toBe(1);
    expect(await fillPlaces(house.deps)).toBe(0);
    expect(await places(webinar)).toEqual([`${who(1)} inscrit`, `${who(2)} attente`]);
    expect((await lettersOf(t, webinar.id)).get(who(1))).toEqual(['attente', 'place']);
  });
});

describe('the waiting list', () => {
  test('moves up in the order in which people came, as places are freed, all at once', async () => {
    const webinar = await withPlaces(4);
    for (let i = 0; i < 12; i++) await register(webinar, i, { organisation: i % 2 ? 'btp' : 'opco' });
    const people = await living(webinar);
    const [a, b, c, d] = people.map((r) => r.id) as [number, number, number, number];
    const reply = (id: number) =>
      acrossOrganisations(t.db, (trx) => cancelByReply(trx, { ...house.deps }, id)).then(() => undefined);
    await Promise.all([
      house.post(`${managePath(a)}/annulation`, {}),
      reply(b),
      cancelByOrganisation(t.ctx(t.cast.alice), campaign.slug, webinar.slug, c),
      // The same one twice, and one that waits: what they free is counted once.
      house.post(`${managePath(a)}/annulation`, {}),
      house.post(`${managePath(people[5]?.id ?? 0)}/annulation`, {}),
    ]);
    expect(await places(webinar)).toEqual(
      [3, 4, 6, 7, 8, 9, 10, 11].map((i) => `${who(i)} ${i <= 7 ? 'inscrit' : 'attente'}`),
    );
    const letters = await lettersOf(t, webinar.id);
    expect(letters.get(who(0))).toEqual(['confirmation', 'desinscription']);
    for (const i of [4, 6, 7]) expect(letters.get(who(i))).toEqual(['attente', 'place']);
    for (const i of [8, 9, 10, 11]) expect(letters.get(who(i))).toEqual(['attente']);
    expect(d).toBe((await living(webinar))[0]?.id);
  });

  test('moves up when the webinar gets more places', async () => {
    const webinar = await withPlaces(1);
    for (let i = 0; i < 4; i++) await register(webinar, i);
    await saveWebinar(t.ctx(t.cast.alice), campaign.slug, { ...WEBINAR, slug: webinar.slug, capacity: 3 });
    expect(await places(webinar)).toEqual([0, 1, 2, 3].map((i) => `${who(i)} ${i < 3 ? 'inscrit' : 'attente'}`));
  });

  test('tells where one stands in words', async () => {
    const webinar = await withPlaces(1);
    await register(webinar, 0);
    await registered(t, webinar, 'btp', 1, { place: 'attente' });
    await register(webinar, 1);
    const mine = (await living(webinar)).at(-1);
    const { text } = await house.get(managePath(mine?.id ?? 0));
    expect(text).toContain('Vous êtes sur la liste d’attente.');
    expect(text).toContain('parmi les cinq prochaines');
    expect(text).not.toContain('reunion.example');
  });

  test('stays as it is once the webinar is over', async () => {
    const webinar = await withPlaces(1);
    await register(webinar, 0);
    await register(webinar, 1);
    const [first] = await living(webinar);
    house.at.now = webinar.endsAt;
    await house.post(`${managePath(first?.id ?? 0)}/annulation`, {});
    expect(await fillPlaces(house.deps)).toBe(0);
    expect(await places(webinar)).toEqual([`${who(0)} inscrit`, `${who(1)} attente`]);
  });
});

describe('cancelling', () => {
  test('has a number higher than the invitation’s, and the next registration is another event (CAL-03)', async () => {
    const webinar = await withPlaces(null);
    await register(webinar, 0);
    const [first] = await registrationsOf(t, webinar.id);
    expect((await house.post(`${managePath(first?.id ?? 0)}/annulation`, {})).location).toContain('fait=annule');
    const again = await house.post(`${managePath(first?.id ?? 0)}/annulation`, {});
    expect(again.status).toBe(303);
    await register(webinar, 0);
    const [old, fresh] = await registrationsOf(t, webinar.id);
    expect(old).toMatchObject({ cancelled_by: 'lien', sequence: 1, place: 'inscrit' });
    expect(fresh).toMatchObject({ cancelled_at: null, sequence: 0, place: 'inscrit' });
    expect(fresh?.uid).not.toBe(old?.uid);
    expect((await lettersOf(t, webinar.id)).get(who(0))).toEqual(['confirmation', 'desinscription', 'confirmation']);
  });

  test('is a partner’s for its own registrants only', async () => {
    const webinar = await withPlaces(null);
    await register(webinar, 0, { organisation: 'btp' });
    const [theirs] = await registrationsOf(t, webinar.id);
    const id = theirs?.id ?? 0;
    const alice = t.ctx(t.cast.alice);
    await expect(cancelByOrganisation(alice, campaign.slug, webinar.slug, id)).rejects.toMatchObject({
      kind: 'not-found',
    });
    await expect(forgetRegistrant(alice, id)).rejects.toMatchObject({ kind: 'not-found' });
    await expect(cancelByOrganisation(t.ctx(t.cast.david), campaign.slug, webinar.slug, id)).rejects.toMatchObject({
      kind: 'forbidden',
    });
    expect(await living(webinar)).toHaveLength(1);
    await cancelByOrganisation(t.ctx(t.cast.bruno), campaign.slug, webinar.slug, id);
    expect(await registrationsOf(t, webinar.id)).toMatchObject([{ cancelled_by: 'organisation' }]);
    await expect(cancelByOrganisation(t.ctx(t.cast.bruno), campaign.slug, webinar.slug, id)).rejects.toMatchObject({
      kind: 'conflict',
    });
  });
});
