import { Hono } from 'hono';
import { readMail, readMailbox } from '../deliveries/read-mailbox.ts';
import { readMessage } from '../mail/read-message.ts';
import { acting, cursorOf, ID, idOf } from './acting.ts';
import { MailboxView, MailView } from './courrier-pages.tsx';
import type { WebDeps, WebEnv } from './env.ts';
import { mailImages } from './mail-page.ts';
import { page } from './page.tsx';

const VIEWS = ['message', 'texte', 'source'] as const;
export type MailTab = (typeof VIEWS)[number];

/** Rights of the framed message: its links open, nothing else (SEC-13). The same words as the frame's own attribute. */
export const FRAME_RIGHTS = 'allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation';
const framePolicy = (publicUrl: string): string =>
  `default-src 'none'; ${mailImages(publicUrl)}; style-src 'unsafe-inline'; frame-ancestors 'self'; sandbox ${FRAME_RIGHTS}`;

/** The demonstration mailbox: what the catcher kept of the organisation's own mail. Nothing of it exists elsewhere. */
export function courrierPages(deps: WebDeps) {
  const app = new Hono<WebEnv>();

  app.use('/courrier/*', async (c, next) => (deps.demo ? next() : c.notFound()));

  app.get('/courrier', async (c) => {
    const search = (c.req.query('recherche') ?? '').slice(0, 200);
    const before = cursorOf(c, 'avant');
    const mailbox = await readMailbox(acting(c), { search, before });
    return page(
      c,
      { title: 'Courrier de démonstration', current: '/courrier' },
      <MailboxView {...mailbox} search={search} first={before === null} />,
    );
  });

  app.get(`/courrier/${ID}`, async (c) => {
    const mail = await readMail(acting(c), idOf(c));
    const message = await readMessage(mail.raw);
    const asked = c.req.query('vue') ?? 'message';
    // A message without HTML has only its text to show.
    const tab =
      message.html === null && asked === 'message' ? 'texte' : (VIEWS.find((view) => view === asked) ?? 'message');
    return page(
      c,
      { title: message.subject || 'Message sans objet', current: '/courrier' },
      <MailView
        mail={mail}
        message={message}
        tab={tab}
        rights={FRAME_RIGHTS}
        source={tab === 'source' ? mail.raw.toString('latin1') : ''}
      />,
    );
  });

  app.get(`/courrier/${ID}/html`, async (c) => {
    const { html } = await readMessage((await readMail(acting(c), idOf(c))).raw);
    if (html === null) return c.notFound();
    // Inside a frame without rights, a link would otherwise replace the message in its frame.
    const base = '<base target="_blank">';
    const framed = /<head[^>]*>/i.test(html) ? html.replace(/<head[^>]*>/i, (head) => head + base) : base + html;
    return c.html(framed, 200, { 'content-security-policy': framePolicy(deps.publicUrl), 'x-robots-tag': 'noindex' });
  });

  app.get(`/courrier/${ID}/pieces/:n{[0-9]{1,2}}`, async (c) => {
    const { attachments } = await readMessage((await readMail(acting(c), idOf(c))).raw);
    const file = attachments[Number(c.req.param('n')) - 1];
    if (!file) return c.notFound();
    // Always saved, never shown: what a message carries is not a page of ours.
    return c.body(new Uint8Array(file.bytes), 200, {
      'content-type': 'application/octet-stream',
      'content-disposition': `attachment; filename="${safeName(file.name)}"`,
      'x-content-type-options': 'nosniff',
    });
  });

  return app;
}

const safeName = (name: string): string => name.replace(/[^\w.-]+/g, '-').slice(0, 80) || 'piece';
