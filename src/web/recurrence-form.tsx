import type { FieldError } from '../base/errors.ts';
import { nextOccurrence, recurrenceSchema } from '../pushes/next-occurrence.ts';
import type { formOf } from './page.tsx';
import { Choices, errorOf, Field, FieldRow } from './ui/fields.tsx';

/** « Répéter » as people say it, over the cron expression that the push keeps: never typed unless one wants to. */

const FIELDS = [
  'repetition',
  'semaine-jour',
  'semaine-heure',
  'rang',
  'rang-jour',
  'rang-heure',
  'quantieme',
  'quantieme-heure',
  'cron',
] as const;
export type RepeatValues = Record<(typeof FIELDS)[number], string>;

/** What each form proposes before anything is chosen: Tuesday at nine. */
const PROPOSED: RepeatValues = {
  repetition: 'jamais',
  'semaine-jour': '2',
  'semaine-heure': '09:00',
  rang: '1',
  'rang-jour': '2',
  'rang-heure': '09:00',
  quantieme: '1',
  'quantieme-heure': '09:00',
  cron: '',
};

const DAYS = ['lundi', 'mardi', 'mercredi', 'jeudi', 'vendredi', 'samedi', 'dimanche'].map((label, i) => ({
  value: String((i + 1) % 7),
  label,
}));
// Seven days each: a day of the week falls once in every one of them. The last week of a month is no fixed set of days.
const WEEKS = ['1-7', '8-14', '15-21', '22-28'];
const RANKS = ['premier', 'deuxième', 'troisième', 'quatrième'].map((label, i) => ({ value: String(i + 1), label }));
/** No further than the 28th: every month has one. */
const DATES = Array.from({ length: 28 }, (_, i) => ({ value: String(i + 1), label: i === 0 ? '1er' : String(i + 1) }));

export function repeatOf(form: Awaited<ReturnType<typeof formOf>>): RepeatValues {
  const given = Object.fromEntries(FIELDS.map((name) => [name, form.text(name)])) as RepeatValues;
  return { ...given, repetition: given.repetition || 'jamais' };
}

/** The form that says this expression; one of a rarer shape is shown as it is. */
export function repeatFrom(recurrence: string | null): RepeatValues {
  if (recurrence === null) return PROPOSED;
  const [minute = '', hour = '', date = '', month = '', weekday = ''] = recurrence.split(' ');
  const time = `${hour.padStart(2, '0')}:${minute.padStart(2, '0')}`;
  const day = /^[0-7]$/.test(weekday) ? String(Number(weekday) % 7) : null;
  const rank = WEEKS.indexOf(date) + 1;
  if (month === '*' && day && date === '*')
    return { ...PROPOSED, repetition: 'semaine', 'semaine-jour': day, 'semaine-heure': time };
  if (month === '*' && day && rank)
    return { ...PROPOSED, repetition: 'rang', rang: String(rank), 'rang-jour': day, 'rang-heure': time };
  if (month === '*' && weekday === '*' && DATES.some((d) => d.value === date))
    return { ...PROPOSED, repetition: 'date', quantieme: date, 'quantieme-heure': time };
  return { ...PROPOSED, repetition: 'avancee', cron: recurrence };
}

/** The expression these answers make (null: never), or what is wrong with them. */
export function recurrenceOf(v: RepeatValues, now: Date): { recurrence: string | null; errors: FieldError[] } {
  const errors: FieldError[] = [];
  const chosen = (field: keyof RepeatValues, options: readonly { value: string }[]): string => {
    if (!options.some((o) => o.value === v[field])) errors.push({ field, message: 'Choisissez dans la liste.' });
    return v[field];
  };
  const clock = (field: keyof RepeatValues): string => {
    const [, hour, minute] = /^([01]?\d|2[0-3]):([0-5]\d)$/.exec(v[field]) ?? [];
    if (hour === undefined) errors.push({ field, message: 'Donnez une heure, par exemple 09:00.' });
    return `${Number(minute)} ${Number(hour)}`;
  };
  const written = (): string | null => {
    switch (v.repetition) {
      case 'jamais':
        return null;
      case 'semaine':
        return `${clock('semaine-heure')} * * ${chosen('semaine-jour', DAYS)}`;
      case 'rang':
        return `${clock('rang-heure')} ${WEEKS[Number(chosen('rang', RANKS)) - 1]} * ${chosen('rang-jour', DAYS)}`;
      case 'date':
        return `${clock('quantieme-heure')} ${chosen('quantieme', DATES)} * *`;
      case 'avancee': {
        const read = recurrenceSchema.safeParse(v.cron);
        if (!read.success) errors.push({ field: 'cron', message: read.error.issues[0]?.message ?? '' });
        else if (!nextOccurrence(read.data, now))
          errors.push({ field: 'cron', message: 'Aucun jour du calendrier ne répond à cette expression.' });
        return read.data ?? null;
      }
      default:
        errors.push({ field: 'repetition', message: 'Dites si cet envoi se répète.' });
        return null;
    }
  };
  const recurrence = written();
  return { recurrence: errors.length ? null : recurrence, errors };
}

const SHOWN = 3;
/** The next departures of a series, three at most; none after its end. */
export function nextDates(recurrence: string, after: Date, end: Date | null): Date[] {
  const dates: Date[] = [];
  for (let at = nextOccurrence(recurrence, after); at && dates.length < SHOWN; at = nextOccurrence(recurrence, at)) {
    if (end && at > end) break;
    dates.push(at);
  }
  return dates;
}

/** `once`: what is asked of a push that leaves one time. */
export const RepeatFields = (p: {
  values: RepeatValues;
  errors?: readonly FieldError[];
  once: ReturnType<typeof Field>;
}) => {
  const field = (name: keyof RepeatValues) => ({
    name,
    value: p.values[name],
    error: errorOf(p.errors, name),
    bare: true,
  });
  const time = (name: keyof RepeatValues) => <Field {...field(name)} label="Heure de Paris" kind="time" size="short" />;
  return (
    <Choices
      name="repetition"
      label="Répéter"
      hint="Chaque numéro d’une série devient un envoi à part, que les signataires valident."
      bare
      value={p.values.repetition}
      error={errorOf(p.errors, 'repetition')}
      options={[
        { value: 'jamais', label: 'Jamais : il part une fois', more: p.once },
        {
          value: 'semaine',
          label: 'Chaque semaine',
          more: (
            <FieldRow>
              <Field {...field('semaine-jour')} label="Jour" kind="select" options={DAYS} />
              {time('semaine-heure')}
            </FieldRow>
          ),
        },
        {
          value: 'rang',
          label: 'Chaque mois, un jour de la semaine',
          more: (
            <FieldRow>
              <Field {...field('rang')} label="Lequel du mois" kind="select" options={RANKS} />
              <Field {...field('rang-jour')} label="Jour" kind="select" options={DAYS} />
              {time('rang-heure')}
            </FieldRow>
          ),
        },
        {
          value: 'date',
          label: 'Chaque mois, à date fixe',
          more: (
            <FieldRow>
              <Field {...field('quantieme')} label="Le" kind="select" options={DATES} />
              {time('quantieme-heure')}
            </FieldRow>
          ),
        },
        {
          value: 'avancee',
          label: 'Expression avancée',
          more: (
            <Field
              {...field('cron')}
              label="Expression"
              hint="Minute, heure, jour du mois, mois, jour de la semaine (1 pour lundi) : « 0 9 1 1,4,7,10 * » part le 1er de chaque trimestre à 9 h."
              spellcheck={false}
            />
          ),
        },
      ]}
    />
  );
};
