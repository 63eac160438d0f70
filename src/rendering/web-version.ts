import { type Filled, fillSample, type SampleValues } from './sample.ts';

/**
 * The « version en ligne » of a variant: nobody's name, no line about itself. Without `unsubscribe` and `preferences`
 * (a page that was passed on) these two links are hidden: a stranger must not unsubscribe the first reader.
 */
export function renderWebVersion(variant: Filled, values: SampleValues = {}): string {
  const hidden = ['.mail-only', ...(values.unsubscribe && values.preferences ? [] : ['.personal'])].join(',');
  const { html } = fillSample(variant, { greeting: 'Bonjour,', notice: '', ...values });
  return html.replace(
    '</head>',
    `<meta name="robots" content="noindex"><style>${hidden}{display:none!important}</style></head>`,
  );
}

/** Served from a host without session cookies, with these headers (SEC-13). `publicUrl` is where images come from. */
export const webVersionHeaders = (publicUrl: string): Record<string, string> => ({
  'Content-Type': 'text/html; charset=utf-8',
  'Content-Security-Policy': `default-src 'none'; img-src ${new URL(publicUrl).origin}; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  'X-Robots-Tag': 'noindex',
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
});
