/** CSV as French Excel opens it with a double click (FR-03): semicolons, UTF-8 with BOM, CRLF, decimal comma. */
export const CSV_BOM = '\ufeff';

export type CsvValue = string | number | boolean | Date | null | undefined;

// A spreadsheet runs a cell that starts so as a formula; the quote makes it text again (ASVS 1.2.10).
// biome-ignore lint/suspicious/noControlCharactersInRegex: TAB and NUL are in the rule
const STARTS_LIKE_A_FORMULA = /^[=+\-@\t\u0000]/;
const NEEDS_QUOTES = /[;"\r\n]|^\s|\s$/;

function csvCell(value: CsvValue): string {
  if (value === null || value === undefined) return '';
  // Numbers are ours, not somebody's text: -1,5 stays a number.
  if (typeof value === 'number') return String(value).replace('.', ',');
  if (typeof value === 'boolean') return value ? 'oui' : 'non';
  const text = value instanceof Date ? value.toISOString() : value;
  const safe = STARTS_LIKE_A_FORMULA.test(text) ? `'${text}` : text;
  return NEEDS_QUOTES.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** One line with its CRLF. Dates are ISO 8601 in UTC: format them before for another zone. */
export const csvLine = (values: readonly CsvValue[]): string => `${values.map(csvCell).join(';')}\r\n`;

/** A whole small file; a long one is written line by line after `CSV_BOM`. */
export const csvFile = (rows: readonly (readonly CsvValue[])[]): string => CSV_BOM + rows.map(csvLine).join('');
