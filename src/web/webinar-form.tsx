import { parseParis, toParisField } from '../base/dates.ts';
import type { FieldError } from '../base/errors.ts';
import { missingHour } from '../webinars/hours.ts';
import type { WebinarRow } from '../webinars/queries.ts';
import type { formOf } from './page.tsx';

/** A webinar as it is typed, and what the verb is given of it. */
export type TypedWebinar = {
  title: string;
  summary: string;
  description: string;
  levels: string[];
  publics: string[];
  resources: string[];
  day: string;
  from: string;
  to: string;
  /** It ends after midnight: asked only of one that does. */
  overnight: boolean;
  organisers: string[];
  speakers: { name: string; role: string; organisation: string }[];
  capacity: string;
  platform: string;
  joinUrl: string;
  joinNote: string;
  replayUrl: string;
  reminders: string[];
  keepDays: string;
};

export const emptyWebinar = (organisation: string): TypedWebinar => ({
  title: '',
  summary: '',
  description: '',
  levels: [],
  publics: [],
  resources: [],
  day: '',
  from: '',
  to: '',
  overnight: false,
  organisers: [organisation],
  speakers: [],
  capacity: '',
  platform: 'autre',
  joinUrl: '',
  joinNote: '',
  replayUrl: '',
  reminders: ['J-7', 'J-1', 'H-1'],
  keepDays: '180',
});

export function typedWebinar(w: WebinarRow): TypedWebinar {
  const [day = '', from = ''] = toParisField(w.startsAt).split('T');
  const [last = '', to = ''] = toParisField(w.endsAt).split('T');
  return {
    title: w.title,
    summary: w.summary,
    description: w.description,
    levels: w.levels,
    publics: w.publics,
    resources: w.resources,
    day,
    from,
    to,
    overnight: last !== day,
    organisers: w.organisers,
    speakers: w.speakers,
    capacity: w.capacity === null ? '' : String(w.capacity),
    platform: w.platform,
    joinUrl: w.joinUrl ?? '',
    joinNote: w.joinNote,
    replayUrl: w.replayUrl ?? '',
    reminders: w.reminders,
    keepDays: String(w.keepDays),
  };
}

export const SPEAKERS = 20;

/** Rows without a word in them are nobody. */
export function webinarForm(form: Awaited<ReturnType<typeof formOf>>): TypedWebinar {
  const speakers = Array.from({ length: SPEAKERS }, (_, i) => ({
    name: form.text(`speakers.${i}.name`),
    role: form.text(`speakers.${i}.role`),
    organisation: form.text(`speakers.${i}.organisation`),
  })).filter((s) => [s.name, s.role, s.organisation].some((word) => word.trim() !== ''));
  return {
    title: form.text('title'),
    summary: form.text('summary'),
    description: form.text('description'),
    levels: form.all('levels'),
    publics: form.all('publics'),
    resources: form.all('resources'),
    day: form.text('startsAt'),
    from: form.text('startHour'),
    to: form.text('endsAt'),
    overnight: form.text('overnight') === '1',
    organisers: form.all('organisers'),
    speakers,
    capacity: form.text('capacity'),
    platform: form.text('platform'),
    joinUrl: form.text('joinUrl'),
    joinNote: form.text('joinNote'),
    replayUrl: form.text('replayUrl'),
    reminders: form.all('reminders'),
    keepDays: form.text('keepDays'),
  };
}

const nextDay = (day: string): string =>
  Number.isNaN(Date.parse(day)) ? day : new Date(Date.parse(day) + 86_400_000).toISOString().slice(0, 10);

const clockOf = (t: TypedWebinar) => ({
  start: `${t.day.trim()}T${t.from.trim()}`,
  end: `${t.overnight ? nextDay(t.day.trim()) : t.day.trim()}T${t.to.trim()}`,
});

/** What only a form can see: an hour that the clocks skip would otherwise be read as another one. */
export const hourErrors = (t: TypedWebinar): FieldError[] => {
  const { start, end } = clockOf(t);
  return [
    { field: 'startsAt', missing: missingHour(start) },
    { field: 'endsAt', missing: missingHour(end) },
  ].flatMap(({ field, missing }) => (missing ? [{ field, message: missing.sentence }] : []));
};

/** What the verb is given; what is no date or no number is left for it to refuse. */
export function webinarOf(t: TypedWebinar): Record<string, unknown> {
  const { day: _, from: __, to: ___, overnight: ____, ...words } = t;
  const { start, end } = clockOf(t);
  const address = (typed: string): string | null => (typed.trim() === '' ? null : typed);
  return {
    ...words,
    // Without its hour, a day would be its midnight.
    startsAt: t.from.trim() === '' ? undefined : (parseParis(start) ?? undefined),
    endsAt: t.to.trim() === '' ? undefined : (parseParis(end) ?? undefined),
    capacity: t.capacity.trim() === '' ? null : Number(t.capacity),
    joinUrl: address(t.joinUrl),
    replayUrl: address(t.replayUrl),
    keepDays: Number(t.keepDays),
  };
}
