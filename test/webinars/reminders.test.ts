import fc from 'fast-check';
import pg from 'pg';
import { beforeEach, describe, expect, test } from 'vitest';
import { fromParis, toParisField } from '../../src/base/dates.ts';
import { acrossOrganisations } from '../../src/db/database.ts';
import { drainOutbox, type SendOwed } from '../../src/outbox/drain.ts';
import { cancelWebinar, saveWebinar } from '../../src/pushes/edit-webinar.ts';
import type { WebinarRow } from '../../src/webinars/queries.ts';
import { dueAt, REMINDERS } from '../../src/webinars/reminders.ts';
import { dueReminder, runReminders } from '../../src/webinars/run-reminders.ts';
import { NOW, testDatabase } from '../support/database.ts';
import { makeCampaign } from '../support/factories.ts';
import { forget, mailsAbout, person } from './letters-house.ts';
import { madeWebinar, registered, WEBINAR } from './made-webinar.ts';

const t = await testDatabase();
const campaign = await makeCampaign(t);
let webinar: WebinarRow;

beforeEach(async () => {
  await acrossOrganisations(t.db, (trx) => trx.updateTable('webinars').set({ reminders: [] }).execute());
  await forget(t);
  webinar = await madeWebinar(t, campaign.slug);
});

const START = WEBINAR.startsAt;
const ahead = (hours: number, minutes = 0) => new Date(START.getTime() - hours * 3_600_000 + minutes * 60_000);
const run = (now: Date) => runReminders({ ...t.ctx(t.cast.alice, now) });
const reminders = async () =>
  (await mailsAbout(t, webinar)).filter((m) => m.kind === 'webinaire-rappel' && !m.void).map((m) => m.to);
const counted = async (): Promise<number> => {
  const rows = await acrossOrganisations(t.db, (trx) =>
    trx.selectFrom('solicitation_mails').select('id').where('campaign_id', '=', campaign.id).execute(),
  );
  return rows.length;
};
const move = (over: Record<string, unknown>, now: Date) =>
  saveWebinar(t.ctx(t.cast.alice, now), campaign.slug, { ...WEBINAR, slug: webinar.slug, ...over });

describe('when a reminder is due, across the changes of hour (CAL-04)', () => {
  test.each([
    // A meeting at 14 h, the clocks going back, then forward, in between.
    ['J-7', fromParis(2026, 10, 28, 14), '2026-10-21T14:00', 7 * 24 + 1],
    ['J-1', fromParis(2026, 10, 25, 14), '2026-10-24T14:00', 25],
    ['J-7', fromParis(2027, 3, 30, 14), '2027-03-23T14:00', 7 * 24 - 1],
    ['J-1', fromParis(2027, 3, 28, 14), '2027-03-27T14:00', 23],
    // An hour is an hour of waiting: 3 h 30 in winter time less an hour is 2 h 30, the second one.
    ['H-1', fromParis(2026, 10, 25, 3, 30), '2026-10-25T02:30', 1],
    ['H-2', fromParis(2026, 10, 25, 3, 30), '2026-10-25T02:30', 2],
    ['H-1', fromParis(2027, 3, 28, 3, 30), '2027-03-28T01:30', 1],
  ] as const)('%s of %s', (reminder, start, clock, hours) => {
    const due = dueAt(start, reminder);
    expect(toParisField(due)).toBe(clock);
    expect((start.getTime() - due.getTime()) / 3_600_000).toBe(hours);
  });

  test('a day before an hour that the clocks skip that day is an hour that exists', () => {
    // 29 March, 2 h 30, exists; the day before, the 28th, it does not.
    expect(toParisField(dueAt(fromParis(2027, 3, 29, 2, 30), 'J-1'))).toBe('2027-03-28T03:30');
  });

  test('whatever the start, reminders keep their order and come before it (property)', () => {
    const minutes = fc.integer({ min: 0, max: 2 * 365 * 24 * 60 });
    fc.assert(
      fc.property(minutes, (n) => {
        const start = new Date(Date.UTC(2026, 5, 1) + n * 60_000);
        const due = REMINDERS.map((r) => dueAt(start, r).getTime());
        expect(due.toSorted((a, b) => a - b)).toEqual(due);
        expect(due.at(-1)).toBeLessThan(start.getTime());
      }),
    );
  });
});

describe('the reminders of a webinar', () => {
  test('leave at their hour, once, to whoever had a place by then, and are counted (CAL-07)', async () => {
    const [one = 0, late = 0, gone = 0] = await registered(t, webinar, 'opco', 3);
    const [other = 0] = await registered(t, webinar, 'btp', 1);
    await registered(t, webinar, 'opco', 1, { place: 'attente' });
    await person(t, late, { registered_at: ahead(30), placed_at: ahead(23) });
    await person(t, gone, { cancelled_at: NOW });
    const start = await counted();
    expect(await run(ahead(24, -1))).toBe(2);
    // That was J-7, of a clock that had stood still until then: those two people, and one mail each.
    expect(await reminders()).toEqual([(await person(t, one)).address, (await person(t, other)).address]);
    expect(await run(ahead(24))).toBe(2);
    expect(await run(ahead(24))).toBe(0);
    expect(await counted()).toBe(start + 4);
    expect(await run(ahead(1))).toBe(3);
    expect(await counted()).toBe(start + 7);
  });

  test('after a clock that stood still, one letter: the latest due, and none once it has begun', async () => {
    await registered(t, webinar, 'opco', 2);
    expect(await run(ahead(0, -10))).toBe(2);
    expect(await run(ahead(0, -5))).toBe(0);
    expect(await reminders()).toHaveLength(2);
    await forget(t);
    const silent = await madeWebinar(t, campaign.slug, { title: 'Commencé' });
    await registered(t, silent, 'opco', 2);
    expect(await run(START)).toBe(0);
    expect(await mailsAbout(t, silent)).toEqual([]);
  });

  test('two clocks at the same second write each reminder once', async () => {
    await registered(t, webinar, 'opco', 20);
    const start = await counted();
    const written = await Promise.all([run(ahead(24)), run(ahead(24)), run(ahead(24))]);
    expect(written.reduce((a, b) => a + b, 0)).toBe(20);
    expect(new Set(await reminders()).size).toBe(20);
    expect(await counted()).toBe(start + 20);
  });

  test('none of a cancelled one, nor of one whose hour has not come', async () => {
    await registered(t, webinar, 'opco', 2);
    expect(await run(ahead(24 * 7, -1))).toBe(0);
    await cancelWebinar(t.ctx(t.cast.alice), campaign.slug, webinar.slug, 'Annulé.');
    expect(await run(ahead(24))).toBe(0);
  });

  test('moved, it is reminded of by its new hour; what the letter about the move came after is not said again', async () => {
    await registered(t, webinar, 'opco', 1);
    expect(await run(ahead(24 * 7))).toBe(1);
    const later = new Date(START.getTime() + 24 * 3_600_000);
    // Five days before the former hour, six before the new one: J-7 of the new hour is past already.
    await move({ startsAt: later, endsAt: new Date(later.getTime() + 3_600_000) }, ahead(24 * 5));
    expect(await run(ahead(24 * 5, 1))).toBe(0);
    expect(await run(new Date(later.getTime() - 24 * 3_600_000))).toBe(1);
    expect(dueReminder({ ...webinar, startsAt: later, changedAt: ahead(24 * 5) }, later)).toBeNull();
  });

  test('one that cannot be written about keeps neither the others waiting, nor the clock', async () => {
    const broken = await madeWebinar(t, campaign.slug, { title: 'Cassé' });
    await registered(t, broken, 'opco', 1);
    await registered(t, webinar, 'opco', 1);
    const owner = new pg.Client({ connectionString: t.url });
    await owner.connect();
    await owner.query(`alter table webinar_letters add constraint cassé check (webinar_id <> ${broken.id}) not valid`);
    await owner.end();
    expect(await run(ahead(24))).toBe(1);
  });
});

test('a webinar moved in the middle of a reminder run: past the move no reminder of the former hour leaves', async () => {
  const ids = await registered(t, webinar, 'opco', 12);
  await run(ahead(24));
  expect(await reminders()).toHaveLength(12);
  const left: { to: string; subject: string }[] = [];
  let moved: Promise<unknown> | undefined;
  const later = new Date(START.getTime() + 48 * 3_600_000);
  const send: SendOwed = async (mail, beforeDot) => {
    // The fifth is with the mail server, its dot not yet said, when the webinar moves.
    if (left.length === 4 && !moved) {
      moved = move({ startsAt: later, endsAt: new Date(later.getTime() + 3_600_000) }, ahead(24, 1));
      await moved;
    }
    try {
      await beforeDot?.();
    } catch (error) {
      return { outcome: 'not-sent', text: (error as Error).message };
    }
    left.push({ to: mail.to, subject: mail.subject });
    return { outcome: 'accepted', text: 'ok' };
  };
  await drainOutbox(t.db, send, () => ahead(24, 2));
  const old = left.filter((m) => m.subject.startsWith('Rappel'));
  expect(old).toHaveLength(4);
  const told = left.filter((m) => m.subject.startsWith('Nouvel horaire'));
  expect(new Set(told.map((m) => m.to)).size).toBe(ids.length);
  // The new hour has its own reminder, for all of them.
  expect(await run(new Date(later.getTime() - 24 * 3_600_000))).toBe(12);
});
