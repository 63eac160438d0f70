import type { Child } from 'hono/jsx';
import { LEVELS, type Level as LevelName } from '../base/words.ts';
import { DEFINITIONS, type FigureName, withUnit } from '../reports/definitions.ts';
import type { Figure as Measured } from '../reports/figure.ts';
import { dayText as datedText } from '../reports/page-figures.ts';
import type { Row, Table } from '../reports/tables.ts';
import { capital } from './capital.ts';
import { dayText } from './push-words.tsx';
import { Fold, Folds } from './ui/components.tsx';
import { number } from './ui/figures.tsx';
import { Level } from './ui/marks.tsx';
import { DataTable } from './ui/table.tsx';

/** A table of figures, as a page shows it: with its lines and, folded, how each column is counted. */

/** What the lines of a table are: « niveau ». */
export const nameOf = ({ key, title }: Table): string =>
  LINE_NAMES[key] ?? title.replace(/^(?:.* par|Par) /, '').replace(' (IDCC)', '');
const LINE_NAMES: Record<string, string> = {
  means: 'Envoi ou action',
  interest: 'Page',
  'set-apart': 'Raison',
  rules: 'Ce qui est reconnu',
  'relay-region': 'Territoire',
};

export const isLevel = (key: string): key is LevelName => (LEVELS as readonly string[]).includes(key);

export const cell = (f: Measured | undefined): string => (f?.value == null ? '–' : number(f.value));

const NOTHING = 'Rien.';
/** More lines than this, and what each leaves out is read in the files. */
const MANY = 20;

/** What was left out of each line, the same words once: « Rien. » is not repeated. */
export function leftOutOf(table: Table): { words: string; lines: string }[] {
  if (table.rows.length > MANY) return [];
  const told = table.rows.flatMap((row) =>
    table.columns.flatMap((c) => {
      const words = row.figures[c]?.leftOut ?? NOTHING;
      return words === NOTHING ? [] : [{ words, line: textOfRow(table, row) }];
    }),
  );
  return [...Map.groupBy(told, (t) => t.words)].map(([words, of]) => ({
    words,
    lines: [...new Set(of.map((t) => t.line))].join(', '),
  }));
}

type Named = { label: string; figure: Measured };

/** The fold under several figures: what they share, then what each of them counts. */
export const HowFigures = (p: { of: string; items: readonly Named[]; dated?: boolean; children?: Child }) => {
  const first = p.items[0]?.figure;
  if (!first) return null;
  return (
    <details class="how">
      <summary>
        comment c’est compté<span class="hidden"> : {p.of.toLowerCase()}</span>
      </summary>
      <dl>
        <dt>fenêtre</dt>
        <dd>{p.dated ? 'celle de chaque ligne, heure de Paris' : windowOf(first)}</dd>
        {p.items.map(({ label, figure }) => (
          <>
            <dt>{withUnit(label, figure.unit)}</dt>
            <dd>{figure.definition}</dd>
          </>
        ))}
        <dt>source</dt>
        <dd>{[...new Set(p.items.map(({ figure }) => figure.source))].join(' ')}</dd>
        {p.children}
        <dt>règle</dt>
        <dd>version {first.ruleVersion}</dd>
      </dl>
    </details>
  );
};

const windowOf = ({ window: { from, to } }: Measured): string =>
  from === '' || to === '' ? 'sans dates' : `du ${datedText(from)} au ${datedText(to)}, heure de Paris`;

/** The fold under a table: what its columns share, then what each of them counts, and what its lines leave out. */
const HowTableCounted = ({ table }: { table: Table }) => {
  const items = table.columns.flatMap((c): Named[] => {
    const figure = table.rows.find((r) => r.figures[c])?.figures[c];
    return figure ? [{ label: DEFINITIONS[c].label, figure }] : [];
  });
  const from = items[0]?.figure.window.from;
  const dated = table.rows.some((r) => Object.values(r.figures).some((f) => f.window.from !== from));
  return (
    <HowFigures of={table.title} items={items} dated={dated}>
      <dt>lignes</dt>
      <dd>{table.counted}</dd>
      {leftOutOf(table).map(({ words, lines }) => (
        <>
          <dt>écarté</dt>
          <dd>
            {words} ({lines})
          </dd>
        </>
      ))}
      {table.rows.length > MANY && (
        <>
          <dt>écarté</dt>
          <dd>Ligne par ligne, dans les fichiers à télécharger.</dd>
        </>
      )}
    </HowFigures>
  );
};

type Listed = Named & { level?: LevelName | undefined };

/** A few figures in their own units, one a line, with how each is counted; the lines of one measure are counted alike. */
type FigureListProps = {
  of: string;
  items: readonly Listed[];
  counted?: string;
  /** On paper, where one chapter says how everything is counted. */
  plain?: boolean;
};

export const FigureList = ({ of, items, counted, plain }: FigureListProps) => (
  <>
    <ul class="tally">
      {items.map(({ label, figure, level }) => (
        <li>
          <b>{cell(figure)}</b> {level ? <Level level={level} /> : label}
        </li>
      ))}
    </ul>
    {!plain && (
      <HowFigures of={of} items={[...new Map(items.map((i) => [i.figure.definition, i])).values()].map(plainly)}>
        {counted && (
          <>
            <dt>lignes</dt>
            <dd>{counted}</dd>
          </>
        )}
      </HowFigures>
    )}
  </>
);

const plainly = ({ label, figure, level }: Listed): Named => ({
  label: level ? 'Par niveau' : capital(label),
  figure,
});

const isTime = ({ key }: Table): boolean => key === 'day' || key === 'week' || key === 'month';

/** Money is named where it stands. */
const headOf = (name: FigureName, units: boolean): string => {
  const { label, unit } = DEFINITIONS[name];
  if (unit === 'euros') return `${label} (€)`;
  return units ? withUnit(label, unit) : label;
};

/** A page of more lines would be too heavy for a telephone; the files have them all. */
const MOST = 30;

type TableRowsProps = { table: Table; hidden?: boolean; units?: boolean };

/** `units`: written at the head of each column, where nothing opens under the table. */
export const TableRows = ({ table, hidden, units }: TableRowsProps) => (
  <>
    <RowsShown table={{ ...table, rows: table.rows.slice(0, MOST) }} hidden={hidden ?? false} units={units ?? false} />
    {table.rows.length > MOST && (
      <p class="meta">
        Les {MOST} premières lignes sur {number(table.rows.length)} : toutes sont dans les fichiers à télécharger.
      </p>
    )}
  </>
);

const RowsShown = ({ table, hidden, units }: TableRowsProps) => (
  <DataTable
    caption={table.title}
    hiddenCaption={hidden ?? false}
    columns={[
      { label: capital(nameOf(table)) },
      ...table.columns.map((c) => ({
        label: headOf(c, units ?? false),
        numeric: true,
      })),
    ]}
    rows={table.rows.map((r) => [nameOfRow(table, r), ...table.columns.map((c) => cell(r.figures[c]))])}
  />
);

const textOfRow = (table: Table, { label }: Row): string => {
  if (isTime(table)) return table.key === 'month' ? monthText(label) : dayText(label);
  return capital(label);
};
const nameOfRow = (table: Table, row: Row): Child =>
  isLevel(row.key) ? <Level level={row.key} /> : textOfRow(table, row);

const month = new Intl.DateTimeFormat('fr-FR', { month: 'long', year: 'numeric', timeZone: 'UTC' });
const monthText = (day: string): string => month.format(new Date(`${day}T00:00:00Z`));

/** A whole table of figures behind its title, with how each column is counted. */
export const TableFold = ({ table }: { table: Table }) => (
  <>
    <HowTableCounted table={table} />
    <Fold title="les chiffres en tableau" of={table.title.toLowerCase()}>
      <TableRows table={table} hidden />
    </Fold>
  </>
);

/** More lines than this are opened by who wants them. */
const LONG = 12;

/** The same, its lines shown at once where they are few; `titled`: under a heading that says what it is. */
export const ReportTable = ({ table, titled }: { table: Table; titled?: boolean }) =>
  table.rows.length > LONG ? (
    <Folds>
      <Fold title={`${table.title}, ${table.rows.length} lignes`}>
        <TableRows table={table} hidden />
      </Fold>
      <HowTableCounted table={table} />
    </Folds>
  ) : (
    <>
      <TableRows table={table} hidden={titled ?? false} />
      <Folds>
        <HowTableCounted table={table} />
      </Folds>
    </>
  );

/** Statements: each with its own unit, dates and source, for nothing of them is shared. What each leaves out stands folded under them. */
export const StatedTable = ({ table }: { table: Table }) => (
  <>
    <DataTable
      caption={table.title}
      columns={[
        { label: 'Ce qui est dit' },
        { label: 'Nombre', numeric: true },
        { label: 'Unité' },
        { label: 'Dates' },
      ]}
      rows={table.rows.map((r) => {
        const f = r.figures.declare;
        return [
          r.label,
          cell(f),
          f?.unit ?? '–',
          f?.window.from ? `du ${datedText(f.window.from)} au ${datedText(f.window.to)}` : 'sans dates',
        ];
      })}
    />
    <Fold title="d’où vient chaque chiffre" of={table.title.toLowerCase()}>
      <dl>
        {table.rows.map((r) => (
          <>
            <dt>{r.label}</dt>
            <dd>
              {r.figures.declare?.source}. {r.figures.declare?.leftOut}
            </dd>
          </>
        ))}
        <dt>lignes</dt>
        <dd>{table.counted}</dd>
      </dl>
    </Fold>
  </>
);
