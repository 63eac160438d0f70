import { longDateTime } from '../base/dates.ts';
import { embargoOf, embargoWords } from '../pushes/embargo.ts';
import type { Content } from '../pushes/schema.ts';
import { lastMoment, type Window } from '../pushes/timing.ts';
import type { Finding } from './check-schema.ts';

/** What a press release owes to those who would print it, and its embargo against its dates. */

export type PressPush = {
  content: Content;
  rule: unknown;
  scheduledAt: Date | null;
  deadlineAt: Date | null;
  window: Window | null;
};

/** Nothing for another channel. */
export function checkPress(push: PressPush): Finding[] {
  const { press, blocks } = push.content;
  if (!press) return [];
  const found: Finding[] = [];
  const say = (level: Finding['level'], code: string, place: string, message: string, remedy: string) =>
    found.push({ level, code, place, message, remedy });
  const write = 'Écrivez-le dans « Contenu », partie « Le communiqué ».';
  if (!press.chapo.trim())
    say(
      'bloquant',
      'chapo_absent',
      'Chapô',
      'Le communiqué n’a pas de chapô : c’est ce qu’un journaliste lit d’abord.',
      write,
    );
  const { name, phone, email } = press.contact;
  if (!name || !(phone || email))
    say(
      'bloquant',
      'contact_presse_absent',
      'Contact presse',
      'Un journaliste ne saurait pas qui appeler : il manque un nom, ou un moyen de le joindre.',
      'Donnez un nom, avec un téléphone ou une adresse, dans « Contenu », partie « Le communiqué ».',
    );
  if (!blocks.some((b) => b.type === 'text'))
    say(
      'a_voir',
      'communique_court',
      'Message',
      'Le communiqué n’a aucun texte sous son chapô.',
      'Ajoutez un bloc de texte.',
    );
  if (!press.day) say('a_voir', 'communique_sans_date', 'Lieu et date', 'Le communiqué n’est pas daté.', write);
  if (!forPressOnly(push.rule))
    say(
      'a_voir',
      'audience_presse',
      'Audience',
      'Cette audience ne se limite pas à la presse : d’autres contacts recevraient le communiqué.',
      'Choisissez une audience dont le public est « presse ».',
    );
  const embargo = embargoOf(push.content);
  if (embargo) found.push(...againstDates(push, embargo));
  return found;
}

function againstDates(push: PressPush, embargo: Date): Finding[] {
  const place = 'Embargo';
  const last = lastMoment(push);
  if (push.scheduledAt && push.scheduledAt < embargo)
    return [
      {
        code: 'embargo_apres_depart',
        level: 'bloquant',
        place,
        message: `Le départ est prévu le ${longDateTime(push.scheduledAt)}, sous embargo : rien ne part avant le ${embargoWords(embargo)}.`,
        remedy: 'Reculez le départ, ou avancez l’embargo.',
      },
    ];
  if (last && last <= embargo)
    return [
      {
        code: 'embargo_apres_echeance',
        level: 'bloquant',
        place,
        message: `L’embargo finit le ${embargoWords(embargo)}, quand l’envoi ne peut plus partir : rien ne partirait.`,
        remedy: 'Reculez l’échéance ou la période de départ, ou avancez l’embargo.',
      },
    ];
  return [];
}

const forPressOnly = (rule: unknown): boolean => {
  const named = (rule as { public?: unknown } | null)?.public;
  return Array.isArray(named) && named.length > 0 && named.every((p) => p === 'presse');
};
