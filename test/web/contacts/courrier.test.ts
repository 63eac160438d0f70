import { expect, test } from 'vitest';
import { acrossOrganisations } from '../../../src/db/database.ts';
import { storeCaught } from '../../../src/deliveries/catch-mails.ts';
import { composeOne } from '../../../src/mail/send-one.ts';
import { signedIn } from '../../../src/server.ts';
import { errorPage, missingPage } from '../../../src/web/errors.tsx';
import { NOW, testDatabase } from '../../support/database.ts';
import { house } from '../campaigns/house.ts';
import { visit } from './visit.ts';

const t = await testDatabase();
const served = house(t);
const alice = await visit(served, t.cast.alice);
const david = await visit(served, t.cast.david);
const etranger = await visit(served, t.cast.etranger);

const HTML = `<html><head><title>x</title></head><body><!-- <a href="https://pv.example/cache">caché</a> -->
<p><a href="https://pv.example/r/abc?a=1&amp;b=2">Lire la <b>synthèse</b></a> <a href="javascript:alert(1)">piège</a></p>
<script>alert(1)</script></body></html>`;

async function caught(to: string, html: string | undefined = HTML): Promise<number> {
  const from = { name: 'OPCO de test', address: 'lettre@opco.example' };
  const headers = {
    'List-Unsubscribe': '<https://pv.example/d/xyz>',
    'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
  };
  const raw = await composeOne({
    from,
    to: { name: '', address: to },
    subject: `Pour ${to}`,
    text: 'Lire la synthèse',
    html,
    headers,
  });
  await storeCaught(t.db, [{ mailFrom: from.address, rcptTo: to, raw, receivedAt: NOW }]);
  const row = await acrossOrganisations(t.db, (trx) =>
    trx.selectFrom('caught_mails').select('id').where('rcpt_to', '=', to).executeTakeFirstOrThrow(),
  );
  return row.id;
}

test('the mailbox lists the organisation’s own mail, newest first, and finds one by its recipient', async () => {
  for (let i = 0; i < 52; i++) await caught(`p${i}@liste.example`, undefined);
  const first = await alice.get('/courrier');
  expect(first.text).toContain('p51@liste.example');
  expect(first.text).not.toContain('p1@liste.example');
  const next = /href="([^"]*)" rel="next"/.exec(first.text)?.[1]?.replaceAll('&amp;', '&') ?? '';
  expect((await alice.get(next)).text).toContain('p1@liste.example');
  const found = await alice.get('/courrier?recherche=p37%40');
  expect(found.text).toContain('p37@liste.example');
  expect(found.text).not.toContain('p36@liste.example');
  expect((await etranger.get('/courrier')).text).not.toContain('liste.example');
});

test('a message shows what matters of its envelope, and its links even without the frame', async () => {
  const page = await alice.get(`/courrier/${await caught('liens@client.example')}`);
  expect(page.text).toContain('https://pv.example/r/abc?a=1&amp;b=2');
  expect(page.text).toContain('Lire la synthèse');
  expect(page.text).toContain('en un clic');
  expect(page.text).not.toContain('javascript:');
  expect(page.text).not.toContain('pv.example/cache');
  expect(page.text).toMatch(
    /<iframe[^>]*sandbox="allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation"/,
  );
});

test('the framed message runs nothing and loads nothing from elsewhere; its links open outside (SEC-13)', async () => {
  const framed = await alice.get(`/courrier/${await caught('cadre@client.example')}/html`);
  const policy = framed.headers.get('content-security-policy') ?? '';
  for (const part of [
    "default-src 'none'",
    "img-src 'self' https://pv.example data:",
    "style-src 'unsafe-inline'",
    "frame-ancestors 'self'",
    'sandbox allow-popups',
  ])
    expect(policy).toContain(part);
  expect(policy).not.toContain('allow-scripts');
  expect(policy).not.toContain('allow-same-origin');
  expect(framed.headers.get('x-robots-tag')).toBe('noindex');
  expect(framed.text).toContain('<head><base target="_blank">');
});

test('the text and the source are shown as text', async () => {
  const id = await caught('texte@client.example');
  expect((await alice.get(`/courrier/${id}?vue=texte`)).text).toContain('Lire la synthèse');
  const source = await alice.get(`/courrier/${id}?vue=source`);
  expect(source.text).toContain('List-Unsubscribe-Post');
  expect(source.text).not.toContain('<script>alert');
});

test('a stranger’s message does not exist (SEC-23), and an évaluateur reads none', async () => {
  const id = await caught('prive@client.example');
  for (const path of [`/courrier/${id}`, `/courrier/${id}/html`]) {
    expect((await etranger.get(path)).status, path).toBe(404);
    expect((await david.get(path)).status, path).toBe(403);
  }
});

test('outside the demonstration there is no mailbox', async () => {
  const app = signedIn({ ...served.deps, demo: false });
  app.onError(errorPage);
  app.notFound(missingPage);
  const visitor = await visit({ app, deps: served.deps }, t.cast.alice);
  const id = await caught('ailleurs@client.example');
  for (const path of ['/courrier', `/courrier/${id}`, `/courrier/${id}/html`])
    expect((await visitor.get(path)).status, path).toBe(404);
});
