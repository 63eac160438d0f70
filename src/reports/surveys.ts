import type { Partner } from '../campaigns/queries.ts';
import type { Trx } from '../db/database.ts';
import { isClosed, type SurveyRow, surveysOfCampaign, wasOver } from '../surveys/queries.ts';
import { answerCounts, answeredGroups } from '../surveys/read-results.ts';
import { type AnswerCount, type AnsweredGroup, readable } from '../surveys/results.ts';
import type { Period, Scope } from './figure.ts';
import { relayUses, relayUseTable } from './relay-uses.ts';
import { SURVEY_NOTES } from './survey-definitions.ts';
import { opinionTables, useTables } from './survey-tables.ts';
import type { Table } from './tables.ts';

/** One survey with all that was answered and may be read. */
export type CountedSurvey = {
  survey: SurveyRow;
  closed: boolean;
  groups: AnsweredGroup[];
  counts: AnswerCount[];
};

/** What people say they do and think of it, webinars apart. */
export type SurveyReport = {
  /** Declared uses: of readers, then of relays, which are not added to them. */
  used: Table[];
  satisfied: Table[];
  notes: readonly string[];
};

/**
 * The surveys that were open at some time of the window, whole: a window that cut one in two would tell by difference what
 * a few people said; and to a reader who left, those that were over by then. Across organisations: what leaves is sums.
 */
export async function surveyReport(
  trx: Trx,
  scope: Scope,
  { partners, now }: { partners: readonly Partner[]; now: Date },
): Promise<SurveyReport> {
  const relays = relayUseTable(scope, await relayUses(trx, scope));
  const rows = (await surveysOfCampaign(trx, scope.campaignId)).filter(
    (s) => s.webinarId === null && wasOpen(s, scope.period, now) && (!scope.left || wasOver(s, scope.left)),
  );
  const surveys = rows.length > 0 ? await counted(trx, scope.campaignId, rows, now) : [];
  if (surveys.length === 0) return { used: [relays], satisfied: [], notes: [] };
  const names = new Map(partners.map((p) => [p.organisationId, p.name]));
  return {
    used: [...useTables(scope, surveys, names), relays],
    satisfied: opinionTables(scope, surveys, names),
    notes: SURVEY_NOTES,
  };
}

function wasOpen(survey: SurveyRow, { start, end }: Period, now: Date): boolean {
  const over = survey.closedAt ?? survey.closesAt;
  return survey.createdAt < end && (over === null || over > now || over >= start);
}

/** Those that somebody was asked, or answered. */
async function counted(trx: Trx, campaignId: number, rows: readonly SurveyRow[], now: Date): Promise<CountedSurvey[]> {
  const groups = await answeredGroups(trx, campaignId, now);
  const counts = await answerCounts(trx, campaignId, now);
  return rows.flatMap((survey): CountedSurvey[] => {
    const own = groups.filter((g) => g.surveyId === survey.id);
    const ids = new Set(own.map((g) => g.id));
    const all = { survey, closed: isClosed(survey, now), groups: own };
    return own.length === 0 ? [] : [readable({ ...all, counts: counts.filter((c) => ids.has(c.groupId)) })];
  });
}

/** Whether a reader finds in it what anybody thinks of it, or does with it. */
export const saysSomething = ({ satisfied, used }: SurveyReport): boolean =>
  [...satisfied, ...used].some((table) =>
    table.rows.some((row) => ANSWERS.some((name) => row.figures[name]?.value != null)),
  );

const ANSWERS = ['avisSatisfaction', 'usagePonctuel'] as const;
