import { longDateTime } from '../base/dates.ts';
import type { PushToProve, SignatoryState } from './queries.ts';

/** `silent`: who said nothing; `without`: whom the push now leaves without; `signatories`: as they stand after. */
export type SilenceOutcome = { signatories: SignatoryState[]; silent: SignatoryState[]; without: SignatoryState[] };

export const TO_THE_SILENT =
  'Il n’est plus possible de répondre à cette demande : seul le pilote peut vous soumettre l’envoi de nouveau.';

/** When silence counts: the date that was given for answers, or the hour; nothing is asked of a draft but its hour. */
export const silenceDue = (push: PushToProve): Date | null =>
  push.current_proof_id === null ? push.scheduled_at : (push.answer_by ?? push.scheduled_at);

/** What everybody is told of a push whose answers, or whose hour, have gone by. */
export function silenceLetter(
  push: PushToProve,
  lead: string,
  { signatories, silent, without }: SilenceOutcome,
): { subject: string; lines: string[] } {
  const title = `« ${push.title} » (campagne ${push.campaign})`;
  const due = longDateTime(silenceDue(push) ?? new Date(0));
  if (push.current_proof_id === null)
    return {
      subject: `N’est pas parti à son heure : ${push.title}`,
      lines: [
        `${title} devait partir le ${due}. Il n’est pas parti : ${lead} ne l’a pas soumis à la validation.`,
        'Rien ne partira avant que les signataires l’aient relu et validé.',
      ],
    };
  const missing = signatories.filter((s) => s.missing);
  if (without.length > 0) {
    const [verb, them, their] =
      without.length > 1 ? ['n’ont', 'ces organisations', 'leurs'] : ['n’a', 'cette organisation', 'ses'];
    return {
      subject: `Sans réponse de ${names(without)} : ${push.title}`,
      lines: [
        `${names(without)} ${verb} pas répondu avant le ${due}. Comme la demande le disait, ${title} part sans ${them} : rien n’est adressé à ${their} contacts.`,
        missing.length > 0
          ? `Il manque encore l’accord de ${names(missing)} : rien ne part d’ici là.`
          : 'Toutes les autres signataires ont validé : l’envoi partira à l’heure dite.',
      ],
    };
  }
  return {
    subject: `Rien ne part, faute de réponse : ${push.title}`,
    lines: [
      `${title} attendait toutes les validations avant le ${due}. Il manque celle de ${names(missing)} : rien ne part.`,
      silent.length === 0
        ? 'Un changement est demandé : c’est au pilote de corriger et de soumettre de nouveau.'
        : 'Une réponse tardive reste possible tant que la période de départ n’est pas finie ; le pilote peut aussi choisir une autre date et soumettre de nouveau.',
    ],
  };
}

const french = new Intl.ListFormat('fr');
const names = (all: readonly SignatoryState[]): string => french.format(all.map((s) => s.name));
