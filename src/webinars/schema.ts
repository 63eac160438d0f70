import { z } from 'zod';
import type { Actor, Ctx } from '../base/context.ts';
import { hidesSomething } from '../base/visible.ts';
import { LEVELS, PUBLICS } from '../base/words.ts';
import { optionalText, planSlug, webAddress, written } from '../campaigns/plan-fields.ts';
import { slugSchema } from '../campaigns/schema.ts';
import { REMINDERS } from './reminders.ts';

export type MemberCtx = Ctx<Exclude<Actor, { kind: 'clock' }>>;

/** Where it takes place: what its attendance files look like, and nothing else. */
export const PLATFORMS = ['teams', 'zoom', 'bigbluebutton', 'livestorm', 'autre'] as const;
export type Platform = (typeof PLATFORMS)[number];
export const PLATFORM_NAMES: Record<Platform, string> = {
  teams: 'Microsoft Teams',
  zoom: 'Zoom',
  bigbluebutton: 'BigBlueButton',
  livestorm: 'Livestorm',
  autre: 'un autre outil',
};

/** What became of it, from its acts; `a_venir` and `passe` from the clock. */
export const WEBINAR_STATES = ['prepare', 'ouvert', 'ferme', 'passe', 'tenu', 'annule'] as const;
export type WebinarState = (typeof WEBINAR_STATES)[number];
export const WEBINAR_STATE_NAMES: Record<WebinarState, string> = {
  prepare: 'en préparation',
  ouvert: 'inscriptions ouvertes',
  ferme: 'inscriptions closes',
  passe: 'heure passée',
  tenu: 'tenu',
  annule: 'annulé',
};

export const speakerSchema = z.strictObject({
  name: written(120, 'Donnez le nom de l’intervenant.'),
  role: optionalText(160),
  organisation: optionalText(160),
});
export type Speaker = z.output<typeof speakerSchema>;

/** A webinar as a form or a folder gives it; the organisation that runs it is the one that writes it. */
export const webinarSchema = z
  .strictObject({
    slug: planSlug,
    /** A subject and the name in calendars: one line, of which nothing hides. */
    title: written(160, 'Donnez un titre au webinaire.').refine(
      (t) => !hidesSomething(t),
      'Ce titre contient un caractère invisible ou un retour à la ligne : retapez-le.',
    ),
    /** One sentence, for lists and messages. */
    summary: optionalText(400),
    /** Safe Markdown subset, as a text block. */
    description: optionalText(6000),
    startsAt: z.date('Donnez une date et une heure qui existent.'),
    endsAt: z.date('Donnez une date et une heure qui existent.'),
    /** Empty: all of them. */
    levels: z
      .array(z.enum(LEVELS))
      .default([])
      .transform((levels) => LEVELS.filter((l) => levels.includes(l))),
    /** For whom it is made; empty: everybody. */
    publics: z
      .array(z.enum(PUBLICS))
      .default([])
      .transform((publics) => PUBLICS.filter((p) => publics.includes(p))),
    /** Slugs of the inventory. */
    resources: z.array(slugSchema).max(30, '30 ressources au plus.').default([]),
    /** Slugs of partners, in the order shown: whoever registers belongs to one of them. */
    organisers: z
      .array(slugSchema)
      .min(1, 'Nommez au moins une organisation qui organise.')
      .refine((all) => new Set(all).size === all.length, 'La même organisation est nommée deux fois.'),
    speakers: z.array(speakerSchema).max(20, '20 intervenants au plus.').default([]),
    /** Null: as many as come. */
    capacity: z
      .int('Donnez un nombre entier de places.')
      .min(1, 'Donnez au moins une place, ou laissez vide.')
      .max(100_000, '100 000 places au plus.')
      .nullable()
      .default(null),
    platform: z.enum(PLATFORMS).default('autre'),
    /** The real address of the meeting, given to registered people only (CAL-06). */
    joinUrl: webAddress,
    /** Code, telephone: for the same people. */
    joinNote: optionalText(600),
    replayUrl: webAddress,
    reminders: z
      .array(z.enum(REMINDERS))
      .default(['J-7', 'J-1', 'H-1'])
      .transform((chosen) => REMINDERS.filter((r) => chosen.includes(r))),
    /** Days after the end during which who came is known. */
    keepDays: z
      .int('Donnez un nombre entier de jours.')
      .min(30, '30 jours au moins.')
      .max(760, '760 jours au plus.')
      .default(180),
  })
  .superRefine((w, issues) => {
    const issue = (path: string, message: string) => issues.addIssue({ code: 'custom', path: [path], message });
    if (w.endsAt <= w.startsAt) issue('endsAt', 'Le webinaire finit avant d’avoir commencé.');
    else if (w.endsAt.getTime() - w.startsAt.getTime() > 12 * 3_600_000)
      issue('endsAt', 'Douze heures au plus : faites-en plusieurs.');
  });
export type WebinarInput = z.output<typeof webinarSchema>;

/** Where a person waits or comes. */
export const PLACES = ['inscrit', 'attente'] as const;
export type Place = (typeof PLACES)[number];

/** Through what people came to register. */
export const ORIGIN_CHANNELS = ['invitation', 'relais', 'affiche', 'carte', 'social', 'site', 'page'] as const;
export type OriginChannel = (typeof ORIGIN_CHANNELS)[number];
export const ORIGIN_CHANNEL_NAMES: Record<OriginChannel, string> = {
  invitation: 'message d’invitation',
  relais: 'lien d’un relais',
  affiche: 'affiche',
  carte: 'carte',
  social: 'réseaux sociaux',
  site: 'autre site',
  page: 'page publique, sans autre indication',
};

export const LETTER_KINDS = [
  'confirmation',
  'attente',
  'place',
  'modification',
  'annulation',
  'desinscription',
  'rappel',
  'suite',
] as const;
export type LetterKind = (typeof LETTER_KINDS)[number];
