import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { allowance, NO_LIMITS, OPEN_LANE, PROFILES, react, spend } from '../../src/deliveries/pace.ts';
import { NOW } from '../support/database.ts';

const inSeconds = (seconds: number) => new Date(NOW.getTime() + seconds * 1000);
const slow = { provider: 'orange', reply: '421 4.7.0 slow down' };

describe('how many may leave now', () => {
  test('French providers of personal mailboxes get one to three connections', () => {
    for (const name of ['orange', 'laposte', 'sfr', 'free', 'bouygues'])
      expect(PROFILES[name]?.connections).toBeLessThanOrEqual(3);
  });

  test('no more in flight than connections, whoever holds them', () => {
    const limits = { ...NO_LIMITS, connections: 2 };
    expect(allowance(limits, OPEN_LANE, { now: NOW, inFlight: 0 }).n).toBe(2);
    expect(allowance(limits, OPEN_LANE, { now: NOW, inFlight: 2 }).n).toBe(0);
    expect(allowance(limits, OPEN_LANE, { now: NOW, inFlight: 5 }).n).toBe(0);
  });

  test('a pace by the minute holds over any minute, in any order of asking', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 600 }),
        fc.array(fc.integer({ min: 0, max: 5_000 }), { minLength: 1, maxLength: 200 }),
        (perMinute, waits) => {
          const limits = { ...NO_LIMITS, perMinute };
          let lane = OPEN_LANE;
          let now = NOW.getTime();
          const left: number[] = [];
          for (const wait of waits) {
            now += wait;
            const { n } = allowance(limits, lane, { now: new Date(now), inFlight: 0 });
            lane = spend(limits, lane, n, new Date(now));
            left.push(...Array.from({ length: n }, () => now));
          }
          // What may leave at once after a rest, and then no faster than the pace.
          const burst = Math.max(1, Math.floor((perMinute * 5) / 60));
          for (const start of left)
            expect(left.filter((t) => t >= start && t < start + 60_000).length).toBeLessThanOrEqual(perMinute + burst);
        },
      ),
    );
  });

  test('a closed way says when to ask again', () => {
    const limits = { ...NO_LIMITS, perMinute: 60 };
    const lane = spend(limits, OPEN_LANE, allowance(limits, OPEN_LANE, { now: NOW, inFlight: 0 }).n, NOW);
    const asked = allowance(limits, lane, { now: NOW, inFlight: 0 });
    expect(asked.n).toBe(0);
    expect(allowance(limits, lane, { now: asked.until!, inFlight: 0 }).n).toBe(1);
  });

  test('a daily limit counts by the day of Paris', () => {
    const limits = { ...NO_LIMITS, perDay: 10 };
    const before = new Date('2026-11-22T22:59:00Z');
    const lane = spend(limits, OPEN_LANE, 10, before);
    expect(allowance(limits, lane, { now: before, inFlight: 0 }).n).toBe(0);
    expect(allowance(limits, lane, { now: new Date('2026-11-22T23:01:00Z'), inFlight: 0 }).n).toBe(10);
  });
});

describe('the circuit breaker', () => {
  test('« slow down » closes the way, one message tries it again, and each one taken lifts a strike', () => {
    const closed = react(OPEN_LANE, 'slow', { ...slow, now: NOW });
    expect(closed).toMatchObject({ strikes: 1, why: 'ralenti', reply: slow.reply });
    expect(allowance(NO_LIMITS, closed, { now: inSeconds(30), inFlight: 0 }).n).toBe(0);
    expect(allowance(NO_LIMITS, closed, { now: inSeconds(61), inFlight: 0 }).n).toBe(1);
    expect(allowance(NO_LIMITS, closed, { now: inSeconds(61), inFlight: 1 }).n).toBe(0);
    expect(react(closed, 'well', { ...slow, now: inSeconds(62) })).toEqual({ ...OPEN_LANE });
  });

  test('again and again, it stays closed longer, up to four hours', () => {
    let lane = OPEN_LANE;
    const pauses: number[] = [];
    for (let now = NOW, i = 0; i < 12; i += 1) {
      lane = react(lane, 'slow', { ...slow, now });
      pauses.push((lane.pausedUntil!.getTime() - now.getTime()) / 60_000);
      now = lane.pausedUntil!;
    }
    expect(pauses.slice(0, 4)).toEqual([1, 2, 4, 8]);
    expect(Math.max(...pauses)).toBe(240);
  });

  test('ten answers of the same moment are one strike', () => {
    let lane = OPEN_LANE;
    for (let i = 0; i < 10; i += 1) lane = react(lane, 'slow', { ...slow, now: NOW });
    expect(lane.strikes).toBe(1);
  });

  test('Gmail is left alone for a quarter of an hour (MAIL-13)', () => {
    const lane = react(OPEN_LANE, 'slow', { provider: 'google', reply: '421', now: NOW });
    expect(lane.pausedUntil).toEqual(inSeconds(15 * 60));
  });
});
