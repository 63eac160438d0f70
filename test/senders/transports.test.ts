import { beforeEach, describe, expect, test } from 'vitest';
import { acrossOrganisations, withOrganisation } from '../../src/db/database.ts';
import { transportsInUse } from '../../src/senders/queries.ts';
import { readSenders } from '../../src/senders/read-senders.ts';
import { saveTransport } from '../../src/senders/save-transport.ts';
import type { TransportInput } from '../../src/senders/schema.ts';
import { testTransport } from '../../src/senders/test-transport.ts';
import { stopUsingTransport, useTransport } from '../../src/senders/use-transport.ts';
import { NOW, SECRETS, testDatabase } from '../support/database.ts';
import { accepts, mailServer } from './mail-server.ts';

const t = await testDatabase();
const emma = t.ctx(t.cast.emma);
const DEMO = { demo: true };
const REAL = { demo: false };
const SECRET = 'mot-de-passe-tres-secret';
const server = await mailServer({ onAuth: accepts('envoi', SECRET) });

const LOCAL: TransportInput = {
  host: '127.0.0.1',
  port: server.port,
  security: 'none',
  auth: 'mot_de_passe',
  username: 'envoi',
  secret: SECRET,
  connections: 3,
  perMinute: 60,
  perDay: null,
};
const FAR: TransportInput = { ...LOCAL, host: 'smtp.opco.example', port: 587, security: 'starttls' };
const fields = (names: string[]) => ({
  kind: 'invalid',
  fields: names.map((field) => expect.objectContaining({ field })),
});
const mine = async () => (await readSenders(emma)).transport;
const inUse = (instance = DEMO) => acrossOrganisations(t.db, (trx) => transportsInUse(trx, SECRETS, instance));
const everythingWritten = () =>
  acrossOrganisations(t.db, async (trx) =>
    JSON.stringify([
      await trx.selectFrom('audit_log').selectAll().execute(),
      await trx.selectFrom('transports').selectAll().execute(),
    ]),
  );

beforeEach(async () => {
  await withOrganisation(t.db, t.cast.organisations.opco, (trx) => trx.deleteFrom('transports').execute());
  server.received.length = 0;
});

describe('settings', () => {
  test.each([
    ['this machine', { host: 'localhost' }, ['host']],
    ['a port that is not of mail', { port: 5432 }, ['port']],
    ['no encryption', { security: 'none' as const }, ['security']],
    ['an address as a name', { host: 'https://smtp.opco.example' }, ['host']],
    ['no user', { username: '' }, ['username']],
    ['no password', { secret: '' }, ['secret']],
    ['a password on two lines', { secret: 'a\r\nb' }, ['secret']],
    ['51 connections', { connections: 51 }, ['connections']],
    ['no pace at all', { perMinute: 0, perDay: 1.5 }, ['perMinute', 'perDay']],
  ])('MAIL-50: %s is refused beside its field', async (_, changes, names) => {
    await expect(saveTransport(emma, { ...FAR, ...changes }, REAL)).rejects.toMatchObject(fields(names));
    expect(await mine()).toBeNull();
  });

  test('in the demonstration a server must be on this machine: nothing may reach a real person', async () => {
    await expect(saveTransport(emma, FAR, DEMO)).rejects.toMatchObject(fields(['host']));
  });

  test('a server on a private network is a legitimate relay', async () => {
    await saveTransport(emma, { ...FAR, host: '10.0.0.25', port: '25' as unknown as number }, REAL);
    expect(await mine()).toMatchObject({ host: '10.0.0.25', port: 25, used: false });
  });

  test('only an administrateur sets it, and only their own organisation’s', async () => {
    await expect(saveTransport(t.ctx(t.cast.alice), FAR, REAL)).rejects.toMatchObject({ kind: 'forbidden' });
    await saveTransport(emma, FAR, REAL);
    expect((await readSenders(t.ctx(t.cast.etranger))).transport).toBeNull();
    expect((await readSenders(t.ctx(t.cast.david))).transport).toMatchObject({ hasSecret: true });
  });

  test('the kept password never goes to another server or another user', async () => {
    await saveTransport(emma, FAR, REAL);
    await saveTransport(emma, { ...FAR, secret: '', perMinute: 10 }, REAL);
    for (const changes of [
      { host: 'smtp.ailleurs.example' },
      { username: 'autre' },
      { port: 465 },
      { auth: 'jeton' as const },
    ])
      await expect(saveTransport(emma, { ...FAR, secret: '', ...changes }, REAL)).rejects.toMatchObject(
        fields(['secret']),
      );
    expect(await mine()).toMatchObject({ host: 'smtp.opco.example', perMinute: 10 });
  });
});

describe('trial and use', () => {
  test('a server is used only once it has taken a trial message, and comes out opened', async () => {
    await saveTransport(emma, LOCAL, DEMO);
    await expect(useTransport(emma)).rejects.toMatchObject({ code: 'not_tried' });
    const trial = await testTransport(emma, { to: t.cast.emma.address }, DEMO);
    expect(trial.ok).toBe(true);
    expect(server.received).toMatchObject([{ from: 'lettre@opco.example', to: t.cast.emma.address }]);
    expect(await mine()).toMatchObject({ used: false, trial: { ok: true, at: NOW } });
    await useTransport(emma);
    expect([...(await inUse())]).toEqual([
      [
        t.cast.organisations.opco,
        expect.objectContaining({
          host: '127.0.0.1',
          auth: { kind: 'password', user: 'envoi', password: SECRET },
          connections: 3,
          perMinute: 60,
          perDay: null,
        }),
      ],
    ]);
    await stopUsingTransport(emma);
    expect(await inUse()).toEqual(new Map());
  });

  test('changed limits keep it in use; another connection must be tried first', async () => {
    await saveTransport(emma, LOCAL, DEMO);
    await testTransport(emma, { to: t.cast.emma.address }, DEMO);
    await useTransport(emma);
    await saveTransport(emma, { ...LOCAL, secret: '', perDay: 5000 }, DEMO);
    expect(await mine()).toMatchObject({ used: true, perDay: 5000 });
    await saveTransport(emma, { ...LOCAL, security: 'starttls' }, DEMO);
    expect(await mine()).toMatchObject({ used: false, trial: null });
  });

  test('a refused password is shown in the server’s words, and nothing leaves', async () => {
    await saveTransport(emma, { ...LOCAL, secret: 'faux' }, DEMO);
    const trial = await testTransport(emma, { to: t.cast.emma.address }, DEMO);
    expect(trial.ok).toBe(false);
    expect(trial.steps.at(-1)).toMatchObject({
      name: 'identification',
      words: expect.stringMatching(/^535 .*Invalid/),
    });
    expect(server.received).toEqual([]);
    await expect(useTransport(emma)).rejects.toMatchObject({ code: 'not_tried' });
  });

  test('once the instance is a demonstration again, a far server is used no more', async () => {
    await saveTransport(emma, FAR, REAL);
    await withOrganisation(t.db, t.cast.organisations.opco, (trx) =>
      trx.updateTable('transports').set({ used: true }).execute(),
    );
    expect((await inUse(REAL)).size).toBe(1);
    expect((await inUse(DEMO)).size).toBe(0);
  });

  test('a trial goes to the person who asks, and to nobody else', async () => {
    await saveTransport(emma, LOCAL, DEMO);
    await expect(testTransport(emma, { to: t.cast.alice.address }, DEMO)).rejects.toMatchObject({ kind: 'forbidden' });
    await expect(testTransport(t.ctx(t.cast.alice), { to: t.cast.alice.address }, DEMO)).rejects.toMatchObject({
      kind: 'forbidden',
    });
    expect(server.received).toEqual([]);
  });

  test('without a server of one’s own there is nothing to try', async () => {
    await expect(testTransport(emma, { to: t.cast.emma.address }, DEMO)).rejects.toMatchObject({
      code: 'no_transport',
    });
  });

  test('ten trials an hour: this form is no way to explore a network', async () => {
    const etranger = t.ctx(t.cast.etranger);
    await saveTransport(etranger, { ...LOCAL, port: 1 }, DEMO);
    for (let i = 0; i < 10; i += 1) await testTransport(etranger, { to: t.cast.etranger.address }, DEMO);
    await expect(testTransport(etranger, { to: t.cast.etranger.address }, DEMO)).rejects.toMatchObject({
      kind: 'too-many',
    });
    const later = t.ctx(t.cast.etranger, new Date(NOW.getTime() + 3_700_000));
    expect((await testTransport(later, { to: t.cast.etranger.address }, DEMO)).ok).toBe(false);
  });
});

describe('the secret', () => {
  test('stands nowhere: database, audit, steps, even when the server repeats it', async () => {
    const plain = Buffer.from(`\0envoi\0${SECRET}`).toString('base64');
    const parrot = await mailServer({ onAuth: accepts('personne', '', `bad password ${SECRET} in ${plain}`) });
    await saveTransport(emma, { ...LOCAL, port: parrot.port }, DEMO);
    const trial = await testTransport(emma, { to: t.cast.emma.address }, DEMO);
    expect(trial.steps.at(-1)?.words).toContain('bad password •••');
    const written = (await everythingWritten()) + JSON.stringify(trial) + JSON.stringify(await readSenders(emma));
    for (const form of [SECRET, plain.replace(/=+$/, ''), Buffer.from(SECRET).toString('base64').replace(/=+$/, '')])
      expect(written).not.toContain(form);
  });

  test('is refused, not sent around, where the instance’s key has changed', async () => {
    await saveTransport(emma, LOCAL, DEMO);
    await withOrganisation(t.db, t.cast.organisations.opco, (trx) =>
      trx.updateTable('transports').set({ used: true }).execute(),
    );
    const changed = { ...SECRETS, sealing: Buffer.alloc(32, 7) };
    await expect(acrossOrganisations(t.db, (trx) => transportsInUse(trx, changed, DEMO))).rejects.toMatchObject({
      code: 'sealed',
    });
  });

  test('an OAuth2 token signs in the same way (D10)', async () => {
    const oauth = await mailServer({ authMethods: ['XOAUTH2'], onAuth: accepts('envoi', 'jeton-d-acces') });
    await saveTransport(emma, { ...LOCAL, port: oauth.port, auth: 'jeton', secret: 'jeton-d-acces' }, DEMO);
    expect((await testTransport(emma, { to: t.cast.emma.address }, DEMO)).ok).toBe(true);
    expect(oauth.received).toHaveLength(1);
  });
});
