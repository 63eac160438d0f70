import { beforeAll, expect, test } from 'vitest';
import { createCampaign } from '../../src/campaigns/create-campaign.ts';
import { saveAudience } from '../../src/contacts/save-audience.ts';
import { acrossOrganisations, withOrganisation } from '../../src/db/database.ts';
import { makeOccurrence } from '../../src/pushes/make-occurrence.ts';
import { getPush, getPushById, occurrencesOf, pushesOfCampaign, signatoriesOf } from '../../src/pushes/queries.ts';
import { savePush } from '../../src/pushes/save-push.ts';
import { joint } from '../campaigns/cast.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';

let t: TestDatabase;
let campaignId: number;
beforeAll(async () => {
  t = await testDatabase();
  const ctx = t.ctx(t.cast.alice);
  ({ id: campaignId } = await createCampaign(ctx, joint()));
  await saveAudience(ctx, { slug: 'tous', name: 'Tous', campaignId, rule: {} });
});

const letter = (over: Record<string, unknown> = {}) => ({
  slug: 'lettre',
  title: 'La lettre',
  audience: 'tous',
  signatories: ['opco', 'btp'],
  scheduledAt: new Date('2026-12-01T08:00:00Z'),
  content: { subject: 'Bonjour', blocks: [{ id: 'b1', type: 'text', markdown: 'Bonjour.' }] },
  ...over,
});
const own = <T>(run: Parameters<typeof withOrganisation<T>>[2]) =>
  withOrganisation(t.db, t.cast.organisations.opco, run);
const clock = () => t.ctx({ kind: 'clock', name: 'clock' });

test('a push is created, then unchanged, then updated with a new version and no proof', async () => {
  const ctx = t.ctx(t.cast.alice);
  const created = await savePush(ctx, 'commune', letter());
  expect(created).toMatchObject({ contentVersion: 1, outcome: 'created' });
  expect(await savePush(ctx, 'commune', letter({ signatories: ['btp', 'opco'] }))).toMatchObject({
    contentVersion: 1,
    outcome: 'unchanged',
  });
  const moved = [
    letter({ title: 'La grande lettre' }),
    letter({ scheduledAt: new Date('2026-12-02T08:00:00Z') }),
    letter({ scheduledAt: null }),
    letter({ signatories: ['opco'] }),
    letter({ content: { subject: 'Bonsoir', blocks: [{ id: 'b1', type: 'text', markdown: 'Bonjour.' }] } }),
    letter(),
  ];
  for (const [i, change] of moved.entries()) {
    await acrossOrganisations(t.db, (trx) =>
      trx.updateTable('pushes').set({ current_proof_id: 77 }).where('id', '=', created.id).execute(),
    );
    expect(await savePush(ctx, 'commune', change)).toEqual({
      id: created.id,
      contentVersion: i + 2,
      outcome: 'updated',
      reopened: true,
    });
    expect((await own((trx) => getPushById(trx, created.id))).currentProofId).toBeNull();
  }
  expect((await own((trx) => signatoriesOf(trx, created.id))).map((s) => s.slug)).toEqual(['btp', 'opco']);
});

test('partners read a push, only the lead’s communicant writes it, a stranger finds nothing', async () => {
  await expect(savePush(t.ctx(t.cast.bruno), 'commune', letter())).rejects.toMatchObject({ kind: 'forbidden' });
  await expect(savePush(t.ctx(t.cast.david), 'commune', letter())).rejects.toMatchObject({ kind: 'forbidden' });
  await expect(savePush(t.ctx(t.cast.etranger), 'commune', letter())).rejects.toMatchObject({ kind: 'not-found' });
  expect(await withOrganisation(t.db, t.cast.organisations.btp, (trx) => getPush(trx, 'lettre'))).toMatchObject({
    slug: 'lettre',
    campaignSlug: 'commune',
  });
  await expect(
    withOrganisation(t.db, t.cast.organisations.etranger, (trx) => getPush(trx, 'commune/lettre')),
  ).rejects.toMatchObject({ kind: 'not-found' });
});

test('a push name that several campaigns use must be said with its campaign', async () => {
  const ctx = t.ctx(t.cast.alice);
  const { id } = await createCampaign(ctx, joint({ slug: 'autre' }));
  await saveAudience(ctx, { slug: 'tous', name: 'Tous', campaignId: id, rule: {} });
  await savePush(ctx, 'autre', letter());
  await expect(own((trx) => getPush(trx, 'lettre'))).rejects.toMatchObject({ code: 'envoi_ambigu' });
  expect(await own((trx) => getPush(trx, 'autre/lettre'))).toMatchObject({ campaignId: id });
});

test.each([
  ['an organisation that only relays as signatory', { signatories: ['federation'] }, 'signatories'],
  ['an audience of nowhere', { audience: 'personne' }, 'audience'],
  ['a deadline before the departure', { deadlineAt: new Date('2026-11-30T08:00:00Z') }, 'deadlineAt'],
  ['a date and a recurrence', { recurrence: '0 9 1 * *' }, 'recurrence'],
  ['no block', { content: { subject: 'Bonjour', blocks: [] } }, 'content.blocks'],
])('a push with %s is refused at that field', async (_, over, field) => {
  await expect(savePush(t.ctx(t.cast.alice), 'commune', letter(over))).rejects.toMatchObject({
    kind: 'invalid',
    fields: [{ field }],
  });
});

test('a push that has ended does not change any more', async () => {
  const ctx = t.ctx(t.cast.alice);
  const { id } = await savePush(ctx, 'commune', letter({ slug: 'partie' }));
  await acrossOrganisations(t.db, (trx) =>
    trx.updateTable('pushes').set({ finished_at: new Date() }).where('id', '=', id).execute(),
  );
  expect(await savePush(ctx, 'commune', letter({ slug: 'partie' }))).toMatchObject({ outcome: 'unchanged' });
  await expect(savePush(ctx, 'commune', letter({ slug: 'partie', title: 'Autre' }))).rejects.toMatchObject({
    code: 'envoi_clos',
  });
});

test('an occurrence is made once, by two clocks at the same second, as a push with its own approval', async () => {
  const model = await savePush(
    t.ctx(t.cast.alice),
    'commune',
    letter({ slug: 'mensuelle', scheduledAt: null, recurrence: '0 9 1 * *' }),
  );
  const at = new Date('2026-12-01T08:00:00Z');
  const made = await Promise.all([makeOccurrence(clock(), model.id, at), makeOccurrence(clock(), model.id, at)]);
  expect(made.map((m) => m.created).toSorted()).toEqual([false, true]);
  expect(made[0]?.id).toBe(made[1]?.id);
  await own(async (trx) => {
    const [occurrence, ...others] = await occurrencesOf(trx, model.id);
    expect(others).toEqual([]);
    expect(occurrence).toMatchObject({
      slug: 'mensuelle-2026-12-01',
      scheduledAt: at,
      recurrence: null,
      currentProofId: null,
      // It leaves before the next one, or not at all.
      deadlineAt: new Date('2027-01-01T08:00:00Z'),
      content: { subject: 'Bonjour' },
    });
    expect((await signatoriesOf(trx, occurrence?.id ?? 0)).map((s) => s.slug)).toEqual(['btp', 'opco']);
  });
});

test('a series that moved to another hour of the same day makes two pushes with two names', async () => {
  const model = await savePush(
    t.ctx(t.cast.alice),
    'commune',
    letter({ slug: 'serie', scheduledAt: null, recurrence: '0 9 1 * *' }),
  );
  await makeOccurrence(clock(), model.id, new Date('2026-12-01T08:00:00Z'));
  await makeOccurrence(clock(), model.id, new Date('2026-12-01T09:00:00Z'));
  const slugs = (await own((trx) => pushesOfCampaign(trx, campaignId)))
    .map((p) => p.slug)
    .filter((s) => s.startsWith('serie-'));
  expect(slugs).toEqual(['serie-2026-12-01', 'serie-2026-12-01-1000']);
});

test('after its end a series makes nothing more, and a push without recurrence never does', async () => {
  const over = {
    slug: 'finie',
    scheduledAt: null,
    recurrence: '0 9 1 * *',
    deadlineAt: new Date('2026-12-15T08:00:00Z'),
  };
  const model = await savePush(t.ctx(t.cast.alice), 'commune', letter(over));
  await expect(makeOccurrence(clock(), model.id, new Date('2027-01-01T08:00:00Z'))).rejects.toMatchObject({
    code: 'recurrence_finie',
  });
  const made = await makeOccurrence(clock(), model.id, new Date('2026-12-01T08:00:00Z'));
  expect((await own((trx) => getPushById(trx, made.id))).deadlineAt).toEqual(over.deadlineAt);
  await expect(makeOccurrence(clock(), made.id, new Date('2027-01-01T08:00:00Z'))).rejects.toMatchObject({
    code: 'sans_recurrence',
  });
});
