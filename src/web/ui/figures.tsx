import type { Child } from 'hono/jsx';
import { parisFields, parseParis, shortDate } from '../../base/dates.ts';

/*
 * A number that answers a question, never without « comment c'est compté » under it.
 * `<Figures><Figure label="clics retenus" figure={f} /></Figures>`; charts take the same passport.
 */

/** How a figure was counted. `leftOut` is a sentence; dates are instants or days of Paris. */
export type Passport = {
  unit: string;
  window: { from: string | Date; to: string | Date; zone: string };
  source: string;
  definition: string;
  leftOut: string;
  ruleVersion: string;
};
/** `value` null: not measured. `range.to`: the same with the doubtful ones. */
export type FigureValue = Passport & { value: number | null; range?: { to: number } };

const plain = new Intl.NumberFormat('fr-FR', { maximumFractionDigits: 2 });
/** « 11 874 », « 22,5 » */
export const number = (value: number): string => plain.format(value);

const asDate = (at: string | Date): Date => (typeof at === 'string' ? (parseParis(at) ?? new Date(at)) : at);
const dayOf = (at: string | Date): string => {
  const date = asDate(at);
  return `${shortDate(date)} ${parisFields(date).year}`;
};
const zoneName = (zone: string): string => (zone === 'Europe/Paris' ? 'heure de Paris' : zone);

/** A budget has no dates, nor a statement whose source gives none: what is left out says so. */
const windowOf = ({ window: { from, to, zone } }: Passport): string =>
  from === '' || to === '' ? 'sans dates' : `du ${dayOf(from)} au ${dayOf(to)}, ${zoneName(zone)}`;

/** The fold under a figure, a chart, a table of figures. */
export const HowCounted = ({ passport: p, of }: { passport: Passport; of: string }) => (
  <details class="how">
    <summary>
      comment c’est compté<span class="hidden"> : {of}</span>
    </summary>
    <dl>
      <dt>unité</dt>
      <dd>{p.unit}</dd>
      <dt>fenêtre</dt>
      <dd>{windowOf(p)}</dd>
      <dt>source</dt>
      <dd>{p.source}</dd>
      <dt>définition</dt>
      <dd>{p.definition}</dd>
      <dt>écarté</dt>
      <dd>{p.leftOut}</dd>
      <dt>règle</dt>
      <dd>{p.ruleVersion}</dd>
    </dl>
  </details>
);

type FigureProps = {
  label: string;
  figure: FigureValue;
  note?: Child;
  /** On paper, where one chapter says how everything is counted. */
  plain?: boolean;
};

export const Figure = ({ label, figure, note, plain }: FigureProps) => (
  <div class="figure">
    <p>
      <b>{figure.value === null ? '–' : number(figure.value)}</b> <span class="figure-label">{label}</span>
    </p>
    {figure.value === null && <p class="meta">non mesuré</p>}
    {figure.value !== null && figure.range && figure.range.to > figure.value && (
      <p class="meta">jusqu’à {number(figure.range.to)} avec les douteux</p>
    )}
    {note && <p class="meta">{note}</p>}
    {!plain && <HowCounted passport={figure} of={label} />}
  </div>
);

/** Two to four figures side by side. */
export const Figures = ({ children }: { children?: Child }) => <div class="figures">{children}</div>;

/** Two or three questions side by side, each above its answer: the first screen of a report. */
export const Answers = ({ children }: { children?: Child }) => <div class="answers">{children}</div>;
export const Answer = ({ question, children }: { question: string; children?: Child }) => (
  <section class="answer">
    <h2>{question}</h2>
    {children}
  </section>
);
