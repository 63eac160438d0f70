import { longDateTime } from '../base/dates.ts';
import type { Silence, Window } from '../pushes/timing.ts';
import { type PushToProve, windowOf } from './queries.ts';

/** What a request for approval says of its dates, the same in a mail and on a page. */

export type Asking = { window: Window | null; scheduledAt: Date | null; answerBy: Date | null; silence: Silence };

export const askingOf = (push: PushToProve): Asking => ({
  window: windowOf(push),
  scheduledAt: push.scheduled_at,
  answerBy: push.answer_by,
  silence: push.silence as Silence,
});

/** When it would leave. */
export function departureWords({ window, scheduledAt }: Asking): string {
  if (window && scheduledAt)
    return `Départ prévu le ${longDateTime(scheduledAt)} ; il peut être déplacé entre le ${longDateTime(window.from)} et le ${longDateTime(window.to)} sans vous être soumis de nouveau.`;
  if (window)
    return `L’envoi partira entre le ${longDateTime(window.from)} et le ${longDateTime(window.to)}, quand le pilote le dira.`;
  return scheduledAt
    ? `Départ prévu le ${longDateTime(scheduledAt)}.`
    : 'L’envoi n’a pas encore de date : il partira quand le pilote le dira, après toutes les validations.';
}

/** Until when one may answer, and what not answering does. `lead`: of the organisation without which nothing leaves. */
export function silenceWords({ scheduledAt, answerBy, silence }: Asking, lead: boolean): string {
  const never = 'Votre silence ne vaut jamais accord.';
  if (!answerBy)
    return scheduledAt
      ? `Sans votre accord à cette heure-là, rien ne part, et toutes les organisations en sont prévenues. ${never}`
      : `Sans votre accord, rien ne part. ${never}`;
  const until = `Votre réponse est attendue avant le ${longDateTime(answerBy)}.`;
  return silence === 'sans_elle' && !lead
    ? `${until} Sans réponse d’ici là, l’envoi part sans votre organisation : il n’est pas adressé à vos contacts. ${never}`
    : `${until} Sans réponse d’ici là, rien ne part, et toutes les organisations en sont prévenues. ${never}`;
}
