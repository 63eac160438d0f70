import type { Actor, Ctx } from '../base/context.ts';
import { invalid, Refusal } from '../base/errors.ts';
import type { PageProbe } from '../base/probe-page.ts';
import { LEVEL_NAMES } from '../base/words.ts';
import { type Trx, withOrganisation } from '../db/database.ts';
import { allow } from '../organisations/permissions.ts';
import type { Content } from '../pushes/schema.ts';
import { lastMoment } from '../pushes/timing.ts';
import { checkDates } from './check-dates.ts';
import { askedAt, askPages, checkAnswers, checkUnknown, pagesToAsk } from './check-link-answers.ts';
import { checkTracking, checkWrittenLinks } from './check-links.ts';
import { checkContrast, checkDarkPalette, checkFontSize, checkHidden } from './check-look.ts';
import { checkOwedLinks, checkPicturesOnly, checkSubject, checkTwin, checkWeight } from './check-message.ts';
import {
  checkHeadings,
  checkLanguage,
  checkPictures,
  checkTables,
  checkTitle,
  checkUnderlines,
} from './check-outline.ts';
import { checkPress } from './check-press.ts';
import { compiled, readSurroundings, type Surroundings, storedVariants } from './check-read.ts';
import {
  type Check,
  type CheckedVariant,
  checkOf,
  type Finding,
  type PushCheck,
  type VariantCheck,
} from './check-schema.ts';
import { checkSenders } from './check-senders.ts';
import {
  checkApprovals,
  checkAudience,
  checkNature,
  checkSchedule,
  checkServiceAddress,
  type Expected,
} from './check-sending.ts';
import { keepAnswers, readAnswers } from './check-store.ts';
import { checkSurveys } from './check-survey.ts';
import { checkFormerDay, checkWebinar } from './check-webinar.ts';
import { checkCampaignGlossary, checkGlossary, checkOldWordings, checkWordingVersions } from './check-wording.ts';
import { type PushToProve, pushToProve, windowOf } from './queries.ts';
import { readInputs, renderAll } from './variants.ts';

type MemberCtx = Ctx<Exclude<Actor, { kind: 'clock' }>>;

/** What the checks cannot know by themselves: each is left out when it is not given. */
export type CheckAt = {
  /** Mail goes to the catcher; not given, nothing is said of the senders' domains and of the service's address. */
  demo?: boolean;
  /** Given, pages are asked now, and what they answer is kept; else only what was kept is said. */
  probe?: PageProbe;
  /** What would become of the list. */
  forecast?: Expected | null;
};

/**
 * The proofreading of a push as it would leave now (as it is stored, once submitted): every check on every organisation
 * × level, said once. It changes nothing but the kept answers of pages. A content that cannot be compiled is a finding.
 */
export async function checkPush(ctx: MemberCtx, pushId: number, at: CheckAt = {}): Promise<PushCheck> {
  allow(ctx.actor, 'push.read');
  const { push, read } = await withOrganisation(ctx.db, ctx.actor.organisationId, async (trx) => {
    const push = await pushToProve(trx, pushId);
    return { push, read: await attempt(() => readToCheck(trx, push, ctx.publicUrl)) };
  });
  const made =
    'refused' in read
      ? read
      : await attempt(async () => read.stored ?? compiled(read.inputs, await renderAll(read.inputs)));
  const refused = 'refused' in made ? [notCompiled(made.refused)] : [];
  const variants = 'refused' in made ? [] : made;
  const check = await checkVariants(ctx, push, variants, at);
  return refused.length ? { ...check, ...checkOf([...refused, ...check.findings]) } : check;
}

async function readToCheck(trx: Trx, push: PushToProve, publicUrl: string) {
  const inputs = await readInputs(trx, push, publicUrl);
  return { inputs, stored: await storedVariants(trx, push, inputs) };
}

/** The same on variants just compiled: what `submitPush` asks before it stores them. */
export async function checkVariants(
  ctx: MemberCtx,
  push: PushToProve,
  variants: readonly CheckedVariant[],
  at: CheckAt = {},
): Promise<PushCheck> {
  const now = ctx.now();
  const surroundings = await withOrganisation(ctx.db, ctx.actor.organisationId, (trx) =>
    readSurroundings(trx, push, now),
  );
  const { campaign, invited } = surroundings;
  const pages = pagesToAsk(variants, campaign.demo);
  const fresh = at.probe ? await askPages(pages, at.probe, now) : undefined;
  const answers = await withOrganisation(ctx.db, ctx.actor.organisationId, async (trx) => {
    if (fresh) await keepAnswers(trx, ctx, push.id, fresh);
    return readAnswers(trx, pages);
  });
  const findings = [
    ...merged(variants, [...variantChecks(push, surroundings, now), (v) => checkAnswers(v, answers, now)], campaign),
    ...checkUnknown(pages, answers, now, fresh === null),
    ...(await checkSenders(ctx.db, ctx.publicUrl, variants, at.demo)),
    ...checkSchedule(
      {
        scheduledAt: push.scheduled_at,
        deadlineAt: push.deadline_at,
        recurrence: push.recurrence,
        windowEnd: push.window_to,
        answerBy: push.drawn_at === null ? push.answer_by : null,
      },
      now,
    ),
    ...checkPress({
      content: push.content as Content,
      rule: push.rule,
      scheduledAt: push.scheduled_at,
      deadlineAt: push.deadline_at,
      window: windowOf(push),
    }),
    ...(invited
      ? checkWebinar(
          {
            scheduledAt: push.scheduled_at,
            deadlineAt: push.deadline_at,
            window: windowOf(push),
            signatories: surroundings.signatories.filter((s) => s.absent === null).map((s) => s.slug),
            updatedAt: push.updated_at,
          },
          invited,
          now,
        )
      : []),
    ...checkSurveys(
      { scheduledAt: push.scheduled_at, deadlineAt: push.deadline_at, window: windowOf(push) },
      push.surveys,
      now,
    ),
    ...checkNature(campaign.nature, push.rule),
    ...(at.forecast ? checkAudience(at.forecast, campaign.k) : []),
    ...(push.recurrence ? [] : checkApprovals(surroundings.signatories, push.current_proof_id !== null)),
    ...(at.demo === false ? checkServiceAddress(ctx.publicUrl) : []),
  ];
  return { ...checkOf(findings), pages: pages.length, askedAt: askedAt(pages, answers, now) };
}

const variantChecks = (
  push: PushToProve,
  { campaign, oldWordings, wordings, glossary, invited }: Surroundings,
  now: Date,
): VariantCheck[] => [
  checkSubject,
  checkWrittenLinks(campaign.demo),
  checkTracking,
  checkTwin,
  checkOwedLinks,
  checkWeight,
  checkPicturesOnly,
  checkLanguage,
  checkTitle,
  checkHeadings,
  checkTables,
  checkPictures,
  checkUnderlines,
  checkContrast,
  checkDarkPalette,
  checkFontSize,
  checkHidden,
  checkGlossary,
  checkOldWordings(oldWordings),
  checkWordingVersions(wordings, push.scheduled_at ?? now),
  checkCampaignGlossary(glossary),
  checkFormerDay(invited),
  checkDates(
    push.scheduled_at ?? now,
    lastMoment({ deadlineAt: push.deadline_at, window: windowOf(push) }),
    push.recurrence !== null,
  ),
];

/** Each finding once, with the levels and the organisations it is about when it is not about all. */
function merged(
  variants: readonly CheckedVariant[],
  checks: readonly VariantCheck[],
  campaign: Surroundings['campaign'],
): Finding[] {
  const found = new Map<string, { finding: Finding; of: Set<CheckedVariant> }>();
  for (const variant of variants)
    for (const finding of checks.flatMap((check) => check(variant, campaign))) {
      const key = JSON.stringify(finding);
      const known = found.get(key) ?? { finding, of: new Set() };
      known.of.add(variant);
      found.set(key, known);
    }
  return [...found.values()].map(({ finding, of }) => ({
    ...finding,
    place: `${finding.place}${concerned(variants, [...of])}`,
  }));
}

const french = new Intl.ListFormat('fr');

function concerned(all: readonly CheckedVariant[], some: readonly CheckedVariant[]): string {
  if (some.length === all.length) return '';
  const levels = (list: readonly CheckedVariant[]) => [...new Set(list.map((v) => LEVEL_NAMES[v.input.level]))];
  const organisations = (list: readonly CheckedVariant[]) => [...new Set(list.map((v) => v.input.organisation.name))];
  const [theirLevels, theirs] = [levels(some), organisations(some)];
  const parts = [
    theirLevels.length < levels(all).length
      ? `${theirLevels.length > 1 ? 'niveaux' : 'niveau'} ${french.format(theirLevels)}`
      : '',
    theirs.length < organisations(all).length ? french.format(theirs) : '',
  ].filter(Boolean);
  return parts.length ? `, ${parts.join(', ')}` : '';
}

async function attempt<T>(work: () => Promise<T>): Promise<T | { refused: Refusal }> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Refusal && error.kind === 'invalid') return { refused: error };
    throw error;
  }
}

const notCompiled = ({ message }: Refusal): Finding => ({
  code: 'composition',
  level: 'bloquant',
  place: 'Message',
  message: `Le message ne peut pas être composé : ${message}`,
  remedy: 'Corrigez ce point : les autres vérifications se feront ensuite.',
});

/** Refuses a submission with the sentences of what blocks; what is only to be looked at does not. */
export function refuseWhatBlocks({ findings }: Check): void {
  const blocking = findings.filter((f) => f.level === 'bloquant');
  const [first, ...others] = blocking;
  if (!first) return;
  throw invalid(
    'preflight',
    others.length
      ? `${blocking.length} points empêchent de soumettre cet envoi. Le premier : ${first.place} : ${first.message}`
      : `${first.place} : ${first.message} ${first.remedy}`,
    blocking.map((f) => ({ field: f.place, message: `${f.message} ${f.remedy}` })),
  );
}
