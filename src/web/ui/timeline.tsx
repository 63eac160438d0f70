import { longDate, parseParis, shortDateTime } from '../../base/dates.ts';
import { LEVELS, type Level } from '../../base/words.ts';
import { Row, Rows } from './components.tsx';
import { LevelShape, Levels, State, type StateKind } from './marks.tsx';

/*
 * The pushes of a campaign along its period, drawn as one voice: each push is a burst of sound, numbered as in the list
 * under the drawing. `<Timeline from="2026-11-02" to="2027-03-31" today={ctx.now()} pushes={…} />`
 */

export type TimelinePush = {
  /** None for whoever may not open it. */
  href?: string | undefined;
  title: string;
  /** null: no date yet; listed, not drawn. */
  at: Date | null;
  kind: string;
  levels: readonly Level[];
  state: { kind: StateKind; text: string };
  /** Messages it sends; the bar grows with its logarithm. */
  size?: number;
};

const DAY = 86_400_000;
const monthName = new Intl.DateTimeFormat('fr-FR', { timeZone: 'Europe/Paris', month: 'short' });
// In % of the width, on a large screen and on a phone: two numbers that do not touch, two bursts that can be told apart.
const LARGE = { class: 'long', number: 5, burst: 3.2 };
const PHONE = { class: 'cut', number: 9.5, burst: 7 };
type Room = typeof LARGE;

export const Timeline = (p: { from: string; to: string; today: Date; pushes: readonly TimelinePush[] }) => {
  const start = parseParis(p.from) ?? p.today;
  const end = new Date((parseParis(p.to) ?? p.today).getTime() + DAY);
  const span = Math.max(end.getTime() - start.getTime(), DAY);
  const place = (at: Date): number =>
    Math.round(Math.min(Math.max((at.getTime() - start.getTime()) / span, 0), 1) * 1000) / 10;
  const ordered = [...p.pushes].sort((a, b) => (a.at?.getTime() ?? Infinity) - (b.at?.getTime() ?? Infinity));
  const dated = ordered.flatMap((push, i) => (push.at ? [{ push, n: i + 1, x: 4 + place(push.at) * 0.92 }] : []));
  const most = Math.max(...dated.map((d) => d.push.size ?? 1), 2);
  const now = place(p.today);
  const sized = dated.map((d) => ({ ...d, half: 0.9 + 1.5 * (Math.log1p(d.push.size ?? 1) / Math.log1p(most)) }));
  const x = (at: Date): string => `${4 + place(at) * 0.92}%`;
  const drawing = (room: Room) => {
    const drawn = bursts(sized, room);
    // In em. Turned over, marks stay above the neighbour's number, and the number stays under the neighbour's marks.
    const deepest = Math.max(...drawn.map((d) => d.levels.length), 1) * 1.15 + 0.5;
    const axis = drawn.some((d) => d.below) ? 2.4 + 1.5 + deepest : 4;
    const bottom = axis + 2.4 + deepest + (drawn.some((d) => d.below) ? 1.4 : 0.4);
    return (
      <svg
        class={room.class}
        width="100%"
        height={`${bottom + 1.6}em`}
        role="img"
        aria-label={`Les envois du ${longDate(start)} au ${longDate(new Date(end.getTime() - DAY))} ; la liste qui suit les détaille.`}
      >
        {monthsBetween(start, end).map((month) => (
          <>
            <line x1={x(month)} x2={x(month)} y1={`${axis - 0.35}em`} y2={`${axis + 0.35}em`} class="track" />
            <text x={x(month)} y={`${bottom + 1.6}em`} text-anchor="middle" class="tick">
              {monthName.format(month)}
            </text>
          </>
        ))}
        <line x1="0" x2="100%" y1={`${axis}em`} y2={`${axis}em`} class="track" />
        {now > 0 && <line x1="0" x2={x(p.today)} y1={`${axis}em`} y2={`${axis}em`} class="axis" />}
        {now > 0 && now < 100 && (
          <g class="today">
            <line x1={x(p.today)} x2={x(p.today)} y1="1em" y2={`${bottom}em`} />
          </g>
        )}
        {drawn.map((d) => (
          <Pulse {...d} axis={axis} deepest={deepest} />
        ))}
      </svg>
    );
  };
  return (
    <div class="timeline">
      {drawing(LARGE)}
      {drawing(PHONE)}
      {now > 0 && now < 100 && (
        <p class="legend">
          <span class="today-key" aria-hidden="true" /> aujourd’hui
        </p>
      )}
      <Rows label="Envois, du premier au dernier">
        {ordered.map((push, i) => (
          <Row
            when={push.at ? shortDateTime(push.at) : 'sans date'}
            datetime={push.at?.toISOString()}
            href={push.href}
            what={`${i + 1}. ${push.title}`}
            meta={
              <>
                {push.kind} · <Levels levels={push.levels} />
              </>
            }
            end={<State kind={push.state.kind}>{push.state.text}</State>}
          />
        ))}
      </Rows>
    </div>
  );
};

type Burst = { from: number; to: number; x: number; half: number; below: boolean; levels: Level[]; state: StateKind };

/**
 * A number too close to the one before it goes under the axis, and its marks above: the two sides of the wave. Where
 * there is room on neither side, pushes a few days apart are one burst, « 2–4 »; the list tells them apart.
 */
function bursts(dated: readonly { push: TimelinePush; n: number; x: number; half: number }[], room: Room): Burst[] {
  const drawn: Burst[] = [];
  const roomAt = (x: number, below: boolean) => {
    const last = drawn.findLast((b) => b.below === below);
    return !last || x - last.x >= room.number;
  };
  for (const { push, n, x, half } of dated) {
    const last = drawn.at(-1);
    const above = roomAt(x, false);
    if (last && (x - last.x < room.burst || !(above || roomAt(x, true)))) {
      last.to = n;
      last.half = Math.max(last.half, half);
      last.levels = LEVELS.filter((l) => last.levels.includes(l) || push.levels.includes(l));
    } else drawn.push({ from: n, to: n, x, half, below: !above, levels: [...push.levels], state: push.state.kind });
  }
  return drawn;
}

/** Heights of the five bars of a burst, as parts of the highest. */
const BURST = [0.34, 0.72, 1, 0.58, 0.26];

/** One push, or a few: a burst of voice across the axis, its number at one end, a mark per level at the other. */
const Pulse = (p: Burst & { axis: number; deepest: number }) => {
  const marks = (i: number) => p.half + 0.95 + i * 1.15;
  const name = p.below ? p.axis + 2.4 + p.deepest + 0.9 : p.axis - p.half - 0.5;
  return (
    <svg
      aria-hidden="true"
      x={`${p.x}%`}
      y="0"
      width="1"
      height="100%"
      overflow="visible"
      class={`pulse pulse-${p.state}`}
    >
      {BURST.map((part, i) => (
        <line
          x1={`${(i - 2) * 0.4}em`}
          x2={`${(i - 2) * 0.4}em`}
          y1={`${p.axis - p.half * part}em`}
          y2={`${p.axis + p.half * part}em`}
        />
      ))}
      <text x="0" y={`${name}em`} text-anchor="middle" class="value">
        {p.from === p.to ? p.from : `${p.from}–${p.to}`}
      </text>
      {p.levels.map((level, i) => (
        <svg
          aria-hidden="true"
          x="-.45em"
          y={`${p.axis - 0.45 + (p.below ? -marks(i) - 1.3 : marks(i))}em`}
          width=".9em"
          height=".9em"
          viewBox="0 0 10 10"
          class={`level-${level} fill`}
        >
          <LevelShape level={level} />
        </svg>
      ))}
    </svg>
  );
};

/** The first days of months inside the period, at most six. */
function monthsBetween(start: Date, end: Date): Date[] {
  const months: Date[] = [];
  const first = new Date(Date.UTC(start.getUTCFullYear(), start.getUTCMonth() + 1, 1));
  for (const at = first; at < end; at.setUTCMonth(at.getUTCMonth() + 1)) months.push(new Date(at));
  const every = Math.ceil(months.length / 6);
  return months.filter((_, i) => i % every === 0);
}
