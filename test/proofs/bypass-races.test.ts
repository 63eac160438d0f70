import { setTimeout as pause } from 'node:timers/promises';
import { beforeAll, expect, test } from 'vitest';
import { acrossOrganisations } from '../../src/db/database.ts';
import { claim } from '../../src/deliveries/claim.ts';
import { approvePush } from '../../src/proofs/approve-push.ts';
import { askedOf } from '../../src/proofs/asked-of.ts';
import { readApprovals } from '../../src/proofs/read-approvals.ts';
import { NOW, type Person, type TestDatabase, testDatabase } from '../support/database.ts';
import { approve, content, editPush, makePush, submit } from '../support/factories.ts';
import { answer, days, hire, leaves, missing } from './asking.ts';

// Two people at the same second: whichever comes first, what leaves is what was read.
let t: TestDatabase;
let second: Person;
beforeAll(async () => {
  t = await testDatabase();
  second = await hire(t, 'Béatrice', 'btp');
});

const ROUNDS = 5;
const scheduled = { push: { scheduledAt: days(1) } };
const current = (pushId: number) =>
  acrossOrganisations(t.db, (trx) =>
    trx
      .selectFrom('proof_hashes as h')
      .innerJoin('pushes as p', 'p.current_proof_id', 'h.proof_id')
      .select('h.content_hash as hash')
      .where('p.id', '=', pushId)
      .where('h.organisation_id', '=', t.cast.organisations.btp)
      .executeTakeFirst(),
  );

test('two valideurs of one organisation at the same second: the last word is one of theirs, and both are kept', async () => {
  for (let round = 0; round < ROUNDS; round += 1) {
    const push = await makePush(t, scheduled);
    await submit(t, push.id);
    await approve(t, push.id, t.cast.alice);
    const said = await Promise.all([
      answer(t, push.id, t.cast.bruno),
      answer(t, push.id, second, NOW, { decision: 'changement', comment: 'Attendez.' }),
    ]);
    const { decisions } = await readApprovals(t.ctx(t.cast.alice), push.id);
    const [last, ...before] = decisions.filter((d) => d.organisationId === t.cast.organisations.btp);
    expect(before).toHaveLength(1);
    expect(await missing(t, push.id)).toEqual(last?.decision === 'valide' ? [] : ['btp']);
    expect(await leaves(t, push.id, days(1))).toBe(last?.decision === 'valide' ? true : 'not_approved');
    expect(said).toHaveLength(2);
  }
});

test('the same yes twice at the same second is a yes', async () => {
  const push = await makePush(t, scheduled);
  await submit(t, push.id);
  await approve(t, push.id, t.cast.alice);
  await Promise.all([answer(t, push.id, t.cast.bruno), answer(t, push.id, second)]);
  expect(await missing(t, push.id)).toEqual([]);
});

test('a yes while another content is submitted: it counts for the content that was read, or is refused', async () => {
  for (let round = 0; round < ROUNDS; round += 1) {
    const push = await makePush(t, scheduled);
    await submit(t, push.id);
    await approve(t, push.id, t.cast.alice);
    const ctx = t.ctx(t.cast.bruno);
    const seen = await askedOf(ctx, push.id);
    await editPush(t, push, { ...scheduled.push, content: content(`Glissé au tour ${round}`) });
    const [yes] = await Promise.allSettled([
      pause(round * 4).then(() => approvePush(ctx, push.id, { seen, decision: 'valide' })),
      submit(t, push.id),
    ]);
    expect((await current(push.id))?.hash.toString('hex')).not.toBe(seen);
    expect(await missing(t, push.id)).toEqual(['btp', 'opco']);
    if (yes.status === 'rejected') expect(['nothing_asked', 'content_changed']).toContain(yes.reason.code);
    expect(await leaves(t, push.id, days(1))).toBe('not_approved');
    expect((await claim(t.db, { pushId: push.id, worker: 'w', now: days(1) })).handed).toEqual([]);
  }
});

test('an edit and the departure at the same second: the approved content leaves whole, or nothing does', async () => {
  for (let round = 0; round < ROUNDS; round += 1) {
    const push = await makePush(t, scheduled);
    await submit(t, push.id);
    await approve(t, push.id, t.cast.alice);
    await approve(t, push.id, t.cast.bruno);
    const [, drawn] = await Promise.all([
      pause(round).then(() => editPush(t, push, { ...scheduled.push, content: content('Au dernier moment') })),
      leaves(t, push.id, days(1)),
    ]);
    // Edited after the draw, the push waits: its list is there, and no row of it may be handed over.
    expect((await claim(t.db, { pushId: push.id, worker: 'w', now: days(1) })).handed).toEqual([]);
    expect([true, 'not_approved']).toContain(drawn);
  }
});

test('two submissions at the same second: each valideur answers the one that stands', async () => {
  const push = await makePush(t, scheduled);
  const done = await Promise.allSettled([submit(t, push.id), submit(t, push.id)]);
  expect(done.some((d) => d.status === 'fulfilled')).toBe(true);
  await approve(t, push.id, t.cast.alice);
  await approve(t, push.id, t.cast.bruno);
  expect(await missing(t, push.id)).toEqual([]);
  expect(await leaves(t, push.id, days(1))).toBe(true);
});
