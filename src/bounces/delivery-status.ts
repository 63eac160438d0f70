import { withoutAddresses } from '../base/without-addresses.ts';
import { judge } from './judge.ts';
import type { Letter } from './letter.ts';
import { type Reading, type ReturnedRecipient, worst } from './schema.ts';

type Block = Map<string, string>;

const MAX_RECIPIENTS = 200;
const STATUS_TYPES = ['message/delivery-status', 'message/global-delivery-status'];

/**
 * A report per RFC 3464: one block for the message, then one for each recipient. Where its part is missing or its MIME
 * broken, the same fields are looked for in the text. Null when there is none.
 */
export function readDeliveryStatus(letter: Letter): Reading | null {
  const part = letter.parts.find((p) => STATUS_TYPES.includes(p.type) && /:/.test(p.text));
  const source = part?.text ?? (/^Final-Recipient:/im.test(letter.text) ? letter.text : null);
  if (source === null) return null;
  const blocks = blocksOf(source).filter(
    (b) => b.has('final-recipient') || b.has('original-recipient') || b.has('action'),
  );
  if (blocks.length === 0) return null;
  const sure: number[] = [];
  const words: string[] = [];
  const recipients = blocks.slice(0, MAX_RECIPIENTS).map((block): ReturnedRecipient => {
    const diagnostic = diagnosticOf(block);
    words.push(diagnostic);
    const status = /[245]\.\d{1,3}\.\d{1,3}/.exec(block.get('status') ?? '')?.[0] ?? null;
    const address = addressOf(block) ?? (blocks.length === 1 ? failedOf(letter) : null);
    const action = actionOf(block, status, letter);
    if (action === 'delayed' || action === 'delivered') {
      sure.push(0.95);
      return {
        address,
        status,
        replyCode: null,
        class: action === 'delayed' ? 'delayed' : 'not-a-bounce',
        reason: action,
      };
    }
    const { sure: known, ...said } = judge(status?.startsWith('2') ? null : status, diagnostic, letter.text);
    sure.push(known);
    return { address, ...said };
  });
  const main = worst(recipients)!;
  return {
    class: main.class,
    reason: main.reason,
    confidence: sure[recipients.indexOf(main)]!,
    recipients,
    words: withoutAddresses(words[recipients.indexOf(main)] ?? ''),
  };
}

function blocksOf(text: string): Block[] {
  return text.split(/\n[ \t]*\n/, 2 * MAX_RECIPIENTS).map((paragraph) => {
    const block: Block = new Map();
    let name = '';
    for (const line of paragraph.split('\n')) {
      const field = /^([A-Za-z][\w-]{1,60}):[ \t]*(.*)$/.exec(line);
      name = field?.[1]?.toLowerCase() ?? name;
      // A line that begins no field goes on with the last one, folded as it should be or not.
      if (name !== '') block.set(name, [block.get(name), (field?.[2] ?? line).trim()].filter(Boolean).join(' '));
    }
    return block;
  });
}

/** `Action` decides whether it is over (RFC 3464 §2.3.3): a 4.x.x that failed was given up. */
function actionOf(block: Block, status: string | null, letter: Letter): 'failed' | 'delayed' | 'delivered' {
  const action = /[a-z]+/i.exec(block.get('action') ?? '')?.[0].toLowerCase();
  if (action === 'delayed') return 'delayed';
  if (action === 'delivered' || action === 'relayed' || action === 'expanded') return 'delivered';
  if (action !== undefined) return 'failed';
  if (status?.startsWith('2')) return 'delivered';
  return status?.startsWith('4') && /delay|warning|retard/i.test(letter.subject) ? 'delayed' : 'failed';
}

const diagnosticOf = (block: Block): string =>
  (block.get('diagnostic-code') ?? block.get('x-supplementary-info') ?? '')
    .replace(/^\s*(?:smtp|x-[\w-]+|[\w.-]{1,30}) ?;\s*/i, '')
    // « 4.4.7 … (last answer) » of large systems: what stands in quotes is said in the same words.
    .slice(0, 2000);

const PERSON = /[^\s<>"(),;:]{1,64}@[\w.-]{1,255}/;

/** Where a report names a file or a program in place of a person. */
const failedOf = (letter: Letter): string | null => PERSON.exec(letter.header('x-failed-recipients'))?.[0] ?? null;

/** Whom the message was sent to, before any forwarding: the address that is in the ledger. */
function addressOf(block: Block): string | null {
  for (const name of ['original-recipient', 'final-recipient', 'x-actual-recipient']) {
    const value = (block.get(name) ?? '').replace(/^[^;]{0,30};/, '');
    const address = PERSON.exec(value)?.[0];
    if (address) return address;
  }
  return null;
}
