import type { CampaignRow } from '../campaigns/queries.ts';
import type { Link } from './ui/components.tsx';

/** What a report can be looked at by. */
export type ReportView =
  | 'indicateurs'
  | 'series'
  | 'publics'
  | 'webinaires'
  | 'methode'
  | 'comparaison'
  | 'sceaux'
  | 'partages';

/** Where a report stands: in the campaign of whoever signed in, or at the address that was shared. */
export type ReportPlace = {
  /** `/campagnes/infranum/rapport` */
  base: string;
  /** `/campagnes/infranum/rapport.csv` is `file` + `.csv`. */
  file: string;
  formats: readonly ReportFormat[];
  views: readonly ReportView[];
  back?: Link;
  /** Its pages of webinars may be opened. */
  signedIn: boolean;
  /** The window can be chosen. */
  query: string;
};

export const REPORT_FORMATS = ['csv', 'xlsx', 'json', 'html', 'pdf'] as const;
export type ReportFormat = (typeof REPORT_FORMATS)[number];
export const FORMAT_NAMES: Record<ReportFormat, string> = {
  xlsx: 'Classeur (XLSX)',
  csv: 'Tableur (CSV)',
  pdf: 'Document (PDF)',
  html: 'Page à imprimer (HTML)',
  json: 'Données (JSON)',
};

export const VIEW_NAMES: Record<ReportView, string> = {
  indicateurs: 'Indicateurs',
  series: 'Séries',
  publics: 'Publics',
  webinaires: 'Webinaires',
  methode: 'Méthode',
  comparaison: 'Comparer',
  sceaux: 'Trimestres scellés',
  partages: 'Partager',
};

const COUNTING: readonly ReportView[] = ['indicateurs', 'series', 'publics', 'webinaires', 'methode'];

/** The address of a view; those that count anew keep the window asked for. */
export function viewUrl({ base, query }: Pick<ReportPlace, 'base' | 'query'>, view: ReportView): string {
  const path = view === 'indicateurs' ? base : `${base}/${view}`;
  return query && COUNTING.includes(view) ? `${path}?${query}` : path;
}

/** Of a campaign, for whoever signed in. `query`: the window in the address; `pdf`: something can make one. */
export function campaignPlace(
  { campaign: { slug, name } }: { campaign: Pick<CampaignRow, 'slug' | 'name'> },
  { query = '', mayShare, pdf = false }: { query?: string; mayShare: boolean; pdf?: boolean },
): ReportPlace {
  return {
    base: `/campagnes/${slug}/rapport`,
    file: `/campagnes/${slug}/rapport`,
    formats: ['xlsx', ...(pdf ? (['pdf'] as const) : []), 'html', 'csv', 'json'],
    views: [
      'indicateurs',
      'series',
      'publics',
      'webinaires',
      'methode',
      'comparaison',
      'sceaux',
      ...(mayShare ? (['partages'] as const) : []),
    ],
    back: { href: `/campagnes/${slug}`, label: name },
    signedIn: true,
    query,
  };
}
