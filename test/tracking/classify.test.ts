import { expect, test } from 'vitest';
import { classify, type HitClass, inspectUserAgent } from '../../src/tracking/classify.ts';
import { featuresOf, networkHasher, type RequestHeaders } from '../../src/tracking/features.ts';
import { type LinkHit, surroundingsOf, type UnsubscribeVisit } from '../../src/tracking/surroundings.ts';
import { SECRETS } from '../support/database.ts';

const CHROME =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36';

const hashOf = networkHasher(SECRETS.network);

type Fetch = { at: number; from?: string; cell?: number; link: number; method?: string; headers?: RequestHeaders };

/** The classes of a history of fetches by ordinary browsers unless said, seconds from the sending. */
function judge(fetches: Fetch[], unsubscribes: { at: number; from?: string; confirmed?: boolean }[] = []): HitClass[] {
  const network = (from = '192.0.2.7') => hashOf(from, 0);
  const hits = fetches.map(
    (f): LinkHit => ({ at: f.at * 1000, network: network(f.from), message: `cell ${f.cell ?? 1}`, link: f.link }),
  );
  const visits = unsubscribes.map(
    (u): UnsubscribeVisit => ({ at: u.at * 1000, network: network(u.from), confirmed: u.confirmed ?? false }),
  );
  const around = surroundingsOf(hits, visits);
  return fetches.map(
    (f, i) =>
      classify(
        featuresOf(f.method ?? 'GET', f.headers ?? { userAgent: CHROME }),
        around[i] ?? { burst: 1, unsubscribe: false },
      ).class,
  );
}

test('a gateway that opens nine links in four seconds is a scanner, whatever browser it claims to be (BOT-05)', () => {
  const burst = Array.from({ length: 9 }, (_, i) => ({ at: 26 + i / 2, link: i }));
  expect(new Set(judge(burst))).toEqual(new Set(['scanner']));
});

test('a burst spread over neighbouring addresses of one network is still one burst', () => {
  expect(judge([1, 2, 3, 4, 5].map((n) => ({ at: n, link: n, from: `198.51.100.${n}` })))).toEqual(
    Array(5).fill('scanner'),
  );
  expect(judge([1, 2, 3, 4, 5].map((n) => ({ at: n, link: n, from: `2001:db8:7:${n}::${n}` })))).toEqual(
    Array(5).fill('scanner'),
  );
});

test('three links in ten seconds are doubtful, and a later click of the same network is not', () => {
  expect(
    judge([
      { at: 0, link: 1 },
      { at: 4, link: 2 },
      { at: 9, link: 3 },
      { at: 30, link: 4 },
    ]),
  ).toEqual(['suspect', 'suspect', 'suspect', 'inconnu']);
});

test('a slow scanner of a single link cannot be told from a reader, and ends « inconnu » (BOT-05)', () => {
  expect(
    judge([
      { at: 40, link: 1 },
      { at: 400, link: 1 },
    ]),
  ).toEqual(['inconnu', 'inconnu']);
});

test('a reader who opens three tabs in twenty seconds is counted (BOT-05)', () => {
  expect(
    judge([
      { at: 0, link: 1 },
      { at: 9, link: 2 },
      { at: 20, link: 3 },
    ]),
  ).toEqual(['inconnu', 'inconnu', 'inconnu']);
});

test('a click, then the unsubscribe page 45 s later: doubtful when merely opened, counted when the button was pressed (BOT-05)', () => {
  expect(judge([{ at: 0, link: 1 }], [{ at: 45 }])).toEqual(['suspect']);
  expect(judge([{ at: 0, link: 1 }], [{ at: 45 }, { at: 52, confirmed: true }])).toEqual(['inconnu']);
  expect(judge([{ at: 0, link: 1 }], [{ at: 61 }])).toEqual(['inconnu']);
  expect(judge([{ at: 0, link: 1 }], [{ at: 45, from: '203.0.113.9' }])).toEqual(['inconnu']);
});

test('thirty people behind one address are not a scanner (BOT-05)', () => {
  // Ten minutes of a morning: one click each, on any of eight links, in the cells their messages belong to.
  const people = Array.from({ length: 30 }, (_, i) => ({ at: i * 20, link: i % 8, cell: i % 4 }));
  expect(judge(people)).toEqual(Array(30).fill('inconnu'));
});

test('what is not a page being asked for is set apart at once: HEAD, prefetch, no user agent, declared robots (BOT-05)', () => {
  const one = (method: string, headers: RequestHeaders) => judge([{ at: 0, link: 1, method, headers }])[0];
  expect(one('HEAD', { userAgent: CHROME })).toBe('scanner');
  expect(one('GET', { userAgent: CHROME, secPurpose: 'prefetch;prerender' })).toBe('scanner');
  expect(one('GET', { userAgent: CHROME, purpose: 'prefetch' })).toBe('scanner');
  expect(one('GET', { userAgent: CHROME, xMoz: 'prefetch' })).toBe('scanner');
  expect(one('GET', {})).toBe('scanner');
  expect(one('GET', { userAgent: 'Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)' })).toBe(
    'scanner',
  );
  expect(one('GET', { userAgent: 'curl/8.9.0' })).toBe('scanner');
});

test('an inspected user agent says what it is taken for, by which rule, and why', () => {
  expect(inspectUserAgent(CHROME)).toMatchObject({ input: CHROME, class: 'inconnu', rule: 'aucune' });
  expect(inspectUserAgent('')).toMatchObject({ class: 'scanner', rule: 'sans-navigateur' });
  expect(inspectUserAgent('Googlebot/2.1')).toMatchObject({
    class: 'scanner',
    rule: 'robot-declare',
    reason: expect.stringContaining('Robot'),
  });
});

test('a hostile user agent leaves nothing of itself behind', () => {
  const kept = featuresOf('GET', {
    userAgent: `<script>alert(1)</script>\u0000'; drop table hits; bot ${'x'.repeat(100_000)}`,
  });
  expect(JSON.stringify(kept)).not.toMatch(/script>|drop|\\u0000|xxx/);
});

test('100 000 hits on one token are judged in one pass, not in a time that grows with their square', () => {
  const hits = Array.from(
    { length: 100_000 },
    (_, i): LinkHit => ({ at: i, network: 'n', message: 'cell 1', link: 1 }),
  );
  const started = performance.now();
  expect(surroundingsOf(hits, []).every((a) => a.burst === 1)).toBe(true);
  expect(performance.now() - started).toBeLessThan(5_000);
});

test('a network is a /24 or a /48, another one tomorrow, and says nothing without the key (PRV-13)', () => {
  const hash = (address: string, at = 0) => hashOf(address, at);
  expect(hash('192.0.2.1')).toBe(hash('::ffff:192.0.2.200'));
  expect(hash('192.0.2.1')).not.toBe(hash('192.0.3.1'));
  expect(hash('2001:db8:1::1')).toBe(hash('2001:0db8:0001:ffff::2'));
  expect(hash('2001:db8:1::1')).not.toBe(hash('2001:db8:2::1'));
  expect(hash('192.0.2.1')).not.toBe(hash('192.0.2.1', 86_400_000));
  expect(hash('192.0.2.1')).not.toContain('192');
});
