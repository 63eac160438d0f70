import { describe, expect, test } from 'vitest';
import { fromParis } from '../../src/base/dates.ts';
import type { PlanEntry } from '../../src/pushes/plan-calendar.ts';
import { collisionsOf } from '../../src/pushes/plan-collisions.ts';
import { NOW } from '../support/database.ts';

const CAPS = { perPerson: 2, days: 7, perCompany: 6, companyDays: 90 };
const who = (...ids: number[]) => ids.map((id) => ({ id, slug: `o${id}`, name: `Organisation ${id}` }));

const entry = (over: Partial<PlanEntry>): PlanEntry => ({
  key: String(Math.random()),
  kind: 'action',
  title: 'Une action',
  start: '2026-12-01',
  end: null,
  organisations: who(1),
  levels: ['terrain'],
  channel: 'presse',
  path: '',
  place: '',
  cancelled: false,
  push: null,
  createdAt: NOW,
  changedAt: NOW,
  ...over,
});
const push = (day: number, over: Partial<PlanEntry> = {}, rule = {}): PlanEntry =>
  entry({
    kind: 'envoi',
    channel: 'newsletter',
    start: fromParis(2026, 12, day, 9),
    push: { state: 'brouillon', signatories: [], recurrence: null, rule },
    ...over,
  });
const kinds = (...entries: PlanEntry[]) => collisionsOf(entries, CAPS, NOW).map((c) => c.kind);

describe('two partners at once', () => {
  test.each([
    ['the same day', '2026-12-01', ['partenaires']],
    ['the next day', '2026-12-02', ['partenaires']],
    ['two days later', '2026-12-03', []],
  ])('to one level, %s', (_, start, expected) => {
    expect(kinds(entry({}), entry({ organisations: who(2), start }))).toEqual(expected);
  });

  test('not to different levels, not by one organisation, not with one that is on both sides', () => {
    expect(kinds(entry({}), entry({ organisations: who(2), levels: ['operationnel'] }))).toEqual([]);
    expect(kinds(entry({}), entry({}))).toEqual([]);
    expect(kinds(entry({ organisations: who(1, 2) }), entry({ organisations: who(2, 3) }))).toEqual([]);
  });

  test('no level said is all of them', () => {
    expect(collisionsOf([entry({}), entry({ organisations: who(2), levels: [] })], CAPS, NOW)).toMatchObject([
      { kind: 'partenaires', levels: ['terrain'] },
    ]);
  });

  test('an action that lasts for weeks is news on its first day only', () => {
    const long = entry({ start: '2026-12-01', end: '2027-01-15' });
    expect(kinds(long, entry({ organisations: who(2), start: '2026-12-15' }))).toEqual([]);
    expect(kinds(long, entry({ organisations: who(2), start: '2026-12-02' }))).toEqual(['partenaires']);
    const short = entry({ start: '2026-12-01', end: '2026-12-05' });
    expect(kinds(short, entry({ organisations: who(2), start: '2026-12-05' }))).toEqual(['partenaires']);
  });

  test('what is cancelled or over collides with nothing', () => {
    expect(kinds(entry({ cancelled: true }), entry({ organisations: who(2) }))).toEqual([]);
    const past = { start: '2026-11-02' };
    expect(kinds(entry(past), entry({ ...past, organisations: who(2) }))).toEqual([]);
  });
});

describe('solicitation', () => {
  test('a third push in seven days to one level is over a cap of two, and the day it would fit is said', () => {
    expect(collisionsOf([push(1), push(2), push(3)], CAPS, NOW)).toMatchObject([
      { kind: 'sollicitation', entry: { start: fromParis(2026, 12, 3, 9) }, pushes: 3, free: '2026-12-08' },
    ]);
  });

  test('the day it would fit really fits', () => {
    expect(kinds(push(1), push(2), push(8))).toEqual([]);
  });

  test('audiences that cannot hold the same person do not add up', () => {
    const bretagne = { region: ['53'] };
    const corse = { region: ['94'] };
    expect(kinds(push(1, {}, bretagne), push(2, {}, bretagne), push(3, {}, corse))).toEqual([]);
    expect(kinds(push(1, {}, bretagne), push(2, {}, bretagne), push(3, {}, {}))).toEqual(['sollicitation']);
    expect(kinds(push(1), push(2), push(3, { organisations: who(2) }))).not.toContain('sollicitation');
  });

  test('a push that has left counts, and is not itself judged again', () => {
    const left: Partial<PlanEntry> = { push: { state: 'termine', signatories: [], recurrence: null, rule: {} } };
    const before = [push(1, left), push(2, left)];
    expect(kinds(...before, push(3))).toEqual(['sollicitation']);
    expect(kinds(...before, push(3, left))).toEqual([]);
  });
});

test.each([
  [5, 'un samedi', '2026-12-07'],
  [6, 'un dimanche', '2026-12-07'],
  [25, 'un jour férié (Noël)', '2026-12-28'],
])('a push on the %i December leaves on %s; the next working day is said', (day, why, next) => {
  expect(collisionsOf([push(day)], CAPS, NOW)).toMatchObject([{ kind: 'jour', why, next }]);
});

test('an action may be on a Sunday: a salon is', () => {
  expect(kinds(entry({ start: '2026-12-06' }))).toEqual([]);
});

test('five hundred entries in a month are compared without harm', () => {
  const many = Array.from({ length: 500 }, (_, i) =>
    i % 2
      ? push((i % 28) + 1, { organisations: who(i % 7) })
      : entry({ start: `2026-12-${String((i % 28) + 1).padStart(2, '0')}`, organisations: who(i % 7) }),
  );
  const found = collisionsOf(many, CAPS, NOW);
  expect(found.length).toBeGreaterThan(1000);
  expect(found.length).toBeLessThan(500 * 500);
});
