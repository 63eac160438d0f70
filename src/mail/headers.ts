import { domainToASCII } from 'node:url';
import { encodeWord } from 'nodemailer/lib/mime-funcs';
import { invalid } from '../base/errors.ts';

// biome-ignore lint/suspicious/noControlCharactersInRegex: refusing them is the point (MAIL-43)
const CONTROL = /[\u0000-\u001f\u007f\u0080-\u009f\u2028\u2029]/;
const ASCII = /^[ -~]*$/;
const LINE = 76;
/** RFC 5322 §2.1.1, less room for the name and the rest of the line. */
const MAX_VALUE = 900;

/** Refuses what could start another header or a body (MAIL-43). Throws a Refusal `header_control` or `header_too_long`. */
export function checkHeaderValue(name: string, value: string): string {
  if (CONTROL.test(value))
    throw invalid(
      'header_control',
      `L’en-tête ${name} contient un retour à la ligne ou un caractère de contrôle : retapez ce texte.`,
    );
  if (Buffer.byteLength(value) > MAX_VALUE)
    throw invalid('header_too_long', `L’en-tête ${name} dépasse ${MAX_VALUE} octets : raccourcissez ce texte.`);
  return value;
}

const words = (text: string): string => encodeWord(text, 'Q', 52);

/**
 * `"Léa Petit" <lea@exemple.fr>` for From, To, Reply-To, and `phrase <label.domain>` for List-ID: the name quoted or in
 * encoded words, the domain in its ASCII form, the local part as it is. Throws a Refusal for a name or an address that
 * cannot stand in a header.
 */
export function mailbox(name: string, address: string): string {
  checkHeaderValue('nom', name);
  checkHeaderValue('adresse', address);
  const at = address.lastIndexOf('@');
  const domain = domainToASCII(address.slice(at + 1));
  if (/[\s<>,;:"]/.test(address) || domain === '')
    throw invalid('address_invalid', `L’adresse « ${address} » ne peut pas être écrite dans un message : corrigez-la.`);
  const ascii = address.slice(0, at + 1) + domain;
  const phrase = name.trim();
  if (phrase === '') return `<${ascii}>`;
  if (!ASCII.test(phrase) || phrase.includes('=?')) return `${words(phrase)} <${ascii}>`;
  return `"${phrase.replace(/["\\]/g, '\\$&')}" <${ascii}>`;
}

/** Folds at blanks, never straight after the header's name: some relays mend that, and break the signature. */
function fold(header: string): string {
  const lines: string[] = [];
  let line = '';
  for (const [index, word] of header.split(' ').entries()) {
    if (index === 0) line = word;
    else if (index > 1 && word !== '' && line.trim() !== '' && line.length + 1 + word.length > LINE) {
      lines.push(line);
      line = ` ${word}`;
    } else line += ` ${word}`;
  }
  return [...lines, line].join('\r\n');
}

/**
 * One finished header line, CRLF included: checked, in encoded words where it is not ASCII (RFC 2047, MAIL-44), folded
 * at 76. Addresses and List-ID come from `mailbox` and are ASCII already.
 */
export function headerLine(name: string, value: string): string {
  checkHeaderValue(name, value);
  // Only a free text could be mistaken for an encoded word: written by an author, it must stay as it reads.
  const disguised = name.toLowerCase() === 'subject' && value.includes('=?');
  return `${fold(`${name}: ${ASCII.test(value) && !disguised ? value : words(value)}`)}\r\n`;
}
