import { beforeAll, describe, expect, test } from 'vitest';
import { acrossOrganisations } from '../../src/db/database.ts';
import { inviteUser } from '../../src/organisations/invite-user.ts';
import { hashPassword } from '../../src/organisations/password.ts';
import { CODE_MINUTES, CODE_TRIES, IDLE_HOURS, SESSION_DAYS } from '../../src/organisations/schema.ts';
import { closeSession, readSession, switchOrganisation } from '../../src/organisations/sessions.ts';
import { requestCode, signInWithCode, signInWithPassword, type Visitor } from '../../src/organisations/sign-in.ts';
import { NOW, SECRETS, type TestDatabase, testDatabase } from '../support/database.ts';

const FROM = { name: 'Porte-voix', address: 'porte-voix@example.org' };
const PASSWORD = 'une phrase assez longue';

let t: TestDatabase;
beforeAll(async () => {
  t = await testDatabase();
  const hash = await hashPassword(PASSWORD);
  await acrossOrganisations(t.db, (trx) =>
    trx.updateTable('users').set({ password_hash: hash }).where('id', '=', t.cast.david.userId).execute(),
  );
});

let networks = 0;
/** Somebody at a browser of their own, at a moment in minutes after NOW; on a network of their own unless said. */
function visitor(minutes = 0, network?: string): Visitor {
  networks += 1;
  return {
    db: t.db,
    secrets: SECRETS,
    network: network ?? `192.0.2.${networks}`,
    now: () => new Date(NOW.getTime() + minutes * 60_000),
  };
}

/** Asks for a code, and reads it in the mail that is owed. */
async function ask(address: string, from = visitor()): Promise<{ challenge: string; code: string }> {
  const { challenge } = await requestCode(from, address, FROM);
  const mail = await acrossOrganisations(t.db, (trx) =>
    trx
      .selectFrom('outbox')
      .select('message')
      .where('to_address', '=', address)
      .where('kind', '=', 'sign-in-code')
      .orderBy('id', 'desc')
      .executeTakeFirst(),
  );
  return { challenge, code: /\b\d{6}\b/.exec(JSON.stringify(mail?.message))?.[0] ?? '' };
}
const wrong = (code: string): string => (code === '000000' ? '000001' : '000000');
const REFUSED = { kind: 'invalid', code: 'code' };

describe('a code', () => {
  test('opens a session once, and not a second time', async () => {
    const { challenge, code } = await ask(t.cast.alice.address);
    const opened = await signInWithCode(visitor(1), { challenge, code: `${code.slice(0, 3)} ${code.slice(3)}` });
    expect(opened).toMatchObject({ userId: t.cast.alice.userId, organisationId: t.cast.organisations.opco });
    await expect(signInWithCode(visitor(1), { challenge, code })).rejects.toMatchObject(REFUSED);
  });

  test('used by two browsers’ windows at the same moment, opens one session', async () => {
    const { challenge, code } = await ask(t.cast.alice.address);
    const both = await Promise.allSettled([1, 2, 3].map(() => signInWithCode(visitor(1), { challenge, code })));
    expect(both.filter((one) => one.status === 'fulfilled')).toHaveLength(1);
  });

  test('wrong five times, even all at once, is worth nothing any more (ASVS 6.5.5)', async () => {
    const { challenge, code } = await ask(t.cast.alice.address);
    const tries = Array.from({ length: CODE_TRIES }, () => signInWithCode(visitor(), { challenge, code: wrong(code) }));
    for (const one of await Promise.allSettled(tries)) expect(one.status).toBe('rejected');
    await expect(signInWithCode(visitor(), { challenge, code })).rejects.toMatchObject(REFUSED);
  });

  test('wrong four times, then right, still opens', async () => {
    const { challenge, code } = await ask(t.cast.alice.address);
    for (let i = 1; i < CODE_TRIES; i += 1)
      await expect(signInWithCode(visitor(), { challenge, code: wrong(code) })).rejects.toMatchObject(REFUSED);
    await expect(signInWithCode(visitor(), { challenge, code })).resolves.toMatchObject({
      userId: t.cast.alice.userId,
    });
  });

  test('is refused after its ten minutes, to the second', async () => {
    const { challenge, code } = await ask(t.cast.alice.address);
    await expect(signInWithCode(visitor(CODE_MINUTES), { challenge, code })).rejects.toMatchObject(REFUSED);
    await expect(signInWithCode(visitor(CODE_MINUTES - 0.01), { challenge, code })).resolves.toBeDefined();
  });

  test('opens nothing in another browser, nor for somebody else', async () => {
    const mine = await ask(t.cast.alice.address);
    const theirs = await ask(t.cast.bruno.address);
    const other = { challenge: theirs.challenge, code: mine.code };
    if (mine.code !== theirs.code) await expect(signInWithCode(visitor(), other)).rejects.toMatchObject(REFUSED);
    await expect(signInWithCode(visitor(), { challenge: 'inventé', code: mine.code })).rejects.toMatchObject(REFUSED);
  });

  test('is asked the same way for an address that nobody has (ASVS 6.3.8)', async () => {
    const known = await requestCode(visitor(), t.cast.alice.address, FROM);
    const unknown = await requestCode(visitor(), 'personne@nulle-part.example', FROM);
    expect(Object.keys(unknown)).toEqual(Object.keys(known));
    expect(unknown.challenge).toHaveLength(known.challenge.length);
    expect(unknown.shown).toBeNull();
    const mails = await acrossOrganisations(t.db, (trx) =>
      trx.selectFrom('outbox').select('id').where('to_address', '=', 'personne@nulle-part.example').execute(),
    );
    expect(mails).toEqual([]);
    for (const code of ['000000', '123456'])
      await expect(signInWithCode(visitor(), { challenge: unknown.challenge, code })).rejects.toMatchObject(REFUSED);
  });

  test('is never shown on the page of a real organisation, and never stored in clear', async () => {
    expect((await requestCode(visitor(), t.cast.bruno.address, FROM)).shown).toBeNull();
    const { code } = await ask(t.cast.bruno.address);
    const stored = await acrossOrganisations(t.db, (trx) =>
      trx
        .selectFrom('sign_in_codes')
        .select(['code_hash', 'challenge_hash'])
        .orderBy('id', 'desc')
        .executeTakeFirstOrThrow(),
    );
    expect(stored.code_hash).toHaveLength(32);
    expect(stored.code_hash.toString('latin1')).not.toContain(code);
  });

  test('may be asked for with an address pasted with blanks and capitals; not with something else', async () => {
    const { challenge } = await requestCode(visitor(), `  ${t.cast.alice.address.toUpperCase()} `, FROM);
    expect(challenge).toHaveLength(43);
    await expect(requestCode(visitor(), 'alice', FROM)).rejects.toMatchObject({ kind: 'invalid', code: 'address' });
    await expect(requestCode(visitor(), undefined, FROM)).rejects.toMatchObject({ kind: 'invalid' });
  });

  test('asked for again and again from one network is slowed; from elsewhere the same person still gets in', async () => {
    const address = t.cast.chloe.address;
    for (let i = 0; i < 10; i += 1) await requestCode(visitor(0, '198.51.100.7'), address, FROM);
    await expect(requestCode(visitor(0, '198.51.100.7'), address, FROM)).rejects.toMatchObject({ kind: 'too-many' });
    await expect(requestCode(visitor(0, '198.51.100.8'), address, FROM)).resolves.toBeDefined();
    await expect(requestCode(visitor(16, '198.51.100.7'), address, FROM)).resolves.toBeDefined();
  });
});

describe('a password', () => {
  const enter = (password: string, from = visitor(), address = t.cast.david.address) =>
    signInWithPassword(from, { address, password });

  test('opens a session; a wrong one, somebody without one and an unknown address read the same', async () => {
    await expect(enter(PASSWORD)).resolves.toMatchObject({ userId: t.cast.david.userId });
    await expect(enter(PASSWORD, visitor(), ` ${t.cast.david.address.toUpperCase()} `)).resolves.toBeDefined();
    const refusals = await Promise.all(
      [
        enter('autre chose'),
        enter(PASSWORD, visitor(), t.cast.emma.address),
        enter(PASSWORD, visitor(), 'x@y.example'),
      ].map((one) =>
        one.then(
          () => 'entrée',
          (error: Error) => error.message,
        ),
      ),
    );
    expect(new Set(refusals).size).toBe(1);
    expect(refusals[0]).toContain('incorrect');
  });

  test('tried thirty times at once from one network is looked at ten times at most', async () => {
    const from = visitor();
    const tries = await Promise.allSettled(Array.from({ length: 30 }, (_, i) => enter(`essai ${i}`, from)));
    const kinds = tries.map((one) => (one.status === 'rejected' ? (one.reason as { kind: string }).kind : 'entrée'));
    expect(kinds.filter((kind) => kind === 'invalid').length).toBeLessThanOrEqual(10);
    expect(kinds.filter((kind) => kind === 'too-many').length).toBeGreaterThanOrEqual(20);
    await expect(enter(PASSWORD, from)).rejects.toMatchObject({ kind: 'too-many' });
  });

  test('right, it forgets the tries before it', async () => {
    const from = visitor();
    for (let i = 0; i < 9; i += 1) await expect(enter('non', from)).rejects.toMatchObject({ kind: 'invalid' });
    await enter(PASSWORD, from);
    await expect(enter('non', from)).rejects.toMatchObject({ kind: 'invalid' });
  });

  test('is chosen by its owner: an administrator who invites cannot set one for a person invited elsewhere too', async () => {
    const person = { address: 'nouvelle@ailleurs.example', name: 'Nouvelle', roles: ['communicant' as const] };
    await expect(inviteUser(t.ctx(t.cast.emma), { ...person, password: PASSWORD })).rejects.toMatchObject({
      kind: 'forbidden',
    });
    const { userId } = await inviteUser(t.ctx(t.cast.emma), person);
    expect(await inviteUser(t.ctx(t.cast.emma), person)).toEqual({ userId });
    await expect(inviteUser(t.ctx(t.cast.alice), person)).rejects.toMatchObject({ kind: 'forbidden' });
    await expect(inviteUser(t.ctx(t.cast.emma), { ...person, roles: [] })).rejects.toMatchObject({ code: 'user' });
  });
});

describe('a session', () => {
  const at = (hours: number) => ({
    db: t.db,
    secrets: SECRETS,
    now: () => new Date(NOW.getTime() + hours * 3_600_000),
  });

  async function open(address = t.cast.bruno.address): Promise<string> {
    const { challenge, code } = await ask(address);
    return (await signInWithCode(visitor(), { challenge, code })).secret;
  }

  test('says who, for which organisation and in which roles; only its hash is stored', async () => {
    const secret = await open();
    expect(await readSession(at(0), secret)).toMatchObject({
      actor: { ...t.cast.bruno, roles: expect.arrayContaining(['communicant', 'valideur']) },
      organisation: { slug: 'btp' },
      others: [],
    });
    expect(await readSession(at(0), `${secret.slice(1)}A`)).toBeNull();
    expect(await readSession(at(0), '')).toBeNull();
  });

  test(`ends after ${IDLE_HOURS} hours without use; use keeps it, up to ${SESSION_DAYS} days (ASVS 7.3.1-2)`, async () => {
    const idle = await open();
    expect(await readSession(at(IDLE_HOURS), idle)).toBeNull();
    const used = await open();
    for (let hour = 11; hour < SESSION_DAYS * 24; hour += 11) expect(await readSession(at(hour), used)).not.toBeNull();
    expect(await readSession(at(SESSION_DAYS * 24), used)).toBeNull();
  });

  test('ends at once when it is closed, when the person is disabled, or leaves the organisation', async () => {
    const closed = await open();
    await closeSession({ db: t.db }, closed);
    expect(await readSession(at(0), closed)).toBeNull();

    const secret = await open();
    const pending = await ask(t.cast.bruno.address);
    const disable = (disabled_at: Date | null) =>
      acrossOrganisations(t.db, (trx) =>
        trx.updateTable('users').set({ disabled_at }).where('id', '=', t.cast.bruno.userId).execute(),
      );
    await disable(NOW);
    expect(await readSession(at(0), secret)).toBeNull();
    await expect(signInWithCode(visitor(), pending)).rejects.toMatchObject(REFUSED);
    await disable(null);
    expect(await readSession(at(0), secret)).not.toBeNull();

    const { btp } = t.cast.organisations;
    const held = await acrossOrganisations(t.db, (trx) =>
      trx.deleteFrom('memberships').where('user_id', '=', t.cast.bruno.userId).returningAll().execute(),
    );
    expect(held.map((m) => m.organisation_id)).toEqual([btp, btp]);
    expect(await readSession(at(0), secret)).toBeNull();
    await acrossOrganisations(t.db, (trx) => trx.insertInto('memberships').values(held).execute());
  });

  test('goes over to another of the person’s organisations with the roles held there, and to no other', async () => {
    const secret = await open(t.cast.emma.address);
    await expect(switchOrganisation(at(0), secret, 'btp')).rejects.toMatchObject({ kind: 'not-found' });
    await acrossOrganisations(t.db, (trx) =>
      trx
        .insertInto('memberships')
        .values({
          organisation_id: t.cast.organisations.federation,
          user_id: t.cast.emma.userId,
          role: 'relais',
          created_at: NOW,
        })
        .execute(),
    );
    expect((await readSession(at(0), secret))?.others.map((o) => o.slug)).toEqual(['federation']);
    await switchOrganisation(at(0), secret, 'federation');
    expect(await readSession(at(0), secret)).toMatchObject({
      actor: { organisationId: t.cast.organisations.federation, roles: ['relais'] },
      others: [{ slug: 'opco' }],
    });
  });

  test('has a form token of its own', async () => {
    const [one, two] = [await readSession(at(0), await open()), await readSession(at(0), await open())];
    expect(one?.csrf).toHaveLength(43);
    expect(one?.csrf).not.toBe(two?.csrf);
  });
});
