import { z } from 'zod';
import { fromParis, parseParis } from '../base/dates.ts';

/** At most; a key that nobody looks after must end by itself. */
export const KEY_DAYS = 366;
/** Of one person for one organisation, alive at once. */
export const MOST_KEYS = 10;

/** What a key looks like: known on sight in a file or a message where it has no business. */
export const KEY_FORM = /^pv_[\w-]{43}$/;

/** What it serves for, and until when: that whole day, in Paris. */
export const keySchema = z.strictObject({
  label: z
    .string()
    .trim()
    .min(1, 'Dites à quoi sert cette clé : vous saurez laquelle fermer.')
    .max(120, '120 caractères au plus.'),
  until: z.string().transform((day, check): Date => {
    const at = /^\d{4}-\d{2}-\d{2}$/.test(day) ? parseParis(day) : null;
    if (at === null) {
      check.addIssue({ code: 'custom', message: 'Donnez une date qui existe, sous la forme 2026-11-02.' });
      return z.NEVER;
    }
    const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
    return fromParis(year, month, date + 1);
  }),
});
