import { z } from 'zod';
import { fromParis, parisFields, toParisDay } from '../base/dates.ts';
import { invalid } from '../base/errors.ts';
import { slugOf } from '../base/slug.ts';
import type { Trx } from '../db/database.ts';
import { slugSchema } from './schema.ts';

/** What actions, temps forts and budgets of a plan are written with. */

const LIMIT = (max: number) => `${max.toLocaleString('fr-FR')} caractères au plus.`;

export const written = (max: number, message = 'Écrivez ce texte.') =>
  z.string().trim().min(1, message).max(max, LIMIT(max));
export const optionalText = (max: number) => z.string().trim().max(max, LIMIT(max)).default('');

/** A page of the web, without a password in its address; null: none. */
export const webAddress = z
  .string()
  .trim()
  .max(2000, LIMIT(2000))
  .refine((text) => {
    const url = URL.parse(text);
    return url !== null && /^https?:$/.test(url.protocol) && !url.username && !url.password;
  }, 'Donnez une adresse complète, qui commence par https://.')
  .nullable()
  .default(null);

/** Their pages are `…/nouvelle` and `…/nouveau`: nothing may take these names. */
const RESERVED = ['nouvelle', 'nouveau'];
export const planSlug = slugSchema.refine(
  (slug) => !RESERVED.includes(slug),
  'Ce nom est réservé : choisissez-en un autre.',
);

/** `input` as the schema gives it back; `invalid` with a message per field, and `message` for the whole. */
export function checked<T extends z.ZodType>(schema: T, input: unknown, code: string, message: string): z.output<T> {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  throw invalid(
    code,
    message,
    parsed.error.issues.map((i) => ({ field: i.path.join('.'), message: i.message })),
  );
}

/** A slug of this title that nothing of the campaign has yet: `salon`, then `salon-2`. */
export async function freshSlug(
  trx: Trx,
  table: 'actions' | 'sector_events' | 'surveys' | 'webinars',
  campaignId: number,
  title: string,
): Promise<string> {
  const stem = slugOf(title);
  const rows = await trx.selectFrom(table).select('slug').where('campaign_id', '=', campaignId).execute();
  const taken = new Set([...rows.map((r) => r.slug), ...RESERVED]);
  let slug = stem;
  for (let n = 2; taken.has(slug); n++) slug = `${stem}-${n}`;
  return slug;
}

/** Midnight in Paris is how a whole day is kept: nobody plans an act for that minute. */
function dayOrMoment(at: Date): Date | string {
  const { hour, minute } = parisFields(at);
  return hour === 0 && minute === 0 ? toParisDay(at) : at;
}

/** From when to when, as a calendar writes it: both whole days, or both instants; a whole last day lasts to its end. */
export function calendarSpan(
  startsAt: Date,
  endsAt: Date | null,
): { start: Date; end: Date | null } | { start: string; end: string | null } {
  const [start, end] = [dayOrMoment(startsAt), endsAt && dayOrMoment(endsAt)];
  if (typeof start === 'string') return { start, end: endsAt && toParisDay(endsAt) };
  return { start, end: typeof end === 'string' ? lastMoment(end) : end };
}

function lastMoment(day: string): Date {
  const [year, month, date] = day.split('-').map(Number) as [number, number, number];
  return new Date(fromParis(year, month, date + 1).getTime() - 1000);
}
