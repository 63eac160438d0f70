import { wholeMinutes } from './moments.ts';
import type { Stay } from './schema.ts';

export type Presence = Pick<Stay, 'joinedAt' | 'leftAt' | 'minutes'>;
type Span = { from: number; to: number };
type Timed = Span & { told: number };

const MINUTE = 60_000;

/**
 * How long one person stayed, in minutes: what overlaps (two devices, two exports of one meeting) counts once; stays
 * without times are added up. The order of the stays says nothing. 0: nothing says how long.
 */
export function unitedMinutes(stays: readonly Presence[]): number {
  const timed: Timed[] = [];
  let untimed = 0;
  for (const { joinedAt, leftAt, minutes } of stays) {
    if (joinedAt && leftAt) timed.push({ from: joinedAt.getTime(), to: leftAt.getTime(), told: minutes * MINUTE });
    else untimed += minutes * MINUTE;
  }
  return wholeMinutes((lengthOf(spansOf(timed)) + untimed) / 1000);
}

/**
 * The time each stay truly covers. A line that gives a first arrival, a last departure and less time than lies between
 * them sums up stays: where these are told too it adds nothing, else its time is taken from the arrival on.
 */
function spansOf(timed: readonly Timed[]): Span[] {
  const isWhole = ({ from, to, told }: Timed): boolean => told === 0 || told > to - from - 1.5 * MINUTE;
  const whole = timed.filter(isWhole);
  const sums = timed.filter((t) => !isWhole(t));
  const untold = sums.filter(({ from, to, told }) => {
    const inside = whole.filter((w) => w.from >= from - MINUTE && w.to <= to + MINUTE);
    return lengthOf(inside) < told - 1.5 * MINUTE;
  });
  return [...whole, ...untold.map(({ from, told }) => ({ from, to: from + told }))];
}

/** What a set of spans covers, in milliseconds. */
function lengthOf(spans: readonly Span[]): number {
  let [covered, end] = [0, Number.NEGATIVE_INFINITY];
  for (const { from, to } of spans.toSorted((a, b) => a.from - b.from)) {
    covered += Math.max(0, to - Math.max(from, end));
    end = Math.max(end, to);
  }
  return covered;
}
