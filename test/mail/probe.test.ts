import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { lookupWithin, within } from '../../src/mail/network.ts';
import { probe } from '../../src/mail/probe.ts';
import type { Transport } from '../../src/mail/transport.ts';
import { accepts, mailServer, SELF_SIGNED } from '../senders/mail-server.ts';

const MAIL = {
  from: 'lettre@exemple.fr',
  to: 'emma@exemple.fr',
  data: Buffer.from('Subject: essai\r\n\r\nEssai.\r\n'),
};
const to = (port: number, changes: Partial<Transport> = {}): Transport => ({
  host: 'localhost',
  port,
  security: 'none',
  auth: null,
  connections: 1,
  name: 'client.test',
  network: 'loopback',
  ...changes,
});
const run = (transport: Transport) => probe(transport, MAIL, AbortSignal.timeout(10_000));

test('MAIL-50: every step of a trial, in order, in the server’s words', async () => {
  const server = await mailServer({ disabledCommands: [], ...SELF_SIGNED, onAuth: accepts('moi', 'secret') });
  const { ok, steps } = await run(
    to(server.port, {
      security: 'starttls',
      ca: SELF_SIGNED.cert.toString(),
      auth: { kind: 'password', user: 'moi', password: 'secret' },
    }),
  );
  expect(ok).toBe(true);
  expect(steps.map((s) => s.name)).toEqual([
    'connexion',
    'accueil',
    'presentation',
    'chiffrement',
    'presentation',
    'identification',
    'expediteur',
    'destinataire',
    'contenu',
    'message',
  ]);
  expect(steps.every((s) => s.ok)).toBe(true);
  const words = (name: string) => steps.findLast((s) => s.name === name)?.words ?? '';
  expect(words('connexion')).toContain(`localhost:${server.port}`);
  expect(words('accueil')).toMatch(/^220 .*bienvenue a l essai/);
  expect(words('presentation')).toContain('AUTH');
  expect(words('chiffrement')).toMatch(/^TLSv1\.[23], certificat de localhost/);
  expect(words('identification')).toMatch(/^235/);
  expect(words('message')).toMatch(/^250/);
  expect(server.received).toHaveLength(1);
  expect(JSON.stringify(steps)).not.toContain('secret');
});

test('implicit TLS shows its certificate first', async () => {
  const server = await mailServer({ secure: true, ...SELF_SIGNED });
  const { ok, steps } = await run(to(server.port, { security: 'tls', ca: SELF_SIGNED.cert.toString() }));
  expect(ok).toBe(true);
  expect(steps.slice(0, 3).map((s) => s.name)).toEqual(['connexion', 'chiffrement', 'accueil']);
});

test('a certificate nobody vouches for ends the trial at the encryption', async () => {
  const server = await mailServer({ disabledCommands: [], ...SELF_SIGNED });
  const { ok, steps } = await run(to(server.port, { security: 'starttls' }));
  expect(ok).toBe(false);
  expect(steps.at(-1)).toMatchObject({ name: 'chiffrement', ok: false, words: expect.stringContaining('self-signed') });
  expect(server.received).toEqual([]);
});

test('a server without STARTTLS is told nothing more', async () => {
  const server = await mailServer();
  const { steps } = await run(to(server.port, { security: 'starttls' }));
  expect(steps.at(-1)).toMatchObject({ name: 'chiffrement', ok: false, words: expect.stringContaining('STARTTLS') });
});

test('a refused recipient is shown at its step, with the code', async () => {
  const server = await mailServer({
    onRcptTo: (_, __, done) => done(Object.assign(new Error('5.7.1 relaying denied'), { responseCode: 554 })),
  });
  const { ok, steps } = await run(to(server.port));
  expect(ok).toBe(false);
  expect(steps.find((s) => s.name === 'destinataire')).toEqual({
    name: 'destinataire',
    ok: false,
    words: '554 5.7.1 relaying denied',
  });
  expect(server.received).toEqual([]);
});

test('D10: an OAuth2 access token signs in (XOAUTH2), a wrong one is refused in the server’s words', async () => {
  const server = await mailServer({
    authMethods: ['XOAUTH2'],
    onAuth: accepts('moi', 'jeton-juste', '5.7.8 expired token'),
  });
  const auth = (token: string) => ({ auth: { kind: 'token' as const, user: 'moi', token } });
  expect((await run(to(server.port, auth('jeton-juste')))).ok).toBe(true);
  const refused = await run(to(server.port, auth('jeton-faux')));
  expect(refused.steps.at(-1)).toMatchObject({ name: 'identification', ok: false });
});

test('a closed port, and a name that leads nowhere, are said at the connection', async () => {
  const closed = await run(to(1));
  expect(closed.steps).toEqual([{ name: 'connexion', ok: false, words: expect.stringContaining('ECONNREFUSED') }]);
  const nowhere = await run(to(25, { host: 'serveur.invalid', network: 'outside' }));
  expect(nowhere.steps).toEqual([{ name: 'connexion', ok: false, words: expect.stringContaining('serveur.invalid') }]);
});

test('what is no mail server stays unread: its words are never repeated', async () => {
  const other = createServer((socket) => socket.end('SSH-2.0-secret-banner\r\n'));
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', () => resolve()));
  const { port } = other.address() as { port: number };
  const { ok, steps } = await run(to(port));
  other.close();
  expect(ok).toBe(false);
  expect(JSON.stringify(steps)).not.toContain('secret-banner');
  expect(steps.at(-1)?.words).toContain('n’est pas un serveur de messagerie');
});

test.each(['127.0.0.1', '::1', '0.0.0.0', '169.254.169.254', '::ffff:127.0.0.1', 'fe80::1', '224.0.0.1'])(
  'an organisation’s server is never at %s',
  (address) => {
    expect(within('outside', address)).toBe(false);
  },
);
test.each(['192.0.2.1', '10.1.2.3', '2001:db8::1'])('it may be at %s', (address) => {
  expect(within('outside', address)).toBe(true);
});

test('a name that leads to this machine is refused before anything is said to it (rebinding)', async () => {
  const server = await mailServer();
  for (const host of ['localhost', '127.0.0.1']) {
    const { ok, steps } = await run(to(server.port, { host, network: 'outside' }));
    expect(ok).toBe(false);
    expect(steps).toEqual([{ name: 'connexion', ok: false, words: expect.stringContaining('pas permise') }]);
  }
  const encrypted = await run(to(server.port, { network: 'outside', security: 'tls' }));
  expect(encrypted.steps[0]?.words).toContain('pas permise');
});

test('in the demonstration a name that leads away is refused', async () => {
  const answer = await new Promise<string>((resolve) =>
    lookupWithin('outside')('localhost', { all: false }, (error) => resolve(error?.message ?? 'permis')),
  );
  expect(answer).toContain('pas permise');
  expect((await run(to(25, { host: '192.0.2.1' }))).steps[0]?.words).toContain('pas permise');
});
