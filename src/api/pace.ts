/** Seconds until one may ask again; 0: now. */
export type Pace = (key: number) => number;

/** More than these are forgotten once they are over: a map must not grow for ever. */
const KEPT = 1_000;

/**
 * At most `most` requests of one key in each window, in this process. In memory: a limit that wrote to the database at each
 * request would cost more than what it spares. With several processes a key is given as many times as much.
 */
export function openPace({ most, everyMs }: { most: number; everyMs: number }, now: () => number): Pace {
  const windows = new Map<number, { since: number; n: number }>();
  return (key) => {
    const at = now();
    const known = windows.get(key);
    const window = known && at - known.since < everyMs && at >= known.since ? known : { since: at, n: 0 };
    window.n += 1;
    windows.set(key, window);
    if (windows.size > KEPT) for (const [other, { since }] of windows) if (at - since >= everyMs) windows.delete(other);
    return window.n > most ? Math.ceil((window.since + everyMs - at) / 1_000) : 0;
  };
}
