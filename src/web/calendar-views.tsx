import { toParisDay } from '../base/dates.ts';
import { ACTION_KIND_NAMES } from '../campaigns/action-schema.ts';
import type { CalendarFeed } from '../campaigns/calendar-feed.ts';
import { ENTRY_KIND_NAMES, type Plan, type PlanEntry } from '../pushes/plan-calendar.ts';
import { type Collision, dayOff, holidayOn } from '../pushes/plan-collisions.ts';
import { byDay, daysOfMonth, monthName, weeksOf } from './calendar-month.ts';
import { EntryMeta, EntryState, planUrl, whenText } from './calendar-words.tsx';
import { capital } from './capital.ts';
import { plural } from './push-words.tsx';
import { Month } from './ui/calendar.tsx';
import { Empty, Row, Rows, Section } from './ui/components.tsx';
import { Pagination } from './ui/flow.tsx';

/** The two ways to look at a month of the plan: its table and its list. */

export type Filters = { organisation: string; level: string; channel: string };
export type CalendarView = 'mois' | 'liste' | null;

export type CalendarProps = {
  plan: Plan;
  /** `2026-11` */
  month: string;
  /** Of the month, filtered. */
  entries: readonly PlanEntry[];
  collisions: readonly Collision[];
  filters: Filters;
  /** Null: nobody asked; the screen decides. */
  view: CalendarView;
  /** Where the list begins. */
  from: number;
  today: string;
  organisation: number;
  feed: CalendarFeed | null;
  csrf: string;
  may: { write: boolean; push: boolean; readPushes: boolean; report: boolean };
};

export const url = (p: CalendarProps, path: string): string => planUrl(p.plan.campaign.slug, path);

/** The same page, moved: filters and view are kept. */
export function here(p: CalendarProps, change: { month?: string; view?: CalendarView; from?: number }): string {
  const { month, view, from } = { month: p.month, view: p.view, from: 0, ...change };
  const query = new URLSearchParams({ mois: month });
  if (view) query.set('vue', view);
  if (p.filters.organisation) query.set('organisation', p.filters.organisation);
  if (p.filters.level) query.set('niveau', p.filters.level);
  if (p.filters.channel) query.set('canal', p.filters.channel);
  if (from) query.set('depuis', String(from));
  return `${url(p, 'calendrier')}?${query}`;
}

export const hrefOf = (p: CalendarProps, e: PlanEntry): string | undefined =>
  e.path.startsWith('envois/') && !p.may.readPushes ? undefined : url(p, e.path);

/** More would push the rest of the month away; the list has them all. */
const PER_DAY = 4;

export const MonthTable = (p: CalendarProps) => {
  const { from, to } = daysOfMonth(p.month);
  const days = byDay(p.entries, { from, to });
  return (
    <Month
      caption={monthName(p.month)}
      weeks={weeksOf(p.month).map((week) =>
        week.map((day) => {
          const entries = days.get(day) ?? [];
          const room = entries.length > PER_DAY ? PER_DAY - 1 : PER_DAY;
          return {
            day,
            today: day === p.today,
            inside: day >= from && day <= to,
            off: dayOff(day) !== null,
            holiday: holidayOn(day),
            items: entries
              .slice(0, room)
              .map((e) => <Cell entry={e} href={hrefOf(p, e)} organisation={p.organisation} />),
            more:
              entries.length > room
                ? {
                    href: `${here(p, { view: 'liste', from: pageOf(p, entries[room]) })}#jour-${day}`,
                    label: `et ${entries.length - room} de plus`,
                  }
                : undefined,
          };
        }),
      )}
    />
  );
};

const Cell = ({
  entry: e,
  href,
  organisation,
}: {
  entry: PlanEntry;
  href: string | undefined;
  organisation: number;
}) => {
  const title = e.cancelled ? <span class="gone">{e.title}</span> : e.title;
  return (
    <>
      {href ? <a href={href}>{title}</a> : <strong>{title}</strong>}
      <small>
        {e.push || e.cancelled ? (
          <EntryState entry={e} organisation={organisation} />
        ) : e.kind === 'action' && e.channel ? (
          ACTION_KIND_NAMES[e.channel as keyof typeof ACTION_KIND_NAMES]
        ) : (
          ENTRY_KIND_NAMES[e.kind]
        )}
      </small>
    </>
  );
};

export const PER_LIST = 100;
const pageOf = (p: CalendarProps, entry: PlanEntry | undefined): number =>
  entry ? Math.floor(Math.max(p.entries.indexOf(entry), 0) / PER_LIST) * PER_LIST : 0;

export const List = (p: CalendarProps) => {
  const shown = p.entries.slice(p.from, p.from + PER_LIST);
  if (!shown.length)
    return (
      <Empty
        title="Rien ce mois-ci."
        act={p.may.write ? { href: url(p, 'actions/nouvelle'), label: 'Déclarer une action' } : undefined}
      >
        <p>
          Les envois se placent d’eux-mêmes ici dès qu’ils ont une date. Les actions et les temps forts se déclarent.
        </p>
      </Empty>
    );
  const seen = new Set<string>();
  const anchor = (day: string): string | undefined => {
    if (seen.has(day)) return undefined;
    seen.add(day);
    return `jour-${day}`;
  };
  return (
    <Section title={capital(monthName(p.month))} note={plural(p.entries.length, 'ligne', 'lignes')}>
      <Rows label={`Le plan de ${monthName(p.month)}`}>
        {shown.map((e) => (
          <Row
            id={anchor(typeof e.start === 'string' ? e.start : toParisDay(e.start))}
            when={whenText(e)}
            datetime={typeof e.start === 'string' ? e.start : e.start.toISOString()}
            what={e.cancelled ? <s>{e.title}</s> : e.title}
            href={hrefOf(p, e)}
            meta={<EntryMeta entry={e} />}
            end={<EntryState entry={e} organisation={p.organisation} />}
          />
        ))}
      </Rows>
      <Pagination
        previous={p.from > 0 ? here(p, { view: 'liste', from: Math.max(p.from - PER_LIST, 0) }) : null}
        next={p.from + PER_LIST < p.entries.length ? here(p, { view: 'liste', from: p.from + PER_LIST }) : null}
        shown={`${p.from + 1} à ${p.from + shown.length} sur ${p.entries.length}`}
      />
    </Section>
  );
};
