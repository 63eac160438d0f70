import { setTimeout as pause } from 'node:timers/promises';
import { beforeEach, expect, test } from 'vitest';
import { acrossOrganisations } from '../../src/db/database.ts';
import { pendingWork } from '../../src/deliveries/pending-work.ts';
import { sendOne } from '../../src/mail/send-one.ts';
import { parseTransport } from '../../src/mail/transport.ts';
import { drainOutbox, type OutboxMail, type SendOwed } from '../../src/outbox/drain.ts';
import { messageIdOf } from '../../src/outbox/message-id.ts';
import { purgeOutbox } from '../../src/outbox/purge.ts';
import { queueMail } from '../../src/outbox/queue-mail.ts';
import { voidOwed } from '../../src/outbox/void-owed.ts';
import { startSink } from '../deliveries/sink.ts';
import { NOW, SECRETS, testDatabase } from '../support/database.ts';

const t = await testDatabase();
const at = (minutes: number) => () => new Date(NOW.getTime() + minutes * 60_000);

beforeEach(() => acrossOrganisations(t.db, (trx) => trx.deleteFrom('outbox').execute()));

const owe = (to: string, over: { once?: boolean; about?: string; letter?: string } = {}) =>
  acrossOrganisations(t.db, (trx) =>
    queueMail(trx, {
      organisationId: t.cast.organisations.opco,
      kind: 'webinaire-confirmation',
      to,
      from: { name: 'OPCO', address: 'lettre@opco.example' },
      subject: 'Inscription confirmée',
      text: 'Bonjour',
      once: true,
      ...over,
      now: NOW,
    }),
  );
const row = () => acrossOrganisations(t.db, (trx) => trx.selectFrom('outbox').selectAll().executeTakeFirstOrThrow());
const over =
  (url: string): SendOwed =>
  (mail, beforeDot) =>
    sendOne(
      parseTransport(url),
      { ...mail, to: { name: '', address: mail.to }, messageId: messageIdOf(SECRETS, mail) },
      beforeDot,
    );
const never = () => new Promise<never>(() => undefined);

/** What a worker leaves behind that dies at once after the final dot, or before it. */
const dies =
  (where: 'before' | 'after'): SendOwed =>
  async (_, beforeDot) => {
    if (where === 'after') await beforeDot?.();
    return never();
  };
const died = async (where: 'before' | 'after'): Promise<void> => {
  void drainOutbox(t.db, dies(where), at(0));
  await expect.poll(async () => (await row())[where === 'after' ? 'dotted_at' : 'handed_at']).not.toBeNull();
};

test('a mail owed once is marked, for all to see, before the server may take it', async () => {
  await owe('lea@exemple.fr');
  let marked: Date | null = null;
  const sink = await startSink({
    onMessage: async () => {
      marked = (await row()).dotted_at;
      return undefined;
    },
  });
  expect(await drainOutbox(t.db, over(sink.url), at(0))).toBe(1);
  await sink.close();
  expect(marked).toEqual(NOW);
  expect(await row()).toMatchObject({ sent_at: NOW, unknown_at: null });
});

test('a worker that died after the final dot leaves a mail whose fate is unknown: listed, and never sent again by itself', async () => {
  await owe('lea@exemple.fr');
  await died('after');
  const sink = await startSink();
  expect(await drainOutbox(t.db, over(sink.url), at(1.9))).toBe(0);
  expect((await row()).unknown_at).toBeNull();
  expect((await pendingWork(t.db, at(2)())).outbox).toBe(true);
  for (const minutes of [2, 30, 24 * 60]) expect(await drainOutbox(t.db, over(sink.url), at(minutes))).toBe(0);
  await sink.close();
  expect(sink.received).toEqual([]);
  expect(await row()).toMatchObject({ unknown_at: at(2)(), sent_at: null, failed_at: null });
  // Nobody is woken for it any more, and it waits a month for a person to look at it.
  expect((await pendingWork(t.db, at(30)())).outbox).toBe(false);
  await purgeOutbox(t.db, at(8 * 24 * 60)());
  expect((await row()).unknown_at).not.toBeNull();
  await purgeOutbox(t.db, at(31 * 24 * 60)());
  await expect(row()).rejects.toThrow();
});

test('a worker that died before the final dot is relieved, and the mail leaves once', async () => {
  await owe('lea@exemple.fr');
  await died('before');
  const sink = await startSink();
  expect(await drainOutbox(t.db, over(sink.url), at(1.9))).toBe(0);
  expect(await drainOutbox(t.db, over(sink.url), at(2))).toBe(1);
  expect(await drainOutbox(t.db, over(sink.url), at(60))).toBe(0);
  await sink.close();
  expect(sink.received).toHaveLength(1);
});

test('a worker that was only slow may not say the dot of a mail that another was given since', async () => {
  await owe('lea@exemple.fr');
  const awake = Promise.withResolvers<void>();
  const sink = await startSink();
  const slow: SendOwed = async (mail, beforeDot) => {
    await awake.promise;
    return over(sink.url)(mail, beforeDot);
  };
  const late = drainOutbox(t.db, slow, at(0));
  await expect.poll(async () => (await row()).handed_at).not.toBeNull();
  expect(await drainOutbox(t.db, over(sink.url), at(2))).toBe(1);
  awake.resolve();
  expect(await late).toBe(0);
  await sink.close();
  expect(sink.received).toHaveLength(1);
  expect(await row()).toMatchObject({ sent_at: at(2)(), failed_at: null, unknown_at: null });
});

test('a late answer ends the doubt', async () => {
  await owe('lea@exemple.fr');
  const answered = Promise.withResolvers<void>();
  const slow: SendOwed = async (_, beforeDot) => {
    await beforeDot?.();
    await answered.promise;
    return { outcome: 'accepted', text: 'ok' };
  };
  const late = drainOutbox(t.db, slow, at(0));
  await expect.poll(async () => (await row()).dotted_at).not.toBeNull();
  await drainOutbox(t.db, over('smtp://127.0.0.1:1'), at(3));
  expect((await row()).unknown_at).not.toBeNull();
  answered.resolve();
  expect(await late).toBe(1);
  expect(await row()).toMatchObject({ sent_at: NOW, unknown_at: null });
});

test('a cut after the final dot is unknown at once; a mail of another kind is tried again', async () => {
  await owe('une-fois@exemple.fr');
  const unknown: SendOwed = async (mail, beforeDot) => {
    if (mail.once) await beforeDot?.();
    return { outcome: 'unknown', text: 'coupé' };
  };
  await drainOutbox(t.db, unknown, at(0));
  expect(await row()).toMatchObject({ unknown_at: NOW, last_error: 'coupé', failed_at: null });
  await acrossOrganisations(t.db, (trx) => trx.deleteFrom('outbox').execute());
  await owe('code@exemple.fr', { once: false });
  await drainOutbox(t.db, unknown, at(0));
  expect(await row()).toMatchObject({ unknown_at: null, dotted_at: null });
  const sink = await startSink();
  expect(await drainOutbox(t.db, over(sink.url), at(1))).toBe(1);
  await sink.close();
});

test('deferred, it is tried again under the same Message-ID (MAIL-42)', async () => {
  await owe('lea@exemple.fr');
  const seen: string[] = [];
  const sink = await startSink({
    onMessage: ({ raw }) => {
      seen.push(/^Message-ID: (.+)$/im.exec(raw)?.[1] ?? '');
      return seen.length < 3 ? { code: 451, text: '4.7.1 later' } : undefined;
    },
  });
  for (const minutes of [0, 1, 3]) await drainOutbox(t.db, over(sink.url), at(minutes));
  await sink.close();
  const { id, sent_at, dotted_at } = await row();
  expect(new Set(seen)).toEqual(new Set([messageIdOf(SECRETS, { id, from: { address: 'lettre@opco.example' } })]));
  expect(seen).toHaveLength(3);
  expect([sent_at, dotted_at]).toEqual([at(3)(), at(3)()]);
});

test('what became void while the server was thinking does not leave; what is past its dot cannot be called back', async () => {
  await owe('lea@exemple.fr', { about: 'webinar:1', letter: '7/rappel/x' });
  const kept = { about: 'webinar:1', letters: '8/' };
  const voiding = (over: { about: string; letters?: string }) =>
    acrossOrganisations(t.db, (trx) => voidOwed(trx, over.about, { ...over, now: NOW }));
  const sink = await startSink();
  const voided: number[] = [];
  const held: SendOwed = (mail: OutboxMail, beforeDot) =>
    over(sink.url)(mail, async () => {
      voided.push(await voiding({ about: 'webinar:2' }), await voiding(kept), await voiding({ about: 'webinar:1' }));
      await beforeDot?.();
    });
  expect(await drainOutbox(t.db, held, at(0))).toBe(0);
  expect(voided).toEqual([0, 0, 1]);
  expect(await drainOutbox(t.db, over(sink.url), at(60))).toBe(0);
  expect(sink.received).toEqual([]);
  expect(await row()).toMatchObject({ sent_at: null, last_error: 'remplacé avant de partir' });

  await acrossOrganisations(t.db, (trx) => trx.deleteFrom('outbox').execute());
  await owe('lea@exemple.fr', { about: 'webinar:1' });
  await died('after');
  expect(await voiding({ about: 'webinar:1' })).toBe(0);
  await sink.close();
});

test('a database that is gone at the last moment holds the dot back: the mail leaves once it is there again', async () => {
  await owe('lea@exemple.fr');
  const sink = await startSink();
  const cut: SendOwed = (mail) => over(sink.url)(mail, () => Promise.reject(new Error('base hors d’atteinte')));
  expect(await drainOutbox(t.db, cut, at(0))).toBe(0);
  await pause(20);
  expect(sink.received).toEqual([]);
  expect(await row()).toMatchObject({ dotted_at: null, unknown_at: null, failed_at: null });
  expect(await drainOutbox(t.db, over(sink.url), at(1))).toBe(1);
  await sink.close();
  expect(sink.received).toHaveLength(1);
});
