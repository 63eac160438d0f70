import type { Child } from 'hono/jsx';
import type { Link } from './components.tsx';

/*
 * A month as a table of days, a week a line: `<Month caption="novembre 2026" weeks={…} />`. Beside it always stands the
 * same thing as a list; `<WideOnly>` and `<NarrowOnly>` show the one that fits, when nobody asked for either.
 */

export type MonthDay = {
  /** `2026-11-26` */
  day: string;
  today: boolean;
  /** Of the month itself, and not of its neighbours. */
  inside: boolean;
  /** Nobody works that day. */
  off: boolean;
  /** The name of a public holiday, beside the date. */
  holiday: string | null;
  items: readonly Child[];
  /** Those there is no room for. */
  more?: Link;
};

const WEEKDAYS = ['lundi', 'mardi', 'mercredi', 'jeudi', 'vendredi', 'samedi', 'dimanche'];
const spoken = new Intl.DateTimeFormat('fr-FR', { timeZone: 'UTC', weekday: 'long', day: 'numeric', month: 'long' });

export const Month = ({ caption, weeks }: { caption: string; weeks: readonly (readonly MonthDay[])[] }) => (
  // Scrolled by the keyboard too where it is wider than the screen.
  <section class="month-scroll" tabindex={0} aria-label={`Le mois : ${caption}`}>
    <table class="month">
      <caption>{caption}</caption>
      <thead>
        <tr>
          {WEEKDAYS.map((name) => (
            <th scope="col">{name}</th>
          ))}
        </tr>
      </thead>
      <tbody>
        {weeks.map((week) => (
          <tr>
            {week.map((day) => (
              <Day {...day} />
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  </section>
);

const Day = (p: MonthDay) => (
  <td
    class={
      [p.today ? 'today' : '', p.inside ? '' : 'outside', p.off ? 'off' : ''].filter(Boolean).join(' ') || undefined
    }
    aria-current={p.today ? 'date' : undefined}
  >
    <p class="date">
      <time datetime={p.day}>
        <span aria-hidden="true">{Number(p.day.slice(8))}</span>
        <span class="hidden">{spoken.format(new Date(`${p.day}T12:00:00Z`))}</span>
      </time>
      {p.today && <span>aujourd’hui</span>}
      {p.holiday && <span>{p.holiday}</span>}
    </p>
    {p.items.length > 0 && (
      <ul>
        {p.items.map((item) => (
          <li>{item}</li>
        ))}
        {p.more && (
          <li>
            <a href={p.more.href}>{p.more.label}</a>
          </li>
        )}
      </ul>
    )}
  </td>
);

/** One step back, today, one step on; and at the other end, other views of the same. */
export const MonthNav = (p: {
  label: string;
  moves: readonly Link[];
  views: readonly (Link & { current: boolean })[];
}) => (
  <div class="month-nav">
    <nav aria-label={p.label}>
      <ul>
        {p.moves.map((move) => (
          <li>
            <a href={move.href}>{move.label}</a>
          </li>
        ))}
      </ul>
    </nav>
    <nav aria-label="Présentation">
      <ul>
        {p.views.map((view) => (
          <li>
            <a href={view.href} aria-current={view.current ? 'page' : undefined}>
              {view.label}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  </div>
);

export const WideOnly = ({ children }: { children?: Child }) => <div class="wide-only">{children}</div>;
export const NarrowOnly = ({ children }: { children?: Child }) => <div class="narrow-only">{children}</div>;

/** An address that is a secret, or a link to copy: it breaks anywhere rather than widen the page. */
export const Address = ({ id, children }: { id: string; children?: Child }) => (
  <p class="secret" id={id}>
    {children}
  </p>
);
