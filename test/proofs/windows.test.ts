import { sql } from 'kysely';
import { beforeAll, describe, expect, test } from 'vitest';
import { acrossOrganisations, withOrganisation } from '../../src/db/database.ts';
import { claim } from '../../src/deliveries/claim.ts';
import { finishPush } from '../../src/deliveries/finish.ts';
import { pushesToDrain } from '../../src/deliveries/queries.ts';
import { sendNow } from '../../src/deliveries/send-now.ts';
import { updateOrganisation } from '../../src/organisations/save-organisation.ts';
import { submitPush } from '../../src/proofs/submit-push.ts';
import { editCampaign } from '../../src/pushes/edit-campaign.ts';
import { makeOccurrence } from '../../src/pushes/make-occurrence.ts';
import { type Person, type TestDatabase, testDatabase } from '../support/database.ts';
import {
  content,
  editPush,
  type MadePush,
  makeApprovedPush,
  makePush,
  submit,
  submitAndApprove,
} from '../support/factories.ts';
import { ALL, answer, clock, days, hire, hours, leaves, missing, stateOf, THREE } from './asking.ts';

let t: TestDatabase;
let farid: Person;
beforeAll(async () => {
  t = await testDatabase();
  farid = await hire(t, 'Farid', 'federation');
});

const WINDOW = { from: days(2), to: days(9) };
const inside = (over: Record<string, unknown> = {}) => ({ push: { scheduledAt: days(4), window: WINDOW, ...over } });
const drains = (push: MadePush, now: Date): Promise<boolean> =>
  acrossOrganisations(t.db, async (trx) => (await pushesToDrain(trx, now)).includes(push.id));

describe('a date moves inside what was approved', () => {
  test('a shift inside the window asks nobody again, and clears nothing', async () => {
    const push = await makeApprovedPush(t, inside());
    await editPush(t, push, { ...inside().push, scheduledAt: days(6) });
    expect(await stateOf(t, push.id)).toBe('programme');
    expect(await missing(t, push.id)).toEqual([]);
    expect(await leaves(t, push.id, days(5))).toBe('not_due');
    expect(await leaves(t, push.id, days(6))).toBe(true);
  });

  test('submitted again all the same, nobody is asked', async () => {
    const push = await makeApprovedPush(t, inside());
    await editPush(t, push, { ...inside().push, scheduledAt: days(3) });
    expect(await submit(t, push.id)).toMatchObject({ asked: 0 });
  });

  test('giving or taking away a date inside the window clears nothing either', async () => {
    const push = await makeApprovedPush(t, inside({ scheduledAt: null }));
    await editPush(t, push, inside().push);
    expect(await stateOf(t, push.id)).toBe('programme');
    await editPush(t, push, inside({ scheduledAt: null }).push);
    expect(await stateOf(t, push.id)).toBe('pret');
  });

  test.each([
    ['before it', days(1)],
    ['at its very end', WINDOW.to],
    ['after it', days(12)],
  ])('a date %s is refused before anything is saved, with the way out', async (_, scheduledAt) => {
    const push = await makeApprovedPush(t, inside());
    await expect(editPush(t, push, { ...inside().push, scheduledAt })).rejects.toMatchObject({
      kind: 'invalid',
      fields: [{ field: 'scheduledAt', message: expect.stringContaining('changez la période') }],
    });
    expect(await stateOf(t, push.id)).toBe('programme');
  });

  test('another window asks everybody, and so does giving one up', async () => {
    const push = await makeApprovedPush(t, inside());
    await editPush(t, push, inside({ window: { from: WINDOW.from, to: days(10) } }).push);
    expect(await stateOf(t, push.id)).toBe('brouillon');
    expect(await submit(t, push.id)).toMatchObject({ asked: 2 });
    await editPush(t, push, inside({ window: null }).push);
    expect(await submit(t, push.id)).toMatchObject({ asked: 2 });
    // As it was first approved: the old yes still stands.
    await editPush(t, push, inside().push);
    expect(await submit(t, push.id)).toMatchObject({ asked: 0 });
  });

  test('another date of answer must be submitted anew; the yes already given stand', async () => {
    const push = await makePush(t, inside({ answerBy: days(2) }));
    await submit(t, push.id);
    await answer(t, push.id, t.cast.bruno);
    await editPush(t, push, inside({ answerBy: days(3) }).push);
    expect(await stateOf(t, push.id)).toBe('brouillon');
    expect(await submit(t, push.id)).toMatchObject({ asked: 1 });
    expect(await missing(t, push.id)).toEqual(['opco']);
  });
});

describe('nothing leaves outside the window', () => {
  test('neither by the lead nor by the clock, before or after it', async () => {
    const push = await makeApprovedPush(t, inside({ scheduledAt: null }));
    const send = (now: Date) => sendNow(t.ctx(t.cast.alice, now), push.id);
    await expect(send(days(1))).rejects.toMatchObject({ code: 'too_early' });
    await expect(send(WINDOW.to)).rejects.toMatchObject({ code: 'too_late' });
    expect(await send(WINDOW.from)).toBe(true);
  });

  test('the clock leaves alone what is approved and whose window has gone by', async () => {
    const push = await makeApprovedPush(t, inside());
    expect(await drains(push, days(4))).toBe(true);
    expect(await drains(push, WINDOW.to)).toBe(false);
    expect(await leaves(t, push.id, WINDOW.to)).toBe('too_late');
  });

  test('a push under way hands nothing over once the window is closed, and ends there', async () => {
    const push = await makeApprovedPush(t, inside());
    await leaves(t, push.id, days(4));
    const take = (now: Date, limit = 2) => claim(t.db, { pushId: push.id, worker: 'w', now, limit });
    expect((await take(days(4))).handed).toHaveLength(2);
    expect((await take(days(1))).handed).toEqual([]);
    expect((await take(WINDOW.to)).handed).toEqual([]);
    expect(await drains(push, WINDOW.to)).toBe(true);
    await acrossOrganisations(t.db, (trx) => finishPush(trx, push.id, WINDOW.to));
    const { rows } = await acrossOrganisations(t.db, (trx) =>
      sql`select state, count(*) as n from deliveries where push_id = ${push.id} group by 1 order by 1`.execute(trx),
    );
    expect(rows).toEqual([
      { state: 'cancelled', n: 3 },
      { state: 'handed', n: 2 },
    ]);
  });

  test('a window moved in the database itself is not the one that was approved', async () => {
    const push = await makeApprovedPush(t, inside());
    await withOrganisation(t.db, t.cast.organisations.opco, (trx) =>
      trx
        .updateTable('pushes')
        .set({ window_to: days(30), scheduled_at: days(20) })
        .where('id', '=', push.id)
        .execute(),
    );
    expect(await leaves(t, push.id, days(20))).toBe('content_changed');
    expect(await stateOf(t, push.id)).toBe('brouillon');
  });

  test('a window that is over blocks the submission, and says so', async () => {
    const push = await makePush(t, inside());
    await expect(submit(t, push.id, days(10))).rejects.toMatchObject({ code: 'preflight' });
    await expect(submit(t, push.id, days(10))).rejects.toThrow(/période de départ est finie/);
  });
});

describe('each organisation approves its own', () => {
  const made = async () => {
    const push = await makePush(t, {
      campaign: THREE,
      push: { signatories: ALL, scheduledAt: days(4), window: WINDOW },
    });
    await submit(t, push.id);
    for (const person of [t.cast.alice, t.cast.bruno, farid]) await answer(t, push.id, person);
    expect(await missing(t, push.id)).toEqual([]);
    return push;
  };
  const own = (organisation: string, markdown: string) => ({
    id: organisation,
    type: 'text',
    markdown,
    organisations: [organisation],
  });
  const withBlocks = (...more: Record<string, unknown>[]) => {
    const { subject, blocks } = content('Bonjour à tous');
    return { content: { subject, blocks: [...blocks, ...more] } };
  };

  test('a block of one organisation, written then corrected, asks that one alone', async () => {
    const push = await made();
    await editPush(t, push, withBlocks(own('btp', 'Pour le bâtiment.')));
    await submit(t, push.id);
    expect(await missing(t, push.id)).toEqual(['btp']);
    await answer(t, push.id, t.cast.bruno);
    await editPush(
      t,
      push,
      withBlocks(own('btp', 'Pour le bâtiment et les travaux publics.'), own('federation', 'Pour nos adhérents.')),
    );
    await submit(t, push.id);
    expect(await missing(t, push.id)).toEqual(['btp', 'federation']);
    await editPush(t, push, {});
    expect(await submit(t, push.id)).toMatchObject({ asked: 0 });
  });

  test('the sender of one partner asks that partner alone', async () => {
    const push = await made();
    const emma = { ...t.cast.bruno, roles: ['administrateur'] as const };
    await updateOrganisation(t.ctx(emma), {
      name: 'Partenaire BTP',
      senderName: 'BTP, lettre aux entreprises',
      senderAddress: 'entreprises@btp.example',
      replyTo: null,
      postalAddress: '1 rue de l’Essai, 75001 Paris',
      privacyContact: 'dpo@btp.example',
      colour: '#1a2330',
      accent: '#c2410c',
    });
    await submit(t, push.id);
    expect(await missing(t, push.id)).toEqual(['btp']);
  });

  test('the order of the partners, who keeps a shared address, asks nobody', async () => {
    const push = await made();
    const [lead, ...others] = THREE.partners;
    await editCampaign(t.ctx(t.cast.alice), push.campaign, { partners: [lead!, ...others.toReversed()] });
    expect(await submit(t, push.id)).toMatchObject({ asked: 0 });
    expect(await stateOf(t, push.id)).toBe('programme');
  });

  test('the caps of the campaign ask everybody: they say who is written to', async () => {
    const push = await made();
    const caps = { perPerson: 1, days: 7, perCompany: 6, companyDays: 90 };
    await editCampaign(t.ctx(t.cast.alice), push.campaign, { caps });
    await submit(t, push.id);
    expect(await missing(t, push.id)).toEqual(ALL.toSorted());
  });
});

describe('a series is approved issue by issue', () => {
  const series = async (over: Record<string, unknown> = {}) => {
    const push = await makePush(t, { push: { recurrence: '0 9 1 * *', scheduledAt: null, ...over } });
    const issue = async (at: string): Promise<number> => (await makeOccurrence(clock(t), push.id, new Date(at))).id;
    return { push, issues: [await issue('2026-12-01T08:00:00Z'), await issue('2027-01-01T08:00:00Z')] as const };
  };

  test('the yes to one issue is not a yes to the next, even with the same words', async () => {
    const { push, issues } = await series();
    await expect(submitPush(t.ctx(t.cast.alice), push.id)).rejects.toMatchObject({ code: 'recurring' });
    await submitAndApprove(t, issues[0]);
    expect(await leaves(t, issues[0], new Date('2026-12-01T08:00:00Z'))).toBe(true);
    const january = new Date('2027-01-01T08:00:00Z');
    expect(await leaves(t, issues[1], january)).toBe('not_approved');
    await submit(t, issues[1]);
    expect(await missing(t, issues[1])).toEqual(['btp', 'opco']);
    expect(await leaves(t, issues[1], january)).toBe('not_approved');
  });

  test('a series has neither window nor date of answer: each issue has its own', async () => {
    await expect(series({ window: WINDOW })).rejects.toMatchObject({ fields: [{ field: 'window' }] });
    await expect(series({ answerBy: days(1) })).rejects.toMatchObject({ fields: [{ field: 'answerBy' }] });
    const { issues } = await series({ silence: 'sans_elle' });
    const row = await acrossOrganisations(t.db, (trx) =>
      trx.selectFrom('pushes').select(['answer_by', 'silence']).where('id', '=', issues[0]).executeTakeFirstOrThrow(),
    );
    expect(row).toEqual({ answer_by: new Date('2026-12-01T08:00:00Z'), silence: 'sans_elle' });
  });
});

test.each([
  ['answers after the departure', { answerBy: days(5) }, 'answerBy'],
  ['answers after the last moment', { scheduledAt: null, answerBy: days(9) }, 'answerBy'],
  ['to leave without the silent, and no date to answer by', { silence: 'sans_elle' }, 'answerBy'],
  ['a window that ends before it begins', { window: { from: days(5), to: days(5) } }, 'window'],
  ['a deadline before the window', { scheduledAt: null, deadlineAt: hours(1) }, 'deadlineAt'],
])('refused: %s', async (_, over, field) => {
  await expect(makePush(t, inside(over))).rejects.toMatchObject({
    kind: 'invalid',
    fields: expect.arrayContaining([expect.objectContaining({ field })]),
  });
});
