import type { WebContext } from './env.ts';

/**
 * A message as a page of its own, for a frame without rights: no script, no form, nothing from elsewhere, whatever its
 * content. Its inline styles are those of every mail.
 */
export const mailPage = (c: WebContext, html: string) =>
  c.html(html, 200, {
    'content-security-policy':
      "default-src 'none'; img-src 'self' data:; style-src 'unsafe-inline'; sandbox; frame-ancestors 'self'",
    'x-robots-tag': 'noindex',
  });
