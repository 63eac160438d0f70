import { FAMILIES, type Family, type Features } from './features.ts';

/** One line of a journal: what is kept of a request between its answer and its place in the database. */
export type HitLine = {
  kind: 'hit';
  seq: number;
  at: number;
  token: string;
  network: string | null;
  features: Features;
};
export type UnsubscribeLine = {
  kind: 'unsubscribe';
  seq: number;
  at: number;
  network: string | null;
  confirmed: boolean;
};
export type Line = HitLine | UnsubscribeLine;
export type NewLine = Omit<HitLine, 'seq'> | Omit<UnsubscribeLine, 'seq'>;

export const TOKEN = /^[\w-]{16,64}$/;
const NETWORK = /^[\w-]{8,64}$/;

export const encodeLine = (line: Line): string => `${JSON.stringify(line)}\n`;

/** Null for anything that is not exactly one of our lines: a cut end, a damaged block, a file of somebody else. */
export function parseLine(text: string): Line | null {
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch {
    return null;
  }
  if (!isRecord(raw)) return null;
  const { kind, seq, at, network } = raw;
  if (!Number.isSafeInteger(seq) || (seq as number) < 1 || !isInstant(at)) return null;
  const common = {
    seq: seq as number,
    at,
    network: typeof network === 'string' && NETWORK.test(network) ? network : null,
  };
  if (kind === 'unsubscribe')
    return typeof raw.confirmed === 'boolean' ? { kind, ...common, confirmed: raw.confirmed } : null;
  const features = featuresFrom(raw.features);
  if (kind !== 'hit' || features === null || typeof raw.token !== 'string' || !TOKEN.test(raw.token)) return null;
  return { kind, ...common, token: raw.token, features };
}

function featuresFrom(raw: unknown): Features | null {
  if (!isRecord(raw)) return null;
  const { method, bot, prefetch, family } = raw;
  if (typeof method !== 'string' || !/^[A-Z]{1,10}$/.test(method) || typeof prefetch !== 'boolean') return null;
  // A NUL is valid JSON and impossible in PostgreSQL: one such line would stop its whole batch for ever.
  if (bot !== null && (typeof bot !== 'string' || bot.length > 60 || bot.includes('\0'))) return null;
  if (!FAMILIES.includes(family as Family)) return null;
  return { method, bot, prefetch, family: family as Family };
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
/** A date that PostgreSQL and JavaScript both hold: 1970 to 9999. */
const isInstant = (value: unknown): value is number =>
  Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) < 253_402_300_800_000;
