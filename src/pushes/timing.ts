import { z } from 'zod';
import { fromParis, parisFields } from '../base/dates.ts';

/** When a push may leave, until when its signatories answer, and what their silence then means. */

/** What happens when a signatory has not answered in time. Silence is never a yes. */
export const SILENCES = ['rien_ne_part', 'sans_elle'] as const;
export type Silence = (typeof SILENCES)[number];
export const SILENCE_NAMES: Record<Silence, string> = { rien_ne_part: 'rien ne part', sans_elle: 'sans elle' };

/** From `from` on, before `to`: messages leave in between, and at no other moment. */
export type Window = { from: Date; to: Date };
export const windowSchema = z.strictObject({ from: z.date(), to: z.date() });

export const isWithin = (at: Date, window: Window): boolean => window.from <= at && at < window.to;

type Timing = {
  scheduledAt: Date | null;
  deadlineAt: Date | null;
  recurrence: string | null;
  window: Window | null;
  answerBy: Date | null;
  silence: Silence;
};

/** After this instant nothing leaves: the deadline or the end of the window, whichever comes first. */
export const lastMoment = ({ deadlineAt, window }: Pick<Timing, 'deadlineAt' | 'window'>): Date | null =>
  deadlineAt && window ? (deadlineAt < window.to ? deadlineAt : window.to) : (deadlineAt ?? window?.to ?? null);

/** What does not hold together, by field. */
export function timingIssues(p: Timing): { field: string; message: string }[] {
  const found: { field: string; message: string }[] = [];
  const say = (field: string, message: string) => found.push({ field, message });
  if (p.recurrence && p.scheduledAt) say('recurrence', 'Un envoi a une date ou une récurrence, pas les deux.');
  if (p.scheduledAt && p.deadlineAt && p.deadlineAt <= p.scheduledAt)
    say('deadlineAt', 'L’échéance tombe avant le départ.');
  if (p.recurrence && p.window)
    say('window', 'Une série n’a pas de période de départ : chacun de ses numéros a la sienne.');
  if (p.recurrence && p.answerBy)
    say('answerBy', 'Une série se valide numéro par numéro, avant l’heure de chacun : ne donnez pas de date ici.');
  if (p.window && p.window.to <= p.window.from)
    say('window', 'La période de départ finit avant de commencer : corrigez l’un des deux moments.');
  else if (p.window && p.deadlineAt && p.deadlineAt <= p.window.from)
    say('deadlineAt', 'L’échéance tombe avant la période de départ : rien ne partirait.');
  if (p.window && p.scheduledAt && !isWithin(p.scheduledAt, p.window))
    say(
      'scheduledAt',
      'Cette date sort de la période de départ. Choisissez-en une autre, ou changez la période : les signataires devront alors valider de nouveau.',
    );
  const last = lastMoment(p);
  if (p.answerBy && p.scheduledAt && p.answerBy > p.scheduledAt)
    say('answerBy', 'Les réponses seraient attendues après le départ : donnez une date plus tôt.');
  else if (p.answerBy && last && p.answerBy >= last)
    say('answerBy', 'Les réponses seraient attendues après le dernier moment où l’envoi peut partir.');
  if (p.silence === 'sans_elle' && !p.answerBy && !p.recurrence)
    say('answerBy', 'Pour partir sans l’organisation qui se tait, dites jusqu’à quand elle peut répondre.');
  return found;
}

const DAYS_BEFORE = 3;
const DAYS_AFTER = 7;

/** The window a form proposes around a date: from three days before at 8 h to seven days after at 20 h, in Paris. */
export function proposedWindow(scheduledAt: Date): Window {
  const { year, month, day } = parisFields(scheduledAt);
  const at = (shift: number, hour: number): Date => {
    const date = new Date(Date.UTC(year, month - 1, day + shift));
    return fromParis(date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate(), hour);
  };
  return { from: at(-DAYS_BEFORE, 8), to: at(DAYS_AFTER, 20) };
}
