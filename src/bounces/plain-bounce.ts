import { withoutAddresses } from '../base/without-addresses.ts';
import { emptySender } from './auto-reply.ts';
import { codesIn, judge } from './judge.ts';
import type { Letter } from './letter.ts';
import { type Reading, type ReturnedRecipient, worst } from './schema.ts';

const any = (...patterns: string[]): RegExp => new RegExp(patterns.join('|'), 'i');

const DAEMON = any(
  'mailer-?daemon|post-?_?master|mail ?delivery|delivery (?:sub-?)?system|mail administrator|mail-?system|system administrator|microsoft ?exchange|mdaemon|mail ?router|bounces?@|no-?reply@sns\\.amazonaws|administrateur système|maildeliverysystem|undeliver',
);
const SUBJECT = any(
  'undeliver|non-?deliver|not delivered|delivery (?:status|fail|problem|notification|has failed|error|report|delay)|failure (?:notice|delivery)|returned (?:mail|message|to sender)|mail (?:delivery|system error|failure|could not)|failed (?:mail|delivery|recipient)|could ?n.?t be delivered|message (?:delayed|status|undeliverable|rejected|not)|rejected (?:mail|message|posting)|delayed mail|warning: (?:message|could not|mail)|unable to deliver|user unknown|unknown user|mail returned|return(?:ing|ed) message|bounce',
  'non (?:remis|distribu|délivr|delivr|livr)|[ée]chec de (?:la )?(?:remise|livraison|distribution|l.envoi|transmission)|impossible de (?:remettre|distribuer|livrer|délivrer)|avis de non|message (?:rejet|refus|retourn)|remise (?:différée|retardée|impossible)|notification d.[ée]tat de remise|courrier non|retour de courrier',
  'unzustellbar|nicht zugestellt|zustellung|onbestelbaar|niet bezorgd|mancat[oa] (?:recapito|consegna)|non recapitabile|no se (?:ha )?(?:podido|puede|pudo) entregar|n[ãa]o (?:entreg|pôde)|недоставлен|送信できません|エラー',
);
const BODY = any(
  '(?:was|were|is|are|be|been|wasn.t|isn.t)? ?(?:not|un)(?: be)?(?: able to)? ?(?:be )?deliver(?:ed|able)?\\b|could(?:n.t| not) (?:be )?(?:deliver|sent|send)|unable to (?:be )?deliver|failed permanently|permanent (?:error|fatal error|failure|delivery)|did not reach|has failed to these|delivery (?:has failed|to the following|attempt|failed|of your)|address(?:es|\\(es\\))? (?:failed|had)|following (?:address|recipient|addresses|recipients|destination)[^.]{0,80}(?:fail|fatal|error|not|affected|reject)|returned (?:to you|to sender|below)|error message below|the recipient(?:.s)? (?:server|mailbox|address) (?:did|has|rejected|is)|rejected (?:your|by|the)|transcript of session|failed (?:address|recipient)|mail system|original message follows',
  'n.a (?:pas )?pu [êe]tre|n.ont pas pu|n.a pas été (?:remis|distribu|délivr)|impossible de (?:remettre|distribuer|livrer|délivrer)|la remise a échoué|échec de la remise|n.a pas pu atteindre|message n.est pas parvenu|est retourn[ée]',
  'nicht zugestellt|konnte nicht|no (?:se )?(?:ha )?(?:podido|pudo) entregar|non (?:è stato|e stato) possibile|エラーのため|送信できませんでした',
);
const WAITING = any(
  'will (?:continue|keep|be retried|retry|try|still)|still being retried|(?:message|mail) is delayed|temporary failure report|kept in the queue|not yet (?:been )?delivered|has been delayed|have been delayed|delayed mail|message (?:delayed|[\\w-]{5,40} delayed)|warning message only|temporar(?:y|ily) (?:problem|failure)[^.]{0,60}(?:retry|again)|do not need to re-?send|no action is required|delivery status notification \\(delay\\)|retard(?:é|ée)|sera (?:de nouveau )?(?:tent|retent)|nouvelles tentatives',
);
const OVER = any(
  'failed permanently|permanent(?:ly)? (?:error|fail|fatal)|i.ve given up|gave up|giving up|given up|is a permanent|could not be delivered for|abandonn',
);

/** How the programs introduce themselves: no word of it is a reason. */
const SELF =
  /this is the [^\n.]{0,80}(?:program|system|agent|server)[^\n]{0,80}|this message was created automatically by[^\n]{0,60}|please try again[^\n]{0,80}/gi;

/** Where the message that came back begins: nothing after it is said by the server. */
const ORIGINAL =
  /^[ \t>*=_-]{0,80}(?:below this line is a copy|this is a copy of|(?:the )?headers? of the (?:original|message)|original message|message headers? follow|unsent message|returned message|copy of (?:the |your )?(?:original )?message|the (?:original|returned) message|your (?:original )?message (?:follows|reads|was as follows)|included is|start of (?:the )?returned|text of (?:the )?(?:original )?message|the message headers|message d.origine|en-?t[êe]tes? (?:du|de)|received: (?:from|by|\()|return-path:|dkim-signature:|x-received:|arc-seal:|message-id: ?<)/im;

const PERSON = /[^\s<>"'(),;:|=[\]]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}/g;
const OURS = /^(?:postmaster|mailer-daemon|mail-daemon|abuse|support|helpdesk|no-?reply)@/i;
const SENDER_LINE = /mail from|^\s*from\s*:|sender|reply-to|contact|return-path|réponse à|exp[ée]diteur/i;
/** At the head of its line, or after what names a recipient: whom the paragraph speaks of. */
const LEADS =
  /^[\s<"'*>-]*$|(?:to|recipients?|rcpt to|user|destinataires?|adresse|address|mailbox|for)\s*:?\s*[<"'(]*$/i;

/**
 * The half of real returns that has no delivery-status part: the words of qmail, Exim, Postfix, Sendmail, Exchange,
 * Domino, webmails. Null when nothing says that this is a return.
 */
export function readPlainBounce(letter: Letter): Reading | null {
  const failed = letter.headers('x-failed-recipients').flatMap((v) => v.match(PERSON) ?? []);
  const cut = letter.text.search(ORIGINAL);
  const text = (cut > 20 ? letter.text.slice(0, cut) : letter.text.slice(0, 16_000)).replace(SELF, '');
  if (!looksReturned(letter, text, failed.length > 0)) return null;
  const people = failed.length > 0 ? [...new Set(failed)].slice(0, 50) : peopleIn(letter, text, cut > 20 ? cut : -1);
  const waiting = (WAITING.test(letter.subject) || WAITING.test(text)) && !OVER.test(text);
  if (waiting)
    return {
      class: 'delayed',
      reason: 'delayed',
      confidence: 0.75,
      recipients: people.map((address) => ({ address, ...codes(text), class: 'delayed', reason: 'delayed' })),
      words: withoutAddresses(text).slice(0, 500),
    };
  const verdicts = (people.length > 0 ? people : [null]).map((address) => {
    const said = paragraphOf(address, people, text);
    return { address, said, ...judge(null, said, `${text}\n${letter.subject}`) };
  });
  const main = worst(verdicts)!;
  return {
    class: main.class,
    reason: main.reason,
    // Words alone are never as sure as a report.
    confidence: Math.round(main.sure * 0.9 * 100) / 100,
    recipients: verdicts.map(({ said: _, sure: __, ...recipient }): ReturnedRecipient => recipient),
    words: withoutAddresses(main.said).slice(0, 500),
  };
}

function looksReturned(letter: Letter, text: string, failed: boolean): boolean {
  if (failed) return true;
  const daemon = DAEMON.test(letter.from);
  const empty = emptySender(letter);
  // A person who answers or forwards a return quotes its subject and its words.
  if (!daemon && !empty && /^\s*(?:re|r|fwd?|tr|aw)\s*:/i.test(letter.subject)) return false;
  const subject = SUBJECT.test(letter.subject);
  const body = BODY.test(text.slice(0, 8000));
  if (daemon) return subject || body || codesIn(text).code !== null;
  return (subject && body) || (empty && (subject || body));
}

const codes = (text: string) => {
  const { code, enhanced } = codesIn(text);
  return { status: enhanced, replyCode: code };
};

/** Whom the words speak of: never the one they are written to, nor those who wrote them. */
function peopleIn(letter: Letter, text: string, cut: number): string[] {
  const written = new Set(
    [letter.header('to'), letter.header('cc'), letter.from, letter.header('delivered-to')]
      .flatMap((v) => v.match(PERSON) ?? [])
      .map((a) => a.toLowerCase()),
  );
  const leading: string[] = [];
  const others: string[] = [];
  for (const line of text.split('\n').slice(0, 400)) {
    if (SENDER_LINE.test(line.slice(0, 200)) && !/rcpt to|recipient|destinataire/i.test(line)) continue;
    for (const match of line.matchAll(PERSON)) {
      const address = match[0].replace(/\.$/, '');
      if (written.has(address.toLowerCase()) || OURS.test(address)) continue;
      (LEADS.test(line.slice(0, match.index)) ? leading : others).push(address);
    }
  }
  const found = leading.length > 0 ? leading : others.slice(0, 1);
  if (found.length > 0) return [...new Set(found)].slice(0, 50);
  const returned = letter.parts.find((p) => /rfc822/.test(p.type))?.text ?? (cut >= 0 ? letter.text.slice(cut) : '');
  const to = /^(?:X-)?(?:Original-)?To:[ \t]*(.{3,400})$/im.exec(returned)?.[1] ?? '';
  return (to.match(PERSON) ?? []).filter((a) => !written.has(a.toLowerCase())).slice(0, 1);
}

/** What is said of one person: from the line of the address up to the next one's. */
function paragraphOf(address: string | null, people: string[], text: string): string {
  const at = address === null ? -1 : text.indexOf(address);
  if (address === null || at === -1) return text;
  const start = text.lastIndexOf('\n', at) + 1;
  const next = people
    .filter((other) => other !== address)
    .map((other) => text.indexOf(other, at + address.length))
    .filter((at) => at !== -1);
  return text.slice(start, next.length > 0 ? Math.min(...next) : undefined);
}
