import { isbot, isbotPattern } from 'isbot';
import { firstGroups } from '../base/client-address.ts';
import { hmac } from '../base/tokens.ts';

export const FAMILIES = ['edge', 'firefox', 'chrome', 'safari', 'messagerie', 'autre', 'aucun'] as const;
export type Family = (typeof FAMILIES)[number];

/** All that is kept of a request: nothing here names a person or a machine (PRV-13). */
export type Features = {
  method: string;
  /** The pattern of the list of declared robots that matched; never the user agent itself. */
  bot: string | null;
  prefetch: boolean;
  family: Family;
};

/** Longer than any real user agent: what comes after says nothing, and would only feed the patterns. */
const LONGEST = 512;

export type RequestHeaders = { userAgent?: string; secPurpose?: string; purpose?: string; xMoz?: string };

export function featuresOf(method: string, headers: RequestHeaders): Features {
  const { bot, family } = agentOf((headers.userAgent ?? '').slice(0, LONGEST));
  return { method, bot, prefetch: isPrefetch(headers), family };
}

/** What says of itself that nobody reads what it asks for; what hides it is told by its neighbours alone. */
export const isRobot = ({ bot, prefetch, family }: Features): boolean => bot !== null || prefetch || family === 'aucun';

type Agent = Pick<Features, 'bot' | 'family'>;
const AGENTS_KEPT = 2_000;
const agents = new Map<string, Agent>();

/** Readers come with a few hundred browsers, and the list of robots is one long pattern: each is read against it once. */
function agentOf(agent: string): Agent {
  let known = agents.get(agent);
  if (known) return known;
  known = { bot: declaredBot(agent), family: familyOf(agent) };
  // Whoever invents a new one each time gains nothing, and takes no memory.
  if (agents.size >= AGENTS_KEPT) agents.clear();
  agents.set(agent, known);
  return known;
}

const declaredBot = (agent: string): string | null =>
  isbot(agent) ? (isbotPattern(agent)?.slice(0, 60) ?? 'robot') : null;

/** A page fetched ahead of any click, as browsers say it (standard, then two older ways). */
function isPrefetch({ secPurpose, purpose, xMoz }: RequestHeaders): boolean {
  return [secPurpose, purpose, xMoz].some((value) => value !== undefined && /prefetch|prerender|preview/i.test(value));
}

// The first that matches: Edge says Chrome, and Chrome says Safari.
const FAMILY_PATTERNS: [Family, RegExp][] = [
  ['messagerie', /thunderbird|outlook|ms-office|lotus-notes/i],
  ['edge', /edg(e|a|ios)?\//i],
  ['firefox', /firefox\/|fxios\//i],
  ['chrome', /chrome\/|crios\/|chromium\//i],
  ['safari', /safari\/|applewebkit\//i],
];

function familyOf(agent: string): Family {
  if (agent.trim() === '') return 'aucun';
  return FAMILY_PATTERNS.find(([, pattern]) => pattern.test(agent))?.[0] ?? 'autre';
}

/**
 * Which network asked, as a keyed hash that changes every day (UTC): enough to see a burst, useless to follow anyone.
 * A network is a /24 (IPv4) or a /48 (IPv6): gateways fetch from several neighbours at once.
 */
export const networkHash = (key: Buffer, address: string, at: number): string =>
  hashNetwork(key, networkOf(address), dayOf(at));

const dayOf = (at: number): number => Math.floor(at / 86_400_000);
const hashNetwork = (key: Buffer, network: string, day: number): string =>
  hmac(key, `${day}|${network}`).toString('base64url').slice(0, 22);

const REMEMBERED = 10_000;

/** `networkHash` that remembers the networks of the day: the hash alone would cost more than the rest of an answer. */
export function networkHasher(key: Buffer): (address: string, at: number) => string {
  let today = -1;
  const known = new Map<string, string>();
  return (address, at) => {
    const day = dayOf(at);
    if (day !== today || known.size >= REMEMBERED) known.clear();
    today = day;
    const network = networkOf(address);
    const hash = known.get(network) ?? hashNetwork(key, network, day);
    known.set(network, hash);
    return hash;
  };
}

function networkOf(address: string): string {
  return /^(?:::ffff:)?(\d+\.\d+\.\d+)\.\d+$/i.exec(address)?.[1] ?? firstGroups(address, 3);
}
