import { z } from 'zod';
import { LEVELS, PUBLICS, SIZE_CLASSES } from '../base/words.ts';
import { readDepartement, readRegion } from './geography.ts';
import { PURPOSES } from './schema.ts';

const NONE = 'Choisissez au moins une valeur, ou retirez ce critère.';
const someOf = <T extends z.ZodType>(item: T) => z.array(item).min(1, NONE).max(200, '200 valeurs au plus.');

/** A value as people write it, kept as contacts store it. */
const stored = (read: (raw: string) => string | null, message: string) =>
  z.string().transform((raw, ctx) => {
    const value = read(raw);
    if (value !== null) return value;
    ctx.addIssue({ code: 'custom', message });
    return z.NEVER;
  });

/** `61`, `61.1` or `6110Z`: the beginning of a NAF code, with its dot. */
function nafPrefix(raw: string): string | null {
  const text = raw.replace(/[\s.]/g, '').toUpperCase();
  if (!/^\d{1,4}[A-Z]?$/.test(text) || /^\d{1,3}[A-Z]$/.test(text)) return null;
  return text.length > 2 ? `${text.slice(0, 2)}.${text.slice(2)}` : text;
}

const criteria = {
  level: someOf(z.enum(LEVELS)).optional(),
  public: someOf(z.enum(PUBLICS)).optional(),
  /** Slugs; without it, every signatory's contacts. */
  organisation: someOf(
    z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'Une organisation s’écrit par son identifiant, comme constructys.'),
  ).optional(),
  departement: someOf(stored((raw) => readDepartement(raw).value, 'Ce département n’existe pas.')).optional(),
  region: someOf(stored((raw) => readRegion(raw).value, 'Cette région n’existe pas.')).optional(),
  sizeClass: someOf(z.enum(SIZE_CLASSES)).optional(),
  naf: someOf(stored(nafPrefix, 'Un code NAF commence par deux chiffres, comme 61 ou 43.21.')).optional(),
  idcc: someOf(
    z
      .string()
      .regex(/^\d{1,4}$/, 'Un IDCC a quatre chiffres au plus.')
      .transform((code) => code.padStart(4, '0')),
  ).optional(),
  /** Words found anywhere in the function, whatever the case. */
  job: someOf(z.string().trim().min(2, 'Deux caractères au moins.').max(80)).optional(),
  tags: someOf(z.string().trim().min(1).max(80)).optional(),
  /** The last word recorded; `unknown` when there is none. */
  consent: z.strictObject({ purpose: z.enum(PURPOSES), value: z.enum(['granted', 'refused', 'unknown']) }).optional(),
};

/**
 * Whom an audience selects: every criterion given must hold, by any one of its values; `not` takes away the contacts
 * that fulfil all of its own. An empty rule is everybody. Unknown keys are refused: ignored, they would widen the list.
 */
export const audienceRuleSchema = z.strictObject({
  ...criteria,
  not: z
    .strictObject(criteria)
    .refine((rule) => Object.values(rule).some((v) => v !== undefined), 'Dites qui retirer, ou retirez « sauf ».')
    .optional(),
});
export type AudienceRule = z.infer<typeof audienceRuleSchema>;
export type AudienceCriteria = Omit<AudienceRule, 'not'>;

export const audienceSchema = z.strictObject({
  slug: z
    .string()
    .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'Minuscules, chiffres et tirets, comme dirigeants-bretagne.')
    .max(80),
  name: z.string().trim().min(1, 'Donnez un nom à cette audience.').max(120, '120 caractères au plus.'),
  /** null: an audience of the organisation itself, for any campaign. */
  campaignId: z.int().positive().nullable().default(null),
  rule: audienceRuleSchema,
  /** The level at which its contacts are spoken to, when it is not their own. */
  placedLevel: z.enum(LEVELS).nullable().default(null),
});
export type AudienceInput = z.input<typeof audienceSchema>;
