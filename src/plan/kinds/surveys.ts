import { z } from 'zod';
import { toParisField } from '../../base/dates.ts';
import { closeSurveyAndReopen, writeSurveyAndReopen } from '../../pushes/edit-survey.ts';
import { surveyInput, surveysOfCampaign } from '../../surveys/queries.ts';
import { campaignSurveySchema, QUESTION_WORDS, QUESTIONS, type Question } from '../../surveys/schema.ts';
import { instant } from '../push-file.ts';
import { kind } from './kind.ts';
import { flag, listFile, said, someOf } from './list-file.ts';
import { fromYaml } from './yaml-text.ts';

export const QUESTION_NAMES = Object.fromEntries(QUESTIONS.map((q) => [q, QUESTION_WORDS[q].short])) as Record<
  Question,
  string
>;

const schema = campaignSurveySchema.safeExtend({
  organisation: z.string().optional(),
  /** Nobody answers any more: somebody said so. */
  closed: z.boolean().default(false),
});
type Survey = z.output<typeof schema>;

const file = listFile(
  {
    identifiant: said('slug'),
    titre: said('title'),
    organisation: said('organisation'),
    introduction: said('introduction'),
    questions: someOf('questions', QUESTIONS, QUESTION_NAMES),
    commentaire: flag('comment', true),
    'jusqu-au': {
      as: 'closesAt',
      read: instant.optional(),
      say: (at) => (at instanceof Date ? toParisField(at).replace('T', ' ') : undefined),
    },
    clos: flag('closed', false),
  },
  schema,
);

/** `questionnaires.yaml`: those that letters and kits carry. What was answered is not in it. */
export const surveys = kind<Survey>({
  what: 'questionnaire',
  file: 'questionnaires.yaml',
  keyOf: (s) => s.slug,
  ownerOf: (s) => s.organisation ?? '',
  beforePushes: true,
  read: (name, bytes) => fromYaml(name, bytes, file.of),
  written: file.written,
  async current(trx, campaign, { lead }) {
    return (await surveysOfCampaign(trx, campaign.id))
      .filter((s) => s.webinarId === null)
      .map((s) => ({
        ...surveyInput(s),
        ...(s.organisation.slug === lead ? {} : { organisation: s.organisation.slug }),
        closed: s.closedAt !== null,
      }));
  },
  async write(trx, ctx, campaign, { organisation: _, closed, ...survey }) {
    await writeSurveyAndReopen(trx, ctx, campaign.id, survey);
    if (closed) await closeSurveyAndReopen(trx, ctx, campaign.id, survey.slug);
  },
  fromModel: ({ organisation: _, ...s }, { instant: at }) => ({
    ...s,
    closesAt: s.closesAt && at(s.closesAt),
    closed: false,
  }),
});
