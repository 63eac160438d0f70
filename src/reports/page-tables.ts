import type { FigureName } from './definitions.ts';
import type { PagesReport } from './pages.ts';
import type { Row, Table } from './tables.ts';

/** Pages of others and visits, as tables: for the files, and for the page that shows them all. */
export function pageTables({ pages, visits }: PagesReport): Table[] {
  const rows: Row[] = pages.map((p) => ({
    key: p.slug,
    label: `${p.name} (${p.owner})`,
    figures: {
      departs: p.departs,
      departsJusqua: p.departsJusqua,
      ...(p.simulated ? { departsSimules: p.simulated } : {}),
      ...(p.exported.visites ? { exportVisites: p.exported.visites } : {}),
      ...(p.exported.pages_vues ? { exportPagesVues: p.exported.pages_vues } : {}),
      ...(p.exported.visiteurs ? { exportVisiteurs: p.exported.visiteurs } : {}),
      ...(p.departsReference ? { departsReference: p.departsReference } : {}),
      ...(p.comparison.kind === 'ecart'
        ? { parJourReference: p.comparison.reference, parJourCampagne: p.comparison.campaign }
        : {}),
    },
  }));
  return [
    {
      key: 'pages',
      title: 'Par page',
      counted: 'Des séries côte à côte, jamais additionnées : nos départs, l’export du propriétaire, la référence.',
      columns: COLUMNS.filter((c) => rows.some((row) => row.figures[c])),
      rows,
    },
    {
      key: 'statements',
      title: 'Chiffres déclarés de ces pages',
      counted: 'Un chiffre par ligne, tel qu’il est dit, quelle que soit la période demandée. Rien n’est additionné.',
      columns: ['declare'],
      rows: pages.flatMap((p) =>
        p.statements.map((s) => ({
          key: String(s.id),
          label: `${p.name} : ${s.amount} ${s.window}, selon ${s.saidBy}`,
          figures: { declare: s.figure },
        })),
      ),
    },
    visitTable(visits),
  ];
}

const COLUMNS: readonly FigureName[] = [
  'departs',
  'departsJusqua',
  'departsSimules',
  'exportVisites',
  'exportPagesVues',
  'exportVisiteurs',
  'departsReference',
  'parJourReference',
  'parJourCampagne',
];

const visitTable = ({ own, sites, pages, bySite, byChannel }: PagesReport['visits']): Table => ({
  key: 'visits',
  title: 'Visites',
  counted:
    'Visites comptées sans cookie, site par site et canal par canal. Non dédoublonné : ce ne sont pas des personnes.',
  columns: ['visitesPropres', 'visitesSites', 'pagesSites'],
  rows:
    own.value || sites
      ? [
          { key: 'propres', label: 'nos pages publiques', figures: { visitesPropres: own } },
          ...(sites && pages
            ? [{ key: 'sites', label: 'sites des partenaires', figures: { visitesSites: sites, pagesSites: pages } }]
            : []),
          ...bySite.map((s) => ({
            key: s.origin,
            label: `${s.name} (${s.organisation})`,
            figures: { visitesSites: s.visits, pagesSites: s.pages },
          })),
          ...byChannel.map((c) => ({
            key: c.channel,
            label: `venus par : ${c.label}`,
            figures: { visitesSites: c.visits },
          })),
        ]
      : [],
});
