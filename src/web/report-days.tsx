import type { Report } from '../reports/report.ts';
import type { Table } from '../reports/tables.ts';
import { dayText } from './push-words.tsx';
import { passportOf, tableOf } from './report-parts.tsx';
import { ReportTable, TableFold } from './report-table.tsx';
import { DayChart } from './ui/charts.tsx';
import { Empty } from './ui/components.tsx';
import { number } from './ui/figures.tsx';

/** More columns than this are neither read on a telephone, nor light to load: weeks are drawn instead of days, then months. */
const MOST_COLUMNS = 92;

const STEPS = [
  { key: 'day', name: 'par jour', of: (day: string) => dayText(day) },
  { key: 'week', name: 'par semaine', of: (day: string) => `la semaine du ${dayText(day)}` },
  { key: 'month', name: 'par mois', of: (day: string) => `le mois qui commence le ${dayText(day)}` },
] as const;

/** When messages left and clicks came: the finest step that can be read is drawn, the others stand as tables. */
export const Days = ({ report: r }: { report: Report }) => {
  const steps = STEPS.flatMap((step) => {
    const table = tableOf(r, step.key);
    return table && table.rows.length > 0 ? [{ ...step, table, columns: columnsOf(r, step.key, table) }] : [];
  });
  const [first, ...others] = steps.filter((s, at) => at === steps.length - 1 || s.columns.length <= MOST_COLUMNS);
  if (!first)
    return (
      <Empty title="Aucun clic pour l’instant.">
        <p>Les premiers arrivent d’ordinaire dans l’heure qui suit un envoi.</p>
      </Empty>
    );
  return (
    <>
      <Drawn report={r} {...first} />
      {others.map(({ table }) => (
        <ReportTable table={table} />
      ))}
      {others.length + 1 < steps.length && (
        <p class="meta">La période est longue : le détail jour par jour est dans les fichiers à télécharger.</p>
      )}
    </>
  );
};

/** Every day, week or month from the first to the last: those without any click are drawn too, as an empty place. */
function columnsOf(r: Report, key: (typeof STEPS)[number]['key'], { rows }: Table): string[] {
  if (key === 'day') return r.series[0]?.points.map((p) => p.day) ?? [];
  const last = rows.at(-1)?.key ?? '';
  const columns: string[] = [];
  for (let day = rows[0]?.key ?? ''; day !== '' && day <= last; day = next(key, day)) columns.push(day);
  return columns;
}

/** Calendar days, counted in UTC where all of them have 24 hours. */
function next(key: 'week' | 'month', day: string): string {
  const at = new Date(`${day}T00:00:00Z`);
  if (key === 'week') at.setUTCDate(at.getUTCDate() + 7);
  else at.setUTCMonth(at.getUTCMonth() + 1);
  return at.toISOString().slice(0, 10);
}

type DrawnProps = { report: Report; table: Table; columns: string[]; name: string; of: (day: string) => string };

const Drawn = ({ report: r, table, columns, name, of }: DrawnProps) => {
  const figures = new Map(table.rows.map((row) => [row.key, row.figures]));
  const values = columns.map((day) => {
    const clicks = figures.get(day)?.clics?.value ?? 0;
    return { day, value: clicks, range: { to: clicks + (figures.get(day)?.clicsDouteux?.value ?? 0) } };
  });
  const best = values.reduce((a, b) => (b.value > a.value ? b : a), { day: '', value: 0, range: { to: 0 } });
  if (!values.some((v) => v.range.to > 0))
    return (
      <>
        <p>Aucun clic retenu ni douteux dans la période.</p>
        <TableFold table={table} />
      </>
    );
  return (
    <DayChart
      id="jours-dessin"
      title={`Clics retenus ${name}`}
      summary={
        best.value > 0
          ? `Le plus fort : ${of(best.day)}, ${number(best.value)} ${best.value < 2 ? 'clic retenu' : 'clics retenus'}.`
          : 'Aucun clic retenu dans la période.'
      }
      passport={passportOf(r.figures.clics)}
      days={values}
      table={<TableFold table={table} />}
    />
  );
};
