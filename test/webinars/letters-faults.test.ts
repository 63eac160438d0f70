import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { beforeEach, expect, test } from 'vitest';
import { acrossOrganisations } from '../../src/db/database.ts';
import { drainOutbox } from '../../src/outbox/drain.ts';
import { unknownLetters } from '../../src/webinars/letter-states.ts';
import type { WebinarRow } from '../../src/webinars/queries.ts';
import { resendConfirmation } from '../../src/webinars/resend-confirmation.ts';
import { type CountingSink, startCountingSink } from '../support/counting-sink.ts';
import { NOW, testDatabase } from '../support/database.ts';
import { makeCampaign } from '../support/factories.ts';
import { forget, mailsAbout, sendOwed, write } from './letters-house.ts';
import { madeWebinar, registered } from './made-webinar.ts';

const SENDER = fileURLToPath(new URL('./letters-sender.ts', import.meta.url));
const KILLS = 6;

const t = await testDatabase();
const campaign = await makeCampaign(t);
let webinar: WebinarRow;

beforeEach(async () => {
  await forget(t);
  webinar = await madeWebinar(t, campaign.slug);
});

const later = (minutes: number) => () => new Date(NOW.getTime() + minutes * 60_000);
const sinkOf = (thinkMs: () => number): Promise<CountingSink> =>
  startCountingSink({ perSecond: 1000, thinkMs, refuses: () => undefined, counts: () => true });
const twice = (sink: CountingSink) => [...sink.received].filter(([, n]) => n > 1);
const doubted = () =>
  acrossOrganisations(t.db, (trx) =>
    unknownLetters(trx, { webinarId: webinar.id, organisationId: t.cast.organisations.opco }),
  );

/** Every worker is dead: what the server took, what is in doubt and what is still owed make the whole list. */
async function everybodyOnce(sink: CountingSink, ids: readonly number[], mayDoubt: number): Promise<void> {
  await drainOutbox(t.db, sendOwed(sink.url), later(10));
  expect(twice(sink)).toEqual([]);
  const unknown = await doubted();
  expect(unknown.length).toBeLessThanOrEqual(mayDoubt);
  const lost = (await mailsAbout(t, webinar)).filter((m) => !sink.received.has(m.to));
  expect(lost.length).toBeLessThanOrEqual(unknown.length);
  expect(sink.received.size + lost.length).toBe(ids.length);
  // A person has those in doubt written to again: nobody is left without.
  for (const { registrationId } of unknown)
    await resendConfirmation(t.ctx(t.cast.alice, later(20)()), campaign.slug, webinar.slug, registrationId);
  await drainOutbox(t.db, sendOwed(sink.url), later(30));
  expect(sink.received.size).toBe(ids.length);
  expect(await doubted()).toEqual([]);
}

test('workers killed with -9 again and again among the confirmations: nobody without, nobody twice', async () => {
  const ids = await registered(t, webinar, 'opco', 160);
  await write(t, webinar, ids, { kind: 'confirmation' });
  const sink = await sinkOf(() => 2 + Math.random() * 25);
  const start = (): ChildProcess =>
    spawn(process.execPath, ['--import', 'tsx', SENDER, t.url, sink.url, String(NOW.getTime())], { stdio: 'ignore' });
  const children = [start(), start()];
  let inFull = 0;
  try {
    for (let kills = 0; kills < KILLS; kills += 1) {
      const seen = sink.total();
      for (const until = Date.now() + 6_000; sink.total() < seen + 8 && Date.now() < until; ) await pause(2);
      const victim = children.shift();
      if (victim?.exitCode === null && sink.total() < ids.length) inFull += 1;
      victim?.kill('SIGKILL');
      if (victim) await once(victim, 'exit');
      children.push(start());
      expect(twice(sink)).toEqual([]);
    }
  } finally {
    for (const child of children) child.kill('SIGKILL');
    await Promise.all(children.map((child) => child.exitCode ?? child.signalCode ?? once(child, 'exit')));
  }
  await pause(60);
  expect(inFull).toBeGreaterThanOrEqual(4);
  await everybodyOnce(sink, ids, KILLS + children.length);
  await sink.close();
}, 90_000);

test('a database whose connections drop among the confirmations: nobody without, nobody twice', async () => {
  const ids = await registered(t, webinar, 'opco', 120);
  await write(t, webinar, ids, { kind: 'confirmation' });
  const sink = await sinkOf(() => Math.random() * 10);
  const killer = new pg.Client({ connectionString: t.url });
  await killer.connect();
  let drops = 0;
  let cut = 0;
  let over = false;
  const dropping = (async () => {
    while (!over && drops < 8) {
      await pause(60 + Math.random() * 60);
      const { rowCount } = await killer.query(
        'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
      );
      drops += rowCount === 0 ? 0 : 1;
    }
  })();
  for (let tries = 0; tries < 40 && !over; tries += 1)
    await drainOutbox(t.db, sendOwed(sink.url), later(0)).then(
      () => {
        over = true;
      },
      () => {
        cut += 1;
      },
    );
  over = true;
  await dropping;
  await killer.end();
  expect(cut).toBeGreaterThan(0);
  await everybodyOnce(sink, ids, 2 * drops);
  await sink.close();
}, 60_000);
