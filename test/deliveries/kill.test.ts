import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, test } from 'vitest';
import { IN_FLIGHT } from '../../src/deliveries/drain.ts';
import { expireLeases } from '../../src/deliveries/heartbeat.ts';
import { pushStatus } from '../../src/deliveries/queries.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { makeApprovedPush, makePush } from '../support/factories.ts';
import { command } from './cli.ts';
import { drain, finishedAt, freeze, ledger, silence, states } from './ledger.ts';
import { repeated, startSink } from './sink.ts';

const SENDER = fileURLToPath(new URL('./sender.ts', import.meta.url));
const KILLS = 5;

let t: TestDatabase;
beforeAll(async () => {
  t = await testDatabase();
});

const inAMinute = () => new Date(Date.now() + 60_000);

test('killed with -9 again and again while sending: nobody lost, nobody twice, and what is unknown is counted', async () => {
  const push = await makeApprovedPush(t, { contacts: { opco: 1200, btp: 400 } });
  await freeze(t, push.id);
  const sink = await startSink({ thinkMs: () => 3 + Math.random() * 20 });
  const start = (): ChildProcess =>
    spawn(process.execPath, ['--import', 'tsx', SENDER, t.url, String(push.id), `${sink.url}?connections=3`], {
      stdio: 'ignore',
    });
  const children = [start(), start()];
  let inFull = 0;
  try {
    for (let kills = 0; kills < KILLS; kills += 1) {
      const before = sink.received.length;
      for (const until = Date.now() + 4_000; sink.received.length < before + 40 && Date.now() < until; )
        await pause(10);
      const victim = children.shift();
      if (victim?.exitCode === null) {
        victim.kill('SIGKILL');
        await once(victim, 'exit');
        inFull += 1;
      }
      children.push(start());
      expect(repeated(sink.received)).toEqual([]);
    }
  } finally {
    for (const child of children) child.kill('SIGKILL');
    await Promise.all(children.map((child) => child.exitCode ?? child.signalCode ?? once(child, 'exit')));
  }
  await pause(50);
  expect(inFull).toBeGreaterThanOrEqual(3);

  // All of them are dead. What the sink has, what is in doubt and what is owed make the whole list.
  await silence(t);
  await expireLeases(t.db, inAMinute());
  const received = new Set(sink.received.map((m) => m.to));
  for (const row of await ledger(t, push.id)) {
    expect(['accepted', 'unknown', 'planned']).toContain(row.state);
    if (row.state === 'accepted') expect(received).toContain(row.address);
    if (row.state === 'planned') expect(received).not.toContain(row.address);
  }
  const { unknown = 0 } = await states(t, push.id);
  expect(unknown).toBeLessThanOrEqual(IN_FLIGHT * (KILLS + children.length));

  await drain(t, push.id, sink.pool(10), { now: inAMinute() });
  await sink.close();
  const rows = await ledger(t, push.id);
  const times = new Map(rows.map((row) => [row.address, 0]));
  for (const { to } of sink.received) times.set(to, (times.get(to) ?? 0) + 1);
  const lost = rows.filter((row) => times.get(row.address) === 0 && row.state !== 'unknown');
  expect(repeated(sink.received)).toEqual([]);
  expect(lost).toEqual([]);
  expect(times.size).toBe(1600);
  expect(await finishedAt(t, push.id)).not.toBeNull();
  const status = await pushStatus(
    t.ctx({ kind: 'command', name: 'test', organisationId: t.cast.organisations.opco }),
    push.id,
  );
  expect(status).toEqual({
    selected: 1600,
    setApart: {},
    addressed: 1600,
    states: { accepted: 1600 - unknown, ...(unknown > 0 && { unknown }) },
  });
}, 60_000);

test('the command refuses what is not approved, sends what is, and says the same a second time', async () => {
  const push = await makeApprovedPush(t, { contacts: { opco: 30, btp: 10 } });
  const sink = await startSink();
  const reference = `${push.campaign}/${push.slug}`;
  const draft = await makePush(t);
  const refused = await command(t.url, sink.url, ['push', 'send', `${draft.campaign}/${draft.slug}`]);
  expect(refused).toMatchObject({ code: 1 });
  expect(refused.stderr).not.toContain('at ');
  expect(await ledger(t, draft.id)).toEqual([]);
  const sent = await command(t.url, sink.url, ['push', 'send', reference, '--as', t.cast.alice.address]);
  expect(sent).toMatchObject({ code: 0, json: { frozen: true, handed: 40, accepted: 40 } });
  const again = await command(t.url, sink.url, ['push', 'send', reference]);
  expect(again).toMatchObject({ code: 1 });
  await sink.close();
  expect(repeated(sink.received)).toEqual([]);
  expect(sink.received.map((m) => m.to).toSorted()).toEqual([...push.addresses.opco, ...push.addresses.btp].toSorted());
});
