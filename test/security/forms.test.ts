import { Hono } from 'hono';
import { sql } from 'kysely';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { subscriberOf } from '../../src/base/client-address.ts';
import { log } from '../../src/base/log.ts';
import { sealId } from '../../src/base/tokens.ts';
import { acrossOrganisations } from '../../src/db/database.ts';
import { updateOrganisation } from '../../src/organisations/save-organisation.ts';
import { serviceSender } from '../../src/organisations/schema.ts';
import { recipientPages } from '../../src/public/recipient.tsx';
import { errorPage } from '../../src/web/errors.tsx';
import { freeze, ledger } from '../deliveries/ledger.ts';
import { NOW, SECRETS, type TestDatabase, testDatabase } from '../support/database.ts';
import { makeApprovedPush } from '../support/factories.ts';
import { browser, house } from '../web/campaigns/house.ts';

let t: TestDatabase;
beforeAll(async () => {
  t = await testDatabase();
});

/** A body that says nothing of its length and never ends; counts what was taken of it. */
function endless() {
  const taken = { bytes: 0 };
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      const chunk = new Uint8Array(16_384).fill(97);
      taken.bytes += chunk.length;
      controller.enqueue(chunk);
    },
  });
  return { taken, body };
}
const stream = (body: ReadableStream<Uint8Array>): RequestInit =>
  ({
    method: 'POST',
    body,
    duplex: 'half',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  }) as RequestInit;

describe('what a stranger may send', () => {
  test.each(['/connexion', '/connexion/code', '/connexion/mot-de-passe'])(
    '%s takes a short form only (ASVS 5.2.1)',
    async (path) => {
      const { taken, body } = endless();
      expect((await house(t).app.request(path, stream(body))).status).toBe(413);
      expect(taken.bytes).toBeLessThan(200_000);
    },
  );

  test('a page of members reads nothing of what somebody without a session sends', async () => {
    const { taken, body } = endless();
    expect((await house(t).app.request('/contacts/imports/nouveau', stream(body))).status).toBe(303);
    expect(taken.bytes).toBeLessThan(50_000);
  });
});

describe('the links of a message', () => {
  const visits: boolean[] = [];
  const app = () =>
    new Hono().route(
      '/',
      recipientPages({
        db: t.db,
        secrets: SECRETS,
        now: () => NOW,
        publicUrl: 'https://pv.example',
        onUnsubscribeVisit: async (_, confirmed) => void visits.push(confirmed),
      }),
    );
  let token = '';
  let preferences = '';
  beforeAll(async () => {
    const push = await makeApprovedPush(t);
    await freeze(t, push.id);
    const id = (await ledger(t, push.id))[0]?.id ?? 0;
    token = sealId(SECRETS.unsubscribe, 'unsubscribe', id);
    preferences = sealId(SECRETS.unsubscribe, 'preferences', id);
  });
  const count = async (table: 'suppressions' | 'consents' | 'audit_log') =>
    acrossOrganisations(
      t.db,
      async (trx) => (await sql<{ n: number }>`select count(*) as n from ${sql.table(table)}`.execute(trx)).rows[0]?.n,
    );

  test('GET and HEAD change nothing; both encodings of one click act, without a redirect, once (MAIL-03)', async () => {
    await app().request(`/d/${token}`);
    await app().request(`/d/${token}`, { method: 'HEAD' });
    expect(await count('suppressions')).toBe(0);
    const oneClick = { 'List-Unsubscribe': 'One-Click' };
    const multipart = new FormData();
    multipart.set('List-Unsubscribe', 'One-Click');
    const before = await count('audit_log');
    for (const body of [new URLSearchParams(oneClick), multipart, new URLSearchParams(oneClick)])
      expect((await app().request(`/d/${token}`, { method: 'POST', body })).status).toBe(200);
    expect(await count('suppressions')).toBe(1);
    expect(await count('audit_log')).toBe((before ?? 0) + 1);
  });

  test('a body that cannot be read is still one click; one without end is refused', async () => {
    const broken = { method: 'POST', body: 'rien', headers: { 'content-type': 'multipart/form-data' } };
    expect((await app().request(`/d/${token}`, broken)).status).toBe(200);
    const { taken, body } = endless();
    expect((await app().request(`/d/${token}`, stream(body))).status).toBe(413);
    expect(taken.bytes).toBeLessThan(100_000);
  });

  test('the same choice of measurement said again adds no row (PRV-03)', async () => {
    for (const mesure of ['oui', 'oui', 'non', 'non'])
      await app().request(`/preferences/${preferences}`, { method: 'POST', body: new URLSearchParams({ mesure }) });
    expect(await count('consents')).toBe(2);
  });

  test('a link of one purpose opens no page of another', async () => {
    for (const path of [`/preferences/${token}`, `/d/${preferences}`, `/lettre/${token}`])
      expect((await app().request(path)).status).toBe(404);
  });
});

const lastCode = async (address: string): Promise<string> => {
  const mail = await acrossOrganisations(t.db, (trx) =>
    trx
      .selectFrom('outbox')
      .select('message')
      .where('to_address', '=', address)
      .orderBy('id', 'desc')
      .executeTakeFirstOrThrow(),
  );
  return /\d{6}/.exec((mail.message as { subject: string }).subject)?.[0] ?? '';
};

describe('sign-in', () => {
  test('the session a browser had ends when it signs in again (ASVS 7.2.4)', async () => {
    const { app } = house(t);
    const enter = async (cookie: string): Promise<{ status: number; cookie: string; attributes: string }> => {
      const asked = await app.request('/connexion', {
        method: 'POST',
        body: new URLSearchParams({ adresse: t.cast.alice.address }),
      });
      const challenge = asked.headers.getSetCookie()[0]?.split(';')[0] ?? '';
      const answer = await app.request('/connexion/code', {
        method: 'POST',
        headers: { cookie: `${challenge}; ${cookie}` },
        body: new URLSearchParams({ code: await lastCode(t.cast.alice.address) }),
      });
      const session = answer.headers.getSetCookie().find((c) => c.startsWith('__Host-')) ?? '';
      return { status: answer.status, cookie: session.split(';')[0] ?? '', attributes: session };
    };
    const opens = async (cookie: string) => (await app.request('/campagnes', { headers: { cookie } })).status;
    const first = await enter('');
    expect(first.attributes).toMatch(/Path=\/; HttpOnly; Secure; SameSite=Lax/);
    expect(await opens(first.cookie)).toBe(200);
    const second = await enter(first.cookie);
    expect([await opens(first.cookie), await opens(second.cookie)]).toEqual([303, 200]);
  });

  test('one IPv6 subscriber has one count, whichever of its addresses it uses (ASVS 6.3.1)', () => {
    expect(subscriberOf('2001:db8:1:2::1')).toBe(subscriberOf('2001:0db8:1:2:ffff:1:2:3'));
    expect(subscriberOf('2001:db8:1:2::1')).not.toBe(subscriberOf('2001:db8:1:3::1'));
    expect(subscriberOf('192.0.2.7')).toBe('192.0.2.7');
    expect(subscriberOf('::ffff:192.0.2.7')).toBe('::ffff:192.0.2.7');
  });
});

test('nobody takes another organisation’s sender, nor the one that sign-in codes leave from', async () => {
  const settings = { name: 'OPCO de test', senderName: 'OPCO', senderAddress: 'lettre@opco.example' };
  for (const senderAddress of ['lettre@btp.example', 'LETTRE@BTP.example', serviceSender('https://pv.example').address])
    await expect(updateOrganisation(t.ctx(t.cast.emma), { ...settings, senderAddress })).rejects.toMatchObject({
      code: 'sender_taken',
    });
  await updateOrganisation(t.ctx(t.cast.emma), settings);
});

test('a NUL typed in a form is dropped, and an address list begins where a bigint can', async () => {
  const pv = house(t);
  const emma = await browser(pv, t.cast.emma);
  expect((await emma.get('/contacts?apres=99999999999999999999')).status).toBe(200);
  const invited = await emma.post('/organisation/invitation', {
    name: 'Zo\0é',
    address: 'zoe@opco.example',
    roles: 'relais',
  });
  expect(invited.status).toBe(303);
});

test('an error on a page opened by a message’s link is noted without the link’s token (ASVS 16.2.5)', async () => {
  const lines: string[] = [];
  const writing = vi
    .spyOn(log, 'error')
    .mockImplementation((...said: unknown[]) => void lines.push(JSON.stringify(said)));
  const app = new Hono().get('/d/:token', () => {
    throw new Error('panne');
  });
  app.onError(errorPage);
  expect((await app.request('/d/un-secret-de-destinataire')).status).toBe(500);
  writing.mockRestore();
  expect(lines.join()).toContain('/d/…');
  expect(lines.join()).not.toContain('un-secret-de-destinataire');
});
