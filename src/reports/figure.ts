import { fromParis, longDate, parisFields, parseParis, toParisDay, ZONE } from '../base/dates.ts';
import { invalid } from '../base/errors.ts';
import { RULE_VERSION } from '../tracking/classify.ts';
import { DEFINITIONS, type FigureName } from './definitions.ts';

/** Days in Paris, `to` included. */
export type FigureWindow = { from: string; to: string; zone: string };

/** A number with its passport: no screen, export or API gives one without the other. */
export type Figure = {
  /** Null: not said, because it would be about too few people, or cannot be computed; `leftOut` says which. */
  value: number | null;
  unit: string;
  window: FigureWindow;
  source: string;
  definition: string;
  leftOut: string;
  /** Of the rules that class hits and of the definitions. */
  ruleVersion: number;
};

/** The instants of a window: from `start` to just before `end`. */
export type Period = FigureWindow & { start: Date; end: Date };

/**
 * What is being counted: a campaign, in a window; `simulated` when its mail goes to the demonstration's catcher. For whom:
 * `reader`, an organisation, or null for whoever is told everything; `partial` when partners' few rows are left out.
 */
export type Scope = {
  campaignId: number;
  k: number;
  period: Period;
  simulated: boolean;
  pushId?: number;
  reader: number | null;
  partial: boolean;
  /** When the reader's organisation left the campaign: what was made since is not its own to read. */
  left?: Date;
};

/**
 * The days asked for, or else from the beginning of the campaign to today. A day of 23 or 25 hours is one day.
 * Throws « invalid » for what is not a date, or an end before its beginning.
 */
export function periodOf(asked: { from?: string; to?: string }, startsOn: string, now: Date): Period {
  const today = toParisDay(now);
  const to = asked.to ?? (asked.from !== undefined && asked.from > today ? asked.from : today);
  const from = asked.from ?? (startsOn < to ? startsOn : to);
  const start = dayStart('from', from);
  const last = dayStart('to', to);
  if (start > last)
    throw invalid('window', 'La période finit avant d’avoir commencé : corrigez une des deux dates.', [
      { field: 'to', message: `Donnez une date à partir du ${longDate(start)}.` },
    ]);
  const { year, month, day } = parisFields(last);
  return { from, to, zone: ZONE, start, end: fromParis(year, month, day + 1) };
}

/** The same days, none of them after the one that ends at this instant. */
export function cutAt(period: Period, at: Date): Period {
  const last = toParisDay(new Date(at.getTime() - 1));
  return period.to <= last ? period : periodOf({ from: period.from < last ? period.from : last, to: last }, last, at);
}

function dayStart(field: string, text: string): Date {
  const at = /^\d{4}-\d{2}-\d{2}$/.test(text) ? parseParis(text) : null;
  // Before 1911 Paris kept an hour of its own: such a day would come back as another.
  if (!at || toParisDay(at) !== text)
    throw invalid('window', `« ${text} » n’est pas une date : écrivez-la comme 2026-11-26.`, [
      { field, message: 'Écrivez la date comme 2026-11-26.' },
    ]);
  return at;
}

const NOTHING_LEFT_OUT = 'Rien.';

/** What a figure says of itself otherwise than its definition: a budget has no dates, a statement its own unit and source. */
export type Said = Partial<Pick<Figure, 'unit' | 'source' | 'definition'> & { from: string; to: string }>;

/** `leftOut` sentences that are empty are dropped; with none, nothing was left out. */
export function figure(
  name: FigureName,
  value: number | null,
  scope: Scope,
  leftOut: string[] = [],
  own: Said = {},
): Figure {
  const { unit, source, definition } = { ...DEFINITIONS[name], ...own };
  const { from, to, zone } = { ...scope.period, ...own };
  const untold = `Ce que des partenaires ont envoyé à moins de ${scope.k} personnes : eux seuls le comptent.`;
  const said = [...leftOut, scope.partial && LEDGER.has(name) ? untold : ''].filter((sentence) => sentence !== '');
  return {
    value,
    unit: scope.simulated && SIMULATED.has(name) ? `${unit} (simulés)` : unit,
    window: { from, to, zone },
    source:
      scope.simulated && SIMULATED.has(name)
        ? 'Boîte de démonstration : aucun message n’est parti vers une vraie personne.'
        : source,
    definition,
    leftOut: said.length > 0 ? said.join(' ') : NOTHING_LEFT_OUT,
    ruleVersion: RULE_VERSION,
  };
}

/** Counted from the rows of the sendings. */
const LEDGER = new Set<FigureName>(['selectionnes', 'adresses', 'ecartes', 'distribues', 'touches', 'invitations']);
const SIMULATED = new Set<FigureName>(['distribues', 'touches', 'invitations', 'accordes']);

const french = new Intl.NumberFormat('fr-FR');
/** « 3 clics douteux », « 1 robot » ; empty when there is none. */
export const counted = (n: number, one: string, many: string): string =>
  n === 0 ? '' : `${french.format(n)} ${n < 2 ? one : many}.`;
