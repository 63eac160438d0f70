import { sql } from 'kysely';
import { longDate, parisFields, parseParis, toParisField } from '../base/dates.ts';
import { conflict } from '../base/errors.ts';
import type { Content } from './schema.ts';

/** Until when nothing of a press release leaves or is read outside. */

type Embargoed = { press?: Pick<NonNullable<Content['press']>, 'embargoAt'> };

/** The hour of the embargo, past or to come; null: none. Reads a content as it is stored. */
export function embargoOf(content: unknown): Date | null {
  const at = (content as Embargoed | null)?.press?.embargoAt;
  return at ? new Date(at) : null;
}

/** The hour until which nothing may be shown; null when it has come, or was never asked for. */
export function embargoAt(content: unknown, now: Date): Date | null {
  const at = embargoOf(content);
  return at && at > now ? at : null;
}

/** The same in SQL, of the column `content` of `pushes as p`. */
export const EMBARGO_SQL = `(p.content #>> '{press,embargoAt}')::timestamptz`;
export const underEmbargo = (now: Date) => sql<boolean>`coalesce(${sql.raw(EMBARGO_SQL)} > ${now}, false)`;

/**
 * A clock time in Paris as an embargo understands it: never earlier than anybody may have read it. Of the hour that comes
 * twice in October it is the second one; in March, 2:30 does not exist and means 3:30.
 */
export function parseEmbargo(text: string): Date | null {
  const at = parseParis(text);
  const later = at && new Date(at.getTime() + 3_600_000);
  return later && toParisField(later) === toParisField(at) ? later : at;
}

/** « jeudi 3 décembre 2026 à 8 h », which of the two hours in October, and whose hour it is. */
export function embargoWords(at: Date): string {
  const { hour, minute } = parisFields(at);
  const clock = `${hour}\u00a0h${minute ? `\u00a0${String(minute).padStart(2, '0')}` : ''}`;
  const same = (shift: number) => toParisField(new Date(at.getTime() + shift)) === toParisField(at);
  const which = same(3_600_000) ? ', avant le changement d’heure' : same(-3_600_000) ? ', heure d’hiver' : '';
  return `${longDate(at)} à ${clock} (heure de Paris${which})`;
}

/** Nobody sends before, not even who asks for it now. */
export function refuseUnderEmbargo(content: unknown, now: Date): void {
  const until = embargoAt(content, now);
  if (until)
    throw conflict(
      'embargo',
      `Ce communiqué est sous embargo jusqu’au ${embargoWords(until)} : rien ne part avant. Attendez cette heure, ou changez l’embargo et soumettez de nouveau.`,
    );
}
