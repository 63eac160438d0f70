import { z } from 'zod';
import { longDateTime } from '../base/dates.ts';
import type { LinkMode } from '../campaigns/schema.ts';
import type { Trx } from '../db/database.ts';
import { QUESTION_WORDS, QUESTIONS } from '../surveys/schema.ts';
import { askedIn, type PushToProve, windowOf } from './queries.ts';
import { canonical } from './schema.ts';

/** What is approved besides the messages, as the audit row of a submission keeps it: to say later what moved. */

const instant = z.coerce.date().nullable();
const termsSchema = z.object({
  window: z.object({ from: z.coerce.date(), to: z.coerce.date() }).nullable(),
  scheduledAt: instant,
  deadlineAt: instant,
  audience: z.object({ name: z.string(), rule: z.unknown(), placedLevel: z.string().nullable() }),
  linkMode: z.string(),
  caps: z.tuple([z.number(), z.number(), z.number(), z.number()]),
  surveys: z
    .array(
      z.object({
        slug: z.string(),
        title: z.string(),
        introduction: z.string(),
        questions: z.array(z.enum(QUESTIONS)),
        comment: z.boolean(),
      }),
    )
    .default([]),
});
export type Terms = z.infer<typeof termsSchema>;

export const termsOfPush = (push: PushToProve): Terms => ({
  window: windowOf(push),
  scheduledAt: push.scheduled_at,
  deadlineAt: push.deadline_at,
  audience: { name: push.audience, rule: push.rule, placedLevel: push.placed_level },
  linkMode: push.link_mode,
  caps: [push.address_cap, push.address_days, push.company_cap, push.company_days],
  surveys: push.surveys.map(askedIn),
});

/** The terms of one submission; null when it was made before they were kept. For the cross role: it is the lead's row. */
export async function termsOfProof(trx: Trx, pushId: number, proofId: number): Promise<Terms | null> {
  const rows = await trx
    .selectFrom('audit_log')
    .select('detail')
    .where('subject', '=', `push:${pushId}`)
    .where('action', '=', 'push.submit')
    .orderBy('id', 'desc')
    .execute();
  const submissions = z.array(z.object({ proof: z.number(), terms: termsSchema.optional() }));
  return submissions.parse(rows.map((r) => r.detail)).find((s) => s.proof === proofId)?.terms ?? null;
}

export type ChangedTerm = { what: string; before: string; after: string };

/** What moved between two submissions, in words; with a window, the hour inside it is nobody's concern. */
export function changedTerms(before: Terms, now: Terms): ChangedTerm[] {
  const found: ChangedTerm[] = [];
  const compare = (what: string, [was, is]: [unknown, unknown], words: [string, string]) => {
    if (canonical(was) !== canonical(is)) found.push({ what, before: words[0], after: words[1] });
  };
  const of = <T>(read: (terms: Terms) => T): [T, T] => [read(before), read(now)];
  compare(
    'Départ',
    of((t) => t.window ?? t.scheduledAt),
    of(departureOf),
  );
  compare(
    'Échéance',
    of((t) => t.deadlineAt),
    of((t) => (t.deadlineAt ? longDateTime(t.deadlineAt) : 'aucune')),
  );
  if (before.audience.name !== now.audience.name)
    found.push({ what: 'Audience', before: before.audience.name, after: now.audience.name });
  else
    compare(
      'Audience',
      of((t) => [t.audience.rule, t.audience.placedLevel]),
      [before.audience.name, `${now.audience.name}, dont la règle a changé : elle ne réunit plus les mêmes contacts`],
    );
  compare(
    'Liens suivis',
    of((t) => t.linkMode),
    of((t) => FOLLOWED[t.linkMode as LinkMode] ?? t.linkMode),
  );
  compare(
    'Plafonds de sollicitation',
    of((t) => t.caps),
    of(capsOf),
  );
  compare(
    'Questionnaire',
    of((t) => t.surveys),
    of(surveysOf),
  );
  return found;
}

const surveysOf = ({ surveys }: Terms): string =>
  surveys
    .map(
      ({ title, introduction, questions, comment }) =>
        `« ${title} »${introduction ? ` (${introduction})` : ''} : ${questions.map((q) => QUESTION_WORDS[q].asked).join(' ')}${comment ? ' Et une ligne libre.' : ''}`,
    )
    .join(' ; ') || 'aucun';

/** What a valideur says yes to; proofs keep the mode in the form of their day. */
const FOLLOWED: Record<LinkMode, string> = {
  direct: 'non : liens directs',
  cellule: 'oui, par groupes de destinataires',
  individuel: 'oui, à leur nom pour les personnes qui l’ont accepté, par groupes pour les autres',
};

const departureOf = ({ window, scheduledAt }: Terms): string =>
  window
    ? `entre le ${longDateTime(window.from)} et le ${longDateTime(window.to)}`
    : scheduledAt
      ? longDateTime(scheduledAt)
      : 'quand le pilote le dira';

const capsOf = ({ caps: [address, days, company, companyDays] }: Terms): string =>
  `${address} en ${days} jours par personne, ${company} en ${companyDays} jours par entreprise`;
