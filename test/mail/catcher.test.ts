import PostalMime from 'postal-mime';
import { afterEach, expect, test } from 'vitest';
import type { CaughtMail } from '../../src/mail/catcher.ts';
import { startCatcher } from '../../src/mail/catcher.ts';
import { openPool } from '../../src/mail/pool.ts';
import { composeOne, sendOne } from '../../src/mail/send-one.ts';
import { parseTransport } from '../../src/mail/transport.ts';
import { say, startFake } from './fake-server.ts';

const open: { close: () => Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});
async function caught(onMails?: (mails: CaughtMail[]) => Promise<void>) {
  const mails: CaughtMail[] = [];
  const catcher = await startCatcher({ onMails: onMails ?? (async (batch) => void mails.push(...batch)) });
  open.push(catcher);
  return { mails, transport: parseTransport(catcher.url) };
}
const code = {
  from: { name: 'Porte-voix', address: 'service@exemple.fr' },
  to: { name: 'Léa "L" Petit', address: 'lea@exemple.fr' },
  subject: 'Votre code : 123 456 à saisir',
  text: 'Bonjour,\n\n.\nVotre code est 123 456 — à tout de suite.\n',
};

test('a single mail is composed, sent and read back', async () => {
  const { mails, transport } = await caught();
  const result = await sendOne(transport, {
    ...code,
    html: '<p>123 456</p>',
    headers: { 'Auto-Submitted': 'auto-generated' },
    messageId: '<7@exemple.fr>',
  });
  expect(result).toMatchObject({ outcome: 'accepted', code: 250 });
  expect(mails).toHaveLength(1);
  expect(mails[0]).toMatchObject({ mailFrom: 'service@exemple.fr', rcptTo: 'lea@exemple.fr' });
  const read = await PostalMime.parse(mails[0]?.raw ?? '');
  expect(read).toMatchObject({ subject: code.subject, messageId: '<7@exemple.fr>', from: code.from, to: [code.to] });
  expect(read.text?.replaceAll('\r\n', '\n').trimEnd()).toBe(code.text.trimEnd());
  expect(read.headers.find((header) => header.key === 'auto-submitted')?.value).toBe('auto-generated');
});

test('a message is accepted only once it is stored', async () => {
  let store: (() => void) | null = null;
  const { transport } = await caught(
    () =>
      new Promise((resolve) => {
        store = resolve;
      }),
  );
  let answered = false;
  const sent = sendOne(transport, code).then((result) => {
    answered = true;
    return result;
  });
  await expect.poll(() => store).not.toBeNull();
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(answered).toBe(false);
  (store as (() => void) | null)?.();
  expect((await sent).outcome).toBe('accepted');
});

test('what could not be stored is not accepted', async () => {
  const { transport } = await caught(async () => {
    throw new Error('disk full');
  });
  expect(await sendOne(transport, code)).toMatchObject({ outcome: 'temporary', code: 451 });
});

test('hundreds of messages over parallel connections arrive once each, in batches', async () => {
  const batches: number[] = [];
  const seen: string[] = [];
  const { transport } = await caught(async (mails) => {
    batches.push(mails.length);
    seen.push(...mails.map((mail) => mail.rcptTo));
    await new Promise((resolve) => setTimeout(resolve, 5));
  });
  const pool = openPool(transport, { connections: 8 });
  open.push(pool);
  const data = await composeOne(code);
  const results = await Promise.all(
    Array.from({ length: 300 }, (_, i) => pool.send({ from: 'a@exemple.fr', to: `p${i}@exemple.fr`, data })),
  );
  expect(results.every((result) => result.outcome === 'accepted')).toBe(true);
  expect(new Set(seen).size).toBe(300);
  expect(seen).toHaveLength(300);
  expect(Math.max(...batches)).toBeGreaterThan(1);
});

test('MAIL-43: a line break in a name, a subject or a header is refused before anything is said', async () => {
  const bad = 'x\r\nBcc: y@exemple.fr';
  for (const mail of [
    { ...code, subject: bad },
    { ...code, to: { ...code.to, name: bad } },
    { ...code, headers: { 'X-A': bad } },
  ])
    await expect(sendOne(parseTransport('smtp://127.0.0.1:1'), mail)).rejects.toMatchObject({ code: 'header_control' });
});

test('single mails have the same exact outcomes: refused, unreachable, unknown', async () => {
  const refusing = await startFake({
    onCommand: (line) => (line.startsWith('RCPT') ? say('550 5.1.1 unknown') : undefined),
  });
  const cutting = await startFake({ onDot: () => 'cut' });
  open.push(refusing, cutting);
  expect(await sendOne(refusing.transport(), code)).toMatchObject({ outcome: 'permanent', enhanced: '5.1.1' });
  expect(await sendOne(cutting.transport(), code)).toMatchObject({ outcome: 'unknown' });
  expect(await sendOne(parseTransport('smtp://127.0.0.1:1'), code)).toMatchObject({ outcome: 'not-sent' });
});

test('a template that asks for a file gets none', async () => {
  const raw = await composeOne({ ...code, html: '<img src="/etc/passwd">', text: 'file:///etc/passwd' });
  expect(raw.toString()).not.toContain('root:');
});
