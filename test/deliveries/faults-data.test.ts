import PostalMime from 'postal-mime';
import { beforeAll, describe, expect, test } from 'vitest';
import { addressHash } from '../../src/contacts/addresses.ts';
import { acrossOrganisations, withOrganisation } from '../../src/db/database.ts';
import type { Script } from '../mail/fake-server.ts';
import { NOW, SECRETS, type TestDatabase, testDatabase } from '../support/database.ts';
import { type MadePush, makePush, submitAndApprove } from '../support/factories.ts';
import { habits, startScripted } from '../support/smtp-script.ts';
import { drainToTheEnd, expectExplained, statusOf, watched } from './account.ts';
import { drain, freeze, ledger } from './ledger.ts';

let t: TestDatabase;
beforeAll(async () => {
  t = await testDatabase();
});

let made = 0;
const freshAddress = (name: string): string => {
  made += 1;
  return `${name}.${made}@destinataires.example`;
};

/** A contact as no import would let it in: what an older version, or a hand in the database, may have left. */
async function slipIn(push: MadePush, address: string, lastName = 'Petit'): Promise<void> {
  const organisationId = t.cast.organisations.opco;
  await withOrganisation(t.db, organisationId, (trx) =>
    trx
      .insertInto('contacts')
      .values({
        organisation_id: organisationId,
        address,
        address_hash: addressHash(SECRETS, address),
        last_name: lastName,
        level: 'terrain',
        size_class: '<11',
        address_kind: 'nominative_pro',
        tags: [push.tag],
        source: 'liste de test',
        created_at: NOW,
        updated_at: NOW,
      })
      .execute(),
  );
}

async function frozen(opco: number, extra: { address: string; name?: string }[] = []) {
  const push = await makePush(t, { contacts: { opco, btp: 0 } });
  for (const { address, name } of extra) await slipIn(push, address, name);
  await submitAndApprove(t, push.id);
  await freeze(t, push.id);
  return { id: push.id, selected: opco + extra.length, addresses: push.addresses.opco };
}

async function sendAll(push: { id: number; selected: number }, script: Script = {}) {
  const server = await startScripted(script);
  const pool = server.pool(3);
  await watched(t, push, () => drainToTheEnd(t, push.id, (now) => drain(t, push.id, pool, { now })));
  await server.close();
  return { server, states: await expectExplained(t, push.id, server.received) };
}

const suppressions = (pushId: number): Promise<number> =>
  acrossOrganisations(t.db, async (trx) => {
    const rows = await trx
      .selectFrom('suppressions as s')
      .innerJoin('deliveries as d', 'd.address_hash', 's.address_hash')
      .select('s.reason')
      .where('d.push_id', '=', pushId)
      .execute();
    return rows.length;
  });

describe('addresses that must not be written as they are', () => {
  test.each([
    ['a line break in the local part', 'lea\r\nRCPT TO:<intruse@ailleurs.example>@destinataires.example'],
    ['a line break in the domain', 'lea@destinataires.example\r\nDATA'],
    ['a bare line feed', 'lea\n@destinataires.example'],
    ['a header behind it', 'lea@destinataires.example>\r\nBcc: intruse@ailleurs.example'],
    ['a NUL-like blank', 'lea\u0001@destinataires.example'],
    ['two addresses in one', 'lea@destinataires.example, theo@destinataires.example'],
  ])('%s: that row fails with its words, nothing of it is said, the others leave (MAIL-43)', async (_, address) => {
    const push = await frozen(3, [{ address }]);
    const { server, states } = await sendAll(push);
    expect(states).toEqual({ accepted: 3, failed: 1 });
    expect(server.lines.filter((line) => /intruse|^DATA\S|lea/.test(line))).toEqual([]);
    expect(server.received.every(({ body }) => !/intruse/.test(body))).toBe(true);
    const row = (await ledger(t, push.id)).find((r) => r.state === 'failed');
    expect(row?.reply).toMatch(/\S/);
    expect(await suppressions(push.id)).toBe(0);
  });
});

describe('names of all kinds', () => {
  test.each([
    ['quotes and a backslash', 'Léa "La Fibre" \\ Petit'],
    ['plain quotes', '"Bob" <bob@ailleurs.example>'],
    ['emoji', 'Zoé 👩🏽‍🔧 Garçon 🇫🇷'],
    ['right-to-left', 'ליאה קטן'],
    ['Arabic, with figures', 'ليلى 123 بن علي'],
    ['a right-to-left override', 'Petit\u202eelpmexe.'],
    ['a disguised encoded word', '=?utf-8?q?faux?='],
    ['commas and colons', 'Petit, Léa : direction; RH'],
    ['very long', 'Jean-François de La Très Longue Dénomination '.repeat(8).trim()],
  ])('%s: reaches one person, under that name', async (_, name) => {
    const address = freshAddress('lea.petit');
    const push = await frozen(2, [{ address, name }]);
    const { server, states } = await sendAll(push);
    expect(states).toEqual({ accepted: 3 });
    const mail = server.received.find(({ to }) => to === address);
    const read = await PostalMime.parse(Buffer.from(mail?.body ?? '', 'latin1'));
    expect(read.to).toEqual([{ address, name }]);
    expect(read.headers.filter((h) => ['to', 'cc', 'bcc', 'from'].includes(h.key)).map((h) => h.key)).toHaveLength(2);
  });

  test('a line break in a name: that row fails with its words, the others leave (MAIL-43)', async () => {
    const push = await frozen(2, [{ address: freshAddress('lea'), name: 'Léa\r\nBcc: intruse@ailleurs.example' }]);
    const { server, states } = await sendAll(push);
    expect(states).toEqual({ accepted: 2, failed: 1 });
    expect(server.received.every(({ body }) => !/intruse/.test(body))).toBe(true);
  });
});

describe('accented addresses (MAIL-44)', () => {
  test.each([
    ['does not offer SMTPUTF8', habits.none],
    ['offers it, then refuses', habits.refusesUtf8],
  ])('to a server that %s: that row alone is refused, and the contact may be written to again', async (_, script) => {
    const push = await frozen(3, [{ address: freshAddress('léa') }]);
    const { server, states } = await sendAll(push, script);
    expect(states).toEqual({ accepted: 3, failed: 1 });
    expect((await ledger(t, push.id)).find((r) => r.state === 'failed')).toMatchObject({ reason: 'refus' });
    expect(await suppressions(push.id)).toBe(0);
    expect(server.received).toHaveLength(3);
  });

  test('an accented domain needs nothing of the server', async () => {
    const push = await frozen(1, [{ address: 'lea@réseaux.example' }]);
    const { server, states } = await sendAll(push);
    expect(states).toEqual({ accepted: 2 });
    expect(server.lines).toContain('RCPT TO:<lea@xn--rseaux-bva.example>');
  });
});

describe('552 means three things (MAIL-20)', () => {
  test.each([
    ['552 5.2.2 mailbox full', 'accepted'],
    ['552 5.5.3 too many recipients', 'accepted'],
    ['552 too many recipients', 'accepted'],
    ['552 5.3.4 message too big for system', 'failed'],
    ['552 message exceeds fixed maximum size', 'failed'],
  ])('« %s », once: that row ends as %s, and its address is not shut', async (reply, end) => {
    const push = await frozen(4);
    const target = push.addresses[1];
    const { states } = await sendAll(
      push,
      habits.refuses((address, nth) => (address === target && nth === 1 ? reply : undefined)),
    );
    expect(states).toEqual(end === 'accepted' ? { accepted: 4 } : { accepted: 3, failed: 1 });
    expect(await suppressions(push.id)).toBe(0);
  });
});

test('ten thousand rows all refused: the push ends, its totals hold at every moment, and no contact is shut', async () => {
  const push = await frozen(10_000);
  const { states } = await sendAll(
    push,
    habits.refuses(() => '550 no thanks'),
  );
  expect(states).toEqual({ failed: 10_000 });
  expect(await suppressions(push.id)).toBe(0);
  expect(await statusOf(t, push.id)).toEqual({
    selected: 10_000,
    setApart: {},
    addressed: 10_000,
    states: { failed: 10_000 },
  });
}, 60_000);
