import { toParisDay } from '../base/dates.ts';
import { sha256 } from '../base/tokens.ts';
import { LEVELS } from '../base/words.ts';
import { type KeyMessageInput, WORDING_FORMATS, type Wordings } from './schema.ts';

/** What one version says. */
export type Said = { topic: string; wordings: Wordings; validFrom: string | null; validTo: string | null };

/**
 * The column holds level → format → text and, under `sujet`, the topic of that version: a topic corrected later must
 * not change what was approved. Versions written before have none, and read the topic of today.
 */
export const toColumn = ({ topic, wordings }: Pick<Said, 'topic' | 'wordings'>): string =>
  JSON.stringify({ sujet: topic, ...wordings });

export function fromColumn(column: unknown, topicNow: string): { topic: string; wordings: Wordings } {
  const { sujet, ...wordings } = column as Wordings & { sujet?: string };
  return { topic: sujet ?? topicNow, wordings };
}

export const saidOf = (input: KeyMessageInput): Said => ({
  topic: input.topic,
  wordings: written(input.wordings),
  validFrom: input.validFrom ?? null,
  validTo: input.validTo ?? null,
});

/** Without the levels that say nothing, so that an empty level is the same as none. */
const written = (wordings: Wordings): Wordings =>
  Object.fromEntries(
    LEVELS.flatMap((level) => {
      const forms = WORDING_FORMATS.flatMap((f) => {
        const text = wordings[level]?.[f];
        return text ? [[f, text] as const] : [];
      });
      return forms.length ? [[level, Object.fromEntries(forms)] as const] : [];
    }),
  );

/** Every text of a version, in one order: by level, then by format. */
export const textsOf = (wordings: Wordings) =>
  LEVELS.flatMap((level) =>
    WORDING_FORMATS.flatMap((format) => {
      const text = wordings[level]?.[format];
      return text ? [{ level, format, text }] : [];
    }),
  );

/** What signatories approve: the topic, every text, and the days on which it may be said. */
export const contentHash = ({ topic, wordings, validFrom, validTo }: Said): Buffer =>
  sha256(
    JSON.stringify([
      topic,
      validFrom,
      validTo,
      textsOf(wordings).map(({ level, format, text }) => [level, format, text]),
    ]),
  );

/** `perime` from the day after its last one, `a_venir` until its first one, both at midnight in Paris. */
export type Validity = 'valable' | 'perime' | 'a_venir';
export function validityOf(version: Pick<Said, 'validFrom' | 'validTo'>, at: Date): Validity {
  const today = toParisDay(at);
  if (version.validTo !== null && version.validTo < today) return 'perime';
  return version.validFrom !== null && version.validFrom > today ? 'a_venir' : 'valable';
}
