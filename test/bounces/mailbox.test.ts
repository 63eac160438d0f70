import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readReturns } from '../../src/bounces/mailbox.ts';
import type { ImapAccess } from '../../src/config.ts';
import { NOW, SECRETS, testDatabase } from '../support/database.ts';
import { type ImapServer, startImap } from '../support/imap-server.ts';
import { bounces, makeSent, report, returnTo, rowOf } from './house.ts';

const t = await testDatabase();
const ctx = { db: t.db, secrets: SECRETS, now: () => NOW, publicUrl: 'https://pv.example' };
let server: ImapServer;
let access: ImapAccess;
const at = (over: Partial<ImapAccess> = {}) => ({ bounceMailbox: { ...access, ...over } });

beforeAll(async () => {
  server = await startImap({ user: 'retours', password: 'bon mot de passe' });
  access = {
    host: '127.0.0.1',
    port: server.port,
    security: 'none',
    user: 'retours',
    password: 'bon mot de passe',
    mailbox: 'INBOX',
  };
});
afterAll(() => server.close());

test('without a mailbox in the configuration nothing is read', async () => {
  expect(await readReturns(ctx, { bounceMailbox: null })).toBeNull();
});

test('each unread message is read once and marked so; what is malformed stops nothing (MAIL-31)', async () => {
  const { ids, addresses } = await makeSent(t, 3);
  server.deliver(
    report(addresses[0]!, { to: returnTo(ids[0]!) }),
    Buffer.alloc(0),
    Buffer.from(Array.from({ length: 5000 }, (_, i) => (i * 37) % 256)),
    readFileSync(new URL('../fixtures/bounces/qmail-pas-de-boite.eml', import.meta.url)),
    Buffer.from('From: a@b.example\nSubject: Re: La lettre\n\nMerci'),
    report(addresses[1]!, { to: returnTo(ids[1]!) }),
  );
  expect(await readReturns(ctx, at())).toEqual({
    applied: 2,
    noted: 0,
    quarantined: 1,
    known: 0,
    ignored: 3,
    failed: 0,
  });
  expect((await rowOf(t, ids[0]!)).state).toBe('bounced');
  expect((await rowOf(t, ids[1]!)).state).toBe('bounced');
  expect((await rowOf(t, ids[2]!)).state).toBe('accepted');
  expect(server.mails.every((m) => m.seen)).toBe(true);
  expect(await readReturns(ctx, at())).toMatchObject({ applied: 0, known: 0, ignored: 0 });
});

test('a message set unread again is known, and changes nothing', async () => {
  const before = (await bounces(t)).length;
  for (const mail of server.mails) mail.seen = false;
  expect(await readReturns(ctx, at())).toMatchObject({ applied: 0, known: 3, failed: 0 });
  expect(await bounces(t)).toHaveLength(before);
});

test('a connection cut in the middle leaves the rest unread, for the next round', async () => {
  const cut = await startImap({ user: 'u', password: 'p', cutAfter: 2 });
  const { ids, addresses } = await makeSent(t, 4);
  cut.deliver(...ids.map((id, i) => report(addresses[i]!, { to: returnTo(id) })));
  await expect(readReturns(ctx, at({ port: cut.port, user: 'u', password: 'p' }))).rejects.toThrow();
  expect(cut.mails.map((m) => m.seen)).toEqual([true, true, false, false]);
  expect((await rowOf(t, ids[1]!)).state).toBe('bounced');
  await cut.close();
});

test.each([
  ['the password is wrong', { password: 'faux' }, /mot de passe est refusé/],
  ['nobody answers', { port: 1 }, /aucun serveur/],
  ['the folder does not exist', { mailbox: 'Retours' }, /ne s’ouvre pas/],
  ['TLS is required and not offered', { security: 'starttls' }, /ne s’ouvre pas/],
] as const)('when %s, one sentence says so, and never the password', async (_, over, words) => {
  const error: unknown = await readReturns(ctx, at(over)).catch((e: unknown) => e);
  expect(error).toMatchObject({ kind: 'unavailable', message: expect.stringMatching(words) });
  expect((error as Error).message).not.toContain('bon mot de passe');
});
