/** Money as people here write it, kept in euro cents. */

const EUROS = /^(\d{1,3}(?:[ \u00a0\u202f]\d{3})+|\d+)(?:[.,](\d{1,2}))?\s*(?:€|euros?)?$/i;
/** Ten billion euros: above, somebody typed too many digits. */
const MOST = 1e12;

/** « 1 234,50 », « 1234.5 », « 39 900 € » → cents; an empty field is nought; null for what is no amount. */
export function parseEuros(text: string): number | null {
  const typed = text.trim();
  if (typed === '') return 0;
  const found = EUROS.exec(typed);
  if (!found) return null;
  const cents = Number(found[1]?.replace(/\D/g, '')) * 100 + Number((found[2] ?? '').padEnd(2, '0'));
  return cents <= MOST ? cents : null;
}

const whole = new Intl.NumberFormat('fr-FR', { style: 'currency', currency: 'EUR', maximumFractionDigits: 0 });
const exact = new Intl.NumberFormat('fr-FR', { style: 'currency', currency: 'EUR' });

/** Cents → « 39 900 € », « 1 234,50 € » */
export const euros = (cents: number): string => (cents % 100 === 0 ? whole : exact).format(cents / 100);

/** Cents as a field shows them: « 1 234,50 »; nought is an empty field. */
export const eurosField = (cents: number): string =>
  cents === 0
    ? ''
    : euros(cents)
        .replace(/[\u00a0\u202f]/g, ' ')
        .replace(' €', '');
