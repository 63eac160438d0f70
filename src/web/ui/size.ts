const one = new Intl.NumberFormat('fr-FR', { maximumFractionDigits: 1 });
const whole = new Intl.NumberFormat('fr-FR', { maximumFractionDigits: 0 });

/** The size of a file, from its bytes: « 820 Ko », « 1,2 Mo ». */
export const sizeText = (bytes: number): string =>
  bytes < 1_000_000
    ? `${whole.format(Math.max(Math.round(bytes / 1000), 1))}\u00a0Ko`
    : `${one.format(bytes / 1_000_000)}\u00a0Mo`;
