import { z } from 'zod';
import { toParisField } from '../../base/dates.ts';
import { LEVEL_NAMES, LEVELS, PUBLIC_NAMES, PUBLICS } from '../../base/words.ts';
import { type WebinarSurvey, writeWebinarSurvey } from '../../follow-up/save-webinar-survey.ts';
import { writeWebinarAndReopen } from '../../pushes/edit-webinar.ts';
import { type SurveyRow, surveyInput, surveysOfCampaign } from '../../surveys/queries.ts';
import { QUESTIONS, surveySchema } from '../../surveys/schema.ts';
import { ownWebinar, writeClosing, writeOpening } from '../../webinars/act-webinar.ts';
import { missingHour } from '../../webinars/hours.ts';
import { webinarInput, webinarsOfCampaign } from '../../webinars/queries.ts';
import { REMINDERS, type Reminder } from '../../webinars/reminders.ts';
import { PLATFORM_NAMES, PLATFORMS, type Speaker, webinarSchema } from '../../webinars/schema.ts';
import { fields, listOf, text, word, yesNo } from '../fields.ts';
import { instant } from '../push-file.ts';
import { kind } from './kind.ts';
import { type Column, count, listFile, moment, oneOf, said, someOf, words } from './list-file.ts';
import { QUESTION_NAMES } from './surveys.ts';
import { fromYaml } from './yaml-text.ts';

const speakers: Column = {
  as: 'speakers',
  read: listOf(
    fields({ nom: text, fonction: text.optional(), organisation: text.optional() }).transform((s) => ({
      name: s.nom,
      role: s.fonction ?? '',
      organisation: s.organisation ?? '',
    })),
  ).optional(),
  say: (all) => (all as Speaker[]).map(({ name, role, organisation }) => ({ nom: name, fonction: role, organisation })),
};

/** Of none there is a word: an empty list is left out of a file, and would be read as the usual ones. */
const NONE = 'aucun' as const;
const reminders: Column = {
  as: 'reminders',
  read: listOf(word([...REMINDERS, NONE]))
    .transform((all) => all.filter((r) => r !== NONE))
    .optional(),
  say: (all) => ((all as Reminder[]).length ? all : NONE),
};

const OPENINGS = ['ouvertes', 'closes'] as const;
const registrations: Column = {
  as: 'open',
  read: word(OPENINGS)
    .transform((said) => said === 'ouvertes')
    .optional(),
  say: (open) => (open ? 'ouvertes' : undefined),
};

/** What is asked of those who came, and of those who did not. */
const survey: Column = {
  as: 'survey',
  read: fields({
    titre: text,
    introduction: text.optional(),
    questions: listOf(word(QUESTIONS, QUESTION_NAMES)),
    commentaire: yesNo.optional(),
    'jusqu-au': instant.optional(),
  })
    .transform((s) => ({
      title: s.titre,
      introduction: s.introduction ?? '',
      questions: s.questions,
      comment: s.commentaire ?? true,
      closesAt: s['jusqu-au'] ?? null,
    }))
    .optional(),
  say: (given) => {
    const { title, introduction, questions, comment, closesAt } = given as WebinarSurvey;
    return {
      titre: title,
      introduction,
      questions: questions.map((q) => QUESTION_NAMES[q]),
      commentaire: comment ? undefined : 'non',
      'jusqu-au': closesAt ? toParisField(closesAt).replace('T', ' ') : undefined,
    };
  },
};

const USUAL_DAYS = 180;

/** A time that the clocks skip would silently become another one. */
const existing = z
  .string()
  .superRefine((written, issues) => {
    const missing = missingHour(written);
    if (missing) issues.addIssue({ code: 'custom', message: missing.sentence });
  })
  .pipe(instant);

const schema = webinarSchema.safeExtend({
  organisation: z.string().optional(),
  /** Whoever reads its page may register. */
  open: z.boolean().default(false),
  survey: surveySchema.omit({ slug: true }).nullable().default(null),
});
type Webinar = z.output<typeof schema>;

const file = listFile(
  {
    identifiant: said('slug'),
    titre: said('title'),
    organisation: said('organisation'),
    résumé: said('summary'),
    début: moment('startsAt', existing),
    fin: moment('endsAt', existing),
    organisatrices: words('organisers'),
    intervenants: speakers,
    niveaux: someOf('levels', LEVELS, LEVEL_NAMES),
    publics: someOf('publics', PUBLICS, PUBLIC_NAMES),
    ressources: words('resources'),
    places: count('capacity'),
    outil: oneOf('platform', PLATFORMS, PLATFORM_NAMES),
    lien: said('joinUrl'),
    connexion: said('joinNote'),
    enregistrement: said('replayUrl'),
    rappels: reminders,
    'jours-gardés': { ...count('keepDays'), say: (days) => (days === USUAL_DAYS ? undefined : days) },
    inscriptions: registrations,
    questionnaire: survey,
    programme: said('description'),
  },
  schema,
);

/** `webinaires.yaml`: who registered is not in it, nor those that were cancelled, which stay where they are. */
export const webinars = kind<Webinar>({
  what: 'webinaire',
  file: 'webinaires.yaml',
  keyOf: (w) => w.slug,
  ownerOf: (w) => w.organisation ?? '',
  beforePushes: true,
  read: (name, bytes) => fromYaml(name, bytes, file.of),
  written: file.written,
  async current(trx, campaign, { lead }) {
    const surveys = await surveysOfCampaign(trx, campaign.id);
    return (await webinarsOfCampaign(trx, campaign.id))
      .filter((w) => w.said !== 'annule')
      .map((w) => ({
        ...webinarInput(w),
        ...(w.organisation.slug === lead ? {} : { organisation: w.organisation.slug }),
        open: w.said === 'ouvert',
        survey: asked(surveys.find((s) => s.webinarId === w.id)),
      }));
  },
  async write(trx, ctx, campaign, { organisation: _, open, survey: asks, ...webinar }) {
    await writeWebinarAndReopen(trx, ctx, campaign.id, webinar);
    const row = await ownWebinar(trx, ctx, campaign.id, webinar.slug);
    await (open ? writeOpening : writeClosing)(trx, ctx, row);
    if (asks) await writeWebinarSurvey(trx, ctx, row, asks);
  },
  // Its room and its recording were the model's; whoever takes it over opens it when it is read again.
  fromModel: ({ organisation: _, ...w }, { instant: at, partners, lead }) => {
    const organisers = w.organisers.filter((slug) => partners.has(slug));
    return {
      ...w,
      startsAt: at(w.startsAt),
      endsAt: at(w.endsAt),
      organisers: organisers.length ? organisers : [lead],
      joinUrl: null,
      joinNote: '',
      replayUrl: null,
      open: false,
      survey: w.survey && { ...w.survey, closesAt: w.survey.closesAt && at(w.survey.closesAt) },
    };
  },
});

const asked = (row: SurveyRow | undefined): Webinar['survey'] => {
  if (!row) return null;
  const { slug: _, ...given } = surveyInput(row);
  return given;
};
