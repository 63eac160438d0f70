// biome-ignore-all lint/a11y/noRedundantRoles: as blocks on a phone, a table and its parts lose their roles unless written
import type { Child } from 'hono/jsx';
import { number } from './figures.tsx';

/*
 * `<DataTable caption="Refusées : 34" columns={[{ label: 'Ligne', numeric: true }, { label: 'Raison' }]} rows={[[12, 'Adresse absente'], …]} />`
 * Numbers of a numeric column are written the French way. The first cell of a row names it (`th scope=row`). On a phone each row becomes a small block with its column names.
 */

export type Column = { label: string; numeric?: boolean; sorted?: 'ascending' | 'descending'; href?: string };
type RowCells = readonly Child[];

/**
 * `total` is a last line set apart. `wide` keeps the columns on a phone and lets them scroll (few short numbers).
 * `compact`: on a phone, cells that speak for themselves follow each other without their column's name.
 */
export const DataTable = (p: {
  caption: Child;
  columns: readonly Column[];
  rows: readonly RowCells[];
  total?: RowCells;
  wide?: boolean;
  compact?: boolean;
  hiddenCaption?: boolean;
}) => (
  <table class={tableClass(p)} role="table">
    <caption>{p.hiddenCaption ? <span class="hidden">{p.caption}</span> : p.caption}</caption>
    <thead role="rowgroup">
      <tr role="row">
        {p.columns.map((c) => (
          <th scope="col" role="columnheader" class={c.numeric ? 'n' : undefined} aria-sort={c.sorted}>
            {c.href ? <a href={c.href}>{c.label}</a> : c.label}
          </th>
        ))}
      </tr>
    </thead>
    <tbody role="rowgroup">
      {p.rows.map((row) => (
        <TableRow cells={row} columns={p.columns} />
      ))}
    </tbody>
    {p.total && (
      <tfoot role="rowgroup">
        <TableRow cells={p.total} columns={p.columns} />
      </tfoot>
    )}
  </table>
);

const tableClass = (p: { wide?: boolean; compact?: boolean; columns: readonly Column[] }): string =>
  p.wide || p.columns.length < 3 ? 'table' : p.compact ? 'table stack compact' : 'table stack';

const TableRow = ({ cells, columns }: { cells: RowCells; columns: readonly Column[] }) => (
  <tr role="row">
    {cells.map((cell, i) => {
      const column = columns[i];
      const shown = typeof cell === 'number' && column?.numeric ? number(cell) : cell;
      const numeric = column?.numeric ? 'n' : undefined;
      return i === 0 ? (
        <th scope="row" role="rowheader" class={numeric} data-label={column?.label}>
          {shown}
        </th>
      ) : (
        <td role="cell" class={numeric} data-label={column?.label}>
          {shown}
        </td>
      );
    })}
  </tr>
);
