import ICAL from 'ical.js';
import { beforeAll, describe, expect, test } from 'vitest';
import { fromParis } from '../../src/base/dates.ts';
import { cancelAction, saveAction } from '../../src/campaigns/action-save.ts';
import { closeCalendarFeed, openCalendarFeed, readCalendarFeed } from '../../src/campaigns/calendar-feed.ts';
import { saveEvent } from '../../src/campaigns/event-save.ts';
import { getCampaign } from '../../src/campaigns/queries.ts';
import { withOrganisation } from '../../src/db/database.ts';
import { calendarFeed } from '../../src/public/calendar.ts';
import { type PlanEntry, planOf, readPlan } from '../../src/pushes/plan-calendar.ts';
import { readPlanFile } from '../../src/pushes/plan-feed.ts';
import { savePush } from '../../src/pushes/save-push.ts';
import { NOW, type Person, SECRETS, type TestDatabase, testDatabase } from '../support/database.ts';
import { letter, type MadePush, makeAudience, makeCampaign, makePush, submit } from '../support/factories.ts';
import { withdraw } from './withdraw.ts';

let t: TestDatabase;
beforeAll(async () => {
  t = await testDatabase();
});
const YEAR = { from: '2026-01-01', to: '2027-12-31' };
const plan = async (campaign: string, range = YEAR, person: Person = t.cast.alice) =>
  readPlan(t.ctx(person), campaign, range);
const keyed = (entries: readonly PlanEntry[], kind: PlanEntry['kind']) => entries.filter((e) => e.kind === kind);

describe('the plan of everything', () => {
  test('holds pushes, actions, temps forts, dates to keep and resources to read again, in the order of time', async () => {
    const push = await makePush(t, { push: { scheduledAt: fromParis(2026, 12, 8, 9) } });
    const ctx = t.ctx(t.cast.bruno);
    await saveAction(ctx, push.campaign, {
      kind: 'presse',
      title: 'Point presse',
      startsAt: fromParis(2026, 12, 2, 11),
    });
    await saveEvent(ctx, push.campaign, { title: 'Salon', from: '2026-12-03', to: '2026-12-04' });
    await withOrganisation(t.db, t.cast.organisations.opco, (trx) =>
      trx
        .insertInto('resources')
        .values({
          organisation_id: t.cast.organisations.opco,
          campaign_id: push.campaignId,
          slug: 'etude',
          title: 'Étude',
          summary: 's',
          kind: 'etude',
          review_on: '2026-12-20',
          created_at: NOW,
          updated_at: NOW,
        })
        .execute(),
    );
    const { entries, undated } = await plan(push.campaign);
    expect(entries.map((e) => [e.kind, e.title])).toEqual([
      ['jalon', 'Début de la campagne'],
      ['action', 'Point presse'],
      ['temps_fort', 'Salon'],
      ['envoi', 'La lettre'],
      ['relecture', 'Relire « Étude »'],
      ['jalon', 'Fin de la campagne'],
    ]);
    expect(entries.find((e) => e.kind === 'envoi')).toMatchObject({
      organisations: [{ slug: 'opco' }, { slug: 'btp' }],
      push: { state: 'brouillon' },
    });
    expect(undated).toEqual([]);
  });

  test('a push says where it is, as its own page does', async () => {
    const push = await makePush(t, { push: { scheduledAt: fromParis(2026, 12, 8, 9) } });
    await submit(t, push.id);
    const [entry] = keyed((await plan(push.campaign)).entries, 'envoi');
    expect(entry?.push).toMatchObject({
      state: 'a_valider',
      signatories: [
        { slug: 'opco', missing: true, absent: null },
        { slug: 'btp', missing: true },
      ],
    });
  });

  test('a push without a date stands apart', async () => {
    const push = await makePush(t);
    const { entries, undated } = await plan(push.campaign);
    expect(keyed(entries, 'envoi')).toEqual([]);
    expect(undated.map((e) => e.title)).toEqual(['La lettre']);
  });

  test('a stranger reads no plan, and a partner that has left is no longer one of its names', async () => {
    const push = await makePush(t, { push: { scheduledAt: fromParis(2026, 12, 8, 9) } });
    await expect(plan(push.campaign, YEAR, t.cast.etranger)).rejects.toMatchObject({ kind: 'not-found' });
    await withdraw(t, push.campaignId, 'btp');
    const [entry] = keyed((await plan(push.campaign)).entries, 'envoi');
    expect(entry?.organisations.map((o) => o.slug)).toEqual(['opco']);
    expect(entry?.push?.signatories).toMatchObject([{ slug: 'opco' }, { slug: 'btp', absent: 'retrait' }]);
  });

  test('a series shows its issues to come at nine in Paris, summer and winter, up to its end', async () => {
    const push = await makePush(t, {
      push: { recurrence: '0 9 1 * *', deadlineAt: fromParis(2027, 5, 2) },
    });
    const issues = keyed((await plan(push.campaign)).entries, 'envoi').map((e) => (e.start as Date).toISOString());
    expect(issues).toEqual([
      '2026-12-01T08:00:00.000Z',
      '2027-01-01T08:00:00.000Z',
      '2027-02-01T08:00:00.000Z',
      '2027-03-01T08:00:00.000Z',
      '2027-04-01T07:00:00.000Z',
      '2027-05-01T07:00:00.000Z',
    ]);
  });

  test('an issue that is written keeps the name it had when it was to come', async () => {
    const model = await makePush(t, { push: { recurrence: '0 9 1 * *' } });
    const range = { from: '2026-12-01', to: '2026-12-31' };
    const [before] = keyed((await plan(model.campaign, range)).entries, 'envoi');
    await withOrganisation(t.db, t.cast.organisations.opco, async (trx) => {
      const at = fromParis(2026, 12, 1, 9);
      const row = await trx.selectFrom('pushes').selectAll().where('id', '=', model.id).executeTakeFirstOrThrow();
      const { id: _, content, ...copy } = row;
      await trx
        .insertInto('pushes')
        .values({
          ...copy,
          content: JSON.stringify(content),
          slug: 'numero-de-decembre',
          recurrence: null,
          model_id: model.id,
          occurrence: at,
          scheduled_at: at,
          updated_at: new Date(NOW.getTime() + 5000),
        })
        .execute();
    });
    const after = keyed((await plan(model.campaign, range)).entries, 'envoi');
    expect(after).toHaveLength(1);
    expect(after[0]).toMatchObject({
      key: before?.key,
      path: 'envois/numero-de-decembre',
      createdAt: before?.createdAt,
    });
  });

  test('whole days fall on their day in Paris, the twenty-three and twenty-five hour ones too', async () => {
    const { slug } = await makeCampaign(t);
    for (const [month, day] of [
      [10, 25],
      [3, 28],
    ] as const)
      await saveAction(t.ctx(t.cast.alice), slug, {
        kind: 'site',
        title: `Le ${day}`,
        startsAt: fromParis(month === 10 ? 2026 : 2027, month, day),
      });
    const on = async (day: string) =>
      keyed((await plan(slug, { from: day, to: day })).entries, 'action').map((a) => a.start);
    expect(await on('2026-10-25')).toEqual(['2026-10-25']);
    expect(await on('2026-10-24')).toEqual([]);
    expect(await on('2027-03-28')).toEqual(['2027-03-28']);
    expect(await on('2027-03-27')).toEqual([]);
  });

  test('an action with an hour may end on a day without one: it lasts to the end of that day', async () => {
    const { slug } = await makeCampaign(t);
    const action = { kind: 'evenement', startsAt: fromParis(2026, 12, 3, 9, 30) };
    await saveAction(t.ctx(t.cast.alice), slug, { ...action, title: 'Un jour', endsAt: fromParis(2026, 12, 3) });
    await saveAction(t.ctx(t.cast.alice), slug, { ...action, title: 'Deux jours', endsAt: fromParis(2026, 12, 4) });
    await expect(
      saveAction(t.ctx(t.cast.alice), slug, { ...action, title: 'À rebours', endsAt: fromParis(2026, 12, 2) }),
    ).rejects.toMatchObject({ fields: [{ field: 'endsAt' }] });
    const { file } = await readPlanFile(t.ctx(t.cast.alice), slug);
    expect(file.match(/DTEND;TZID.*/g)).toEqual([
      'DTEND;TZID=Europe/Paris:20261203T235959',
      'DTEND;TZID=Europe/Paris:20261204T235959',
    ]);
  });

  test('five hundred pushes and actions in a month ask as many questions as one', async () => {
    const questions = async (campaign: string): Promise<{ asked: number; entries: number }> =>
      withOrganisation(t.db, t.cast.organisations.opco, async (trx) => {
        const row = await getCampaign(trx, campaign);
        let asked = 0;
        // A plugin sees every query that is run, raw ones too.
        const counting = trx.withPlugin({
          transformQuery: ({ node }) => node,
          transformResult: async ({ result }) => {
            asked += 1;
            return result;
          },
        }) as typeof trx;
        const { entries } = await planOf(counting, row, { from: '2026-12-01', to: '2026-12-31' }, NOW);
        return { asked, entries: entries.length };
      });
    const small = await makePush(t, { push: { scheduledAt: fromParis(2026, 12, 8, 9) } });
    const large = await makeCampaign(t);
    const audience = await makeAudience(t, large.id);
    await savePush(t.ctx(t.cast.alice), large.slug, letter({ slug: 'premier', audience: audience.slug }));
    const mine = { organisation_id: t.cast.organisations.opco, campaign_id: large.id };
    await withOrganisation(t.db, mine.organisation_id, async (trx) => {
      const model = await trx
        .selectFrom('pushes')
        .selectAll()
        .where('campaign_id', '=', large.id)
        .executeTakeFirstOrThrow();
      const { id: _, content, ...copy } = model;
      const at = (i: number) => fromParis(2026, 12, (i % 28) + 1, 8 + (i % 10));
      await trx
        .insertInto('pushes')
        .values(
          Array.from({ length: 250 }, (_, i) => ({
            ...copy,
            content: JSON.stringify(content),
            slug: `envoi-${i}`,
            scheduled_at: at(i),
          })),
        )
        .execute();
      await trx
        .insertInto('actions')
        .values(
          Array.from({ length: 250 }, (_, i) => ({
            ...mine,
            slug: `action-${i}`,
            kind: 'site',
            title: `Action ${i}`,
            phase: 'pendant',
            starts_at: at(i),
            created_by: 'test',
            created_at: NOW,
            updated_at: NOW,
          })),
        )
        .execute();
    });
    const one = await questions(small.campaign);
    const many = await questions(large.slug);
    expect([one.entries, many.entries]).toEqual([1, 500]);
    expect(many.asked).toBe(one.asked);
    expect(one.asked).toBeLessThan(12);
  });
});

describe('the feed', () => {
  const door = (now = NOW) =>
    calendarFeed({ db: t.db, secrets: SECRETS, publicUrl: 'https://pv.example', now: () => now });
  const get = (address: string, headers: Record<string, string> = {}, now = NOW) =>
    door(now).request(address.replace('https://pv.example', ''), { headers });
  const eventsIn = (file: string) =>
    new ICAL.Component(ICAL.parse(file)).getAllSubcomponents('vevent').map((e) => new ICAL.Event(e));

  let push: MadePush;
  beforeAll(async () => {
    push = await makePush(t, { push: { scheduledAt: fromParis(2026, 12, 8, 9) } });
    await saveAction(t.ctx(t.cast.bruno), push.campaign, {
      kind: 'presse',
      title: 'Point presse, à Lyon ; salle 2',
      startsAt: fromParis(2026, 12, 2, 11),
    });
  });

  test('opens to a calendar program without a session, and keeps nothing private in a cache', async () => {
    const { address } = await openCalendarFeed(t.ctx(t.cast.alice), push.campaign);
    expect(address).toMatch(/^https:\/\/pv\.example\/calendrier\/[\w-]{43}\.ics$/);
    const answer = await get(address);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('text/calendar; charset=utf-8');
    expect(answer.headers.get('cache-control')).toBe('private, no-cache');
    expect(answer.headers.get('set-cookie')).toBeNull();
    const events = eventsIn(await answer.text());
    expect(events.map((e) => e.summary)).toContain('Action : Point presse, à Lyon ; salle 2');
    const sent = events.find((e) => e.summary === 'Envoi : La lettre');
    expect(sent?.startDate.toJSDate()).toEqual(fromParis(2026, 12, 8, 9));
    expect(sent?.component.getFirstPropertyValue('status')).toBe('TENTATIVE');
    expect(new Set(events.map((e) => e.uid)).size).toBe(events.length);
  });

  test('an unchanged plan is not sent again; a changed one is', async () => {
    const { address } = await openCalendarFeed(t.ctx(t.cast.alice), push.campaign);
    const etag = (await get(address)).headers.get('etag') ?? '';
    expect((await get(address, { 'if-none-match': etag })).status).toBe(304);
    expect((await get(address, { 'if-none-match': `W/${etag}, "autre"` })).status).toBe(304);
    // A later hour alone changes nothing of it.
    expect((await get(address, { 'if-none-match': etag }, new Date(NOW.getTime() + 3_600_000))).status).toBe(304);
    await saveAction(t.ctx(t.cast.bruno), push.campaign, {
      kind: 'site',
      title: 'Une page',
      startsAt: fromParis(2026, 12, 3),
    });
    const again = await get(address, { 'if-none-match': etag });
    expect(again.status).toBe(200);
    expect(await again.text()).toContain('Une page');
  });

  test('an event keeps its UID and its SEQUENCE only grows; a cancellation is said, not left out (CAL-03)', async () => {
    const later = (seconds: number) => t.ctx(t.cast.bruno, new Date(NOW.getTime() + seconds * 1000));
    const { slug } = await saveAction(later(0), push.campaign, {
      kind: 'site',
      title: 'Déplacée',
      startsAt: fromParis(2026, 12, 3),
    });
    const read = async () => {
      const { file } = await readPlanFile(t.ctx(t.cast.alice), push.campaign);
      const event = eventsIn(file).find((e) => e.summary === 'Action : Déplacée');
      return {
        uid: event?.uid,
        sequence: event?.sequence ?? -1,
        status: event?.component.getFirstPropertyValue('status'),
      };
    };
    const first = await read();
    await saveAction(later(60), push.campaign, {
      kind: 'site',
      title: 'Déplacée',
      startsAt: fromParis(2026, 12, 4),
      slug,
    });
    const moved = await read();
    await cancelAction(later(120), push.campaign, slug);
    const cancelled = await read();
    expect([moved.uid, cancelled.uid]).toEqual([first.uid, first.uid]);
    expect(first.sequence).toBeLessThan(moved.sequence);
    expect(moved.sequence).toBeLessThan(cancelled.sequence);
    expect([first.status, cancelled.status]).toEqual(['CONFIRMED', 'CANCELLED']);
  });

  test('a push that is edited grows too', async () => {
    const made = await makePush(t, { push: { scheduledAt: fromParis(2026, 12, 8, 9) } });
    const sequence = async () => {
      const { file } = await readPlanFile(t.ctx(t.cast.alice), made.campaign);
      return eventsIn(file).find((e) => e.summary.startsWith('Envoi'))?.sequence ?? -1;
    };
    const before = await sequence();
    await savePush(t.ctx(t.cast.alice, new Date(NOW.getTime() + 60_000)), made.campaign, {
      ...made.input,
      scheduledAt: fromParis(2026, 12, 9, 9),
    });
    expect(await sequence()).toBeGreaterThan(before);
  });

  test('revoked, renewed, forged, of another purpose or cut: one and the same answer', async () => {
    const ctx = t.ctx(t.cast.bruno);
    const first = await openCalendarFeed(ctx, push.campaign);
    const second = await openCalendarFeed(ctx, push.campaign);
    expect(second.address).not.toBe(first.address);
    expect(await readCalendarFeed(ctx, push.campaign)).toMatchObject({ address: second.address });
    expect((await get(second.address)).status).toBe(200);
    await closeCalendarFeed(ctx, push.campaign);
    expect(await readCalendarFeed(ctx, push.campaign)).toBeNull();
    const forged = second.address.replace(/.(?=\.ics$)/, (c) => (c === 'A' ? 'B' : 'A'));
    const answers = await Promise.all(
      [
        first.address,
        second.address,
        forged,
        'https://pv.example/calendrier/x.ics',
        second.address.replace('.ics', ''),
      ].map(async (address) => {
        const answer = await get(address);
        return [answer.status, await answer.text()];
      }),
    );
    expect(new Set(answers.map(String)).size).toBe(1);
    expect(answers[0]?.[0]).toBe(404);
  });

  test('is one organisation’s: closing it closes nobody else’s, and it ends with its part in the campaign', async () => {
    const made = await makePush(t, { push: { scheduledAt: fromParis(2026, 12, 8, 9) } });
    const mine = await openCalendarFeed(t.ctx(t.cast.alice), made.campaign);
    const theirs = await openCalendarFeed(t.ctx(t.cast.bruno), made.campaign);
    await withdraw(t, made.campaignId, 'btp');
    expect((await get(theirs.address)).status).toBe(404);
    expect((await get(mine.address)).status).toBe(200);
    await expect(openCalendarFeed(t.ctx(t.cast.bruno), made.campaign)).rejects.toMatchObject({ kind: 'forbidden' });
  });

  test('a stranger opens none, and who does not write the plan creates none', async () => {
    await expect(openCalendarFeed(t.ctx(t.cast.etranger), push.campaign)).rejects.toMatchObject({ kind: 'not-found' });
    await expect(readPlanFile(t.ctx(t.cast.etranger), push.campaign)).rejects.toMatchObject({ kind: 'not-found' });
    await expect(openCalendarFeed(t.ctx(t.cast.david), push.campaign)).rejects.toMatchObject({ kind: 'forbidden' });
  });

  test('holds no address of a contact and no content of a push', async () => {
    const { file } = await readPlanFile(t.ctx(t.cast.alice), push.campaign);
    expect(file).not.toContain('@destinataires.example');
    expect(file).not.toContain('Le texte de');
    expect(file).not.toContain('METHOD');
    expect(file).not.toContain('ATTENDEE');
  });
});
