import { titleKey } from '../contacts/headers.ts';
import type { StatementInput } from './schema.ts';
import { amountText, daysIn, windowText } from './statement-words.ts';

export type Stated = StatementInput & { id: number };
export type Aspect = 'unite' | 'fenetre' | 'valeur';

/** Statements that do not agree: what is different between them, in a sentence, and what nobody can conclude from them. */
export type Contradiction = { ids: number[]; differs: Aspect[]; says: string; cannot: string };

/** A smaller number comes twice by chance. */
const TELLING = 100;

/**
 * Which statements about one page contradict one another. One number told of several things, or over several windows, is
 * one contradiction however many tell it; then, two by two: one window and one unit with two numbers; a part larger than
 * its whole; more people than visits, or more visits than page views. « Plus de 9 000 » and 9 412 agree.
 */
export function contradictions(statements: readonly Stated[]): Contradiction[] {
  const groups = [...Map.groupBy(statements, (s) => s.value).values()];
  const told = groups.flatMap((of) => (of.length > 1 && (of[0]?.value ?? 0) >= TELLING ? toldDifferently(of) : []));
  const pairs = statements.flatMap((a, i) => statements.slice(i + 1).flatMap((b) => opposed(a, b)));
  return [...told, ...pairs];
}

function toldDifferently(group: readonly Stated[]): Contradiction[] {
  const pairs = group.flatMap((a, i) => group.slice(i + 1).map((b) => [a, b] as const));
  const units = pairs.some(([a, b]) => a.unit !== b.unit);
  const windows = pairs.some(([a, b]) => sameWindow(a, b) === false);
  if (!units && !windows) return [];
  const differs: Aspect[] = [...(units ? ['unite' as const] : []), ...(windows ? ['fenetre' as const] : [])];
  return [
    {
      ids: group.map((s) => s.id),
      differs,
      says: `Le même nombre est dit ${ofWhat(units, windows)} : ${group.map(said).join(' ; ')}.`,
      cannot: [
        units ? unitSentence(group) : '',
        windows ? 'On ne peut pas en tirer un nombre par mois : la période change d’une fois à l’autre.' : '',
      ]
        .filter(Boolean)
        .join(' '),
    },
  ];
}

const ofWhat = (units: boolean, windows: boolean): string =>
  units && windows
    ? 'de choses différentes, et sur des périodes différentes'
    : units
      ? 'de choses différentes'
      : 'sur des périodes différentes';

const unitSentence = (group: readonly Stated[]): string =>
  group.some((s) => PEOPLE.has(s.unit)) && group.some((s) => s.unit === 'visites')
    ? 'On ne peut pas en conclure combien de personnes sont venues : qui revient fait plusieurs visites, et aucune de ces phrases ne dit comment elle a compté.'
    : 'On ne peut pas savoir ce qui a été compté.';

const PEOPLE: ReadonlySet<string> = new Set(['personnes', 'visiteurs']);
/** Of one page and one window, each can only be as large as the next. */
const RANKS: Partial<Record<Stated['unit'], number>> = { personnes: 1, visiteurs: 1, visites: 2, pages_vues: 3 };

function opposed(a: Stated, b: Stated): Contradiction[] {
  // The same number is told of above.
  if (a.value === b.value) return [];
  const [less, more] = a.value < b.value ? [a, b] : [b, a];
  const found = (differs: Aspect[], cannot: string): Contradiction[] => [
    { ids: [a.id, b.id], differs, says: `${capital(said(a))} ; ${said(b)}.`, cannot },
  ];
  const same = sameWindow(a, b);
  if (a.unit === b.unit && same && !less.atLeast)
    return found(['valeur'], 'Les deux ne peuvent pas être vrais ensemble, et rien ici ne dit lequel l’est.');
  if (a.unit === b.unit && within(more, less) && !less.atLeast)
    return found(
      ['valeur', 'fenetre'],
      'Une période ne peut pas compter moins que l’une de ses parties : l’un des deux est faux, ou ne compte pas la même chose.',
    );
  const [few, many] = [RANKS[less.unit], RANKS[more.unit]];
  if (same && few !== undefined && many !== undefined && many < few && !less.atLeast)
    return found(
      ['valeur', 'unite'],
      `Il ne peut pas y avoir plus de ${amountWord(more)} que de ${amountWord(less)} sur une même page et une même période.`,
    );
  return [];
}

const amountWord = (s: Stated): string => amountText(s).replace(/^(?:plus de )?[\d\s\u00a0\u202f]+/, '');

const said = (s: Stated): string => `${amountText(s)} ${windowText(s)}, selon ${s.saidBy}`;
const capital = (text: string): string => `${text[0]?.toUpperCase() ?? ''}${text.slice(1)}`;

/** Whether two windows are one; null: their words do not say. Vague ones are compared by how long they last. */
function sameWindow(a: Stated, b: Stated): boolean | null {
  if (a.from !== null && b.from !== null) return a.from === b.from && a.to === b.to;
  const [x, y] = [daysIn(a), daysIn(b)];
  if (x !== null && y !== null) return Math.max(x, y) <= Math.min(x, y) * 1.1;
  return a.from === null && b.from === null && titleKey(a.windowSaid) === titleKey(b.windowSaid) ? true : null;
}

const within = (part: Stated, whole: Stated): boolean =>
  part.from !== null &&
  whole.from !== null &&
  part.to !== null &&
  whole.to !== null &&
  part.from >= whole.from &&
  part.to <= whole.to &&
  (part.from !== whole.from || part.to !== whole.to);
