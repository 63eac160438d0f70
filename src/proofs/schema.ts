import { createHash } from 'node:crypto';
import type { Level } from '../base/words.ts';
import type { Skeleton } from '../mail/skeleton.ts';

/**
 * All that leaves under one organisation's name: change any of it and that organisation is asked again (design §5).
 * Its sender identity is in the bytes of its messages.
 */
export type Leaving = {
  variants: { level: Level; skeleton: Skeleton; links: string[] }[];
  linkMode: string;
  audience: { rule: unknown; placedLevel: string | null };
  /** One or the other: an hour, or the window inside which it may move. */
  scheduledAt?: Date | null;
  window?: readonly (Date | null)[];
  deadlineAt: Date | null;
};

export function contentHash(leaving: Leaving): Buffer {
  const variants = [...leaving.variants].sort((a, b) => a.level.localeCompare(b.level));
  return createHash('sha256')
    .update(canonical({ ...leaving, variants }))
    .digest();
}

/** JSON with sorted keys: jsonb does not keep the order in which a rule was written. */
export function canonical(value: unknown): string {
  if (value instanceof Date) return JSON.stringify(value.toISOString());
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (value !== null && typeof value === 'object')
    return `{${Object.entries(value)
      .filter(([, v]) => v !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([k, v]) => `${JSON.stringify(k)}:${canonical(v)}`)
      .join(',')}}`;
  return JSON.stringify(value ?? null);
}
