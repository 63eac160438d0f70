import { setTimeout as pause } from 'node:timers/promises';
import { domainToASCII } from 'node:url';
import { expect } from 'vitest';
import { type PushStatus, pushStatus } from '../../src/deliveries/queries.ts';
import type { TestDatabase } from '../support/database.ts';
import { finishedAt, later, ledger } from './ledger.ts';
import { repeated } from './sink.ts';

/** The exact account of a push, as a command is told it. */
export const statusOf = (t: TestDatabase, pushId: number): Promise<PushStatus> =>
  pushStatus(t.ctx({ kind: 'command', name: 'test', organisationId: t.cast.organisations.opco }), pushId);

const sum = (counts: Record<string, number | undefined>): number =>
  Object.values(counts).reduce<number>((total, n) => total + (n ?? 0), 0);

/** Sélectionnés = adressés + écartés, and each addressed row is in one state. */
export function expectTotals(status: PushStatus, selected: number): void {
  expect(status.selected).toBe(selected);
  expect(status.addressed + sum(status.setApart)).toBe(selected);
  expect(sum(status.states)).toBe(status.addressed);
}

/** As an envelope writes it. */
const onTheWire = (address: string | null): string => {
  const at = address?.lastIndexOf('@') ?? -1;
  return at < 0 ? '' : `${address?.slice(0, at)}@${domainToASCII(address?.slice(at + 1) ?? '')}`;
};

/** Runs, and checks the totals again and again while it lasts. */
export async function watched<T>(
  t: TestDatabase,
  push: { id: number; selected: number },
  run: () => Promise<T>,
): Promise<T> {
  let running = true;
  const watching = (async () => {
    for (; running; await pause(25)) expectTotals(await statusOf(t, push.id), push.selected);
  })();
  try {
    return await run();
  } finally {
    running = false;
    await watching;
  }
}

const HAS_IT = ['accepted', 'bounced', 'complained'];
/** A message that nobody answered for: received or not, it is listed apart. */
const IN_DOUBT = ['unknown', 'handed'];

/**
 * Holds the ledger against what the server really took: nobody twice, nobody said to have it who has not, nobody who has
 * it said to be owed, refused or set apart. Answers how many rows are in each state.
 */
export async function expectExplained(
  t: TestDatabase,
  pushId: number,
  received: readonly { to: string }[],
): Promise<Record<string, number>> {
  expect(repeated(received)).toEqual([]);
  const has = new Set(received.map((mail) => mail.to));
  const rows = await ledger(t, pushId);
  const wrong = rows.filter(
    ({ state, address }) => !IN_DOUBT.includes(state) && HAS_IT.includes(state) !== has.has(onTheWire(address)),
  );
  expect(wrong.map(({ address, state, reply }) => ({ address, state, reply }))).toEqual([]);
  const known = new Set(rows.map((row) => onTheWire(row.address)));
  expect([...has].filter((address) => !known.has(address))).toEqual([]);
  const states: Record<string, number> = {};
  for (const { state } of rows) states[state] = (states[state] ?? 0) + 1;
  return states;
}

/** Drains again and again, five hours later each time: longer than any wait for another try. */
export async function drainToTheEnd(
  t: TestDatabase,
  pushId: number,
  run: (now: Date) => Promise<unknown>,
): Promise<void> {
  for (let hours = 0; hours < 500 && (await finishedAt(t, pushId)) === null; hours += 5) await run(later(hours * 60));
  expect(await finishedAt(t, pushId)).not.toBeNull();
}
