import { toParisDay } from '../base/dates.ts';
import type { Trx } from '../db/database.ts';
import { type Contradiction, contradictions } from '../pages/compare-statements.ts';
import { exportedDays, importsOf, pagesOfCampaign, type Statement, statementsOf } from '../pages/queries.ts';
import { MEASURES, VISIT_CHANNEL_NAMES, type VisitChannel } from '../pages/schema.ts';
import { type SiteRow, sitesOf } from '../pages/sites.ts';
import { amountText, windowText } from '../pages/statement-words.ts';
import { PER_MINUTE } from '../pages/visit-sessions.ts';
import { counted, type Figure, figure, type Scope } from './figure.ts';
import { departures, type VisitRow, visitRows } from './page-counts.ts';
import { PAGE_NOTES } from './page-definitions.ts';
import * as figures from './page-figures.ts';

/** One drawn line: days on which something is known; a day that is absent is not a nought. */
export type PageSeries = { key: string; label: string; unit: string; points: { day: string; n: number }[] };

export type ReportedStatement = {
  id: number;
  /** « plus de 9 000 visites », « en deux mois ». */
  amount: string;
  window: string;
  /** Its window has no dates (`from` and `to` are empty) where the source gives none. */
  figure: Figure;
  saidBy: string;
  source: string;
  quote: string;
  saidOn: string | null;
  note: string;
  /** Who wrote it down. */
  organisation: string;
  fileName: string | null;
};

/** What may be said of the effect of the campaign on a page: never more than a difference, and nothing without a baseline. */
export type Comparison =
  | { kind: 'aucune'; says: string }
  | { kind: 'ecart'; says: string; reference: Figure; campaign: Figure };

export type ReportedPage = {
  slug: string;
  name: string;
  url: string;
  /** Whose page, and which partner watches it. */
  owner: string;
  organisation: string;
  baseline: figures.Days | null;
  window: figures.Days | null;
  /** In the window of the report: side by side, never added. `simulated` null: there is no simulated journal. */
  departs: Figure;
  departsJusqua: Figure;
  simulated: Figure | null;
  exported: Partial<Record<(typeof MEASURES)[number], Figure>>;
  departsReference: Figure | null;
  comparison: Comparison;
  statements: ReportedStatement[];
  contradictions: Contradiction[];
  series: PageSeries[];
};

export type ReportedVisits = {
  own: Figure;
  /** All partner sites together; null: none is measured. */
  sites: Figure | null;
  pages: Figure | null;
  bySite: { name: string; origin: string; organisation: string; visits: Figure; pages: Figure }[];
  byChannel: { channel: VisitChannel; label: string; visits: Figure }[];
};

export type PagesReport = { pages: ReportedPage[]; visits: ReportedVisits; notes: readonly string[] };

/** Pages of others and visits, in a handful of queries however many there are. Across organisations. `only`: one page, by its slug. */
export async function pagesReport(trx: Trx, scope: Scope, { only }: { only?: string } = {}): Promise<PagesReport> {
  const { campaignId, left: until } = scope;
  const pages = (await pagesOfCampaign(trx, campaignId, { until })).filter(
    (p) => only === undefined || p.slug === only,
  );
  const exported = pages.length > 0 ? await exportedDays(trx, campaignId, { until }) : [];
  const imports = pages.length > 0 ? await importsOf(trx, { campaignId, until }) : [];
  const statements = pages.length > 0 ? await statementsOf(trx, { campaignId, until }) : [];
  const leftFor = await departures(trx, campaignId, pages);
  return {
    pages: pages.map((page) =>
      reportedPage(
        scope,
        {
          page,
          ...leftFor([page]),
          exported: exported.filter((d) => d.pageId === page.id),
          imports: imports.filter((i) => i.pageId === page.id),
        },
        statements.filter((s) => s.pageId === page.id && s.withdrawnAt === null),
      ),
    ),
    visits: await reportedVisits(trx, scope),
    notes: pages.length > 0 ? PAGE_NOTES : [],
  };
}

function reportedPage(scope: Scope, of: figures.CountedPage, statements: readonly Statement[]): ReportedPage {
  const { page } = of;
  const days = (from: string | null, to: string | null) => (from !== null && to !== null ? { from, to } : null);
  const [baseline, window] = [days(page.baselineFrom, page.baselineTo), days(page.windowFrom, page.windowTo)];
  return {
    slug: page.slug,
    name: page.name,
    url: page.url,
    owner: page.owner,
    organisation: page.organisation.name,
    baseline,
    window,
    departs: figures.departs(scope, of),
    departsJusqua: figures.departsJusqua(scope, of),
    simulated: figures.departsSimules(scope, of),
    exported: Object.fromEntries(
      MEASURES.filter((m) => of.exported.some((d) => d.measure === m)).map((m) => [m, figures.ofOwner(scope, of, m)]),
    ),
    departsReference: baseline && figures.departsReference(scope, of, baseline),
    comparison: comparisonOf(scope, of, baseline, window),
    statements: statements.map((s) => ({
      id: s.id,
      amount: amountText(s),
      window: windowText(s),
      figure: figures.declared(scope, s),
      saidBy: s.saidBy,
      source: s.source,
      quote: s.quote,
      saidOn: s.saidOn,
      note: s.note,
      organisation: s.organisation.name,
      fileName: s.fileName,
    })),
    contradictions: contradictions(statements),
    series: seriesOf(scope, of),
  };
}

function comparisonOf(
  scope: Scope,
  of: figures.CountedPage,
  baseline: figures.Days | null,
  window: figures.Days | null,
): Comparison {
  const none = (says: string): Comparison => ({ kind: 'aucune', says });
  if (!baseline)
    return none(
      'Aucune période de référence avant la campagne : on ne peut rien affirmer de son effet sur cette page, quel que soit le chiffre.',
    );
  if (!window)
    return none('La période où la campagne a envoyé vers cette page n’est pas dite : rien ne peut être comparé.');
  const reference = figures.perDay('parJourReference', scope, of, baseline);
  const campaign = figures.perDay('parJourCampagne', scope, of, window);
  if (reference.value === null || campaign.value === null)
    return none(
      `L’export de ${of.page.owner} ne donne aucun jour de la période ${reference.value === null ? 'de référence' : 'de la campagne'} : on ne peut rien affirmer de l’effet de la campagne sur cette page.`,
    );
  const change = Math.round((campaign.value - reference.value) * 10) / 10;
  const french = new Intl.NumberFormat('fr-FR', { maximumFractionDigits: 1 });
  const says =
    change === 0
      ? 'Autant par jour pendant la campagne qu’avant.'
      : `${french.format(Math.abs(change))} ${change > 0 ? 'de plus' : 'de moins'} par jour pendant la campagne qu’avant. Cet écart se constate ; rien ne dit qu’il vient de la campagne seule.`;
  return { kind: 'ecart', says, reference, campaign };
}

function seriesOf(scope: Scope, { departures: left, exported }: figures.CountedPage): PageSeries[] {
  const { from, to } = scope.period;
  const inPeriod = ({ day }: { day: string }): boolean => day >= from && day <= to;
  const drawn = (
    key: string,
    name: Parameters<typeof figure>[0],
    points: { day: string; n: number }[],
  ): PageSeries[] => {
    const { unit } = figure(name, null, scope);
    const label = LABELS[key] ?? key;
    const told = points.filter(inPeriod).filter((p) => p.n > 0 || key.startsWith('export'));
    return told.length > 0 ? [{ key, label, unit, points: told }] : [];
  };
  return [
    ...drawn(
      'departs',
      'departs',
      left.map((d) => ({ day: d.day, n: d.retained })),
    ),
    ...drawn(
      'departsSimules',
      'departsSimules',
      left.map((d) => ({ day: d.day, n: d.simulated })),
    ),
    ...drawn(
      'exportVisites',
      'exportVisites',
      exported.filter((d) => d.measure === 'visites'),
    ),
    ...drawn(
      'exportPagesVues',
      'exportPagesVues',
      exported.filter((d) => d.measure === 'pages_vues'),
    ),
    ...drawn(
      'exportVisiteurs',
      'exportVisiteurs',
      exported.filter((d) => d.measure === 'visiteurs'),
    ),
  ].map((s) => ({
    ...s,
    points: s.points.map(({ day, n }) => ({ day, n })).toSorted((a, b) => (a.day < b.day ? -1 : 1)),
  }));
}

const LABELS: Record<string, string> = {
  departs: 'Départs vers la page',
  departsSimules: 'Départs simulés',
  exportVisites: 'Visites, selon le propriétaire',
  exportPagesVues: 'Pages vues, selon le propriétaire',
  exportVisiteurs: 'Visiteurs uniques du jour, selon le propriétaire',
};

const RESTART =
  'Les visites en cours ne sont gardées qu’en mémoire : un redémarrage, le changement de jour ou un second serveur peut en compter une deux fois.';

const CROWDED = `Ce qu’un visiteur ouvre au-delà de ${PER_MINUTE.visitor} pages par minute, ou un site au-delà de ${PER_MINUTE.site.toLocaleString('fr-FR')}, n’est pas compté.`;

async function reportedVisits(trx: Trx, scope: Scope): Promise<ReportedVisits> {
  const rows = await visitRows(trx, scope.campaignId, scope.period);
  const sites = await sitesOf(trx, scope.campaignId);
  const sum = (of: readonly VisitRow[], part: 'visits' | 'pages' | 'robots'): number =>
    of.reduce((n, r) => n + r[part], 0);
  const elsewhere = rows.filter((r) => r.siteId !== 0);
  /** Of these sites, of which none was measured yet in the window: null, since nobody counted. */
  const measured = (
    name: 'visitesSites' | 'pagesSites',
    n: number,
    of: readonly SiteRow[],
    said: readonly string[],
  ): Figure => {
    const [since = ''] = of.map((s) => toParisDay(s.createdAt)).sort();
    return n === 0 && since > scope.period.to
      ? figure(name, null, scope, [`Tout : rien n’y était mesuré avant le ${figures.dayText(since)}.`])
      : figure(name, n, scope, [...said]);
  };
  const visits = (of: readonly VisitRow[], from: readonly SiteRow[] = sites): Figure =>
    measured('visitesSites', sum(of, 'visits'), from, [...leftOut(of), RESTART]);
  const leftOut = (of: readonly VisitRow[]): string[] => [
    counted(sum(of, 'robots'), 'page ouverte par un robot déclaré', 'pages ouvertes par des robots déclarés'),
    'Qui s’oppose à la mesure, ou bloque les scripts, n’est pas compté.',
    CROWDED,
  ];
  const pages = (of: readonly VisitRow[], from: readonly SiteRow[] = sites): Figure =>
    measured('pagesSites', sum(of, 'pages'), from, leftOut(of));
  const ofSite = (id: number): VisitRow[] => rows.filter((r) => r.siteId === id);
  return {
    own: figure('visitesPropres', sum(ofSite(0), 'visits'), scope, [
      'Robots déclarés ; qui s’oppose à la mesure n’est pas compté.',
      RESTART,
    ]),
    sites: sites.length > 0 ? visits(elsewhere) : null,
    pages: sites.length > 0 ? pages(elsewhere) : null,
    bySite: sites.map((s) => ({
      name: s.name,
      origin: s.origin,
      organisation: s.organisation.name,
      visits: visits(ofSite(s.id), [s]),
      pages: pages(ofSite(s.id), [s]),
    })),
    byChannel: [...Map.groupBy(elsewhere, (r) => r.channel)].map(([channel, of]) => ({
      channel,
      label: VISIT_CHANNEL_NAMES[channel],
      visits: visits(of),
    })),
  };
}
