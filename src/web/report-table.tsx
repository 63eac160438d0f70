import { DEFINITIONS, type FigureName } from '../reports/definitions.ts';
import type { Figure as Measured } from '../reports/figure.ts';
import type { Table } from '../reports/tables.ts';
import { capital } from './capital.ts';
import { dayText } from './push-words.tsx';
import { Fold, Folds } from './ui/components.tsx';
import { number } from './ui/figures.tsx';
import { DataTable } from './ui/table.tsx';

/** A table of figures, as a page shows it: with its lines and, folded, how each column is counted. */

/** What the lines of a table are: « niveau ». */
export const nameOf = ({ title }: Table): string => title.replace(/^(?:.* par|Par) /, '');

export const cell = (f: Measured | undefined): string => (f?.value == null ? '–' : number(f.value));

const NOTHING = 'Rien.';
/** More lines than this, and what each leaves out is read in the files. */
const MANY = 40;

/** What was left out of each line, the same words once: « Rien. » is not repeated. */
export function leftOutOf(table: Table): { words: string; lines: string }[] {
  if (table.rows.length > MANY) return [];
  const told = table.rows.flatMap((row) =>
    table.columns.flatMap((c) => {
      const words = row.figures[c]?.leftOut ?? NOTHING;
      return words === NOTHING ? [] : [{ words, line: capital(row.label) }];
    }),
  );
  return [...Map.groupBy(told, (t) => t.words)].map(([words, of]) => ({
    words,
    lines: [...new Set(of.map((t) => t.line))].join(', '),
  }));
}

/** The fold under a table: what its columns share, then what each of them counts. */
const HowTableCounted = ({ table }: { table: Table }) => {
  const columns = table.columns.flatMap((c) => {
    const figure = table.rows.find((r) => r.figures[c])?.figures[c];
    return figure ? [{ label: DEFINITIONS[c].label, figure }] : [];
  });
  const first = columns[0]?.figure;
  if (!first) return null;
  const dated = table.rows.some((r) => Object.values(r.figures).some((f) => f.window.from !== first.window.from));
  return (
    <details class="how">
      <summary>
        comment c’est compté<span class="hidden"> : {table.title.toLowerCase()}</span>
      </summary>
      <dl>
        <dt>fenêtre</dt>
        <dd>
          {dated
            ? 'celle de chaque ligne, heure de Paris'
            : `du ${dayText(first.window.from)} au ${dayText(first.window.to)}, heure de Paris`}
        </dd>
        {columns.map(({ label, figure }) => (
          <>
            <dt>
              {label} ({figure.unit})
            </dt>
            <dd>
              {figure.definition} {figure.source}
            </dd>
          </>
        ))}
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
        <dt>règle</dt>
        <dd>version {first.ruleVersion}</dd>
      </dl>
    </details>
  );
};

const isTime = ({ key }: Table): boolean => key === 'day' || key === 'week' || key === 'month';

/** Money is named where it stands. */
const headOf = (name: FigureName, units: boolean): string => {
  const { label, unit } = DEFINITIONS[name];
  if (unit === 'euros') return `${label} (€)`;
  return units ? `${label} (${unit})` : label;
};

/** `units`: written at the head of each column, where nothing opens under the table. */
export const TableRows = ({ table, hidden, units }: { table: Table; hidden?: boolean; units?: boolean }) => (
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
    rows={table.rows.map((r) => [
      isTime(table) ? (table.key === 'month' ? monthText(r.label) : dayText(r.label)) : capital(r.label),
      ...table.columns.map((c) => cell(r.figures[c])),
    ])}
  />
);

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

/** The same, its lines shown at once; `titled`: under a heading that says what it is. */
export const ReportTable = ({ table, titled }: { table: Table; titled?: boolean }) => (
  <>
    <TableRows table={table} hidden={titled ?? false} />
    <Folds>
      <HowTableCounted table={table} />
    </Folds>
  </>
);

/** Statements: each with its own unit, window and source, for nothing of them is shared. */
export const StatedTable = ({ table }: { table: Table }) => (
  <DataTable
    caption={table.title}
    columns={[{ label: 'Déclaration' }, { label: 'Nombre', numeric: true }, { label: 'Fenêtre' }, { label: 'Source' }]}
    rows={table.rows.map((r) => {
      const f = r.figures.declare;
      return [
        r.label,
        cell(f),
        f?.window.from ? `du ${dayText(f.window.from)} au ${dayText(f.window.to)}` : 'sans dates',
        f ? `${f.source}. ${f.leftOut}` : '–',
      ];
    })}
  />
);
