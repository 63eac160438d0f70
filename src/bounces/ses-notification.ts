import { withoutAddresses } from '../base/without-addresses.ts';
import { judge } from './judge.ts';
import type { Letter } from './letter.ts';
import { type Reading, type ReturnedRecipient, worst } from './schema.ts';

/** Amazon SES sends its notices as JSON in a mail, often cut or folded on the way: read field by field. */
export function readSesNotification(letter: Letter): Reading | null {
  const { text } = letter;
  const kind = /"(?:notificationType|eventType)"\s*:\s*"(\w{1,20})"/.exec(text)?.[1];
  if (!kind) return null;
  const people = [...text.matchAll(/"emailAddress"\s*:\s*"([^"\s]{1,320})"([^{}]{0,2000})/g)].slice(0, 200);
  const recipients = people.map(([, address, rest]): ReturnedRecipient & { said: string; sure: number } => {
    const at = { address: address!, status: null, replyCode: null, said: '', sure: 0.95 };
    if (kind === 'Complaint') return { ...at, class: 'complaint', reason: 'complaint' };
    if (kind !== 'Bounce') return { ...at, class: 'not-a-bounce', reason: 'delivered' };
    const said = /"diagnosticCode"\s*:\s*"((?:[^"\\]|\\.){0,1000})"/.exec(rest!)?.[1] ?? '';
    const status = /"status"\s*:\s*"([245]\.\d{1,3}\.\d{1,3})"/.exec(rest!)?.[1] ?? null;
    return { address: address!, said, ...judge(status, said) };
  });
  const main = worst(recipients);
  if (!main) return null;
  return {
    class: main.class,
    reason: main.reason,
    confidence: main.sure,
    recipients: recipients.map(({ said: _, sure: __, ...recipient }) => recipient),
    words: withoutAddresses(main.said),
  };
}
