import { expect, test } from 'vitest';
import { acrossOrganisations } from '../../src/db/database.ts';
import { choosePassword, closeOtherSessions, readAccount } from '../../src/organisations/account.ts';
import { readSession } from '../../src/organisations/sessions.ts';
import { requestCode, signInWithCode, signInWithPassword } from '../../src/organisations/sign-in.ts';
import { NOW, testDatabase } from '../support/database.ts';

const { db, cast, ctx } = await testDatabase();
await acrossOrganisations(db, (trx) => trx.updateTable('organisations').set({ demo: true }).execute());
const visitor = { ...ctx(cast.alice), network: '192.0.2.1' };

async function signIn(): Promise<string> {
  const { challenge, shown } = await requestCode(visitor, cast.alice.address, { name: 'x', address: 'x@x.example' });
  return (await signInWithCode(visitor, { challenge, code: shown ?? '' })).secret;
}

test('choosing a password ends every other session, and the new one then signs in (ASVS 7.4)', async () => {
  const [here, elsewhere] = [await signIn(), await signIn()];
  expect(await readAccount(ctx(cast.alice), here)).toMatchObject({ hasPassword: false, sessions: [{}, {}] });
  await choosePassword(ctx(cast.alice), here, { present: '', chosen: 'trois chats sur un toit' });
  expect(await readSession(visitor, elsewhere)).toBeNull();
  expect(await readSession(visitor, here)).not.toBeNull();
  await signInWithPassword(visitor, { address: cast.alice.address, password: 'trois chats sur un toit' });
});

test('changing it asks for the present one, and slows down who guesses (ASVS 6.3.1, 7.5.1)', async () => {
  const here = await signIn();
  const change = (present: string) =>
    choosePassword(ctx(cast.alice), here, { present, chosen: 'quatre chiens dans un champ' });
  for (let i = 0; i < 5; i += 1) await expect(change('deviné')).rejects.toMatchObject({ kind: 'invalid' });
  await expect(change('trois chats sur un toit')).rejects.toMatchObject({ kind: 'too-many' });
  await choosePassword(ctx(cast.alice, new Date(NOW.getTime() + 16 * 60_000)), here, {
    present: 'trois chats sur un toit',
    chosen: 'quatre chiens dans un champ',
  });
});

test('a short password is refused with its rule', async () => {
  await expect(choosePassword(ctx(cast.bruno), 'x', { present: '', chosen: 'court' })).rejects.toMatchObject({
    fields: [{ field: 'password' }],
  });
});

test('the other sessions can be ended from any of them', async () => {
  const [here, elsewhere] = [await signIn(), await signIn()];
  await closeOtherSessions(ctx(cast.alice), here);
  expect(await readSession(visitor, elsewhere)).toBeNull();
  expect((await readAccount(ctx(cast.alice), here)).sessions).toHaveLength(1);
});
