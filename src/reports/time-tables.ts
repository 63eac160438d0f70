import { fromParis, parisFields, parseParis, toParisDay } from '../base/dates.ts';
import { type DayClicks, sumClicks } from './click-counts.ts';
import type { Period, Scope } from './figure.ts';
import * as figures from './figures.ts';
import { isDelivered, type LedgerRow, parisDays } from './ledger-counts.ts';
import type { Counts, Table } from './tables.ts';

type Step = {
  key: 'day' | 'week' | 'month';
  title: string;
  counted: string;
  /** The first day of what holds this day, and the last. */
  spanOf: (day: string) => { from: string; to: string };
};

const dayOf = (year: number, month: number, day: number): string => toParisDay(fromParis(year, month, day, 12));

function week(day: string): { from: string; to: string } {
  const { year, month, day: date } = parisFields(parseParis(day) ?? new Date(day));
  const since = (new Date(Date.UTC(year, month - 1, date)).getUTCDay() + 6) % 7;
  return { from: dayOf(year, month, date - since), to: dayOf(year, month, date - since + 6) };
}

function month(day: string): { from: string; to: string } {
  const { year, month: m } = parisFields(parseParis(day) ?? new Date(day));
  return { from: dayOf(year, m, 1), to: dayOf(year, m + 1, 0) };
}

const STEPS: readonly Step[] = [
  {
    key: 'day',
    title: 'Par jour',
    counted: 'Envoyé et cliqué : jours de Paris où quelque chose est parti ou arrivé, tous destinataires ensemble.',
    spanOf: (day) => ({ from: day, to: day }),
  },
  {
    key: 'week',
    title: 'Par semaine',
    counted:
      'Envoyé et cliqué : semaines du lundi au dimanche où quelque chose est parti ou arrivé ; la première et la dernière sont coupées à la période.',
    spanOf: week,
  },
  {
    key: 'month',
    title: 'Par mois',
    counted:
      'Envoyé et cliqué : mois où quelque chose est parti ou arrivé ; le premier et le dernier sont coupés à la période.',
    spanOf: month,
  },
];

type Dated = { sent: Map<string, LedgerRow[]>; clicked: Map<string, DayClicks[]> };

/** By day, week and month. Each figure has the window of its own line, inside that of the report. */
export function timeTables(scope: Scope, counts: Counts): Table[] {
  const told = counts.ledger.filter((r) => r.handedAt !== null && isDelivered(r, scope.period));
  const parisDay = parisDays();
  const dated: Dated = {
    sent: Map.groupBy(told, (r) => parisDay(r.handedAt ?? r.frozenAt)),
    clicked: Map.groupBy(counts.clicks.days, (r) => r.day),
  };
  const days = [...new Set([...dated.sent.keys(), ...dated.clicked.keys()])].toSorted();
  return STEPS.map((step) => timeTable(scope, step, days, dated));
}

function timeTable(scope: Scope, { key, title, counted, spanOf }: Step, days: readonly string[], dated: Dated): Table {
  const spans = Map.groupBy(days, (day) => spanOf(day).from);
  return {
    key,
    title,
    counted,
    columns: ['distribues', 'clics', 'clicsDouteux', 'clicsRobots'],
    rows: [...spans].map(([first, held]) => {
      const own = { ...scope, period: cut(spanOf(first), scope.period) };
      const clicks = sumClicks(held.flatMap((day) => dated.clicked.get(day) ?? []));
      return {
        key: first,
        label: first,
        figures: {
          distribues: figures.distribues(
            own,
            held.flatMap((day) => dated.sent.get(day) ?? []),
          ),
          clics: figures.clics(own, clicks),
          clicsDouteux: figures.clicsDouteux(own, clicks),
          clicsRobots: figures.clicsRobots(own, clicks),
        },
      };
    }),
  };
}

function cut(span: { from: string; to: string }, period: Period): Period {
  const from = span.from > period.from ? span.from : period.from;
  const to = span.to < period.to ? span.to : period.to;
  const { year, month: m, day } = parisFields(parseParis(to) ?? period.end);
  return { from, to, zone: period.zone, start: parseParis(from) ?? period.start, end: fromParis(year, m, day + 1) };
}
