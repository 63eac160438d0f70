import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Script } from '../mail/fake-server.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { makeApprovedPush } from '../support/factories.ts';
import { habits, startScripted, together } from '../support/smtp-script.ts';
import { startProxy } from '../support/tcp-proxy.ts';
import { drainToTheEnd, expectExplained, watched } from './account.ts';
import { drain, freeze, later, ledger, states } from './ledger.ts';

// What a server does to one message is tried in test/mail/; here, what it does to a push and its ledger.
let t: TestDatabase;
beforeAll(async () => {
  t = await testDatabase();
});

async function frozen(opco: number) {
  const push = await makeApprovedPush(t, { contacts: { opco, btp: 0 } });
  await freeze(t, push.id);
  return { id: push.id, selected: opco, addresses: push.addresses.opco };
}

/** Strikes the nth message of all those it is asked about. */
const only = (nth: number) => {
  let asked = 0;
  return () => {
    asked += 1;
    return asked === nth;
  };
};
const firstTwo = (nth: number, connection: number): boolean => connection <= 2 && nth === 2;
const N = 40;
const DEAD = /\.(7|17|27)@/;

type Case = { habit: string; script: () => Script; ends: Record<string, number> };
const CASES: Case[] = [
  { habit: 'refuses everybody once (greylisting, MAIL-22)', script: habits.greylists, ends: { accepted: N } },
  {
    habit: 'refuses some for good',
    script: () => habits.refuses((address) => (DEAD.test(address) ? '550 5.1.1 no such user' : undefined)),
    ends: { accepted: N - 3, failed: 3 },
  },
  {
    habit: 'is full at the final dot, once for each connection',
    script: () => habits.refusesAtDot('452 4.3.1 insufficient storage', firstTwo),
    ends: { accepted: N },
  },
  { habit: 'falls silent after DATA', script: () => habits.hangsAfterData(firstTwo), ends: { accepted: N } },
  { habit: 'is cut at DATA', script: () => habits.cutsAtData(firstTwo), ends: { accepted: N } },
  {
    habit: 'falls silent after the final dot',
    script: () => habits.hangsAfterDot(firstTwo),
    ends: { accepted: N - 2, unknown: 2 },
  },
  {
    habit: 'is cut after the final dot',
    script: () => habits.cutsAfterDot(firstTwo),
    ends: { accepted: N - 2, unknown: 2 },
  },
  { habit: 'says 421 at each seventh message', script: () => habits.closesAt(7), ends: { accepted: N } },
  { habit: 'reads slowly', script: () => habits.readsSlowly(400_000), ends: { accepted: N } },
  {
    habit: 'does all of it at once',
    script: () =>
      together(
        habits.closesAt(9),
        habits.refuses((address, nth) =>
          DEAD.test(address) ? '550 5.1.1 no such user' : nth === 1 ? '450 4.7.1 greylisted' : undefined,
        ),
        habits.hangsAfterData(only(6)),
        habits.cutsAfterDot(only(12)),
      ),
    ends: { accepted: N - 4, failed: 3, unknown: 1 },
  },
];

describe.each([
  ['with PIPELINING', habits.none],
  ['without PIPELINING', habits.withoutPipelining],
])('%s', (_, offer) => {
  test.each(CASES)(
    'a server that $habit: nobody is lost, nobody twice, and every row says why',
    async ({ script, ends }) => {
      const push = await frozen(N);
      const server = await startScripted(together(script(), offer));
      const pool = server.pool(2);
      await watched(t, push, () => drainToTheEnd(t, push.id, (now) => drain(t, push.id, pool, { now })));
      await server.close();
      expect(await expectExplained(t, push.id, server.received)).toEqual(ends);
    },
  );
});

describe('encryption that fails', () => {
  const fixture = (name: string) => readFileSync(new URL(`../mail/fixtures/${name}`, import.meta.url));
  const tls = { key: fixture('localhost.key'), cert: fixture('localhost.crt') };

  test.each([
    ['whose certificate nobody vouches for', { extensions: ['PIPELINING', 'STARTTLS'], tls }],
    ['that offers none', {}],
    [
      'that refuses it',
      {
        extensions: ['STARTTLS'],
        onCommand: (line: string) => (line === 'STARTTLS' ? { say: '454 4.7.0 TLS not available' } : undefined),
      },
    ],
  ] satisfies [string, Script][])(
    'towards a server %s, nothing leaves in clear and nobody is lost',
    async (_, script) => {
      const push = await frozen(20);
      const refusing = await startScripted(script);
      await drain(t, push.id, refusing.pool(2, { host: 'localhost', security: 'starttls' }));
      await refusing.close();
      expect(refusing.lines.filter((line) => /^(MAIL|RCPT|DATA|AUTH)/.test(line))).toEqual([]);
      const rows = await ledger(t, push.id);
      expect(rows.map((r) => [r.state, r.attempts])).toEqual(rows.map(() => ['planned', 0]));
      // Mended: each leaves once.
      const server = await startScripted({ extensions: ['PIPELINING', 'STARTTLS'], tls });
      const pool = server.pool(2, { host: 'localhost', security: 'starttls', ca: tls.cert.toString() });
      await drainToTheEnd(t, push.id, (now) => drain(t, push.id, pool, { now: later(60, now) }));
      await server.close();
      expect(await expectExplained(t, push.id, server.received)).toEqual({ accepted: 20 });
    },
  );
});

describe('a network that fails on the way to the server', () => {
  test('slow, silent, cut and back again: each leaves once, or is in doubt and listed', async () => {
    const push = await frozen(200);
    const server = await startScripted();
    const proxy = await startProxy({ host: '127.0.0.1', port: server.transport().port });
    const pool = server.pool(3, { port: proxy.port });
    let ended = false;
    const bad = (async () => {
      for (let round = 0; !ended; round += 1) {
        const before = server.received.length;
        proxy.delay(round % 2 === 0 ? 5 : 0);
        await expect.poll(() => ended || server.received.length > before + 12, { timeout: 20_000 }).toBe(true);
        if (round % 3 === 0) proxy.set('stall');
        if (round % 3 === 1) proxy.set('refuse');
        if (round % 3 === 2) proxy.cut();
        await new Promise((resolve) => setTimeout(resolve, round % 3 === 0 ? 500 : 50));
        proxy.set('pass');
      }
    })();
    await watched(t, push, () => drainToTheEnd(t, push.id, (now) => drain(t, push.id, pool, { now })));
    ended = true;
    await bad;
    await server.close();
    await proxy.close();
    const { accepted = 0, unknown = 0 } = await expectExplained(t, push.id, server.received);
    expect(accepted + unknown).toBe(200);
    expect(accepted).toBeGreaterThan(100);
    expect(await states(t, push.id)).toEqual({ accepted, ...(unknown > 0 && { unknown }) });
  });
});
