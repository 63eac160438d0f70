import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { fromParis } from '../../src/base/dates.ts';
import { acrossOrganisations, openDatabase, withOrganisation } from '../../src/db/database.ts';
import { cancelPush } from '../../src/deliveries/control.ts';
import { openWays } from '../../src/deliveries/ways.ts';
import { tick } from '../../src/jobs/clock.ts';
import type { JobData, Queue, QueueName } from '../../src/jobs/queue.ts';
import { works } from '../../src/jobs/work.ts';
import { occurrencesOf } from '../../src/pushes/queries.ts';
import { finishedAt, freeze, later, ledger, states } from '../deliveries/ledger.ts';
import { repeated, type Sink, startSink } from '../deliveries/sink.ts';
import { NOW, SECRETS, type TestDatabase, testDatabase } from '../support/database.ts';
import { editPush, type MadePush, makeApprovedPush, makePush, submitAndApprove } from '../support/factories.ts';

let t: TestDatabase;
let sink: Sink;
beforeAll(async () => {
  t = await testDatabase();
  sink = await startSink();
  return sink.close;
});
beforeEach(() => {
  sink.received.length = 0;
});

/** Of all that left, what went to this push's contacts: the pushes of the other tests live on beside it. */
const received = (push: MadePush): string[] => {
  const own = new Set([...push.addresses.opco, ...push.addresses.btp]);
  return sink.received.map((mail) => mail.to).filter((to) => own.has(to));
};

type Job = { name: QueueName; data: JobData[QueueName] };

/** A queue that keeps what it is given, the same thing twice too: what must hold does not rest on the queue. */
function fakeQueue(): Pick<Queue, 'add'> & { jobs: Job[]; drains: () => number[] } {
  const jobs: Job[] = [];
  return {
    jobs,
    drains: () => jobs.flatMap(({ data }) => ('pushId' in data && data.place === 1 ? [data.pushId] : [])),
    add: async (name, data) => {
      jobs.push({ name, data });
      return true;
    },
  };
}

const waysBy = (pool: ReturnType<Sink['pool']>) => openWays({ db: t.db, secrets: SECRETS }, pool, { demo: true });

const at = (now: Date, db = t.db) => ({ ...t.ctx({ kind: 'clock' as const, name: 'clock' }, now), db });

/** Two clocks tick at the same instant on databases of their own, and all they asked for is worked on at once. */
async function twoClocks(now: Date): Promise<number[]> {
  const other = await openDatabase(t.url, 4);
  const queue = fakeQueue();
  await Promise.all([tick(at(now), queue), tick(at(now, other), queue)]);
  await Promise.all(
    [t.db, other].map(async (db, i) => {
      const todo = works(
        {
          db,
          secrets: SECRETS,
          publicUrl: 'https://pv.example',
          now: () => now,
          ways: await waysBy(sink.pool(2)),
          sendOne: async () => ({ outcome: 'accepted', text: 'ok' }),
        },
        `w${i}`,
        new AbortController().signal,
      );
      await Promise.all(queue.drains().map((pushId) => todo.drain({ pushId, place: 1 })));
    }),
  );
  await other.close();
  return queue.drains();
}

const occurrences = (modelId: number) =>
  withOrganisation(t.db, t.cast.organisations.opco, async (trx) =>
    (await occurrencesOf(trx, modelId)).toSorted((a, b) => Number(a.occurrence) - Number(b.occurrence)),
  );
const hours = async (modelId: number) => (await occurrences(modelId)).map((o) => o.occurrence?.toISOString());

describe('a push at its hour', () => {
  test('leaves then, not a second before, and once though two clocks ring', async () => {
    const push = await makeApprovedPush(t, { contacts: { opco: 60, btp: 20 }, push: { scheduledAt: later(60) } });
    expect(await twoClocks(later(59.99))).not.toContain(push.id);
    expect(await twoClocks(later(60))).toEqual([push.id, push.id]);
    expect(repeated(sink.received)).toEqual([]);
    expect(received(push)).toHaveLength(80);
    expect(await states(t, push.id)).toEqual({ accepted: 80 });
    expect(await twoClocks(later(61))).not.toContain(push.id);
    expect(received(push)).toHaveLength(80);
  });

  test('unapproved, does not leave; approved later, it leaves at once', async () => {
    const push = await makePush(t, { push: { scheduledAt: later(60) } });
    expect(await twoClocks(later(90))).not.toContain(push.id);
    expect(await ledger(t, push.id)).toEqual([]);
    await submitAndApprove(t, push.id);
    expect(await twoClocks(later(91))).toContain(push.id);
    expect(received(push)).toHaveLength(5);
  });

  test('approved in time, but its workers away until its deadline, it never leaves', async () => {
    const push = await makePush(t, { push: { scheduledAt: later(60), deadlineAt: later(120) } });
    await submitAndApprove(t, push.id);
    expect(await twoClocks(later(120))).not.toContain(push.id);
    expect(await ledger(t, push.id)).toEqual([]);
  });

  test('a job left over from the hour before the date was moved sends nothing early', async () => {
    const push = await makeApprovedPush(t, { push: { scheduledAt: later(60) } });
    const queue = fakeQueue();
    await tick(at(later(60)), queue);
    expect(queue.drains()).toContain(push.id);
    await editPush(t, push, { scheduledAt: later(10_000) });
    await submitAndApprove(t, push.id);
    const now = later(61);
    const todo = works(
      {
        db: t.db,
        secrets: SECRETS,
        publicUrl: 'https://pv.example',
        now: () => now,
        ways: await waysBy(sink.pool()),
        sendOne: async () => ({ outcome: 'accepted', text: 'ok' }),
      },
      'tardif',
      new AbortController().signal,
    );
    await todo.drain({ pushId: push.id, place: 1 });
    expect(received(push)).toEqual([]);
    expect(await ledger(t, push.id)).toEqual([]);
  });

  test('a drawn push that was edited is closed at its deadline, approved or not', async () => {
    const push = await makeApprovedPush(t, { push: { scheduledAt: later(0), deadlineAt: later(120) } });
    await freeze(t, push.id);
    await editPush(t, push, { title: 'Un autre titre' });
    expect(await twoClocks(later(60))).not.toContain(push.id);
    expect(await twoClocks(later(120))).toContain(push.id);
    expect(received(push)).toEqual([]);
    expect(await states(t, push.id)).toEqual({ cancelled: 5 });
    expect(await finishedAt(t, push.id)).not.toBeNull();
  });

  test.each([
    ['25 October 2026, in the hour that comes twice', [2026, 10, 25] as const, '2026-10-25T00:30:00.000Z'],
    ['28 March 2027, in the hour that does not exist', [2027, 3, 28] as const, '2027-03-28T01:30:00.000Z'],
  ])('set for 2:30 on %s, leaves once', async (_, [year, month, day], instant) => {
    const scheduledAt = fromParis(year, month, day, 2, 30);
    expect(scheduledAt.toISOString()).toBe(instant);
    const push = await makeApprovedPush(t, { campaign: { startsOn: '2026-10-01' }, push: { scheduledAt } });
    for (const minutes of [-60, -1, 0, 1, 60, 61, 120]) await twoClocks(later(minutes, scheduledAt));
    expect(received(push)).toHaveLength(5);
    expect(await finishedAt(t, push.id)).toEqual(scheduledAt);
  });
});

describe('a recurring push', () => {
  const model = (recurrence: string, campaign = {}, deadlineAt: Date | null = null) =>
    makePush(t, { campaign: { startsOn: '2026-10-01', ...campaign }, push: { recurrence, deadlineAt } });

  test('has one occurrence made fifteen days ahead, by two clocks at once and by all those after', async () => {
    const series = await model('0 9 1 * *');
    await twoClocks(new Date('2026-11-15T08:00:00Z'));
    expect(await hours(series.id)).toEqual([]);
    for (const minutes of [0, 1, 2]) await twoClocks(later(minutes, new Date('2026-11-16T09:00:00Z')));
    expect(await hours(series.id)).toEqual(['2026-12-01T08:00:00.000Z']);
  });

  test('each occurrence leaves with an approval of its own, and the model never', async () => {
    const series = await model('0 9 * * *');
    await twoClocks(NOW);
    const [first] = await occurrences(series.id);
    const hour = new Date('2026-11-23T08:00:00Z');
    expect(first?.scheduledAt).toEqual(hour);
    expect(await twoClocks(hour)).not.toContain(series.id);
    expect(received(series)).toEqual([]);
    await submitAndApprove(t, first?.id ?? 0);
    await twoClocks(later(1, hour));
    expect(received(series)).toHaveLength(5);
    await expect(submitAndApprove(t, series.id)).rejects.toMatchObject({ code: 'recurring' });
    await cancelPush(t.ctx(t.cast.alice), series.id);
    await twoClocks(later(60 * 24 * 3, hour));
    expect(await hours(series.id)).toEqual(['2026-11-23T08:00:00.000Z', '2026-11-24T08:00:00.000Z']);
  });

  test('an occurrence that nobody approved before the next one is due does not leave any more', async () => {
    const series = await model('0 9 * * *');
    await twoClocks(NOW);
    const [first] = await occurrences(series.id);
    await submitAndApprove(t, first?.id ?? 0);
    await twoClocks(new Date('2026-11-24T08:00:00Z'));
    expect(received(series)).toEqual([]);
  });

  test('comes once a day through the changes of clock', async () => {
    const series = await model('30 2 * * *');
    const through = async (from: string, n: number) => {
      for (let hour = 0; hour < n; hour += 1) await tick(at(later(hour * 60, new Date(from))), fakeQueue());
    };
    await through('2026-10-24T12:00:00Z', 48);
    await through('2027-03-26T12:00:00Z', 60);
    expect(await hours(series.id)).toEqual([
      '2026-10-25T00:30:00.000Z',
      '2026-10-26T01:30:00.000Z',
      '2026-10-27T01:30:00.000Z',
      '2027-03-27T01:30:00.000Z',
      '2027-03-28T01:30:00.000Z',
      '2027-03-29T00:30:00.000Z',
    ]);
  });

  test('stops with its campaign and begins with it, the last and the first day included', async () => {
    const series = await model('0 9 * * *', { startsOn: '2026-12-01', endsOn: '2026-12-02' });
    for (const day of ['2026-11-15', '2026-11-20', '2026-12-01', '2026-12-02', '2026-12-03'])
      await tick(at(new Date(`${day}T12:00:00Z`)), fakeQueue());
    expect(await hours(series.id)).toEqual(['2026-12-01T08:00:00.000Z', '2026-12-02T08:00:00.000Z']);
  });

  test('one that cannot be prepared does not keep the other pushes waiting', async () => {
    const series = await model('0 9 * * *');
    const push = await makeApprovedPush(t, { push: { scheduledAt: later(60) } });
    await acrossOrganisations(t.db, (trx) =>
      trx.updateTable('pushes').set({ recurrence: 'abîmée' }).where('id', '=', series.id).execute(),
    );
    const queue = fakeQueue();
    await tick(at(later(60)), queue);
    expect(queue.drains()).toContain(push.id);
    await cancelPush(t.ctx(t.cast.alice), series.id);
  });
});
