/** A read value, or null with the code of what is wrong; `value: null` without a code is an empty cell. */
export type Read<T> = { value: T | null; code?: string };

const empty = { value: null };
const spaces = /[\s.\u00a0\u202f]/g;

function luhn(digits: string): boolean {
  let sum = 0;
  for (let i = 0; i < digits.length; i++) {
    const digit = digits.charCodeAt(digits.length - 1 - i) - 48;
    const doubled = i % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}

const LA_POSTE = '356000000';

/** FR-10: SIREN and SIRET both pass Luhn; the establishments of La Poste may instead have a sum that is a multiple of 5. */
export function isSiret(text: string): boolean {
  if (!/^\d{14}$/.test(text) || text.startsWith('000000000')) return false;
  const siren = text.slice(0, 9);
  if (!luhn(siren)) return false;
  if (luhn(text)) return true;
  return siren === LA_POSTE && [...text].reduce((sum, digit) => sum + Number(digit), 0) % 5 === 0;
}

/** FR-02: `3,56E+13` has lost its digits and is never repaired. */
export function readSiret(raw: string): Read<string> {
  const text = raw.replace(spaces, '');
  if (text === '') return empty;
  if (/^\d+(,\d+)?e\+?\d+$/i.test(text) || /^\d\.\d+e\+?\d+$/i.test(raw.trim()))
    return { value: null, code: 'siret_scientific' };
  return isSiret(text) ? { value: text } : { value: null, code: 'siret_invalid' };
}

/** FR-20: with or without its dot, kept with it. */
export function readNaf(raw: string): Read<string> {
  const text = raw.replace(spaces, '').toUpperCase();
  if (text === '') return empty;
  if (!/^\d{4}[A-Z]$/.test(text)) return { value: null, code: 'naf_invalid' };
  return { value: `${text.slice(0, 2)}.${text.slice(2)}` };
}

/** NAF 2025 is official from 1 January 2027 (décret 2025-736); a code read before that is rév. 2. */
export const nafNomenclature = (now: Date): 'NAFRev2' | 'NAF2025' =>
  now.getTime() >= Date.UTC(2026, 11, 31, 23) ? 'NAF2025' : 'NAFRev2';

/** Kept on four digits (`0016`); a shorter one has lost its zeros in a spreadsheet. */
export function readIdcc(raw: string): Read<string> {
  const text = raw.replace(spaces, '').replace(/^idcc:?/i, '');
  if (text === '') return empty;
  if (!/^\d{1,4}$/.test(text)) return { value: null, code: 'idcc_invalid' };
  return text.length === 4 ? { value: text } : { value: text.padStart(4, '0'), code: 'idcc_padded' };
}
