import { expect, test } from 'vitest';
import { acrossOrganisations } from '../../src/db/database.ts';
import { purgeSignIn } from '../../src/organisations/purge.ts';
import { purgeOutbox } from '../../src/outbox/purge.ts';
import { NOW, testDatabase } from '../support/database.ts';

const { db, cast } = await testDatabase();
const DAY = 86_400_000;
const ago = (days: number) => new Date(NOW.getTime() - days * DAY);

test('mails that left a week ago go; those still owed stay, however old', async () => {
  const mail = {
    organisation_id: cast.organisations.opco,
    kind: 'test',
    to_address: 'a@b.example',
    message: '{}',
    next_at: NOW,
  };
  await acrossOrganisations(db, (trx) =>
    trx
      .insertInto('outbox')
      .values([
        { ...mail, created_at: ago(8), sent_at: ago(8) },
        { ...mail, created_at: ago(8) },
        { ...mail, created_at: ago(1), sent_at: ago(1) },
      ])
      .execute(),
  );
  await purgeOutbox(db, NOW);
  const left = await acrossOrganisations(db, (trx) =>
    trx.selectFrom('outbox').select('sent_at').orderBy('id').execute(),
  );
  expect(left.map((m) => m.sent_at)).toEqual([null, ago(1)]);
});

test('ended sessions, old codes and old failures go (ASVS 7.3)', async () => {
  const session = (hash: string, expires: Date) => ({
    id_hash: Buffer.from(hash),
    user_id: cast.alice.userId,
    organisation_id: cast.organisations.opco,
    created_at: ago(9),
    last_seen_at: ago(2),
    expires_at: expires,
  });
  await acrossOrganisations(db, async (trx) => {
    await trx
      .insertInto('sessions')
      .values([session('ended', ago(1)), session('open', ago(-1))])
      .execute();
    await trx
      .insertInto('sign_in_failures')
      .values([{ subject_hash: Buffer.from('x'), at: ago(2) }])
      .execute();
    await trx
      .insertInto('sign_in_codes')
      .values([
        { challenge_hash: Buffer.from('c'), code_hash: Buffer.from('h'), created_at: ago(3), expires_at: ago(3) },
      ])
      .execute();
  });
  await purgeSignIn(db, NOW);
  const left = await acrossOrganisations(db, async (trx) => ({
    sessions: (await trx.selectFrom('sessions').select('id_hash').execute()).map((s) => s.id_hash.toString()),
    failures: await trx.selectFrom('sign_in_failures').selectAll().execute(),
    codes: await trx.selectFrom('sign_in_codes').selectAll().execute(),
  }));
  expect(left).toEqual({ sessions: ['open'], failures: [], codes: [] });
});
