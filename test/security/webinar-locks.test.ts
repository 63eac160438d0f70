import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';
import { beforeAll, expect, test } from 'vitest';
import { forgetRegistrant } from '../../src/webinars/forget-registrant.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { makeCampaign } from '../support/factories.ts';
import { madeWebinar } from '../webinars/made-webinar.ts';
import { managePath, PERSON, registrationsOf, visitorHouse } from '../webinars/visitor.ts';

let t: TestDatabase;
beforeAll(async () => {
  t = await testDatabase();
});

test('a person who cancels while their organisation forgets them: both end, neither waits for the other for ever', async () => {
  const webinar = await madeWebinar(t, (await makeCampaign(t)).slug);
  const house = visitorHouse(t);
  await house.register(webinar.address, { 'news-opco': 'opco' });
  const [{ id } = { id: 0 }] = await registrationsOf(t, webinar.id);
  const held = new pg.Client({ connectionString: t.url });
  await held.connect();
  try {
    // The forgetting stops at the contact, in the middle of its work.
    await held.query('begin');
    await held.query(`set local role ${t.db.roles.cross}`);
    await held.query('select id from contacts where address = $1 for key share', [PERSON.address]);
    const forgotten = forgetRegistrant(t.ctx(t.cast.alice), id).then(
      () => 'fait',
      (error: Error) => error.message,
    );
    await wait(300);
    const cancelled = house.post(`${managePath(id)}/annulation`, {});
    await wait(300);
    await held.query('rollback');
    expect(await forgotten).toBe('fait');
    // Forgotten first, the link opens nothing any more.
    expect([303, 404]).toContain((await cancelled).status);
  } finally {
    await held.end();
  }
  expect(await registrationsOf(t, webinar.id)).toMatchObject([{ address: null, cancelled_at: expect.any(Date) }]);
});
