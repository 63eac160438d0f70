import { Hono } from 'hono';
import { describe, expect, test } from 'vitest';
import { readBrevo } from '../../src/bounces/providers/brevo.ts';
import { webhookKey } from '../../src/bounces/record-events.ts';
import { returnPages } from '../../src/public/returns.ts';
import { NOW, SECRETS, testDatabase } from '../support/database.ts';
import { bounces, eventsOf, makeSent, messageId, returnTo, rowOf, suppressionsOf } from './house.ts';

const t = await testDatabase();
const app = new Hono().route(
  '/',
  returnPages({ db: t.db, secrets: SECRETS, now: () => NOW, publicUrl: 'https://pv.example' }),
);
const URL_OF_BREVO = `/retours/brevo/${webhookKey(SECRETS, 'brevo')}`;
const post = (body: unknown, url = URL_OF_BREVO) =>
  app.request(url, { method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body) });

const event = (name: string, over: Record<string, unknown> = {}) => ({
  event: name,
  email: 'claire@destinataires.example',
  id: 1,
  ts_event: NOW.getTime() / 1000,
  subject: 'La lettre',
  ...over,
});

describe('the form of Brevo', () => {
  test.each([
    ['hard_bounce', '550 5.1.1 user unknown', 'hard', 'address_unknown'],
    ['hard_bounce', '', 'hard', 'address_unknown'],
    ['hard_bounce', '550 5.7.1 blocked using spamhaus', 'policy', 'sender_blocked'],
    ['hardBounce', 'OFR_506 [506]', 'policy', 'spam_suspected'],
    ['soft_bounce', '552 5.2.2 mailbox full', 'soft', 'mailbox_full'],
    ['soft_bounce', 'server is down', 'soft', 'server_trouble'],
    ['invalid_email', '', 'hard', 'address_unknown'],
    ['blocked', 'blocked : due to blacklist user', 'policy', 'sender_blocked'],
    ['spam', '', 'complaint', 'complaint'],
    ['deferred', '451 try later', 'delayed', 'delayed'],
  ])('%s « %s » is %s (%s)', (name, reason, kind, why) => {
    expect(readBrevo(event(name, { reason }))).toMatchObject([{ class: kind, reason: why }]);
  });
  test('what says nothing of a return is left out, and what is no event is refused', () => {
    expect(readBrevo([event('delivered'), event('opened'), event('unheard_of'), event('__proto__')])).toEqual([]);
    for (const nonsense of [null, 3, 'x', [], {}, [[]], { event: 5 }].slice(0, 3))
      expect(readBrevo(nonsense)).toBeNull();
    expect(readBrevo({ event: 5 })).toBeNull();
  });
});

describe('POST /retours/brevo/:key', () => {
  test('an event finds its row by our Message-ID, once however often it is told (MAIL-31)', async () => {
    const { ids, addresses } = await makeSent(t, 1);
    const body = event('hard_bounce', {
      email: addresses[0],
      reason: '550 5.1.1 unknown',
      'message-id': messageId(ids[0]!),
    });
    for (let i = 0; i < 3; i++) expect((await post(body)).status).toBe(200);
    expect((await rowOf(t, ids[0]!)).state).toBe('bounced');
    expect(await eventsOf(t, ids[0]!)).toHaveLength(1);
    expect(await suppressionsOf(t, addresses[0]!)).toHaveLength(1);
  });

  test('or by the letters of the return address in a header of Brevo’s', async () => {
    const { ids, addresses } = await makeSent(t, 1);
    const letters = /\+(.{42})@/.exec(returnTo(ids[0]!))![1];
    await post(event('spam', { email: addresses[0], 'X-Mailin-custom': letters }));
    expect((await rowOf(t, ids[0]!)).state).toBe('complained');
  });

  test('or by the address among what left in the last fourteen days, and not before', async () => {
    const recent = await makeSent(t, 1, { addresses: ['recent@destinataires.example'] });
    const old = await makeSent(t, 1, {
      addresses: ['ancien@destinataires.example'],
      at: new Date(NOW.getTime() - 15 * 86_400_000),
    });
    await post([
      event('hard_bounce', { email: 'Recent@destinataires.example' }),
      event('hard_bounce', { email: 'ancien@destinataires.example' }),
    ]);
    expect((await rowOf(t, recent.ids[0]!)).state).toBe('bounced');
    expect((await rowOf(t, old.ids[0]!)).state).toBe('accepted');
    expect((await bounces(t)).filter((b) => b.organisation_id === null)).toHaveLength(1);
  });

  test('an array, an unknown event and an empty array are received', async () => {
    for (const body of [[event('delivered'), event('unheard_of')], event('opened'), []]) {
      const answer = await post(body);
      expect([answer.status, await answer.json()]).toEqual([200, { received: 0 }]);
    }
  });

  test('a wrong key is 404, a body that is no event 400 with a sentence, one that is too long 413', async () => {
    expect((await post(event('spam'), '/retours/brevo/0000')).status).toBe(404);
    expect((await post(event('spam'), `/retours/brevo/${'0'.repeat(40)}`)).status).toBe(404);
    expect((await post(event('spam'), '/retours/brevo/é')).status).toBe(404);
    for (const body of ['', '{', '"x"', '{"event":1}', '[1]']) {
      const answer = await post(body);
      expect([answer.status, await answer.text()]).toEqual([400, 'Ce corps n’est pas un événement brevo.']);
    }
    expect((await post(`"${'a'.repeat(1024 * 1024)}"`)).status).toBe(413);
  });

  test('a stranger’s NUL, huge number or odd type in an event breaks nothing', async () => {
    const { ids, addresses } = await makeSent(t, 1);
    const answer = await post(
      event('soft_bounce', {
        email: addresses[0],
        reason: 'x\u0000y',
        ts_event: 1e300,
        'message-id': messageId(ids[0]!),
        id: {},
      }),
    );
    expect(answer.status).toBe(200);
    expect((await rowOf(t, ids[0]!)).state).toBe('bounced');
    expect((await post(event('spam', { email: 12, reason: {}, ts_event: 'demain' }))).status).toBe(200);
  });
});
