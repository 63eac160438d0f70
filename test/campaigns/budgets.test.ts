import { beforeAll, describe, expect, test } from 'vitest';
import { fromParis } from '../../src/base/dates.ts';
import { saveAction } from '../../src/campaigns/action-save.ts';
import { euros, eurosField, parseEuros } from '../../src/campaigns/budget-amount.ts';
import { budgetInput, budgetOfCampaign, overruns } from '../../src/campaigns/budget-queries.ts';
import { readBudget } from '../../src/campaigns/budget-read.ts';
import { saveBudget, writeBudget } from '../../src/campaigns/budget-save.ts';
import { budgetSchema } from '../../src/campaigns/budget-schema.ts';
import { withOrganisation } from '../../src/db/database.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { type MadePush, makeCampaign, makePush } from '../support/factories.ts';
import { withdraw } from './withdraw.ts';

let t: TestDatabase;
let push: MadePush;
let campaign: string;
beforeAll(async () => {
  t = await testDatabase();
  push = await makePush(t);
  campaign = push.campaign;
  await saveAction(t.ctx(t.cast.bruno), campaign, {
    kind: 'publicite',
    title: 'Annonces',
    startsAt: fromParis(2026, 11, 26),
  });
});

describe('amounts as people write them', () => {
  test.each([
    ['1 234,50', 123_450],
    ['1\u202f234,50\u00a0€', 123_450],
    ['1234.5', 123_450],
    ['39 900 €', 3_990_000],
    ['39900 euros', 3_990_000],
    ['0,05', 5],
    ['', 0],
    ['  ', 0],
  ])('« %s » is read', (typed, cents) => expect(parseEuros(typed)).toBe(cents));

  test.each(['1.234,50', '1,234.50', '12 34', '-5', '1,234', 'mille', '1e9', '12,5,0', '99999999999', 'Infinity'])(
    '« %s » is refused rather than guessed',
    (typed) => expect(parseEuros(typed)).toBeNull(),
  );

  test('what is shown can be typed again', () => {
    for (const cents of [5, 50, 100, 123_450, 3_990_000, 99_999_999_99]) {
      expect(parseEuros(eurosField(cents))).toBe(cents);
      expect(parseEuros(euros(cents))).toBe(cents);
    }
  });
});

describe('the budget of a campaign', () => {
  test('each organisation writes its own lines, and all read the totals', async () => {
    await saveBudget(t.ctx(t.cast.bruno), campaign, { action: 'annonces', planned: 3_990_000, committed: 3_990_000 });
    await saveBudget(t.ctx(t.cast.alice), campaign, { planned: 500_000, note: 'graphisme' });
    await saveBudget(t.ctx(t.cast.alice), campaign, {
      push: push.slug,
      planned: 10_000,
      committed: 12_000,
      paid: 15_000,
    });
    const budget = await readBudget(t.ctx(t.cast.david), campaign);
    expect(budget.total).toEqual({ planned: 4_500_000, committed: 4_002_000, paid: 15_000 });
    expect(budget.byOrganisation.map((o) => [o.partner.slug, o.lines, o.amounts.planned])).toEqual([
      ['opco', 2, 510_000],
      ['btp', 1, 3_990_000],
      ['federation', 0, 0],
    ]);
    expect(budget.mayWrite).toBe(false);
  });

  test('paid over committed, or committed over planned, is said and not refused', async () => {
    const { lines } = await readBudget(t.ctx(t.cast.alice), campaign);
    expect(lines.map((l) => overruns(l))).toEqual([[], [], ['engage', 'paye']]);
  });

  test('two organisations may pay for one thing: two lines, and none replaces the other', async () => {
    await saveBudget(t.ctx(t.cast.alice), campaign, { action: 'annonces', planned: 100 });
    const { lines } = await readBudget(t.ctx(t.cast.alice), campaign);
    expect(lines.filter((l) => l.action === 'annonces').map((l) => [l.organisation.slug, l.planned])).toEqual([
      ['opco', 100],
      ['btp', 3_990_000],
    ]);
  });

  test('what is missing is named: pushes and actions about which nobody wrote an amount', async () => {
    const before = (await readBudget(t.ctx(t.cast.alice), campaign)).silent;
    expect(before).toEqual([]);
    const { slug } = await saveAction(t.ctx(t.cast.chloe), campaign, {
      kind: 'evenement',
      title: 'Salon',
      startsAt: fromParis(2026, 12, 1),
    });
    expect((await readBudget(t.ctx(t.cast.alice), campaign)).silent).toEqual([
      { kind: 'action', slug, title: 'Salon' },
    ]);
  });

  test('the same line again changes nothing; nought everywhere takes it away', async () => {
    const ctx = t.ctx(t.cast.chloe);
    const line = { planned: 7_000, note: 'déplacements' };
    expect(await saveBudget(ctx, campaign, line)).toEqual({ outcome: 'created' });
    expect(await saveBudget(ctx, campaign, line)).toEqual({ outcome: 'unchanged' });
    expect(await saveBudget(ctx, campaign, { ...line, paid: 1 })).toEqual({ outcome: 'updated' });
    expect(await saveBudget(ctx, campaign, {})).toEqual({ outcome: 'removed' });
    expect(await saveBudget(ctx, campaign, {})).toEqual({ outcome: 'unchanged' });
  });

  test('is read back in the shape in which it was given', async () => {
    const given = budgetSchema.parse({ push: push.slug, planned: 1, committed: 2, paid: 3, note: 'essai' });
    const own = t.cast.organisations.federation;
    await withOrganisation(t.db, own, (trx) => writeBudget(trx, t.ctx(t.cast.chloe), push.campaignId, given));
    const lines = await withOrganisation(t.db, own, (trx) => budgetOfCampaign(trx, push.campaignId));
    expect(lines.filter((l) => l.organisationId === own).map(budgetInput)).toEqual([given]);
  });

  test.each([
    ['a push and an action at once', () => ({ push: push.slug, action: 'annonces', planned: 1 }), 'invalid'],
    ['a negative amount', () => ({ planned: -1 }), 'invalid'],
    ['half a cent', () => ({ planned: 0.5 }), 'invalid'],
    ['a push that is not there', () => ({ push: 'absent', planned: 1 }), 'not-found'],
    ['an action that is not there', () => ({ action: 'absente', planned: 1 }), 'not-found'],
  ])('refuses %s', async (_, input, kind) => {
    await expect(saveBudget(t.ctx(t.cast.alice), campaign, input())).rejects.toMatchObject({ kind });
  });

  test('does not exist for a stranger; money is not for those who only relay', async () => {
    await expect(readBudget(t.ctx(t.cast.etranger), campaign)).rejects.toMatchObject({ kind: 'not-found' });
    await expect(saveBudget(t.ctx(t.cast.etranger), campaign, { planned: 1 })).rejects.toMatchObject({
      kind: 'not-found',
    });
    const relay = { ...t.cast.chloe, roles: ['relais' as const] };
    await expect(readBudget(t.ctx(relay), campaign)).rejects.toMatchObject({ kind: 'forbidden' });
    await expect(saveBudget(t.ctx(t.cast.david), campaign, { planned: 1 })).rejects.toMatchObject({
      kind: 'forbidden',
    });
  });

  test('another campaign’s push cannot be paid for here', async () => {
    const other = await makeCampaign(t);
    await expect(saveBudget(t.ctx(t.cast.alice), other.slug, { push: push.slug, planned: 1 })).rejects.toMatchObject({
      kind: 'not-found',
    });
  });

  test('who has left keeps its lines, and writes no more', async () => {
    const left = await makeCampaign(t);
    await saveBudget(t.ctx(t.cast.bruno), left.slug, { planned: 100 });
    await withdraw(t, left.id, 'btp');
    await expect(saveBudget(t.ctx(t.cast.bruno), left.slug, { planned: 200 })).rejects.toMatchObject({
      kind: 'forbidden',
    });
    expect((await readBudget(t.ctx(t.cast.alice), left.slug)).total.planned).toBe(100);
  });
});
