import { beforeAll, expect, test } from 'vitest';
import { eventInput, eventsByResource, eventsOfCampaign } from '../../src/campaigns/event-queries.ts';
import { readEvent, readEvents } from '../../src/campaigns/event-read.ts';
import { cancelEvent, saveEvent, writeEvent } from '../../src/campaigns/event-save.ts';
import { eventSchema } from '../../src/campaigns/event-schema.ts';
import { withOrganisation } from '../../src/db/database.ts';
import { saveResource } from '../../src/resources/save-resource.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { makeCampaign } from '../support/factories.ts';
import { withdraw } from './withdraw.ts';

let t: TestDatabase;
let campaign: { id: number; slug: string };
beforeAll(async () => {
  t = await testDatabase();
  campaign = await makeCampaign(t);
  for (const slug of ['etude', 'video'])
    await saveResource(t.ctx(t.cast.alice), campaign.id, { slug, title: slug, summary: 'Utile.', kind: 'etude' });
});

const EVENT = { title: 'Salon des réseaux', from: '2026-12-03', to: '2026-12-04', place: 'Lyon', resources: ['etude'] };

test('any partner notes a temps fort, and all see what to show there and where else it is shown', async () => {
  const { slug } = await saveEvent(t.ctx(t.cast.chloe), campaign.slug, EVENT);
  await saveEvent(t.ctx(t.cast.alice), campaign.slug, { ...EVENT, title: 'Journée', resources: ['video', 'etude'] });
  const seen = await readEvent(t.ctx(t.cast.david), campaign.slug, slug);
  expect(seen).toMatchObject({ organisation: { slug: 'federation' }, own: false, shown: [{ slug: 'etude' }] });
  expect(seen.elsewhere.get('etude')).toMatchObject([{ title: 'Journée' }]);
  const shown = await withOrganisation(t.db, t.cast.organisations.btp, (trx) => eventsByResource(trx, campaign.id));
  expect([...shown].map(([resource, events]) => [resource, events.length])).toEqual([
    ['etude', 2],
    ['video', 1],
  ]);
});

test('it is changed and taken out by who noted it alone', async () => {
  const { slug } = await saveEvent(t.ctx(t.cast.chloe), campaign.slug, { ...EVENT, title: 'À Chloé' });
  for (const other of [t.cast.alice, t.cast.bruno]) {
    await expect(saveEvent(t.ctx(other), campaign.slug, { ...EVENT, slug })).rejects.toMatchObject({
      kind: 'forbidden',
    });
    await expect(cancelEvent(t.ctx(other), campaign.slug, slug)).rejects.toMatchObject({ kind: 'forbidden' });
  }
  await cancelEvent(t.ctx(t.cast.chloe), campaign.slug, slug);
  await expect(saveEvent(t.ctx(t.cast.chloe), campaign.slug, { ...EVENT, slug })).rejects.toMatchObject({
    kind: 'conflict',
  });
});

test('it does not exist for a stranger, nor for a role that does not write', async () => {
  await expect(readEvents(t.ctx(t.cast.etranger), campaign.slug)).rejects.toMatchObject({ kind: 'not-found' });
  await expect(saveEvent(t.ctx(t.cast.etranger), campaign.slug, EVENT)).rejects.toMatchObject({ kind: 'not-found' });
  await expect(saveEvent(t.ctx(t.cast.david), campaign.slug, EVENT)).rejects.toMatchObject({ kind: 'forbidden' });
});

test('it is read back in the shape in which it was given, and twice is once', async () => {
  const given = eventSchema.parse({
    ...EVENT,
    slug: 'aller-retour',
    note: 'Badge à demander.',
    url: 'https://salon.example',
  });
  const own = t.cast.organisations.btp;
  const write = () => withOrganisation(t.db, own, (trx) => writeEvent(trx, t.ctx(t.cast.bruno), campaign.id, given));
  expect((await write()).outcome).toBe('created');
  expect((await write()).outcome).toBe('unchanged');
  const read = await withOrganisation(t.db, own, (trx) => eventsOfCampaign(trx, campaign.id));
  expect(read.filter((e) => e.slug === 'aller-retour').map(eventInput)).toEqual([given]);
});

test.each([
  ['an end before its start', { to: '2026-12-02' }, 'to'],
  ['a day that does not exist', { from: '2026-11-31' }, 'from'],
  ['no name', { title: '' }, 'title'],
  ['an address that runs', { url: 'data:text/html,x' }, 'url'],
  ['a resource that is not of the campaign', { resources: ['ailleurs'] }, 'resources'],
])('refuses %s on its field', async (_, change, field) => {
  await expect(saveEvent(t.ctx(t.cast.alice), campaign.slug, { ...EVENT, ...change })).rejects.toMatchObject({
    kind: 'invalid',
    fields: [{ field }],
  });
});

test('a partner that has left notes nothing more', async () => {
  const left = await makeCampaign(t);
  await withdraw(t, left.id, 'federation');
  await expect(saveEvent(t.ctx(t.cast.chloe), left.slug, { ...EVENT, resources: [] })).rejects.toMatchObject({
    kind: 'forbidden',
  });
});
