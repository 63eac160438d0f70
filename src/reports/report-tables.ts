import { longDateTime } from '../base/dates.ts';
import { WEBINAR_STATE_NAMES } from '../webinars/schema.ts';
import { DEFINITIONS, type FigureName } from './definitions.ts';
import type { Figure } from './figure.ts';
import { CLASS_NAMES } from './methods.ts';
import { pageTables } from './page-tables.ts';
import type { Report } from './report.ts';
import type { Table } from './tables.ts';
import { targetsTable } from './targets.ts';

/** A table of the report, under the heading it stands under. */
export type Sheet = { section: string; table: Table };

/** Every figure of a report, table by table, each once: what files are made of. Empty tables are left out. */
export function sheetsOf(r: Report): Sheet[] {
  const sheets: Sheet[] = [
    { section: 'L’essentiel', table: essentials(r) },
    { section: 'L’essentiel', table: targetsTable(r.targets) },
    ...r.indicators.flatMap((i) => i.tables.map((table) => ({ section: i.title, table }))),
    ...r.means.map((table) => ({ section: 'Moyens', table })),
    ...r.tables.map((table) => ({ section: 'Appropriation, série par série', table })),
    { section: 'Écartés et classement', table: setApartTable(r) },
    { section: 'Écartés et classement', table: classesTable(r) },
    ...pageTables(r.pages).map((table) => ({ section: 'Pages et visites', table })),
    ...webinars(r).map((table) => ({ section: 'Webinaires', table })),
  ];
  const known = new Set<string>();
  return sheets.filter(({ table }) => {
    if (table.rows.length === 0 || known.has(table.key)) return false;
    known.add(table.key);
    return true;
  });
}

/** The order of the definitions: what was kept as a document has lost its own. */
const inOrder = (figures: Partial<Record<FigureName, Figure>>): FigureName[] =>
  (Object.keys(DEFINITIONS) as FigureName[]).filter((name) => name in figures);

const essentials = ({ figures, campaign }: Report): Table => ({
  key: 'main',
  title: 'Ensemble',
  counted: 'Toute la campagne, dans la période.',
  columns: inOrder(figures),
  rows: [{ key: 'main', label: campaign.name, figures }],
});

export const setApartTable = (r: Report): Table => ({
  key: 'set-apart',
  title: 'Écartés par raison',
  counted: 'Contacts sélectionnés à qui rien n’est envoyé.',
  columns: ['ecartes'],
  rows: r.setApart.map((s) => ({ key: s.reason, label: s.label, figures: { ecartes: s.figure } })),
});

export const classesTable = (r: Report): Table => ({
  key: 'rules',
  title: 'Requêtes par règle',
  counted: 'Chaque requête est classée par la première règle qui s’applique.',
  columns: ['clicsBruts'],
  rows: r.classes.map((c) => ({
    key: `${c.rule}-${c.class}`,
    label: `${CLASS_NAMES[c.class]} : ${c.reason}`,
    figures: { clicsBruts: c.figure },
  })),
});

function webinars({ webinars: w }: Report): Table[] {
  if (!w.figures) return [];
  const columns = inOrder(w.figures);
  return [
    {
      key: 'webinars',
      title: 'Webinaires',
      counted: 'Tous ensemble, puis un par un.',
      columns,
      rows: [
        { key: 'tout', label: 'tous ensemble', figures: w.figures },
        ...w.webinars.map((one) => ({
          key: one.slug,
          label: `${one.title} (${longDateTime(new Date(one.startsAt))}, ${WEBINAR_STATE_NAMES[one.state]})`,
          figures: one.figures,
        })),
      ],
    },
    ...w.tables,
  ];
}
