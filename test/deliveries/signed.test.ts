import { generateKeyPairSync } from 'node:crypto';
import { beforeAll, expect, test } from 'vitest';
import { openReturn } from '../../src/base/return-address.ts';
import { sealText } from '../../src/base/tokens.ts';
import { withOrganisation } from '../../src/db/database.ts';
import { drainPush } from '../../src/deliveries/drain.ts';
import { readTroubles } from '../../src/deliveries/read-troubles.ts';
import { NOW, SECRETS, type TestDatabase, testDatabase } from '../support/database.ts';
import { makeApprovedPush } from '../support/factories.ts';
import { freeze, ledger, states } from './ledger.ts';
import { startSink } from './sink.ts';

let t: TestDatabase;
beforeAll(async () => {
  t = await testDatabase();
});

const envelope = (pushId: number, send: Parameters<typeof drainPush>[1]['pool']['send']) =>
  drainPush(
    { db: t.db, secrets: SECRETS, publicUrl: 'https://pv.example', now: () => NOW },
    {
      pushId,
      worker: 'essai',
      pool: { send },
      ways: { paced: false, limitsOf: () => new Map(), bounceAddress: 'retours@mail.example' },
      signal: new AbortController().signal,
    },
  );

async function domain(key: Buffer | null): Promise<void> {
  await withOrganisation(t.db, t.cast.organisations.opco, async (trx) => {
    const { sender_address } = await trx
      .selectFrom('organisations')
      .select('sender_address')
      .where('id', '=', t.cast.organisations.opco)
      .executeTakeFirstOrThrow();
    const row = {
      organisation_id: t.cast.organisations.opco,
      domain: sender_address.split('@')[1] ?? '',
      signing: 'ici',
      selector: 'pv',
      private_key: key,
      verified_at: NOW,
      created_at: NOW,
      updated_at: NOW,
    };
    await trx.deleteFrom('sender_domains').execute();
    await trx.insertInto('sender_domains').values(row).execute();
  });
}

test('each message returns to an address of its own (MAIL-30), signed with both unsubscribe headers (MAIL-01)', async () => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  await domain(sealText(SECRETS.sealing, privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()));
  const push = await makeApprovedPush(t, { contacts: { opco: 5, btp: 1 } });
  await freeze(t, push.id);
  const sent: { from: string; to: string; raw: string }[] = [];
  await envelope(push.id, async ({ from, to, data }) => {
    sent.push({ from, to, raw: data.toString('latin1') });
    return { outcome: 'accepted', code: 250, text: 'ok' };
  });
  const rows = await ledger(t, push.id);
  expect(sent).toHaveLength(6);
  for (const { from, to, raw } of sent) {
    expect(rows.find((r) => r.id === openReturn(SECRETS, from))?.address).toBe(to);
    expect(from.length).toBeLessThan(64 + 20);
    const mine = push.addresses.opco.includes(to);
    expect(raw.startsWith('DKIM-Signature:')).toBe(mine);
    const covered = /;h=([^;]+);/.exec(raw.slice(0, 1500).replace(/\s/g, ''))?.[1]?.split(':') ?? [];
    if (mine)
      expect(covered).toEqual(expect.arrayContaining(['list-unsubscribe', 'list-unsubscribe-post', 'feedback-id']));
    expect(raw.match(/^List-Unsubscribe:/gim)).toHaveLength(1);
  }
});

test('a key that cannot be read any more pauses the push: nothing leaves unsigned, nobody is failed', async () => {
  await domain(sealText(Buffer.alloc(32, 7), 'une clé d’une autre instance'));
  const push = await makeApprovedPush(t, { contacts: { opco: 5, btp: 0 } });
  await freeze(t, push.id);
  const sink = await startSink();
  await envelope(push.id, sink.pool().send);
  await sink.close();
  expect(sink.received).toEqual([]);
  expect(await states(t, push.id)).toEqual({ planned: 5 });
  expect((await readTroubles(t.ctx(t.cast.alice), push.id)).pausedWhy).toBe('signature');
});
