import { z } from 'zod';
import type { Actor, Ctx } from '../base/context.ts';
import { optionalText, webAddress, written } from '../campaigns/plan-fields.ts';
import { daySchema, slugSchema } from '../campaigns/schema.ts';

/** The clock never writes what people state. */
export type MemberCtx = Ctx<Exclude<Actor, { kind: 'clock' }>>;

/** Their own pages stand at these names. */
const RESERVED = ['nouvelle', 'sites'];
export const pageSlug = slugSchema.refine(
  (slug) => !RESERVED.includes(slug),
  'Ce nom est réservé : choisissez-en un autre.',
);

const day = daySchema.nullable().default(null);

/** A page that the partners do not own, as a form or a folder gives it; both days of a window, or neither. */
export const watchedPageSchema = z
  .strictObject({
    slug: pageSlug,
    name: written(160, 'Dites en quelques mots de quelle page il s’agit.'),
    url: webAddress.unwrap().unwrap(),
    /** Whose page: « France Travail ». */
    owner: written(160, 'Dites à qui est cette page.'),
    /** Before the campaign: what the page is worth without it (VIS-03). */
    baselineFrom: day,
    baselineTo: day,
    /** When the campaign sent people there. */
    windowFrom: day,
    windowTo: day,
  })
  .superRefine((p, issues) => {
    const issue = (path: string, message: string) => issues.addIssue({ code: 'custom', path: [path], message });
    for (const [from, to] of [
      ['baselineFrom', 'baselineTo'],
      ['windowFrom', 'windowTo'],
    ] as const) {
      if ((p[from] === null) !== (p[to] === null))
        issue(p[from] === null ? from : to, 'Donnez le premier et le dernier jour, ou aucun des deux.');
      else if (p[from] !== null && p[to] !== null && p[to] < p[from])
        issue(to, 'La période finit avant d’avoir commencé.');
    }
    if (p.baselineTo !== null && p.windowFrom !== null && p.baselineTo >= p.windowFrom)
      issue('baselineTo', 'La période de référence finit avant que la campagne n’envoie vers la page.');
  });
export type WatchedPageInput = z.output<typeof watchedPageSchema>;

/** What somebody says is counted, in the word that was said. */
export const UNITS = ['visites', 'personnes', 'pages_vues', 'visiteurs', 'clics', 'impressions', 'autre'] as const;
export type Unit = (typeof UNITS)[number];
export const UNIT_NAMES: Record<Unit, string> = {
  visites: 'visites',
  personnes: 'personnes',
  pages_vues: 'pages vues',
  visiteurs: 'visiteurs uniques',
  clics: 'clics',
  impressions: 'impressions',
  autre: 'autre chose',
};

/** A figure as it was stated (brief.md): kept as said, never corrected; a window may be as vague as the words were. */
export const statementSchema = z
  .strictObject({
    value: z.int('Donnez un nombre entier.').min(0, 'Donnez un nombre entier.').max(1e12, 'Ce nombre est trop grand.'),
    /** « plus de 9 000 » */
    atLeast: z.boolean().default(false),
    unit: z.enum(UNITS, 'Dites ce qui est compté, dans le mot du document.'),
    /** Days in Paris, both included; null: the source gives none. */
    from: day,
    to: day,
    /** « deux mois »: the words themselves, where there are no dates. */
    windowSaid: optionalText(200),
    saidBy: written(200, 'Dites qui donne ce chiffre.'),
    source: written(300, 'Dites où il est écrit ou dit : rapport, page, entretien…'),
    quote: optionalText(1000),
    saidOn: day,
    note: optionalText(1000),
  })
  .superRefine((s, issues) => {
    const issue = (path: string, message: string) => issues.addIssue({ code: 'custom', path: [path], message });
    if ((s.from === null) !== (s.to === null))
      issue(s.from === null ? 'from' : 'to', 'Donnez le premier et le dernier jour, ou aucun des deux.');
    else if (s.from !== null && s.to !== null && s.to < s.from) issue('to', 'La période finit avant d’avoir commencé.');
    if (s.from === null && s.to === null && s.windowSaid === '')
      issue('windowSaid', 'Sur quelle période ? Donnez des dates, ou les mots du document : « deux mois ».');
    if (s.unit === 'autre' && s.note === '') issue('note', 'Dites ici ce qui est compté.');
  });
export type StatementInput = z.output<typeof statementSchema>;

/** What an owner's tool counts, day by day. */
export const MEASURES = ['visites', 'pages_vues', 'visiteurs'] as const;
export type Measure = (typeof MEASURES)[number];
export const MEASURE_NAMES: Record<Measure, string> = {
  visites: 'visites',
  pages_vues: 'pages vues',
  visiteurs: 'visiteurs uniques du jour',
};

export const TOOLS = ['matomo', 'autre'] as const;
export type Tool = (typeof TOOLS)[number];
export const TOOL_NAMES: Record<Tool, string> = { matomo: 'Matomo', autre: 'un autre outil' };

/** A partner's site that carries our script. */
export const siteSchema = z.strictObject({
  name: written(160, 'Dites de quel site il s’agit.'),
  origin: z
    .string()
    .trim()
    .max(300, '300 caractères au plus.')
    .transform((text, issues) => {
      const url = URL.parse(text);
      if (url && /^https?:$/.test(url.protocol) && !url.username && !url.password) return url.origin;
      issues.addIssue({ code: 'custom', message: 'Donnez l’adresse du site, qui commence par https://.' });
      return z.NEVER;
    }),
});

/** By what somebody came to a measured page: all that is kept of where from. */
export const VISIT_CHANNELS = ['lettre', 'relais', 'social', 'recherche', 'site', 'direct'] as const;
export type VisitChannel = (typeof VISIT_CHANNELS)[number];
export const VISIT_CHANNEL_NAMES: Record<VisitChannel, string> = {
  lettre: 'une lettre',
  relais: 'un relais',
  social: 'un réseau social',
  recherche: 'un moteur de recherche',
  site: 'un autre site',
  direct: 'adresse tapée, ou rien qui le dise',
};
