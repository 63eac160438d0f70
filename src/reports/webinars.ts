import type { Partner } from '../campaigns/queries.ts';
import type { Trx } from '../db/database.ts';
import { isClosed, surveysOfCampaign } from '../surveys/queries.ts';
import { answerCounts, answeredGroups } from '../surveys/read-results.ts';
import { readable } from '../surveys/results.ts';
import { stateOf, type WebinarRow, webinarsOfCampaign } from '../webinars/queries.ts';
import type { WebinarState } from '../webinars/schema.ts';
import type { Scope } from './figure.ts';
import type { LedgerRow } from './ledger-counts.ts';
import type { Table } from './tables.ts';
import { fileSums, invitationsOf, originSums, pageSums, registrationSums, staySums } from './webinar-counts.ts';
import { WEBINAR_NOTES } from './webinar-definitions.ts';
import { type CountedWebinar, type WebinarFigures, webinarFigures } from './webinar-figures.ts';
import { webinarTables } from './webinar-tables.ts';

export type ReportedWebinar = {
  slug: string;
  title: string;
  /** Who runs it. */
  organisation: string;
  /** ISO 8601, UTC. */
  startsAt: string;
  state: WebinarState;
  figures: WebinarFigures;
};

/** What the webinars of a campaign brought in a window. */
export type WebinarReport = {
  /** All of them together; null: there is none. */
  figures: WebinarFigures | null;
  webinars: ReportedWebinar[];
  tables: Table[];
  notes: readonly string[];
};

export type Around = {
  /** What the reader may count of the campaign's messages. */
  ledger: readonly LedgerRow[];
  partners: readonly Partner[];
  now: Date;
  /** Of one webinar alone, by its slug. */
  only?: string;
};

const NONE: WebinarReport = { figures: null, webinars: [], tables: [], notes: [] };

/** Reads in a handful of queries, however many webinars there are: fewer while none was held. Across organisations. */
export async function webinarReport(
  trx: Trx,
  scope: Scope,
  { ledger, partners, now, only }: Around,
): Promise<WebinarReport> {
  const rows = (await webinarsOfCampaign(trx, scope.campaignId)).filter(
    (w) => w.createdAt < scope.period.end && (only === undefined || w.slug === only),
  );
  if (rows.length === 0) return NONE;
  const counted = (await countWebinars(trx, scope, rows, ledger, now)).filter(
    (w) => only !== undefined || isAbout(scope, w),
  );
  if (counted.length === 0) return NONE;
  const names = new Map(partners.map((p) => [p.organisationId, p.name]));
  return {
    figures: webinarFigures(scope, counted),
    webinars: counted.map((w) => ({
      slug: w.webinar.slug,
      title: w.webinar.title,
      organisation: w.webinar.organisation.name,
      startsAt: w.webinar.startsAt.toISOString(),
      state: stateOf(w.webinar, now),
      figures: webinarFigures(scope, [w]),
    })),
    tables: webinarTables(scope, counted, names),
    notes: WEBINAR_NOTES,
  };
}

async function countWebinars(
  trx: Trx,
  scope: Scope,
  rows: readonly WebinarRow[],
  ledger: readonly LedgerRow[],
  now: Date,
): Promise<CountedWebinar[]> {
  const { campaignId, period } = scope;
  const of = <R extends { webinar: number }>(all: readonly R[], id: number): R[] => all.filter((r) => r.webinar === id);
  const held = (w: WebinarRow): boolean => w.said === 'tenu' && w.startsAt >= period.start && w.startsAt < period.end;
  const some = rows.some(held);
  const invitations = await invitationsOf(trx, campaignId);
  const registrations = await registrationSums(trx, scope);
  const pages = await pageSums(
    trx,
    rows.map((w) => w.id),
    period,
  );
  const stays = some ? await staySums(trx, campaignId) : [];
  const origins = some ? await originSums(trx, campaignId) : [];
  const files = some ? await fileSums(trx, campaignId) : [];
  const surveys = some ? await surveysOfCampaign(trx, campaignId) : [];
  const groups = surveys.length > 0 ? await answeredGroups(trx, campaignId, now) : [];
  const counts = surveys.length > 0 ? await answerCounts(trx, campaignId, now) : [];
  return rows.map((webinar) => {
    const pushes = new Set(invitations.get(webinar.slug) ?? []);
    const survey = surveys.find((s) => s.webinarId === webinar.id);
    const own = groups.filter((g) => g.surveyId === survey?.id);
    return {
      webinar,
      held: held(webinar),
      registrations: of(registrations, webinar.id),
      stays: of(stays, webinar.id),
      origins: of(origins, webinar.id),
      files: of(files, webinar.id)[0] ?? null,
      pages: of(pages, webinar.id),
      invited: ledger.filter((r) => pushes.has(r.push)),
      survey: survey
        ? readable({
            questions: survey.questions,
            closed: isClosed(survey, now),
            groups: own,
            counts: counts.filter((c) => own.some((g) => g.id === c.groupId)),
          })
        : null,
    };
  });
}

/** It takes place in the window, or something of it happened there. */
function isAbout({ period }: Scope, { webinar, registrations, pages, invited }: CountedWebinar): boolean {
  const { startsAt, createdAt } = webinar;
  if (startsAt >= period.start && startsAt < period.end) return true;
  if (createdAt >= period.start && createdAt < period.end) return true;
  if (registrations.some((r) => r.registeredWithin > 0 || r.cancelledWithin > 0) || pages.length > 0) return true;
  return invited.some((r) => r.handedAt !== null && r.handedAt >= period.start && r.handedAt < period.end);
}
