import type { Child } from 'hono/jsx';
import { parseParis, shortDate } from '../../base/dates.ts';
import type { Level } from '../../base/words.ts';
import { HowCounted, number, type Passport } from './figures.tsx';
import { LevelShape } from './marks.tsx';
import { DataTable } from './table.tsx';

/*
 * Drawings made by the server (A11Y-05). Widths are percentages and heights are in em, without a viewBox: text keeps
 * the reader's size on a phone and when enlarged. Beside each: one sentence, the table, « comment c'est compté ».
 */

/** `summary` says in one sentence what the drawing shows; `id` is unique in the page. */
type ChartProps = {
  id: string;
  title: string;
  summary: string;
  passport: Passport;
  /** A larger table that stands beside instead of the drawing's own, with how it was counted. */
  table?: Child;
};

/** `range.to`: with the doubtful ones. */
export type Bar = {
  label: string;
  value: number;
  level?: Level;
  range?: { to: number };
};

const percent = (part: number, whole: number): string => `${whole > 0 ? Math.round((part / whole) * 1000) / 10 : 0}%`;
const valueText = (b: { value: number; range?: { to: number } }): string =>
  b.range && b.range.to > b.value ? `${number(b.value)} à ${number(b.range.to)}` : number(b.value);

/** What stands beside every drawing: how it was counted, and its table. */
const Folds = ({ chart, name, rows }: { chart: ChartProps; name: string; rows: [string, string][] }) =>
  chart.table ? (
    <div class="folds">{chart.table}</div>
  ) : (
    <div class="folds">
      <HowCounted passport={chart.passport} of={chart.title} />
      <details class="how">
        <summary>
          les chiffres en tableau<span class="hidden"> : {chart.title}</span>
        </summary>
        <DataTable
          caption={`${chart.title} (${chart.passport.unit})`}
          hiddenCaption
          columns={[{ label: name }, { label: chart.passport.unit, numeric: true }]}
          rows={rows}
        />
      </details>
    </div>
  );

/** Above this, bars stand closer: twenty regions must fit a phone in two screens. */
const MANY = 8;
const CUT = 30;

/** Horizontal bars in the order given, each under its name. */
export const BarChart = (p: ChartProps & { bars: readonly Bar[]; nameColumn?: string }) => {
  const most = Math.max(...p.bars.map((b) => Math.max(b.value, b.range?.to ?? 0)), 0);
  const [line, thick] = p.bars.length > MANY ? [2.5, 0.5] : [3.6, 1];
  return (
    <figure class="chart">
      <figcaption>
        <h3>{p.title}</h3>
        <p>{p.summary}</p>
      </figcaption>
      <svg width="100%" height={`${p.bars.length * line}em`} role="img" aria-labelledby={`${p.id}-t ${p.id}-d`}>
        <title id={`${p.id}-t`}>{p.title}</title>
        <desc id={`${p.id}-d`}>{p.bars.map((b) => `${b.label} : ${valueText(b)}`).join(' ; ')}.</desc>
        {p.bars.map((b, i) => (
          <svg
            aria-hidden="true"
            y={`${i * line}em`}
            width="100%"
            height={`${line}em`}
            class={b.level ? `level-${b.level}` : 'bar'}
          >
            {b.level && (
              <svg aria-hidden="true" x="0" y=".45em" width=".8em" height=".8em" viewBox="0 0 10 10" class="fill">
                <LevelShape level={b.level} />
              </svg>
            )}
            <BarName bar={b} />
            <text x="100%" y="1.15em" text-anchor="end" class="value">
              {valueText(b)}
            </text>
            <line x1="0" x2="100%" y1={`${1.6 + thick / 2}em`} y2={`${1.6 + thick / 2}em`} class="track" />
            {b.range && b.range.to > b.value && (
              <rect
                x={percent(b.value, most)}
                y="1.6em"
                width={percent(b.range.to - b.value, most)}
                height={`${thick}em`}
                class="doubtful"
              />
            )}
            <rect x="0" y="1.6em" width={percent(b.value, most)} height={`${thick}em`} class="fill" />
          </svg>
        ))}
      </svg>
      <Folds chart={p} name={p.nameColumn ?? 'Ligne'} rows={p.bars.map((b) => [b.label, valueText(b)])} />
    </figure>
  );
};

/** Drawn text does not wrap: on a phone a long name is cut, and stands whole in the table beside. */
const BarName = ({ bar: { label, level } }: { bar: Bar }) => {
  const place = { x: level ? '1.3em' : '0', y: '1.15em' };
  return label.length > CUT ? (
    <>
      <text {...place} class="long">
        {label}
      </text>
      <text {...place} class="cut">
        {label.slice(0, CUT).trimEnd()}…
      </text>
    </>
  ) : (
    <text {...place}>{label}</text>
  );
};

/** `range.to`: with the doubtful ones. */
export type DayValue = { day: string; value: number; range?: { to: number } };

/** 1, 2 or 5 times a power of ten: the first that covers the highest column. */
export function topOfAxis(most: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(most, 1)));
  return [1, 2, 5, 10].map((m) => m * power).find((top) => top >= most) ?? 10 * power;
}

const PLOT = 9; // em: the height of the highest column, and where columns stand
const GROUND = PLOT + 1.6;
const nameOfDay = (day: string): string => {
  const at = parseParis(day);
  return at ? shortDate(at).replace(/^\S+ /, '') : day;
};

/** One column per day, `day` as 2026-11-26, without holes (a day without any is a zero). */
export const DayChart = (p: ChartProps & { days: readonly DayValue[] }) => {
  const top = topOfAxis(Math.max(...p.days.map((d) => Math.max(d.value, d.range?.to ?? 0)), 0));
  const width = 100 / Math.max(p.days.length, 1);
  const height = (value: number) => Math.round((value / top) * PLOT * 100) / 100;
  // A column stands between two values: from 0 for what is retained, from there up for what is doubtful.
  // Few days do not make thick columns: one day alone would read as a wall.
  const thick = Math.min(width * 0.72, 8);
  const column = (i: number, from: number, to: number, name: string) => (
    <rect
      x={`${Math.round(((i + 0.5) * width - thick / 2) * 100) / 100}%`}
      width={`${Math.round(thick * 100) / 100}%`}
      y={`${GROUND - height(to)}em`}
      height={`${height(to - from)}em`}
      class={name}
    />
  );
  const few = p.days.length < 3;
  const ticks = few ? p.days.map((_, i) => i) : [0, Math.floor((p.days.length - 1) / 2), p.days.length - 1];
  return (
    <figure class="chart">
      <figcaption>
        <h3>{p.title}</h3>
        <p>{p.summary}</p>
      </figcaption>
      <svg width="100%" height={`${GROUND + 1.9}em`} role="img" aria-labelledby={`${p.id}-t ${p.id}-d`}>
        <title id={`${p.id}-t`}>{p.title}</title>
        <desc id={`${p.id}-d`}>{p.summary}</desc>
        {[top, top / 2].map((value) => (
          <line x1="0" x2="100%" y1={`${GROUND - height(value)}em`} y2={`${GROUND - height(value)}em`} class="track" />
        ))}
        <g class="bar">
          {p.days.map((d, i) => (
            <>
              {d.range && d.range.to > d.value && column(i, d.value, d.range.to, 'doubtful')}
              {d.value > 0 && column(i, 0, d.value, 'fill')}
            </>
          ))}
        </g>
        <line x1="0" x2="100%" y1={`${GROUND}em`} y2={`${GROUND}em`} class="axis" />
        {[top, top / 2].map((value) => (
          <text x="0" y={`${GROUND - 0.4 - height(value)}em`} class="tick">
            {number(value)}
          </text>
        ))}
        {ticks.map((i) => (
          <text
            x={
              few ? `${(i + 0.5) * width}%` : i === 0 ? '0' : i === p.days.length - 1 ? '100%' : `${(i + 0.5) * width}%`
            }
            y={`${GROUND + 2}em`}
            text-anchor={few ? 'middle' : i === 0 ? 'start' : i === p.days.length - 1 ? 'end' : 'middle'}
            class="tick"
          >
            {nameOfDay(p.days[i]?.day ?? '')}
          </text>
        ))}
      </svg>
      <Folds chart={p} name="Jour" rows={p.days.map((d) => [nameOfDay(d.day), valueText(d)])} />
    </figure>
  );
};
