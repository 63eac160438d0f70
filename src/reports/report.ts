import type { Ctx } from '../base/context.ts';
import { type CampaignRow, hasLeft, type Partner, partnersOf, type Target, targetsOf } from '../campaigns/queries.ts';
import { withdrawalText } from '../campaigns/withdrawals.ts';
import type { Trx } from '../db/database.ts';
import { type HitClass, reasonOf } from '../tracking/classify.ts';
import { clickCounts, clicksByRule, linksOf, sumClicks } from './click-counts.ts';
import { type MainFigureName, NOTES } from './definitions.ts';
import { type Figure, type FigureWindow, figure, type Scope } from './figure.ts';
import * as figures from './figures.ts';
import { deliveredByDay, frozenPushes, ledgerRows, touchedAddresses } from './ledger-counts.ts';
import type { Line } from './lines.ts';
import { type ReportOptions, withScope } from './scope.ts';
import { type Series, seriesByLevel } from './series.ts';
import {
  type Counts,
  dayTable,
  levelLines,
  levelTable,
  linkTable,
  organisationTable,
  regionTable,
  type Table,
} from './tables.ts';
import { toldRows } from './told-rows.ts';
import { type WebinarReport, webinarReport } from './webinars.ts';

export type MainFigures = Record<MainFigureName, Figure>;

/** A target of the campaign beside the figure it is about; `figure` null: that level has no line of its own. */
export type ReportTarget = Target & { figure: Figure | null };

export type Report = {
  campaign: Pick<
    CampaignRow,
    'slug' | 'name' | 'tagline' | 'startsOn' | 'endsOn' | 'k' | 'cellDimensions' | 'linkMode'
  > & { partners: Partner[] };
  /** ISO 8601, UTC. */
  generatedAt: string;
  window: FigureWindow;
  simulated: boolean;
  figures: MainFigures;
  setApart: figures.SetApart[];
  /** Raw → set apart by reason → retained. */
  classes: { rule: string; class: HitClass; reason: string; figure: Figure }[];
  targets: ReportTarget[];
  tables: Table[];
  series: Series[];
  webinars: WebinarReport;
  notes: readonly string[];
};

/** Everything a campaign may say of itself. Throws not-found for who does not take part in it, invalid for bad dates. */
export function readReport(ctx: Ctx, slug: string, options: ReportOptions = {}): Promise<Report> {
  return withScope(ctx, slug, options, async (trx, asked, campaign) => {
    const counted = await readCounts(trx, asked);
    const { scope, counts, lines, touched } = counted;
    const partners = await partnersOf(trx, campaign.id);
    const named = partners.map((p) => markedIfLeft(p, ctx.now()));
    const main = mainFigures(counted);
    const byLevel = levelTable(scope, counts, lines, touched);
    return {
      campaign: {
        slug: campaign.slug,
        name: campaign.name,
        tagline: campaign.tagline,
        startsOn: campaign.startsOn,
        endsOn: campaign.endsOn,
        k: campaign.k,
        cellDimensions: campaign.cellDimensions,
        linkMode: campaign.linkMode,
        partners,
      },
      generatedAt: ctx.now().toISOString(),
      window: main.envois.window,
      simulated: scope.simulated,
      figures: main,
      setApart: figures.ecartesParRaison(scope, counts.ledger),
      classes: (await clicksByRule(trx, scope)).map(({ rule, class: c, n }) => ({
        rule,
        class: c,
        reason: reasonOf(rule),
        figure: figure('clicsBruts', n, scope),
      })),
      targets: (await targetsOf(trx, campaign.id)).map((target) => ({
        ...target,
        figure: targetFigure(target, main, byLevel),
      })),
      tables: [
        byLevel,
        organisationTable(scope, counts, named),
        ...(campaign.cellDimensions.includes('region') ? [regionTable(scope, counts)] : []),
        linkTable(scope, counts, await linksOf(trx, scope)),
        dayTable(scope, counts),
      ],
      series: seriesByLevel(lines, deliveredByDay(counts.ledger, scope.period), counts.clicks),
      webinars: await webinarReport(trx, scope, { ledger: counts.ledger, partners: named, now: ctx.now() }),
      notes: [...NOTES, ...partners.flatMap((p) => withdrawalNote(p, ctx.now()))],
    };
  });
}

/** Its history stays, with the mark, wherever its name stands. */
const markedIfLeft = (p: Partner, now: Date): Partner =>
  p.withdrawnAt && hasLeft(p, now) ? { ...p, name: `${p.name} (${withdrawalText(p.withdrawnAt, now)})` } : p;

const withdrawalNote = (p: Partner, now: Date): string[] =>
  p.withdrawnAt
    ? [
        `${p.name} ${withdrawalText(p.withdrawnAt, now)} : ce qui est parti vers ses contacts jusque-là reste compté, rien ne leur part ensuite.`,
      ]
    : [];

/** The main figures alone, of a campaign or of one of its pushes: for the home, campaign and push pages. */
export function readFigures(
  ctx: Ctx,
  slug: string,
  options: ReportOptions & { pushId?: number } = {},
): Promise<MainFigures> {
  return withScope(ctx, slug, options, async (trx, scope) => mainFigures(await readCounts(trx, scope)));
}

type Counted = { scope: Scope; counts: Counts; pushes: number; lines: Line[]; touched: Map<string | null, number> };

/** What the reader may count; its scope says whether something is left out. */
async function readCounts(trx: Trx, asked: Scope): Promise<Counted> {
  const { rows: ledger, unmeasured, partial } = toldRows(await ledgerRows(trx, asked), asked.reader, asked.k);
  const scope = { ...asked, partial };
  const lines = levelLines(ledger, scope.k);
  const lineOf = new Map(lines.flatMap((line) => line.members.map((member) => [member, line.key] as const)));
  return {
    scope,
    counts: { ledger, clicks: await clickCounts(trx, scope) },
    pushes: await frozenPushes(trx, scope),
    lines,
    touched: await touchedAddresses(trx, scope, lineOf, unmeasured),
  };
}

function mainFigures({ scope, counts, pushes, touched }: Counted): MainFigures {
  const clicks = sumClicks(counts.clicks);
  return {
    envois: figures.envois(scope, pushes),
    frequence: figures.frequence(scope, pushes),
    selectionnes: figures.selectionnes(scope, counts.ledger),
    adresses: figures.adresses(scope, counts.ledger),
    ecartes: figures.ecartes(scope, counts.ledger),
    distribues: figures.distribues(scope, counts.ledger),
    touches: figures.touches(scope, touched.get(null) ?? 0),
    clicsBruts: figures.clicsBruts(scope, clicks),
    clicsRobots: figures.clicsRobots(scope, clicks),
    clicsDouteux: figures.clicsDouteux(scope, clicks),
    clics: figures.clics(scope, clicks),
    clicsJusqua: figures.clicsJusqua(scope, clicks),
    clicsPour100: figures.clicsPour100(scope, counts.ledger, clicks),
  };
}

function targetFigure({ measure, level }: Target, main: MainFigures, byLevel: Table): Figure | null {
  if (level === null) return main[measure];
  return byLevel.rows.find((row) => row.key === level)?.figures[measure] ?? null;
}
