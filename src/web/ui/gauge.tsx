import type { Child } from 'hono/jsx';
import { HowCounted, number, type Passport } from './figures.tsx';
import { DataTable } from './table.tsx';

/*
 * One bar that fills: what is taken, by whom, and what is left. Drawn as the other figures are (charts.tsx), its words
 * above, its table and how it was counted beside.
 */

const lower = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);

type Part = { label: string; value: number };

/** How strong each part stands, from the left: neighbours must differ without their colour. */
const STRENGTHS = ['1', '.5', '.25'];

/** `total`: how much there is room for; null: as much as comes, and the bar is as long as what is there. */
export const Gauge = (p: {
  id: string;
  title: string;
  summary: string;
  parts: readonly Part[];
  total: number | null;
  /** What is left, as the table names it. */
  left: string;
  passport: Passport;
  note?: Child;
}) => {
  const sum = p.parts.reduce((n, part) => n + part.value, 0);
  const whole = Math.max(p.total ?? sum, sum, 1);
  const percent = (value: number): string => `${Math.round((value / whole) * 1000) / 10}%`;
  const free = p.total === null ? null : Math.max(p.total - sum, 0);
  const rows: [string, number][] = [
    ...p.parts.map(({ label, value }): [string, number] => [label, value]),
    ...(free === null ? [] : [[p.left, free] as [string, number]]),
  ];
  return (
    <figure class="chart">
      <figcaption>
        <h3>{p.title}</h3>
        <p>{p.summary}</p>
      </figcaption>
      <svg width="100%" height="2em" role="img" aria-labelledby={`${p.id}-t ${p.id}-d`} class="bar">
        <title id={`${p.id}-t`}>{p.title}</title>
        <desc id={`${p.id}-d`}>{rows.map(([label, n]) => `${label} : ${number(n)}`).join(' ; ')}.</desc>
        <rect x="0" y=".2em" width="100%" height="1.4em" class="doubtful" />
        {p.parts.map((part, i) => (
          <rect
            x={percent(p.parts.slice(0, i).reduce((n, before) => n + before.value, 0))}
            y=".2em"
            width={percent(part.value)}
            height="1.4em"
            class="fill"
            fill-opacity={STRENGTHS[i] ?? '.25'}
          />
        ))}
      </svg>
      {rows.length > 1 && (
        <p class="legend">
          De gauche à droite : {rows.map(([label, n]) => `${lower(label)} ${number(n)}`).join(', ')}.
        </p>
      )}
      {p.note}
      <div class="folds">
        <HowCounted passport={p.passport} of={p.title} />
        <details class="how">
          <summary>
            les chiffres en tableau<span class="hidden"> : {p.title}</span>
          </summary>
          <DataTable
            caption={`${p.title} (${p.passport.unit})`}
            hiddenCaption
            columns={[{ label: 'Qui' }, { label: p.passport.unit, numeric: true }]}
            rows={rows}
          />
        </details>
      </div>
    </figure>
  );
};
