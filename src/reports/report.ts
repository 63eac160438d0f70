import type { Ctx } from '../base/context.ts';
import { type CampaignRow, partnersOf } from '../campaigns/queries.ts';
import type { Trx } from '../db/database.ts';
import { type HitClass, reasonOf } from '../tracking/classify.ts';
import { agreedTables } from './agreed-people.ts';
import { clicksByRule } from './click-counts.ts';
import { type Facts, readFacts } from './facts.ts';
import { type Figure, figure } from './figure.ts';
import * as figures from './figures.ts';
import { supportTables, typesTables } from './indicator-tables.ts';
import { type Indicator, kindTable, sixIndicators } from './indicators.ts';
import { interestTable, resourceTable } from './interest-table.ts';
import { deliveredByDay } from './ledger-counts.ts';
import { declaredTable, meansTables } from './means-tables.ts';
import { type Methods, methodsOf } from './methods.ts';
import { pageTables } from './page-tables.ts';
import { type PagesReport, pagesReport } from './pages.ts';
import { markedIfLeft, withdrawalNotes } from './partner-marks.ts';
import { channelTable, linkTable, phaseTable } from './push-tables.ts';
import { recountNotes } from './recount-notes.ts';
import { relayTables } from './relay-tables.ts';
import { type ReportOptions, withScope } from './scope.ts';
import { type Series, seriesByLevel } from './series.ts';
import { type Counted, readCounts, type Summary, summaryOf } from './summary.ts';
import { surveyReport } from './surveys.ts';
import { dimensionsOf, groupTable, organisationTable, type Table, traitTable } from './tables.ts';
import { targetsTable } from './targets.ts';
import { timeTables } from './time-tables.ts';
import { notMeasured, type Unmeasured } from './unmeasured.ts';
import { invitationsOf } from './webinar-counts.ts';
import { type WebinarReport, webinarReport } from './webinars.ts';

export type Report = Summary & {
  setApart: figures.SetApart[];
  /** Raw → set apart by reason → retained. */
  classes: { rule: string; class: HitClass; reason: string; figure: Figure }[];
  /** What evaluators count, in their order. */
  indicators: Indicator[];
  /** Costs, beside what was sent and clicked; and what partners declare. */
  means: Table[];
  series: Series[];
  webinars: WebinarReport;
  /** Pages that the partners do not own, and visits. */
  pages: PagesReport;
  unmeasured: Unmeasured[];
  methods: Methods;
};

/** Everything a campaign may say of itself. Throws not-found for who does not take part in it, invalid for bad dates. */
export function readReport(ctx: Ctx, slug: string, options: ReportOptions = {}): Promise<Report> {
  return withScope(ctx, slug, options, async (trx, asked, campaign) => {
    const counted = await readCounts(trx, asked, campaign, { whole: true });
    const facts = await readFacts(trx, asked);
    return wholeReport(trx, ctx, campaign, counted, facts);
  });
}

async function wholeReport(trx: Trx, ctx: Ctx, campaign: CampaignRow, counted: Counted, facts: Facts): Promise<Report> {
  const { scope, counts, lines, touched } = counted;
  const partners = await partnersOf(trx, campaign.id);
  const named = partners.map((p) => markedIfLeft(p, ctx.now()));
  const summary = await summaryOf(trx, ctx, campaign, counted, partners);
  const webinars = await webinarReport(trx, scope, { ledger: counts.ledger, partners: named, now: ctx.now() });
  const pages = await pagesReport(trx, scope);
  const surveys = await surveyReport(trx, scope, { partners: named, now: ctx.now() });
  const inviting = webinars.figures ? await invitationsOf(trx, campaign.id) : new Map<string, number[]>();
  const told = { scope, counts, pushes: facts.pushes };
  const { cut, traits } = dimensionsOf(campaign);
  const byDimension = new Map([
    ...cut.filter((d) => d !== 'level').map((d) => [d, groupTable(scope, counts, d)] as const),
    ...[...traits, ...counts.blurred].map((d) => [d, traitTable(scope, counts, d)] as const),
  ]);
  const inOrder = (['public', 'region', 'size_class', 'idcc'] as const).flatMap((d) => byDimension.get(d) ?? []);
  const phase = phaseTable(told, touched);
  const resource = resourceTable(scope, counts, facts);
  const supports = supportTables(scope, facts);
  const relays = relayTables(scope, facts.relays);
  const indicators = sixIndicators({
    ...typesTables(scope, facts, webinars.webinars, inviting),
    formats: supports.formats,
    spread: supports.phases,
    kinds: kindTable(scope, inOrder[0]!, touched),
    phase,
    relays,
    interest: interestTable(scope, facts),
    used: [...surveys.used, ...webinars.tables.filter((t) => t.key === 'used')],
    satisfied: [...surveys.satisfied, ...webinars.tables.filter((t) => t.key.startsWith('satisfied-'))],
  });
  const means = [...meansTables(scope, campaign, counts, facts), declaredTable(scope, facts)].filter(hasRows);
  const tables = [
    ...summary.tables,
    organisationTable(scope, counts, named),
    ...inOrder,
    phase,
    channelTable(told),
    resource,
    linkTable(told),
    ...(await agreedTables(trx, scope, campaign)),
    ...timeTables(scope, counts),
  ];
  return {
    ...summary,
    tables,
    setApart: figures.ecartesParRaison(scope, counts.ledger),
    classes: clicksByRule(counts.clicks.groups).map(({ rule, class: c, n }) => ({
      rule,
      class: c,
      reason: reasonOf(rule),
      figure: figure('clicsBruts', n, scope),
    })),
    indicators: indicators.map((i) => ({ ...i, tables: i.tables.filter(hasRows) })),
    means,
    series: seriesByLevel(lines, deliveredByDay(counts.ledger, scope.period), counts.clicks.days),
    webinars,
    pages,
    unmeasured: notMeasured({
      scope,
      campaign,
      facts,
      ledger: counts.ledger,
      traits: counts.traits,
      blurred: counts.blurred,
      links: counts.links,
      webinars,
      surveys,
      pages,
    }),
    methods: methodsOf(campaign, {
      blurred: counts.blurred,
      figures: { ...summary.figures, ...webinars.figures },
      tables: [
        ...tables,
        targetsTable(summary.targets),
        ...indicators.flatMap((i) => i.tables),
        ...means,
        ...webinars.tables,
        ...pageTables(pages),
      ].filter(hasRows),
    }),
    notes: [
      ...summary.notes,
      ...pages.notes,
      ...surveys.notes,
      ...(await recountNotes(trx, scope, ctx.now())),
      ...partners.flatMap((p) => withdrawalNotes(p, ctx.now())),
    ],
  };
}

const hasRows = (table: Table): boolean => table.rows.length > 0;
