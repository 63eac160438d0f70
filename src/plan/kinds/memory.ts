import { z } from 'zod';
import { decisionsOfCampaign } from '../../decisions/queries.ts';
import {
  type DecisionData,
  decisionSchema,
  INSTANCE_NAMES,
  INSTANCES,
  type Participant,
  type WatchNoteData,
  watchNoteSchema,
} from '../../decisions/schema.ts';
import { writeWatchNote } from '../../decisions/watch-notes.ts';
import { watchNotesOfCampaign } from '../../decisions/watch-queries.ts';
import { writeDecision } from '../../decisions/write-decision.ts';
import { fields, listOf, text } from '../fields.ts';
import { kind } from './kind.ts';
import { type Column, listFile, oneOf, said, words } from './list-file.ts';
import { fromYaml } from './yaml-text.ts';

const participants: Column = {
  as: 'participants',
  read: z
    .array(fields({ organisation: text, personnes: listOf(text).optional() }))
    .transform((all) => all.map((p) => ({ organisation: p.organisation, people: p.personnes ?? [] })))
    .optional(),
  say: (all) => (all as Participant[]).map((p) => ({ organisation: p.organisation, personnes: p.people })),
};
const replaced: Column = {
  as: 'supersedes',
  read: fields({ date: text, sujet: text })
    .transform((r) => ({ date: r.date, subject: r.sujet }))
    .optional(),
  say: (of) =>
    typeof of === 'object' && of !== null && 'date' in of && 'subject' in of
      ? { date: of.date, sujet: of.subject }
      : undefined,
};

const decisionKey = (d: Pick<DecisionData, 'date' | 'subject'>): string => `${d.date} ${d.subject}`;
const decisionFile = listFile(
  {
    date: said('date'),
    instance: oneOf('instance', INSTANCES, INSTANCE_NAMES),
    sujet: said('subject'),
    participants,
    options: said('options'),
    décision: said('decision'),
    pourquoi: said('why'),
    'à faire pour le': said('due'),
    envoi: said('push'),
    remplace: replaced,
  },
  decisionSchema,
  decisionKey,
);

/** `decisions.yaml`: what was decided, in the order in which it was written down. */
export const decisions = kind<DecisionData>({
  what: 'décision',
  file: 'decisions.yaml',
  keyOf: decisionKey,
  read: (name, bytes) => fromYaml(name, bytes, decisionFile.of),
  written: decisionFile.written,
  current: async (trx, campaign) => (await decisionsOfCampaign(trx, campaign.id)).map((d) => decisionSchema.parse(d)),
  write: (trx, ctx, campaign, decision) => writeDecision(trx, ctx, campaign.id, decision),
  record: 'une décision ne se change pas : notez-en une autre, qui la remplace.',
  fromModel: () => null,
});

const noteKey = (n: Pick<WatchNoteData, 'date' | 'title'>): string => `${n.date} ${n.title}`;
const noteFile = listFile(
  {
    date: said('date'),
    titre: said('title'),
    texte: said('body'),
    source: said('sourceName'),
    lien: said('sourceUrl'),
    ressources: words('resources'),
    envoi: said('push'),
  },
  watchNoteSchema,
  noteKey,
);

/** `veille.yaml`: what was noted from outside. */
export const watch = kind<WatchNoteData>({
  what: 'note de veille',
  file: 'veille.yaml',
  keyOf: noteKey,
  read: (name, bytes) => fromYaml(name, bytes, noteFile.of),
  written: noteFile.written,
  current: async (trx, campaign) => (await watchNotesOfCampaign(trx, campaign.id)).map((n) => watchNoteSchema.parse(n)),
  write: (trx, ctx, campaign, note) => writeWatchNote(trx, ctx, campaign.id, note),
  record: 'une note ne se change pas : archivez-la, et écrivez-en une autre.',
  fromModel: () => null,
});
