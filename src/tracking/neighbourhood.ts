import {
  ALONE,
  BURST_SCANNER,
  BURST_SUSPECT,
  BURST_WINDOW_MS,
  CROWD_WINDOW_MS,
  EVEN_LINKS,
  EVEN_RUN_MS,
  EVEN_SILENCE_MS,
  EVEN_TIMES,
  type Surroundings,
  UNSUBSCRIBE_WINDOW_MS,
} from './classify.ts';

/**
 * A tracked link, as the rules see it. `message` names the copies a recipient may hold: those of one cell (or of one
 * push without cells). Links of two cells never stand in one message, so colleagues behind one address, whose messages
 * differ, are not taken for a scanner together. `links`: how many that message has; `people`: how many hold a copy, null
 * where nobody knows (a poster, a relay); `holders` names them, where each of them has a message of their own.
 */
export type LinkHit = {
  at: number;
  network: string | null;
  message: string;
  link: number;
  links: number;
  people: number | null;
  holders?: string;
};
/** The unsubscribe page: merely opened (machines do), or confirmed by its button (only people do). */
export type UnsubscribeVisit = { at: number; network: string | null; confirmed: boolean };

export type Neighbourhood = {
  /** Told in the order of time. What it answers is a hit among its neighbours: `surroundingsOf` says what they make of it. */
  hit: (hit: LinkHit) => Seen | null;
  visit: (visit: UnsubscribeVisit) => void;
  /** How often a hit was looked at so far: the work this is, whatever the machine. */
  looks: () => number;
};

/** A hit, and what those that came before and after have left on it so far. */
export type Seen = {
  at: number;
  link: number;
  network: string;
  burst: number;
  opened: boolean;
  confirmed: boolean;
  crowd: number;
  networks: number;
  run: Run;
};

/** As far as is known when it is asked; null: a hit that is judged alone. */
export const surroundingsOf = (seen: Seen | null): Surroundings =>
  seen === null
    ? ALONE
    : {
        burst: seen.burst,
        unsubscribe: seen.opened && !seen.confirmed,
        even: evenness(seen.run),
        crowd: seen.crowd,
        networks: seen.networks,
      };

/** A line dated this much earlier than the one before it: the clock was put back, and what came before is no neighbour. */
const CLOCK_SLACK_MS = 5_000;
/** Twice what any rule looks back. */
const FORGOTTEN_MS = 120_000;
/** A flood from everywhere, or from one place, must not take the memory: the quietest groups, the oldest hits go first. */
const GROUPS = 20_000;
const HITS = 4_000;

/**
 * What other hits around each hit say of it, learnt one by one: each looks at its own message, link and network only, and
 * marks each neighbour once, so that 100 000 hits on one link cost what 100 000 hits on as many links do. A hit without a
 * network (older than a day) is judged alone.
 */
export function openNeighbourhood(): Neighbourhood {
  const work = { looks: 0 };
  const messages = recentGroups(() => ({ ...newWindow(BURST_WINDOW_MS, HITS, linkOf), run: null as Run | null }));
  const links = recentGroups((people: number) => newWindow(CROWD_WINDOW_MS, 2 * people + 1, networkOf));
  const networks = recentGroups(() => ({
    ...newWindow(UNSUBSCRIBE_WINDOW_MS, HITS, networkOf),
    opened: -Infinity,
    confirmed: -Infinity,
  }));
  let clock = -Infinity;

  function timeOf(at: number): number {
    if (at < clock - CLOCK_SLACK_MS) {
      for (const groups of [messages, links, networks]) groups.clear();
      clock = at;
    }
    clock = Math.max(clock, at);
    return clock;
  }

  return {
    hit: ({ at: asked, network, message, link, links: count, people, holders = message }) => {
      const at = timeOf(asked);
      if (network === null) return null;
      const own = messages.of(`${network} ${message}`, at);
      own.run = runWith(own.run, at, link, count);
      const around = networks.of(network, at);
      const seen: Seen = {
        at,
        link,
        network,
        burst: ALONE.burst,
        opened: at - around.opened <= UNSUBSCRIBE_WINDOW_MS,
        confirmed: at - around.confirmed <= UNSUBSCRIBE_WINDOW_MS,
        crowd: 0,
        networks: 0,
        run: own.run,
      };
      add(own, seen, work);
      for (const threshold of [BURST_SUSPECT, BURST_SCANNER])
        if (distinct(own) >= threshold)
          mark(own, threshold, work, (s) => {
            s.burst = Math.max(s.burst, threshold);
          });
      add(around, seen, work);
      if (people !== null) markCrowd(links.of(`${holders} ${link}`, at, people), seen, people, work);
      return seen;
    },
    visit: ({ at: asked, network, confirmed }) => {
      const at = timeOf(asked);
      if (network === null) return;
      const around = networks.of(network, at);
      const what = confirmed ? 'confirmed' : 'opened';
      around[what] = at;
      advance(around, at, work);
      mark(around, what, work, (s) => {
        s[what] = true;
      });
    },
    looks: () => work.looks,
  };
}

const linkOf = (seen: Seen): number => seen.link;
const networkOf = (seen: Seen): string => seen.network;

/** More requests on one link within the window than people who received it; twice as many, and from a single network. */
function markCrowd(window: Window, seen: Seen, people: number, work: Work): void {
  add(window, seen, work);
  if (size(window) <= people) return;
  const networks = distinct(window);
  mark(window, 'more', work, (s) => {
    if (s.crowd === 0) Object.assign(s, { crowd: 1, networks });
  });
  if (size(window) > 2 * people && networks === 1)
    mark(window, 'twice', work, (s) => void Object.assign(s, { crowd: 2, networks }));
}

/** Requests of one network on the links of one message, with never a longer silence between two. */
type Run = { first: number; last: number; links: number; total: number; asked: number[]; times: number[] };

function runWith(run: Run | null, at: number, link: number, links: number): Run {
  const own =
    run !== null && at - run.last <= EVEN_SILENCE_MS
      ? run
      : { first: at, last: at, links, total: 0, asked: [], times: [] };
  own.last = at;
  own.total += 1;
  const known = own.asked.indexOf(link);
  if (known === -1) {
    own.asked.push(link);
    own.times.push(1);
  } else own.times[known] = (own.times[known] ?? 0) + 1;
  return own;
}

/** How many times each link of the message was asked for, when that is as many for all of them; 0: it is not. */
function evenness({ first, last, links, total, asked, times }: Run): number {
  if (last - first > EVEN_RUN_MS || links < EVEN_LINKS || asked.length !== links) return 0;
  const each = total / links;
  return each >= EVEN_TIMES && times.every((n) => n === each) ? each : 0;
}

type Work = { looks: number };
type Key = string | number;

/** The last `ms` of a stream, `most` hits of it. Every hit enters once, leaves once, and is marked once under each name. */
type Window = {
  ms: number;
  most: number;
  keyOf: (seen: Seen) => Key;
  held: Seen[];
  /** Where the window begins in `held`, and how many have been cut off before. */
  oldest: number;
  dropped: number;
  /** How often each key stands in it; null as long as it held one hit at most. */
  counts: Map<Key, number> | null;
  marked: Map<Key, number> | null;
};

const newWindow = (ms: number, most: number, keyOf: (seen: Seen) => Key): Window => ({
  ms,
  most,
  keyOf,
  held: [],
  oldest: 0,
  dropped: 0,
  counts: null,
  marked: null,
});

const size = ({ held, oldest }: Window): number => held.length - oldest;
const distinct = (window: Window): number => window.counts?.size ?? size(window);

function add(window: Window, seen: Seen, work: Work): void {
  work.looks += 1;
  advance(window, seen.at, work);
  window.held.push(seen);
  if (window.counts === null && window.held.length === 1) return;
  window.counts ??= new Map(window.held.slice(0, -1).map((s) => [window.keyOf(s), 1]));
  const key = window.keyOf(seen);
  window.counts.set(key, (window.counts.get(key) ?? 0) + 1);
}

/** Lets go of what is older than the window at this instant, and of the oldest where one more would be too many. */
function advance(window: Window, at: number, work: Work): void {
  const { held, counts, keyOf, ms, most } = window;
  for (let old = held[window.oldest]; old && (old.at < at - ms || size(window) >= most); old = held[window.oldest]) {
    const left = (counts?.get(keyOf(old)) ?? 1) - 1;
    if (left === 0) counts?.delete(keyOf(old));
    else counts?.set(keyOf(old), left);
    window.oldest += 1;
    work.looks += 1;
  }
  if (window.oldest * 2 <= held.length) return;
  window.held = held.slice(window.oldest);
  window.dropped += window.oldest;
  window.oldest = 0;
}

/** Does something to each hit in the window that it was not done to before, under this name. */
function mark(window: Window, name: Key, work: Work, to: (seen: Seen) => void): void {
  window.marked ??= new Map();
  const { held, oldest, dropped, marked } = window;
  const from = Math.max(oldest, (marked.get(name) ?? 0) - dropped);
  for (const seen of held.slice(from)) to(seen);
  work.looks += held.length - from;
  marked.set(name, dropped + held.length);
}

/** Groups by name, from the one that has been quiet for longest: these go as others come. */
function recentGroups<G, A extends unknown[]>(make: (...of: A) => G) {
  const known = new Map<string, { group: G; at: number }>();
  return {
    clear: () => known.clear(),
    of: (name: string, at: number, ...of: A): G => {
      const entry = known.get(name) ?? { group: make(...of), at };
      entry.at = at;
      known.delete(name);
      known.set(name, entry);
      for (const [old, last] of known) {
        if (at - last.at <= FORGOTTEN_MS && known.size <= GROUPS) break;
        known.delete(old);
      }
      return entry.group;
    },
  };
}
