/** Dates as people here read them: Europe/Paris, French. Instants are stored and passed as Date (UTC). */
export const ZONE = 'Europe/Paris';

const parts = new Intl.DateTimeFormat('en-GB', {
  timeZone: ZONE,
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
});

const HOUR_MS = 3_600_000;
const OFFSETS_KEPT = 5_000;
/** How far ahead of UTC Paris is, by hours of UTC: it only ever changes between two of them, and asking costs. */
const offsets = new Map<number, number>();

function offsetOf(at: Date): number {
  const hour = Math.floor(at.getTime() / HOUR_MS);
  const known = offsets.get(hour);
  if (known !== undefined) return known;
  const p = Object.fromEntries(parts.formatToParts(hour * HOUR_MS).map((x) => [x.type, Number(x.value)]));
  const offset = Date.UTC(p.year!, p.month! - 1, p.day!, p.hour!, p.minute!, p.second!) - hour * HOUR_MS;
  if (offsets.size >= OFFSETS_KEPT) offsets.clear();
  offsets.set(hour, offset);
  return offset;
}

/** Wall-clock fields in Paris of an instant. */
export function parisFields(at: Date): {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
} {
  const wall = new Date(at.getTime() + offsetOf(at));
  return {
    year: wall.getUTCFullYear(),
    month: wall.getUTCMonth() + 1,
    day: wall.getUTCDate(),
    hour: wall.getUTCHours(),
    minute: wall.getUTCMinutes(),
    second: wall.getUTCSeconds(),
  };
}

const wallAsUtc = (at: Date): number => at.getTime() + offsetOf(at) - at.getUTCMilliseconds();

/**
 * The instant of a wall-clock time in Paris. In the hour that does not exist (last Sunday of March, 02:00-03:00) the
 * time is read with the offset before the change, so 02:30 becomes 03:30; in the hour that comes twice (October) the
 * first one is taken.
 */
export function fromParis(year: number, month: number, day: number, hour = 0, minute = 0): Date {
  const wall = Date.UTC(year, month - 1, day, hour, minute);
  // The larger offset (summer) gives the earlier instant: tried first, it is the first of a repeated hour.
  for (const offset of [2, 1]) {
    const at = new Date(wall - offset * 3_600_000);
    if (wallAsUtc(at) === wall) return at;
  }
  return new Date(wall - 3_600_000);
}

/** `2026-11-26` or `2026-11-26T09:00`, as a form or a file gives it; null when it is neither or not a real date. */
export function parseParis(text: string): Date | null {
  const m = /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::\d{2})?)?$/.exec(text.trim());
  if (!m) return null;
  const [year, month, day, hour, minute] = m.slice(1).map((x) => Number(x ?? 0)) as [
    number,
    number,
    number,
    number,
    number,
  ];
  const check = new Date(Date.UTC(year, month - 1, day));
  if (check.getUTCMonth() !== month - 1 || check.getUTCDate() !== day || hour > 23 || minute > 59) return null;
  return fromParis(year, month, day, hour, minute);
}

const pad = (n: number) => String(n).padStart(2, '0');

/** `2026-11-26T09:00` in Paris, for a form field. */
export function toParisField(at: Date): string {
  const f = parisFields(at);
  return `${f.year}-${pad(f.month)}-${pad(f.day)}T${pad(f.hour)}:${pad(f.minute)}`;
}

/** `2026-11-26` in Paris. */
export const toParisDay = (at: Date): string => toParisField(at).slice(0, 10);

const day = new Intl.DateTimeFormat('fr-FR', { timeZone: ZONE, weekday: 'short', day: 'numeric', month: 'short' });
const longDay = new Intl.DateTimeFormat('fr-FR', {
  timeZone: ZONE,
  weekday: 'long',
  day: 'numeric',
  month: 'long',
  year: 'numeric',
});

/** « 9 h », « 9 h 30 » */
export const hourOf = (at: Date): string => {
  const f = parisFields(at);
  return f.minute === 0 ? `${f.hour} h` : `${f.hour} h ${pad(f.minute)}`;
};

/** « jeu. 26 nov., 9 h » */
export const shortDateTime = (at: Date): string => `${day.format(at)}, ${hourOf(at)}`;
/** « jeu. 26 nov. » */
export const shortDate = (at: Date): string => day.format(at);
/** « jeudi 26 novembre 2026 » */
export const longDate = (at: Date): string => longDay.format(at);
/** « jeudi 26 novembre 2026, 9 h 30 » */
export const longDateTime = (at: Date): string => `${longDay.format(at)}, ${hourOf(at)}`;
