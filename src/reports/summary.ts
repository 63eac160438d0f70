import type { Ctx } from '../base/context.ts';
import { type CampaignRow, type Partner, partnersOf } from '../campaigns/queries.ts';
import type { Trx } from '../db/database.ts';
import { sumsHold } from '../deliveries/sums.ts';
import { clickCounts, linksOf, sumClicks } from './click-counts.ts';
import { type MainFigureName, notesOf } from './definitions.ts';
import type { Figure, FigureWindow, Scope } from './figure.ts';
import * as figures from './figures.ts';
import { ledgerRows, pushesDrawn } from './ledger-counts.ts';
import type { Line } from './lines.ts';
import { type ReportOptions, withScope } from './scope.ts';
import { blurredOf, type Counts, dimensionLines, dimensionsOf, levelTable, type Table } from './tables.ts';
import { type ReportTarget, readTargets } from './targets.ts';
import { toldRows } from './told-rows.ts';
import { toldTraits } from './told-traits.ts';
import { type KindLine, type Touched, touchedAddresses } from './touched-addresses.ts';

export type MainFigures = Record<MainFigureName, Figure>;

/** What a first look needs: the main figures, how far the targets are, and the levels. */
export type Summary = {
  campaign: Pick<
    CampaignRow,
    'slug' | 'name' | 'tagline' | 'startsOn' | 'endsOn' | 'k' | 'cellDimensions' | 'linkMode'
  > & { partners: Partner[] };
  /** ISO 8601, UTC. */
  generatedAt: string;
  window: FigureWindow;
  simulated: boolean;
  figures: MainFigures;
  targets: ReportTarget[];
  tables: Table[];
  notes: readonly string[];
};

/** The beginning of the report, for the pages that show no more of it: the same figures from the same functions. */
export function readSummary(ctx: Ctx, slug: string, options: ReportOptions = {}): Promise<Summary> {
  return withScope(ctx, slug, options, async (trx, asked, campaign) => {
    const counted = await readCounts(trx, asked, campaign);
    return summaryOf(trx, ctx, campaign, counted, await partnersOf(trx, campaign.id));
  });
}

/** The main figures alone, of a campaign or of one of its pushes. */
export function readFigures(
  ctx: Ctx,
  slug: string,
  options: ReportOptions & { pushId?: number } = {},
): Promise<MainFigures> {
  return withScope(ctx, slug, options, async (trx, scope, campaign) =>
    mainFigures(await readCounts(trx, scope, campaign)),
  );
}

export type Counted = { scope: Scope; counts: Counts; lines: Line[]; touched: Touched; drawn: number };

/** What the reader may count; its scope says whether something is left out. `whole`: with all that tables tell apart. */
export async function readCounts(
  trx: Trx,
  asked: Scope,
  campaign: CampaignRow,
  { whole = false } = {},
): Promise<Counted> {
  const { cut, traits } = dimensionsOf(campaign);
  const kept = await sumsHold(trx, asked.campaignId);
  const read = await ledgerRows(trx, asked, { kept, traits: whole ? traits : [] });
  const { rows: ledger, unmeasured, partial } = toldRows(read.rows, asked.reader, asked.k);
  const scope = { ...asked, partial };
  const blurred = whole ? blurredOf(cut, ledger, scope.k) : [];
  // Only where groups are few, and so are the contacts.
  const more = blurred.length > 0 ? (await ledgerRows(trx, asked, { kept, traits: blurred })).traits : [];
  const lines = dimensionLines('level', ledger, scope.k);
  const lineOf = new Map(lines.flatMap((line) => line.members.map((member) => [member, line.key] as const)));
  const told = toldTraits([...read.traits, ...more], unmeasured, scope);
  const counts = {
    ledger,
    traits: told,
    clicks: await clickCounts(trx, scope, read.cells),
    links: whole ? await linksOf(trx, scope) : [],
    blurred,
  };
  const kinds =
    cut.includes('public') && !blurred.includes('public')
      ? { of: 'cell' as const, lines: cellKinds(counts, scope) }
      : { of: 'contact' as const, lines: contactKinds(counts, scope) };
  const apart = { lineOf, unmeasured, ...(whole ? { kinds } : {}) };
  const touched = await touchedAddresses(trx, scope, apart, { kept });
  return { scope, counts, lines, touched, drawn: await pushesDrawn(trx, scope) };
}

const BOTH = [true, false];

function cellKinds({ ledger }: Counts, { k }: Scope): KindLine[] {
  const measured = ledger.filter((r) => r.measured);
  const pushes = [...new Set(measured.map((r) => r.push))];
  return dimensionLines('public', measured, k).flatMap((line) =>
    line.members.flatMap((value) =>
      pushes.flatMap((push) => BOTH.map((own) => ({ push, own, value: value ?? '', line: line.key }))),
    ),
  );
}

function contactKinds({ traits }: Counts, { reader }: Scope): KindLine[] {
  const own = (organisation: number): boolean => reader === null || organisation === reader;
  const lines = traits
    .filter((t) => t.trait === 'public')
    .map((t) => ({ push: t.push, own: own(t.organisation), value: t.value, line: t.line }));
  return [...new Map(lines.map((l) => [`${l.push}/${l.own}/${l.value}`, l])).values()];
}

export async function summaryOf(
  trx: Trx,
  ctx: Ctx,
  campaign: CampaignRow,
  counted: Counted,
  partners: Partner[],
): Promise<Summary> {
  const main = mainFigures(counted);
  const byLevel = levelTable(counted.scope, counted.counts, counted.lines, counted.touched);
  const { slug, name, tagline, startsOn, endsOn, k, cellDimensions, linkMode } = campaign;
  return {
    campaign: { slug, name, tagline, startsOn, endsOn, k, cellDimensions, linkMode, partners },
    generatedAt: ctx.now().toISOString(),
    window: main.envois.window,
    simulated: counted.scope.simulated,
    figures: main,
    targets: await readTargets(trx, campaign, { scope: counted.scope, main, byLevel }),
    tables: [byLevel],
    notes: notesOf(linkMode),
  };
}

function mainFigures({ scope, counts, drawn, touched }: Counted): MainFigures {
  const clicks = sumClicks(counts.clicks.groups);
  return {
    envois: figures.envois(scope, drawn),
    frequence: figures.frequence(scope, drawn),
    selectionnes: figures.selectionnes(scope, counts.ledger),
    adresses: figures.adresses(scope, counts.ledger),
    ecartes: figures.ecartes(scope, counts.ledger),
    distribues: figures.distribues(scope, counts.ledger),
    touches: figures.touches(scope, touched.all),
    clicsBruts: figures.clicsBruts(scope, clicks),
    clicsRobots: figures.clicsRobots(scope, clicks),
    clicsDouteux: figures.clicsDouteux(scope, clicks),
    clics: figures.clics(scope, clicks),
    clicsJusqua: figures.clicsJusqua(scope, clicks),
    clicsPour100: figures.clicsPour100(scope, counts.ledger, clicks),
  };
}
