import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { unavailable } from '../base/errors.ts';
import { log } from '../base/log.ts';
import { acrossOrganisations, type Database } from '../db/database.ts';
import { TOKEN } from './lines.ts';
import { GROUP_LINK, groupLink, looksPersonal, type PersonalOpener } from './personal-links.ts';
import { type Destination, destinationOf, destinationsOf, handedOnSince, pushesFrozenSince } from './queries.ts';

/** Links of newsletters of this many days are kept at hand; older ones are asked for one by one. */
const KEPT_DAYS = 120;
const REFRESH_MS = 30_000;
/** A freeze is dated at its beginning and seen at its end: look back further than the longest one. */
const OVERLAP_MS = 3_600_000;
const MISS_BOUND_MS = 200;
const MISSES_PER_SECOND = 50;
/** Tokens the database does not know, so that one broken link in a message does not ask it a thousand times. */
const UNKNOWN_KEPT = 10_000;
const UNKNOWN_MS = 60_000;

export type TokenStore = {
  /** From memory: what nearly every click needs. */
  find: (token: string) => string | undefined;
  /**
   * From the database, within 200 ms and 50 times a second at most; null when there is no such token.
   * Throws « unavailable » when nobody can say: the token may exist (never a false 404).
   */
  ask: (token: string) => Promise<string | null>;
  /** Reads the links frozen since the last time, and writes the snapshot when there are any. Throws with the database away. */
  refresh: () => Promise<void>;
  stop: () => Promise<void>;
};

/** `open`: reads the links that are one person's; without it there are none. */
export type TokenStoreOptions = { now?: () => number; everyMs?: number; open?: PersonalOpener };

/**
 * Every recent token and where it leads, in memory, with a snapshot in DATA_DIR: a process that starts while the
 * database is away still answers. A person's own link is opened, then led where the group's leads: one for all of them is
 * kept. `everyMs: 0` leaves the refreshing to the caller.
 */
export function openTokenStore(db: Database, dataDir: string, options: TokenStoreOptions = {}): TokenStore {
  const { now = Date.now, everyMs = REFRESH_MS, open = () => null } = options;
  const file = join(dataDir, 'liens.json');
  let urls = readSnapshot(file);
  const pushes = new Set<number>();
  const unknown = new Map<string, number>();
  const asking = new Map<string, Promise<string | null>>();
  const stopping = new AbortController();
  let since = now() - KEPT_DAYS * 86_400_000;
  let refreshed = false;
  let misses = { second: 0, count: 0 };

  async function refresh(): Promise<void> {
    const startedAt = now();
    const { fresh, rows, handed } = await acrossOrganisations(db, async (trx) => {
      const frozen = await pushesFrozenSince(trx, new Date(since));
      const fresh = frozen.filter((id) => !pushes.has(id));
      // A poster hangs for years: the links of relays, posters and actions are all kept at hand, from the first time.
      const handed = await handedOnSince(trx, refreshed ? new Date(since) : new Date(0));
      return { fresh, rows: fresh.length > 0 ? await destinationsOf(trx, fresh) : [], handed };
    });
    since = startedAt - OVERLAP_MS;
    const others = refreshed ? handed.filter(({ token }) => !urls.has(token)) : handed;
    if (fresh.length + others.length === 0) return;
    // The first answer of the database replaces the snapshot: links of deleted pushes go.
    if (!refreshed) urls = new Map();
    refreshed = true;
    for (const id of fresh) pushes.add(id);
    for (const row of rows) keep(keyOf(row), row.url);
    for (const { token, url } of others) keep(token, url);
    writeSnapshot(dataDir, file, urls);
  }

  function keep(key: string, url: string): string | null {
    const safe = destination(url);
    if (safe !== null) urls.set(key, safe);
    return safe;
  }

  function find(token: string): string | undefined {
    const known = urls.get(token);
    // An address may hold anything: what reads like a group's link is no token.
    if (known !== undefined) return token.includes('/') ? undefined : known;
    const own = open(token);
    return own === null ? undefined : urls.get(groupLink(own));
  }

  function ask(token: string): Promise<string | null> {
    if (!TOKEN.test(token)) return Promise.resolve(null);
    const own = open(token);
    if (own !== null) return askFor(groupLink(own));
    // A seal that does not open is nobody's, whatever the database would say: it need not be asked, nor be there.
    return looksPersonal(token) ? Promise.resolve(null) : askFor(token);
  }

  function askFor(token: string): Promise<string | null> {
    const refused = unknown.get(token);
    if (refused !== undefined && now() - refused < UNKNOWN_MS) return Promise.resolve(null);
    const same = asking.get(token);
    if (same) return same;
    const second = Math.floor(now() / 1_000);
    if (misses.second !== second) misses = { second, count: 0 };
    misses.count += 1;
    if (misses.count > MISSES_PER_SECOND) return Promise.reject(nobodyCanSay());
    const answer = within(MISS_BOUND_MS, lookUp(token)).finally(() => asking.delete(token));
    asking.set(token, answer);
    return answer;
  }

  /** A token of a push frozen a moment ago brings all the links of that push: its readers come together. */
  async function lookUp(token: string): Promise<string | null> {
    const { found, rows } = await acrossOrganisations(db, async (trx) => {
      const found = await destinationOf(trx, token);
      return { found, rows: found && !pushes.has(found.pushId) ? await destinationsOf(trx, [found.pushId]) : [] };
    });
    if (found !== null) {
      if (rows.length > 0) pushes.add(found.pushId);
      for (const row of rows) keep(keyOf(row), row.url);
      return keep(token, found.url);
    }
    unknown.delete(token);
    unknown.set(token, now());
    const oldest = unknown.keys().next();
    if (unknown.size > UNKNOWN_KEPT && !oldest.done) unknown.delete(oldest.value);
    return null;
  }

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      await refresh().catch((error: Error) =>
        log.warn({ error: error.message }, 'liens suivis : la base ne répond pas, la mémoire suffit'),
      );
      // Aborted means stop: the loop's own test says so.
      await pause(everyMs, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  }

  const running = everyMs > 0 ? run() : Promise.resolve();
  return {
    find,
    ask,
    refresh,
    stop: async () => {
      stopping.abort();
      await running;
    },
  };
}

/** A group of people with links of their own has none that all of them use. */
const keyOf = ({ token, individual, cell, link }: Destination): string =>
  individual ? groupLink({ cell, link }) : token;

const nobodyCanSay = () =>
  unavailable('links', 'Ce lien ne peut pas être vérifié pour l’instant. Réessayez dans une minute.');

async function within(ms: number, answer: Promise<string | null>): Promise<string | null> {
  const { promise: tooLate, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(nobodyCanSay()), ms);
  try {
    return await Promise.race([answer, tooLate]);
  } catch (error) {
    // The look-up that lost the race may still fail later; nobody waits for it any more.
    answer.catch(() => undefined);
    log.debug({ error: (error as Error).message }, 'lien suivi non trouvé à temps');
    throw nobodyCanSay();
  } finally {
    clearTimeout(timer);
  }
}

/** The address as a header may carry it, or null: a stored address was checked when written, and once more here (SEC-10). */
export function destination(url: string): string | null {
  const parsed = URL.parse(url);
  if (!parsed || !['http:', 'https:'].includes(parsed.protocol) || parsed.username || parsed.password) return null;
  return parsed.href;
}

/** `{url: [token, …]}`: a campaign has thousands of tokens for a handful of addresses. */
function writeSnapshot(dataDir: string, file: string, urls: Map<string, string>): void {
  const byUrl = Object.groupBy(urls, ([, url]) => url);
  const snapshot = Object.fromEntries(
    Object.entries(byUrl).map(([url, pairs]) => [url, pairs?.map(([token]) => token)]),
  );
  try {
    mkdirSync(dataDir, { recursive: true });
    // Several processes may share the folder: each writes its own file, and the last rename wins whole.
    const draft = `${file}.${process.pid}`;
    writeFileSync(draft, JSON.stringify(snapshot), { mode: 0o600 });
    renameSync(draft, file);
  } catch (error) {
    log.warn(
      { code: (error as NodeJS.ErrnoException).code },
      'liens suivis : la copie sur disque n’a pas pu être écrite',
    );
  }
}

const isKey = (text: string): boolean => TOKEN.test(text) || GROUP_LINK.test(text);

function readSnapshot(file: string): Map<string, string> {
  const urls = new Map<string, string>();
  try {
    for (const [url, tokens] of Object.entries(JSON.parse(readFileSync(file, 'utf8'))))
      if (destination(url) === url && Array.isArray(tokens))
        for (const token of tokens) if (typeof token === 'string' && isKey(token)) urls.set(token, url);
  } catch (error) {
    // None yet at a first start; a damaged one is worth a word, and the database has everything.
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT')
      log.warn('liens suivis : la copie sur disque est illisible, elle sera refaite');
  }
  return urls;
}
