import type { WebContext } from './env.ts';

/** Whence a shown message may take its images: our own files, under the address that is written in every message. */
export const mailImages = (publicUrl: string): string => `img-src 'self' ${new URL(publicUrl).origin} data:`;

/**
 * A message as a page of its own, for a frame without rights: no script, no form, nothing from elsewhere, whatever its
 * content. Its inline styles are those of every mail.
 */
export const mailPage = (c: WebContext, html: string) =>
  c.html(html, 200, {
    'content-security-policy': `default-src 'none'; ${mailImages(c.get('deps').publicUrl)}; style-src 'unsafe-inline'; sandbox; frame-ancestors 'self'`,
    'x-robots-tag': 'noindex',
  });
