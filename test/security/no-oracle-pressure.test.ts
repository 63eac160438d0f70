import { HandleEmptyInListsPlugin, Kysely, PostgresDialect, replaceWithNoncontingentExpression, sql } from 'kysely';
import { beforeAll, describe, expect, test } from 'vitest';
import { addressHash } from '../../src/contacts/addresses.ts';
import { declareSolicitation } from '../../src/contacts/declare-solicitation.ts';
import { exportPerson } from '../../src/contacts/export-person.ts';
import { readContactPage } from '../../src/contacts/read-contacts-page.ts';
import { readSolicitations } from '../../src/contacts/read-solicitations-page.ts';
import { acrossOrganisations, withOrganisation } from '../../src/db/database.ts';
import type { DB } from '../../src/db/types.ts';
import { forecastPush } from '../../src/deliveries/forecast.ts';
import { pushStatus } from '../../src/deliveries/queries.ts';
import { readRows } from '../../src/deliveries/read-rows.ts';
import { freeze } from '../deliveries/ledger.ts';
import { day, leave, makeLetters } from '../pressure/letters.ts';
import { SECRETS, type TestDatabase, testDatabase } from '../support/database.ts';
import { makeContacts } from '../support/factories.ts';

let t: TestDatabase;
beforeAll(async () => {
  t = await testDatabase();
});

const SCENES = ['free', 'duplicate', 'solicited', 'held', 'left'] as const;
type Scene = (typeof SCENES)[number];

let made = 0;
/**
 * Bruno's list holds one address that he made up. `duplicate`: opco has it too; `solicited`, `held`: opco, in another
 * campaign, wrote to it twice; `left`: held, and gone since.
 */
async function scene(kind: Scene) {
  made += 1;
  const prefix = `sonde-${made}`;
  const letters = await makeLetters(t, [
    { owner: 'opco', count: 30 },
    { owner: 'btp', count: 0 },
  ]);
  await makeContacts(t, 'btp', 1, { prefix, tag: letters.tag });
  if (kind === 'duplicate') await makeContacts(t, 'opco', 1, { prefix, tag: letters.tag });
  else if (kind !== 'free') {
    const elsewhere = await makeLetters(t, [{ owner: 'opco', count: 1, prefix }]);
    for (const at of [-2, -1]) await elsewhere.sent(day(at));
  }
  const push = await letters.approved(kind === 'solicited' ? { deadlineAt: day(3) } : {});
  return { push, address: `${prefix}.0@destinataires.example` };
}

const contactId = (address: string): Promise<number> =>
  withOrganisation(
    t.db,
    t.cast.organisations.btp,
    async (trx) =>
      (await trx.selectFrom('contacts').select('id').where('address', '=', address).executeTakeFirstOrThrow()).id,
  );

describe('a made-up address: duplicate, solicited too often, held, or held and gone since look the same', () => {
  test('in the forecast, where nobody else’s list or messages are told apart from none', async () => {
    const seen = [];
    for (const kind of SCENES) {
      const { push } = await scene(kind);
      seen.push(await forecastPush(t.ctx(t.cast.bruno), push));
    }
    for (const forecast of seen) expect(forecast).toEqual(seen[0]);
  });

  test('in the rows of the push, on the page of the contact, and in the counts of solicitations', async () => {
    const seen = [];
    for (const kind of SCENES.filter((k) => k !== 'free')) {
      const before = (await readSolicitations(t.ctx(t.cast.bruno), 7)).times;
      const { push, address } = await scene(kind);
      await freeze(t, push);
      await leave(t, push, day(0));
      if (kind === 'left') await leave(t, push, day(5));
      const ctx = t.ctx(t.cast.bruno, day(6));
      const { rows, counts } = await readRows(ctx, push, { filter: null, after: null });
      const id = await contactId(address);
      const { messages } = await readContactPage(ctx, id);
      const { times } = await readSolicitations(t.ctx(t.cast.bruno, day(6)), 13);
      seen.push({
        counts,
        rows: rows.map(({ id: _, contactId: __, address: ___, ...row }) => row),
        messages: messages.map(({ title: _, ...message }) => message),
        times: times.map((n, i) => n - (before[i] ?? 0)),
      });
    }
    for (const view of seen) expect(view).toEqual(seen[0]);
    expect(seen[0]?.counts).toEqual({ campagne: 1 });
    expect(seen[0]?.messages).toEqual([{ channel: 'newsletter', state: 'campagne', at: null, settledAt: null }]);
  });

  test('in the person’s own file, before it leaves; what did reach them is theirs to know (PRV-55)', async () => {
    const file = async (kind: Scene) => {
      const { push, address } = await scene(kind);
      await freeze(t, push);
      if (kind === 'left') await leave(t, push, day(5));
      const administrator = { ...t.cast.bruno, roles: ['administrateur'] as const };
      return (await exportPerson(t.ctx(administrator), await contactId(address))).messages.map(
        ({ push: _, ...m }) => m,
      );
    };
    const unsent = [{ state: 'campagne', handedAt: null, settledAt: null }];
    for (const kind of ['duplicate', 'solicited', 'held'] as const) expect(await file(kind)).toEqual(unsent);
    expect(await file('left')).toEqual([{ state: 'accepted', handedAt: day(5), settledAt: day(5) }]);
  });
});

describe('once the list is drawn', () => {
  test('held rows under k are told with those to send; from k up, in tens; all adds up', async () => {
    for (const [count, states] of [
      [19, { planned: 24 }],
      [26, { planned: 11, held: 20 }],
    ] as const) {
      const letters = await makeLetters(t, [{ owner: 'opco', count }]);
      for (const at of [-2, -1]) await letters.sent(day(at));
      await makeContacts(t, 'opco', 5, { tag: letters.tag });
      const push = await letters.approved();
      await freeze(t, push);
      expect(await pushStatus(t.ctx(t.cast.alice), push)).toEqual({
        selected: count + 5,
        addressed: count + 5,
        setApart: {},
        states,
      });
    }
  });

  test('a held row that the deadline wrote off is not told as cancelled by somebody', async () => {
    const { push } = await scene('held');
    await freeze(t, push);
    await leave(t, push, day(0));
    await acrossOrganisations(t.db, (trx) =>
      sql`update deliveries set state = 'cancelled', reason = 'annule', next_at = null where push_id = ${push} and state = 'held'`.execute(
        trx,
      ),
    );
    const status = await pushStatus(t.ctx(t.cast.bruno), push);
    expect(status).toEqual({ selected: 30, addressed: 30, setApart: {}, states: { accepted: 30 } });
  });
});

describe('lists made to walk a rounding', () => {
  test('a list of any length, with or without one address of a partner, reads as that length and no other', async () => {
    const letters = await makeLetters(t, [
      { owner: 'opco', count: 47 },
      { owner: 'btp', count: 0 },
    ]);
    const push = await letters.approved();
    const [held = ''] = letters.addresses[0] ?? [];
    const read = async (address: string, n: number) => {
      await withOrganisation(t.db, t.cast.organisations.btp, (trx) => trx.deleteFrom('contacts').execute());
      await makeContacts(t, 'btp', n, { tag: letters.tag });
      await makeContacts(t, 'btp', 1, { prefix: address.split('.0@')[0], tag: letters.tag });
      return forecastPush(t.ctx(t.cast.bruno), push);
    };
    for (let n = 0; n < 12; n++) expect(await read(held, n)).toEqual(await read('inventee.0@x', n));
  });

  test('what the reader sends and declares to the partner’s people never shows in the partner’s part', async () => {
    const letters = await makeLetters(t, [
      { owner: 'opco', count: 45 },
      { owner: 'btp', count: 1 },
    ]);
    const push = await letters.approved();
    const before = await forecastPush(t.ctx(t.cast.bruno), push);
    const probes = await makeLetters(t, [
      { owner: 'btp', count: 45, prefix: letters.addresses[0]?.[0]?.split('.0@')[0] },
    ]);
    for (const at of [day(-2), day(-1)])
      await declareSolicitation(t.ctx(t.cast.bruno), {
        kind: 'appels',
        label: 'Sonde',
        at,
        audienceId: probes.audienceId,
      });
    await probes.sent(day(-1));
    expect(await forecastPush(t.ctx(t.cast.bruno), push)).toEqual(before);
    const command = t.ctx({ kind: 'command', name: 'test', organisationId: t.cast.organisations.opco });
    expect((await forecastPush(command, push)).pressure.people).toBe(45);
  });
});

describe('the time it takes', () => {
  /** Every statement of one forecast, with its parameters. */
  async function statements(push: number): Promise<string[]> {
    const said: string[] = [];
    const kysely = new Kysely<DB>({
      dialect: new PostgresDialect({ pool: t.db.pool }),
      plugins: [new HandleEmptyInListsPlugin({ strategy: replaceWithNoncontingentExpression })],
      log: ({ query }) => {
        said.push(`${query.sql} ${JSON.stringify(query.parameters)}`);
      },
    });
    const ctx = t.ctx(t.cast.bruno);
    await forecastPush({ ...ctx, db: { ...ctx.db, kysely } }, push);
    return said;
  }

  test('tells nothing: the same statements whoever holds the address, on lists that hold no partner’s row', async () => {
    const letters = await makeLetters(t, [
      { owner: 'opco', count: 30 },
      { owner: 'btp', count: 1 },
    ]);
    await letters.sent(day(-2));
    await letters.sent(day(-1));
    const push = await letters.approved();
    const [own = ''] = letters.addresses[1] ?? [];
    const move = (to: string) =>
      withOrganisation(t.db, t.cast.organisations.btp, (trx) =>
        trx
          .updateTable('contacts')
          .set({ address: to, address_hash: addressHash(SECRETS, to) })
          .where('tags', '@>', sql<string[]>`${[letters.tag]}::text[]`)
          .execute(),
      );
    const invented = await statements(push);
    await move(letters.addresses[0]?.[0] ?? '');
    expect(await statements(push)).toEqual(invented);
    await move(own);
    expect(invented.length).toBeGreaterThan(20);
  });
});
