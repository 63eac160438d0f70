import { sql } from 'kysely';
import { beforeAll, describe, expect, test } from 'vitest';
import { acrossOrganisations } from '../../src/db/database.ts';
import { cancelPush } from '../../src/deliveries/control.ts';
import { readRow, readRows } from '../../src/deliveries/read-rows.ts';
import { resendUnknown } from '../../src/deliveries/resend.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { type MadePush, makeApprovedPush } from '../support/factories.ts';
import { drain, finishedAt, freeze, later, ledger, states } from './ledger.ts';
import { repeated, startSink } from './sink.ts';

let t: TestDatabase;
beforeAll(async () => {
  t = await testDatabase();
});

const all = { filter: null, after: null };
const write = (push: MadePush, set: string) =>
  acrossOrganisations(t.db, (trx) =>
    sql`update deliveries set ${sql.raw(set)} where push_id = ${push.id}`.execute(trx),
  );

describe('the rows of a push', () => {
  test('an organisation reads its own, with the server’s words; its partner’s do not exist', async () => {
    const push = await makeApprovedPush(t, { contacts: { opco: 4, btp: 3 } });
    await freeze(t, push.id);
    const sink = await startSink({
      onRecipient: (address, nth) =>
        address === push.addresses.opco[0] && nth === 1
          ? { code: 451, text: '4.7.1 greylisted, come back' }
          : undefined,
    });
    await drain(t, push.id, sink.pool());
    await drain(t, push.id, sink.pool(), { now: later(10) });
    await sink.close();
    const mine = await readRows(t.ctx(t.cast.alice), push.id, all);
    expect(mine.rows.map((r) => r.address)).toEqual(push.addresses.opco);
    expect(mine.counts).toEqual({ accepted: 4 });
    const theirs = await readRows(t.ctx(t.cast.bruno), push.id, all);
    expect(theirs.rows.map((r) => r.address)).toEqual(push.addresses.btp);

    const story = await readRow(t.ctx(t.cast.alice), push.id, mine.rows[0]!.id);
    expect(story).toMatchObject({ attempts: 2, state: 'accepted' });
    expect(story.events.map((e) => [e.what, e.reply])).toEqual([
      ['deferred', '451 4.7.1 greylisted, come back'],
      ['accepted', expect.stringMatching(/^250 /)],
    ]);
    // The very identity of the message that arrived (MAIL-42).
    const arrived = sink.received.find((m) => m.to === push.addresses.opco[0]);
    expect(arrived?.raw).toContain(`Message-ID: <${story.messageId}>`);
    await expect(readRow(t.ctx(t.cast.bruno), push.id, mine.rows[0]!.id)).rejects.toMatchObject({ kind: 'not-found' });
    await expect(readRows(t.ctx(t.cast.etranger), push.id, all)).rejects.toMatchObject({ kind: 'not-found' });
    await expect(readRows(t.ctx(t.cast.david), push.id, all)).rejects.toMatchObject({ kind: 'forbidden' });
  });

  test('duplicate, solicited and held look the same, before and after they leave (no oracle)', async () => {
    const push = await makeApprovedPush(t, { contacts: { opco: 5, btp: 0 } });
    await freeze(t, push.id);
    const [duplicate, solicited, held, left] = (await ledger(t, push.id)).map((r) => r.id);
    await acrossOrganisations(t.db, async (trx) => {
      const set = (id: number, what: string) =>
        sql`update deliveries set ${sql.raw(what)} where id = ${id}`.execute(trx);
      await set(duplicate!, "state = 'set_apart', reason = 'doublon'");
      await set(solicited!, "state = 'set_apart', reason = 'sollicitation'");
      await set(held!, "state = 'held', held_at = now(), next_at = now() + interval '3 days'");
      await set(
        left!,
        "state = 'accepted', held_at = now(), handed_at = now(), settled_at = now(), attempts = 1, reply = 'ok'",
      );
    });
    const { rows, counts } = await readRows(t.ctx(t.cast.alice), push.id, all);
    expect(counts).toEqual({ campagne: 4, planned: 1 });
    const [first, ...others] = rows.filter((r) => r.state === 'campagne');
    for (const row of others)
      expect({ ...row, id: 0, contactId: 0, address: '', name: '' }).toEqual({
        ...first,
        id: 0,
        contactId: 0,
        address: '',
        name: '',
      });
    expect(first).toMatchObject({ reason: null, at: null, nextAt: null, attempts: 0, reply: null });
    expect(await readRow(t.ctx(t.cast.alice), push.id, left!)).toMatchObject({ events: [], messageId: null });
  });
});

describe('sending again what is unknown', () => {
  async function doubtful(): Promise<MadePush> {
    const push = await makeApprovedPush(t, { contacts: { opco: 4, btp: 2 } });
    await freeze(t, push.id);
    await write(push, "state = 'unknown', attempts = 1, worker = 'mort', handed_at = now(), settled_at = now()");
    const sink = await startSink();
    await drain(t, push.id, sink.pool());
    await sink.close();
    expect(sink.received).toEqual([]);
    expect(await finishedAt(t, push.id)).not.toBeNull();
    return push;
  }

  test('only the chosen rows leave, once, and the push goes on until they have', async () => {
    const push = await doubtful();
    const { rows } = await readRows(t.ctx(t.cast.alice), push.id, { filter: 'unknown', after: null });
    const ids = rows.slice(0, 2).map((r) => r.id);
    expect(await resendUnknown(t.ctx(t.cast.alice), { pushId: push.id, ids })).toBe(2);
    // Asked twice, it is done once.
    expect(await resendUnknown(t.ctx(t.cast.alice), { pushId: push.id, ids })).toBe(0);
    expect(await finishedAt(t, push.id)).toBeNull();
    const sink = await startSink();
    await drain(t, push.id, sink.pool());
    await sink.close();
    expect(sink.received.map((m) => m.to)).toEqual(rows.slice(0, 2).map((r) => r.address));
    expect(repeated(sink.received)).toEqual([]);
    expect(await states(t, push.id)).toEqual({ accepted: 2, unknown: 4 });
    const story = await readRow(t.ctx(t.cast.alice), push.id, ids[0]!);
    expect(story.events.map((e) => e.what)).toEqual(['renvoi', 'accepted']);
  });

  test('a partner’s rows, an évaluateur, a cancelled push: nothing leaves again', async () => {
    const push = await doubtful();
    const ids = (await ledger(t, push.id)).map((r) => r.id);
    const own = (await readRows(t.ctx(t.cast.bruno), push.id, all)).rows.map((r) => r.id);
    await expect(resendUnknown(t.ctx(t.cast.david), { pushId: push.id, ids })).rejects.toMatchObject({
      kind: 'forbidden',
    });
    await expect(resendUnknown(t.ctx(t.cast.etranger), { pushId: push.id, ids })).rejects.toMatchObject({
      kind: 'not-found',
    });
    // Everybody's ids given: only one's own leave.
    expect(await resendUnknown(t.ctx(t.cast.bruno), { pushId: push.id, ids })).toBe(own.length);
    expect(await states(t, push.id)).toEqual({ planned: 2, unknown: 4 });
    await cancelPush(t.ctx(t.cast.alice), push.id);
    await expect(resendUnknown(t.ctx(t.cast.alice), { pushId: push.id, ids })).rejects.toMatchObject({
      code: 'cancelled',
    });
  });
});
