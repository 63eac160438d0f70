import { actorLabel } from '../base/context.ts';
import { conflict } from '../base/errors.ts';
import { checked } from '../campaigns/plan-fields.ts';
import { getCampaign } from '../campaigns/queries.ts';
import { crossing, type Trx, withOrganisation } from '../db/database.ts';
import { recordAudit } from '../memory/audit.ts';
import { allow } from '../organisations/permissions.ts';
import { recordMails } from '../pressure/mails.ts';
import { openGroups, surveyUrl } from '../surveys/groups.ts';
import { isClosed, type SurveyRow, surveyOfWebinar } from '../surveys/queries.ts';
import { ownWebinar } from '../webinars/act-webinar.ts';
import type { Headcount } from '../webinars/headcounts.ts';
import { type Instance, writeLetters } from '../webinars/letters.ts';
import { shownWebinar } from '../webinars/public-webinar.ts';
import type { WebinarRow } from '../webinars/queries.ts';
import type { MemberCtx } from '../webinars/schema.ts';
import { type FollowedPerson, followedCount, followedPeople } from './people.ts';
import { type FollowUpLetter, followUpSchema } from './schema.ts';

/** `surveyed`: the letters of this group carry the survey; false when too few are written to for it to stay anonymous. */
export type FollowedUp = { to: FollowUpLetter['to']; written: Headcount; surveyed: boolean };

/**
 * Writes to those who came, and in other words to those who did not: what they missed, and the survey. Whoever may have come
 * waits until somebody has decided; whoever was written to after this webinar is not written to again, so that a second time
 * reaches only those decided since. Each letter is a solicitation of its registrant's own organisation. All of it stands or
 * falls together. Throws `webinaire_a_venir`, `presence_inconnue`, `suite_faite`.
 */
export async function writeFollowUp(
  ctx: MemberCtx,
  campaignSlug: string,
  slug: string,
  input: unknown,
): Promise<FollowedUp[]> {
  allow(ctx.actor, 'webinar.write');
  const { letters } = checked(
    followUpSchema,
    input,
    'suite_invalide',
    'Rien n’est parti : corrigez les champs signalés.',
  );
  return withOrganisation(ctx.db, ctx.actor.organisationId, async (trx) => {
    const campaign = await getCampaign(trx, campaignSlug);
    const webinar = await ownWebinar(trx, ctx, campaign.id, slug);
    mustBeHeld(webinar);
    const survey = await surveyToAsk(trx, ctx, webinar, letters);
    const done = await crossing(trx, ctx.db, async (all) => {
      const people = await followedPeople(all, webinar.id);
      if (people === null) throw unknownPresence();
      const links = await linksAfter(all, ctx, webinar);
      const written: FollowedUp[] = [];
      let letterCount = 0;
      for (const letter of letters) {
        const whom = people.filter((p) => p.group === letter.to && !p.refused && !p.written);
        const surveyed = await writeOne(all, ctx, webinar, whom, letter, letter.survey ? survey : null, links);
        written.push({ to: letter.to, written: followedCount(whom, ctx.actor.organisationId, campaign.k), surveyed });
        letterCount += whom.length;
      }
      if (letterCount === 0)
        throw conflict('suite_faite', 'Il n’y a plus personne à qui écrire : chacune de ces personnes a sa lettre.');
      return written;
    });
    await insertAct(trx, ctx, webinar, done);
    return done;
  });
}

export function mustBeHeld(webinar: WebinarRow): void {
  if (webinar.said !== 'tenu')
    throw conflict(
      'webinaire_a_venir',
      `« ${webinar.title} » n’a pas encore eu lieu : dites sur sa page qu’il s’est tenu, puis écrivez à ses inscrits.`,
    );
}

export const unknownPresence = () =>
  conflict(
    'presence_inconnue',
    'On ne sait pas encore qui est venu : importez d’abord le fichier de présence. Présents et absents ne lisent pas la même lettre.',
  );

async function surveyToAsk(
  trx: Trx,
  ctx: MemberCtx,
  webinar: WebinarRow,
  letters: readonly FollowUpLetter[],
): Promise<SurveyRow | null> {
  if (!letters.some((l) => l.survey)) return null;
  const survey = await surveyOfWebinar(trx, webinar.id);
  if (!survey || isClosed(survey, ctx.now()))
    throw conflict(
      'questionnaire_absent',
      'Ce webinaire n’a pas de questionnaire ouvert : écrivez-le, ou n’en parlez pas.',
    );
  return survey;
}

type Link = { label: string; url: string };

/** What every letter ends with: the recording, once there is one, and the resources that anybody may read. */
export async function linksAfter(trx: Trx, instance: Instance, webinar: WebinarRow): Promise<Link[]> {
  const { resources } = await shownWebinar(trx, webinar, instance.now());
  return [
    ...(webinar.replayUrl
      ? [{ label: 'Revoir le webinaire', url: `${instance.publicUrl}/webinaires/${webinar.address}/replay` }]
      : []),
    ...resources.map((r) => ({ label: r.title, url: `${instance.publicUrl}${r.path}` })),
  ];
}

export const SURVEY_LABEL = 'Donner votre avis : une minute, anonyme';

/** Answers whether the survey went with it. */
async function writeOne(
  trx: Trx,
  ctx: MemberCtx,
  webinar: WebinarRow,
  people: readonly FollowedPerson[],
  { to, subject, words }: FollowUpLetter,
  survey: SurveyRow | null,
  links: readonly Link[],
): Promise<boolean> {
  const groups = survey && (await openGroups(trx, survey, people, to, ctx.now()));
  const groupOf = new Map(people.map((p, i) => [p.id, groups?.[i] ?? null]));
  for (const [group, of] of Map.groupBy(people, (p) => groupOf.get(p.id) ?? null)) {
    const own = group === null ? links : [...links, { label: SURVEY_LABEL, url: surveyUrl(ctx, group) }];
    await writeLetters(trx, ctx, webinar, of, { kind: 'suite', to, subject, words, links: own });
  }
  for (const [organisationId, of] of Map.groupBy(people, (p) => p.organisationId))
    await recordMails(
      trx,
      { organisationId, campaignId: webinar.campaignId, now: ctx.now() },
      of.flatMap((p) => p.addressHash ?? []),
    );
  return groups !== null;
}

/** Read by every partner: it says to whom, and never how many. */
async function insertAct(trx: Trx, ctx: MemberCtx, webinar: WebinarRow, done: readonly FollowedUp[]): Promise<void> {
  await trx
    .insertInto('webinar_acts')
    .values({
      organisation_id: webinar.organisationId,
      campaign_id: webinar.campaignId,
      webinar_id: webinar.id,
      what: 'suite',
      at: ctx.now(),
      by: actorLabel(ctx.actor),
      detail: JSON.stringify({ to: done.map((d) => d.to) }),
    })
    .execute();
  await recordAudit(trx, ctx, {
    action: 'webinar.follow-up',
    subject: `webinar:${webinar.id}`,
    detail: { letters: done },
  });
}
