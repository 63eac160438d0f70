import { beforeEach, describe, expect, test } from 'vitest';
import { acrossOrganisations, openDatabase, withOrganisation } from '../../src/db/database.ts';
import { sendOne } from '../../src/mail/send-one.ts';
import { parseTransport } from '../../src/mail/transport.ts';
import { drainOutbox, type OutboxAnswer, type OutboxMail } from '../../src/outbox/drain.ts';
import { queueMail } from '../../src/outbox/queue-mail.ts';
import { repeated, startSink } from '../deliveries/sink.ts';
import { NOW, testDatabase } from '../support/database.ts';

const t = await testDatabase();
const at = (minutes: number) => () => new Date(NOW.getTime() + minutes * 60_000);

beforeEach(() => acrossOrganisations(t.db, (trx) => trx.deleteFrom('outbox').execute()));

const owe = (to: string, subject = 'Votre code') =>
  withOrganisation(t.db, t.cast.organisations.opco, (trx) =>
    queueMail(trx, {
      organisationId: t.cast.organisations.opco,
      kind: 'sign-in-code',
      to,
      from: { name: 'Porte-voix', address: 'pv@example.org' },
      subject,
      text: 'Bonjour',
      now: NOW,
    }),
  );
const rows = () => acrossOrganisations(t.db, (trx) => trx.selectFrom('outbox').selectAll().orderBy('id').execute());
const over =
  (url: string) =>
  (mail: OutboxMail): Promise<OutboxAnswer> =>
    sendOne(parseTransport(url), {
      from: mail.from,
      to: { name: '', address: mail.to },
      subject: mail.subject,
      text: mail.text,
    });

describe('mail owed to one person', () => {
  test('stands or falls with what it announces', async () => {
    const failed = withOrganisation(t.db, t.cast.organisations.opco, async (trx) => {
      await queueMail(trx, {
        organisationId: t.cast.organisations.opco,
        kind: 'test',
        to: 'a@b.example',
        from: { name: '', address: 'pv@example.org' },
        subject: 's',
        text: 't',
        now: NOW,
      });
      throw new Error('ce qui devait être annoncé a échoué');
    });
    await expect(failed).rejects.toThrow('échoué');
    expect(await rows()).toEqual([]);
  });

  test('cannot be written in the name of another organisation', async () => {
    const forged = withOrganisation(t.db, t.cast.organisations.opco, (trx) =>
      queueMail(trx, {
        organisationId: t.cast.organisations.btp,
        kind: 'test',
        to: 'a@b.example',
        from: { name: '', address: 'pv@example.org' },
        subject: 's',
        text: 't',
        now: NOW,
      }),
    );
    await expect(forged).rejects.toMatchObject({ code: '42501' });
  });

  test('leaves once, though three workers drain at once', async () => {
    const people = Array.from({ length: 25 }, (_, i) => `personne${i}@example.org`);
    for (const person of people) await owe(person);
    const sink = await startSink({ thinkMs: 3 });
    const databases = await Promise.all([1, 2].map(() => openDatabase(t.url, 2)));
    const sent = await Promise.all([t.db, ...databases].map((db) => drainOutbox(db, over(sink.url), at(0))));
    await Promise.all(databases.map((db) => db.close()));
    await sink.close();
    expect(sent.reduce((a, b) => a + b, 0)).toBe(25);
    expect(repeated(sink.received)).toEqual([]);
    expect(sink.received.map((m) => m.to).toSorted()).toEqual(people.toSorted());
    expect((await rows()).every((row) => row.sent_at !== null)).toBe(true);
  });

  test('a slow server does not make another worker send again what waits behind', async () => {
    for (let i = 0; i < 3; i += 1) await owe(`lent${i}@example.org`);
    const sent: string[] = [];
    let minutes = 0;
    const slow = async (mail: OutboxMail): Promise<OutboxAnswer> => {
      sent.push(mail.to);
      if (sent.length > 1) return { outcome: 'accepted', text: 'ok' };
      // The first one takes a minute and a half; meanwhile another worker makes its round.
      minutes = 1.5;
      await drainOutbox(t.db, slow, at(minutes));
      return { outcome: 'accepted', text: 'ok' };
    };
    await drainOutbox(t.db, slow, () => at(minutes)());
    expect(sent.toSorted()).toEqual(['lent0@example.org', 'lent1@example.org', 'lent2@example.org']);
  });

  test('waits for a server that is down, however long, and leaves once when it is back', async () => {
    await owe('patiente@example.org');
    const gone = await startSink();
    await gone.close();
    for (let minute = 0; minute < 24 * 60; minute += 16)
      expect(await drainOutbox(t.db, over(gone.url), at(minute))).toBe(0);
    expect((await rows())[0]).toMatchObject({ sent_at: null, failed_at: null });
    const sink = await startSink();
    expect(await drainOutbox(t.db, over(sink.url), at(24 * 60 + 16))).toBe(1);
    expect(await drainOutbox(t.db, over(sink.url), at(48 * 60))).toBe(0);
    await sink.close();
    expect(sink.received).toHaveLength(1);
  });

  test('is not tried again before its minute, and not for ever when it is refused', async () => {
    await owe('refusee@example.org');
    const sink = await startSink({ onRecipient: () => ({ code: 451, text: '4.7.1 later' }) });
    await drainOutbox(t.db, over(sink.url), at(0));
    expect((await rows())[0]?.attempts).toBe(1);
    await drainOutbox(t.db, over(sink.url), at(0.9));
    expect((await rows())[0]?.attempts).toBe(1);
    for (let minute = 1; minute < 24 * 60; minute += 16) await drainOutbox(t.db, over(sink.url), at(minute));
    await sink.close();
    expect((await rows())[0]).toMatchObject({
      attempts: 6,
      sent_at: null,
      last_error: expect.stringContaining('later'),
    });
    expect((await rows())[0]?.failed_at).not.toBeNull();
  });

  test('refused for good, it is not tried again', async () => {
    await owe('inconnue@example.org');
    const sink = await startSink({ onRecipient: () => ({ code: 550, text: '5.1.1 unknown' }) });
    await drainOutbox(t.db, over(sink.url), at(0));
    await drainOutbox(t.db, over(sink.url), at(60));
    await sink.close();
    expect((await rows())[0]).toMatchObject({ attempts: 1, sent_at: null });
  });

  test('one that cannot be written keeps nobody waiting behind it (MAIL-43)', async () => {
    await owe('piege@example.org', 'Bonjour\r\nBcc: tout-le-monde@example.org');
    await owe('suivante@example.org');
    const sink = await startSink();
    expect(await drainOutbox(t.db, over(sink.url), at(0))).toBe(1);
    await sink.close();
    expect(sink.received.map((m) => m.to)).toEqual(['suivante@example.org']);
    expect((await rows())[0]?.failed_at).not.toBeNull();
  });

  test('a worker that died while sending is relieved two minutes later', async () => {
    await owe('orpheline@example.org');
    const died = drainOutbox(t.db, () => new Promise<OutboxAnswer>(() => undefined), at(0));
    await expect.poll(async () => (await rows())[0]?.handed_at).not.toBeNull();
    const sink = await startSink();
    expect(await drainOutbox(t.db, over(sink.url), at(1.9))).toBe(0);
    expect(await drainOutbox(t.db, over(sink.url), at(2))).toBe(1);
    await sink.close();
    expect(await Promise.race([died, Promise.resolve('toujours en attente')])).toBe('toujours en attente');
  });
});
