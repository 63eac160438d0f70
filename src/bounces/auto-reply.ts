import type { Letter } from './letter.ts';
import type { Reading } from './schema.ts';

/** How people's machines say they are away, at the head of a subject: French first, then those that write to us. */
const AWAY = new RegExp(
  '^[\\s*\\[(]*(?:(?:re|r|tr|aw|sv|antw)\\s*:\\s*)?[\\[(]?(?:' +
    [
      'réponse automatique|reponse automatique|r[ée]ponse d.absence|message d.absence|absence(?: du bureau)?\\b|absente?s?\\b|absent\\(e\\)|en cong[ée]s?|cong[ée]s?\\b|fermeture (?:annuelle|estivale|de l.agence)|accus[ée] de r[ée]ception|votre (?:message|demande|courriel) a bien été|message automatique',
      'auto(?:matic|mated)?[ -]?(?:reply|response|antwort|svar|responder|answer)|auto ?:|autoreply|out of (?:the )?office|out-of-office|ooo\\b|away from (?:my|the)|on (?:vacation|holiday|leave|annual leave)|vacation\\b|i am (?:away|out|on)|thank you for (?:your (?:e-?mail|message)|contacting)',
      'automatische antwort|abwesenheit|abwesend|nicht im b[üu]ro|automatisch antwoord|afwezig|niet aanwezig',
      'risposta automatica|fuori (?:sede|ufficio)|assente|assenza|respuesta autom[áa]tica|fuera de (?:la )?oficina|ausente|resposta autom[áa]tica|aus[êe]ncia',
      'automatiskt? svar|fr[åa]nvarande|fravær|automaattinen vastaus|poissa|odpowied[źz] automatyczna|自動応答|自動返信|不在',
    ].join('|') +
    ')',
  'i',
);

const CHALLENGE =
  /confirm (?:that you|your (?:e-?mail|message|identity))|(?:please|must) (?:click|reply|respond)[^.]{0,60}(?:deliver|verify|confirm|approve)|mailinblack|spam ?arrest|boxbe|unlocknow|(?:demande|requête) d.authentification|authentifi(?:er|cation) (?:de )?votre (?:message|adresse|e-?mail)|validation de votre (?:e-?mail|message|adresse)/i;

/** Headers that only machines write on an answer (RFC 3834 §5, and what came before it). */
function machine(letter: Letter): boolean {
  const submitted = letter.header('auto-submitted').trim().toLowerCase();
  return (
    /^auto-(?:replied|notified)/.test(submitted) ||
    ['x-autoreply', 'x-autorespond', 'x-autoresponder', 'x-auto-reply-from', 'x-mail-autoreply', 'x-vacation'].some(
      (name) => letter.header(name) !== '',
    ) ||
    /auto[_-]?reply|auto[_-]?respond/i.test(letter.header('precedence')) ||
    /auto-?reply|vacation/i.test(letter.header('x-precedence'))
  );
}

/**
 * A machine answered for a person: absence, receipt, request to confirm (MAIL-15). It says nothing of the address, and
 * is nobody's answer. Null when the mail is none.
 */
export function readAutoReply(letter: Letter): Reading | null {
  if (
    letter.parts.some((p) => p.type === 'message/disposition-notification') ||
    /report-type="?disposition-notification/i.test(letter.header('content-type'))
  )
    return auto('read_receipt', 0.9);
  const said = machine(letter);
  if (CHALLENGE.test(`${letter.subject}\n${letter.text.slice(0, 3000)}`) && (said || emptySender(letter)))
    return auto('challenge', 0.8);
  if (AWAY.test(letter.subject)) return auto('auto_reply', said ? 0.95 : 0.8);
  return said ? auto('auto_reply', 0.85) : null;
}

export const emptySender = (letter: Letter): boolean =>
  /^\s*<\s*(?:mailer-daemon[^>]{0,200})?>\s*$/i.test(letter.header('return-path'));

const auto = (reason: string, confidence: number): Reading => ({
  class: 'auto-reply',
  reason,
  confidence,
  recipients: [],
  words: '',
});
