import { z } from 'zod';
import { LEVELS, PHASES } from '../base/words.ts';
import { calendarSpan, optionalText, planSlug, webAddress, written } from './plan-fields.ts';
import { daySchema } from './schema.ts';

/** What is done beside the pushes we send, and that somebody declares. */
export const ACTION_KINDS = [
  'publicite',
  'site',
  'evenement',
  'presse',
  'rendez_vous',
  'social',
  'affiche',
  'autre',
] as const;
export type ActionKind = (typeof ACTION_KINDS)[number];
export const ACTION_KIND_NAMES: Record<ActionKind, string> = {
  publicite: 'publicité en ligne',
  site: 'site web',
  evenement: 'événement',
  presse: 'presse',
  rendez_vous: 'rendez-vous conseiller',
  social: 'réseaux sociaux',
  affiche: 'affiche',
  autre: 'autre action',
};

/** An action as a form or a folder gives it; the organisation that acts is the one that declares it. */
export const actionSchema = z
  .strictObject({
    slug: planSlug,
    kind: z.enum(ACTION_KINDS, 'Choisissez ce qui est fait.'),
    title: written(160, 'Dites en quelques mots ce qui est fait.'),
    description: optionalText(4000),
    phase: z.enum(PHASES).default('pendant'),
    /** Empty: all of them. */
    levels: z
      .array(z.enum(LEVELS))
      .default([])
      .transform((levels) => LEVELS.filter((l) => levels.includes(l))),
    /** Midnight in Paris: that whole day. */
    startsAt: z.date('Donnez une date qui existe.'),
    /** Midnight in Paris: that whole day, included. Null: it does not last. */
    endsAt: z.date('Donnez une date qui existe.').nullable().default(null),
    place: optionalText(200),
    /** Where its tracked link leads; null: it has none. */
    url: webAddress,
  })
  .refine(endsAfter, { path: ['endsAt'], message: 'L’action finit avant d’avoir commencé.' });
export type ActionInput = z.output<typeof actionSchema>;

/** A whole last day is over at its end, and not at its midnight. */
function endsAfter({ startsAt, endsAt }: { startsAt: Date; endsAt: Date | null }): boolean {
  const { start, end } = calendarSpan(startsAt, endsAt);
  return end === null || end >= start;
}

export const RESULT_UNITS = [
  'visites',
  'personnes',
  'impressions',
  'clics',
  'contacts',
  'rendez_vous',
  'participants',
  'articles',
  'autre',
] as const;
export type ResultUnit = (typeof RESULT_UNITS)[number];
export const RESULT_UNIT_NAMES: Record<ResultUnit, string> = {
  visites: 'visites',
  personnes: 'personnes',
  impressions: 'impressions',
  clics: 'clics',
  contacts: 'contacts pris',
  rendez_vous: 'rendez-vous',
  participants: 'participants',
  articles: 'articles parus',
  autre: 'autre unité (à dire dans la remarque)',
};

/** Kinds of action at which people are before somebody's eyes; elsewhere a machine counts pages or screens. */
const SEEN: readonly ActionKind[] = ['evenement', 'rendez_vous'];

/** Whether « personnes » is to be questioned: of a page or an advertisement, what is counted is visits (VIS rules). */
export const doubtsPersons = (kind: ActionKind, unit: string): boolean => unit === 'personnes' && !SEEN.includes(kind);

/** What somebody says an action brought. A figure without its unit, its window and its source is not evidence. */
export const resultSchema = z
  .strictObject({
    value: z.int('Donnez un nombre entier.').min(0, 'Donnez un nombre entier.').max(1e12, 'Ce nombre est trop grand.'),
    unit: z.enum(RESULT_UNITS, 'Dites ce qui est compté.'),
    /** Days in Paris, both included. */
    from: daySchema,
    to: daySchema,
    source: written(300, 'Dites d’où vient ce nombre : rapport de l’agence, comptage à l’entrée…'),
    note: optionalText(1000),
  })
  .superRefine((r, issues) => {
    const issue = (path: string, message: string) => issues.addIssue({ code: 'custom', path: [path], message });
    if (r.to < r.from) issue('to', 'La période finit avant d’avoir commencé.');
    if (r.unit === 'autre' && r.note === '') issue('note', 'Dites ici ce qui est compté.');
  });
export type ResultInput = z.output<typeof resultSchema>;
