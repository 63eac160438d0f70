import { expect, test } from 'vitest';
import { DEFINITIONS, notesOf } from '../../src/reports/definitions.ts';
import { classify, type HitClass, inspectUserAgent, RULES, reclassify } from '../../src/tracking/classify.ts';
import { featuresOf, networkHasher, type RequestHeaders } from '../../src/tracking/features.ts';
import { openNeighbourhood, surroundingsOf } from '../../src/tracking/neighbourhood.ts';
import { SECRETS } from '../support/database.ts';

const CHROME =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36';

const hashOf = networkHasher(SECRETS.network);

type Fetch = { at: number; from?: string; cell?: number; link: number; method?: string; headers?: RequestHeaders };
type Unsubscribe = { at: number; from?: string; confirmed?: boolean };
/** A message of eight links, which forty people received, unless said. */
type Message = { links?: number; people?: number | null };

/** The rules that a history of fetches falls under, by ordinary browsers unless said; seconds from the sending. */
function rulesOf(
  fetches: Fetch[],
  unsubscribes: Unsubscribe[] = [],
  { links = 8, people = 40 }: Message = {},
): string[] {
  const neighbourhood = openNeighbourhood();
  const network = (from = '192.0.2.7') => hashOf(from, 0);
  const told = [...fetches, ...unsubscribes]
    .toSorted((a, b) => a.at - b.at)
    .map((e) => {
      const common = { at: e.at * 1000, network: network(e.from) };
      if ('link' in e)
        return {
          e,
          seen: neighbourhood.hit({ ...common, message: `cell ${e.cell ?? 1}`, link: e.link, links, people }),
        };
      neighbourhood.visit({ ...common, confirmed: e.confirmed ?? false });
      return { e, seen: null };
    });
  return fetches.map((f) => {
    const seen = told.find(({ e }) => e === f)?.seen ?? null;
    return classify({ ...featuresOf(f.method ?? 'GET', f.headers ?? { userAgent: CHROME }), ...surroundingsOf(seen) })
      .rule;
  });
}
const classOf = (rule: string): HitClass => RULES.find((r) => r.rule === rule)?.class ?? 'inconnu';
const judge = (fetches: Fetch[], unsubscribes: Unsubscribe[] = []): HitClass[] =>
  rulesOf(fetches, unsubscribes).map(classOf);

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

test('a gateway that checks every link of a message as often, for each of its copies, is doubtful (BOT-05)', () => {
  // Two copies of a message of four links, one link every six seconds: too slow for a burst.
  const copies = [0, 1].flatMap((copy) => [1, 2, 3, 4].map((link) => ({ at: copy * 24 + link * 6, link })));
  expect(rulesOf(copies, [], { links: 4 })).toEqual(Array(8).fill('liens-egaux'));
  // One link of the message was left out, or asked for once more: no longer as often.
  expect(rulesOf(copies, [], { links: 5 })).toEqual(Array(8).fill('aucune'));
  expect(new Set(rulesOf([...copies, { at: 54, link: 1 }], [], { links: 4 }))).toEqual(new Set(['aucune']));
});

test('two colleagues behind one address who click different links stay readers (BOT-05)', () => {
  const apart = [
    { at: 0, link: 1 },
    { at: 6, link: 3 },
    { at: 13, link: 2 },
    { at: 19, link: 4 },
  ];
  // Between them they opened every link of the message, once.
  expect(rulesOf(apart, [], { links: 4 })).toEqual(Array(4).fill('aucune'));
  // Two links, both opened by both: what two curious readers do.
  expect(
    rulesOf(
      [1, 2, 1, 2].map((link, i) => ({ at: i * 6, link })),
      [],
      { links: 2 },
    ),
  ).toEqual(Array(4).fill('aucune'));
});

test('colleagues who come back to the same links now and then are not taken for a passage that is even', () => {
  // Every link twice, but over four minutes: one run of clicks too long for what a gateway does.
  const slow = Array.from({ length: 8 }, (_, i) => ({ at: i * 9, link: 1 + (i % 4) }));
  expect(rulesOf(slow, [], { links: 4 })).toEqual(Array(8).fill('aucune'));
});

test('more requests on a link in a minute than people who received it: doubtful, robots when one network sends twice as many', () => {
  const crowd = (n: number, networks: number) =>
    Array.from({ length: n }, (_, i) => ({ at: (i * 50) / n, link: 1, from: `10.0.${i % networks}.1` }));
  expect(new Set(rulesOf(crowd(41, 9), [], { people: 40 }))).toEqual(new Set(['foule']));
  expect(new Set(rulesOf(crowd(41, 1), [], { people: 40 }))).toEqual(new Set(['foule']));
  expect(new Set(rulesOf(crowd(81, 1), [], { people: 40 }))).toEqual(new Set(['foule-un-reseau']));
  expect(new Set(rulesOf(crowd(81, 2), [], { people: 40 }))).toEqual(new Set(['foule']));
});

test('as many requests as people, spread links, a morning of clicks and a poster that anybody reads are no crowd', () => {
  const at = (n: number, every: number, links = 1) =>
    Array.from({ length: n }, (_, i) => ({ at: i * every, link: 1 + (i % links) }));
  // Everybody in one office at the same minute.
  expect(new Set(rulesOf(at(40, 1), [], { people: 40 }))).toEqual(new Set(['aucune']));
  // The double of them in an hour: forwarded, opened again.
  expect(new Set(rulesOf(at(200, 18), [], { people: 40 }))).toEqual(new Set(['aucune']));
  expect(new Set(rulesOf(at(500, 0.1), [], { people: null }))).toEqual(new Set(['aucune']));
});

test('a clock that goes back begins again with no neighbour, and finds the same afterwards', () => {
  const neighbourhood = openNeighbourhood();
  const told = (at: number, link: number) =>
    neighbourhood.hit({ at, network: 'n', message: 'cell 1', link, links: 8, people: null });
  const before = [1, 2, 3, 4].map((link) => told(3_600_000 + link, link));
  const after = [5, 6].map((link) => told(link, link));
  expect([...before, ...after].map((seen) => surroundingsOf(seen).burst)).toEqual([3, 3, 3, 3, 1, 1]);
  const later = [7, 8, 9].map((link) => told(1_000 + link, link));
  expect([...after, ...later].map((seen) => surroundingsOf(seen).burst)).toEqual([5, 5, 5, 5, 5]);
});

test('100 000 hits on one link are looked at a few times each, however many they are', () => {
  const looksPerHit = (hits: number, ms: number): number => {
    const neighbourhood = openNeighbourhood();
    for (let i = 0; i < hits; i++) {
      neighbourhood.hit({ at: i * ms, network: 'n', message: 'cell 1', link: i % 8, links: 8, people: 40 });
      if (i % 100 === 0) neighbourhood.visit({ at: i * ms, network: 'n', confirmed: i % 200 === 0 });
    }
    return neighbourhood.looks() / hits;
  };
  // Each enters three windows, leaves them, and may be marked under six names.
  for (const ms of [0, 0.5, 10, 1_000]) expect(looksPerHit(100_000, ms)).toBeLessThanOrEqual(12);
});

test('what was kept of a hit is judged again by today’s rules, as far as it goes', () => {
  const kept = { ...featuresOf('GET', { userAgent: CHROME }), burst: 1, unsubscribe: false };
  // Of version 1: nobody looked at the crowd then.
  expect(reclassify(kept)).toEqual({ missing: 'foule-un-reseau' });
  expect(reclassify({ ...kept, burst: 5 })).toMatchObject({ rule: 'rafale' });
  expect(reclassify({ ...kept, method: 'HEAD' })).toMatchObject({ class: 'scanner' });
  expect(reclassify({ ...kept, even: 0, crowd: 0, networks: 0 })).toMatchObject({ rule: 'aucune' });
  expect(reclassify({ ...kept, even: 3, crowd: 0, networks: 0 })).toMatchObject({ rule: 'liens-egaux' });
});

test('of people who share their links nobody says who clicked, nor how many of them (BOT-02)', () => {
  const clicks = Object.entries(DEFINITIONS).filter(([name]) => name.startsWith('clics'));
  expect(clicks.length).toBeGreaterThan(4);
  for (const [, { unit, label }] of clicks) expect(`${label} ${unit}`).not.toMatch(/personne|unique|cliqueur/i);
  expect(DEFINITIONS.clicsPour100.unit).toContain('pour 100');
  expect(notesOf('cellule').join(' ')).toContain('on ne sait pas qui a cliqué, ni combien de personnes différentes');
});

test('every rule says why, in a sentence, and what it looks at (BOT-01)', () => {
  expect(new Set(RULES.map((r) => r.rule)).size).toBe(RULES.length);
  for (const { reason, needs, rule } of RULES) {
    expect(reason).toMatch(/^[A-ZÀÉ].+\.$/);
    expect([rule, needs.length > 0]).toEqual([rule, rule !== 'aucune']);
  }
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
