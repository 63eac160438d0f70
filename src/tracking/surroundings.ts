import { BURST_SCANNER, BURST_SUSPECT, BURST_WINDOW_MS, type Surroundings, UNSUBSCRIBE_WINDOW_MS } from './classify.ts';

/**
 * A tracked link, as the rules see it. `message` names the copies a recipient may hold: those of one cell (or of one
 * push without cells). Links of two cells never stand in one message, so colleagues behind one address, whose messages
 * differ, are not taken for a scanner together.
 */
export type LinkHit = { at: number; network: string | null; message: string; link: number };
/** The unsubscribe page: merely opened (machines do), or confirmed by its button (only people do). */
export type UnsubscribeVisit = { at: number; network: string | null; confirmed: boolean };

/** What surrounds each of `hits`, in their order. Hits without a network (older than a day) are judged alone. */
export function surroundingsOf(hits: readonly LinkHit[], visits: readonly UnsubscribeVisit[]): Surroundings[] {
  const around = hits.map((): Surroundings => ({ burst: 1, unsubscribe: false }));
  const groups = new Map<string, number[]>();
  hits.forEach((hit, index) => {
    if (hit.network === null) return;
    const key = `${hit.network} ${hit.message}`;
    const group = groups.get(key);
    if (group) group.push(index);
    else groups.set(key, [index]);
  });
  for (const group of groups.values()) markBursts(hits, group, around);
  markUnsubscribes(hits, visits, around);
  return around;
}

/**
 * One pass with two ends: for the window that starts at each hit, the distinct links in it; a hit belongs to a burst
 * when a window that reached the threshold covers it. Linear, or 100 000 hits on one token would stop the flush.
 */
function markBursts(hits: readonly LinkHit[], group: number[], around: Surroundings[]): void {
  const sorted = group.map((index) => ({ index, hit: hits[index] as LinkHit })).sort((a, b) => a.hit.at - b.hit.at);
  const inWindow = new Map<number, number>();
  const coveredUntil = new Map([
    [BURST_SCANNER, -Infinity],
    [BURST_SUSPECT, -Infinity],
  ]);
  let end = 0;
  for (const { index, hit } of sorted) {
    for (let next = sorted[end]; next && next.hit.at <= hit.at + BURST_WINDOW_MS; next = sorted[end]) {
      inWindow.set(next.hit.link, (inWindow.get(next.hit.link) ?? 0) + 1);
      end += 1;
    }
    for (const threshold of coveredUntil.keys())
      if (inWindow.size >= threshold) coveredUntil.set(threshold, hit.at + BURST_WINDOW_MS);
    const reached = [...coveredUntil].find(([, until]) => hit.at <= until);
    const surroundings = around[index];
    if (reached && surroundings) surroundings.burst = reached[0];
    const left = (inWindow.get(hit.link) ?? 1) - 1;
    if (left === 0) inWindow.delete(hit.link);
    else inWindow.set(hit.link, left);
  }
}

function markUnsubscribes(hits: readonly LinkHit[], visits: readonly UnsubscribeVisit[], around: Surroundings[]): void {
  const near = (a: number, b: number) => Math.abs(a - b) <= UNSUBSCRIBE_WINDOW_MS;
  const byNetwork = new Map<string, UnsubscribeVisit[]>();
  for (const visit of visits) {
    if (visit.network === null) continue;
    const others = byNetwork.get(visit.network);
    if (others) others.push(visit);
    else byNetwork.set(visit.network, [visit]);
  }
  hits.forEach((hit, index) => {
    const visited = hit.network === null ? [] : (byNetwork.get(hit.network) ?? []);
    const close = visited.filter((v) => near(v.at, hit.at));
    const surroundings = around[index];
    if (surroundings && close.some((v) => !v.confirmed) && !visited.some((v) => v.confirmed && near(v.at, hit.at)))
      surroundings.unsubscribe = true;
  });
}
