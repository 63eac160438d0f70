import { beforeAll, beforeEach, expect, test } from 'vitest';
import { importAttendance } from '../../src/attendance/import-attendance.ts';
import { readAttendancePage } from '../../src/attendance/read-attendance.ts';
import { attendanceTotals } from '../../src/attendance/totals.ts';
import { acrossOrganisations, withOrganisation } from '../../src/db/database.ts';
import { cancelWebinar, saveWebinar } from '../../src/pushes/edit-webinar.ts';
import { publicWebinar } from '../../src/webinars/public-webinar.ts';
import { purgeWebinars } from '../../src/webinars/purge.ts';
import { type WebinarRow, webinarInput } from '../../src/webinars/queries.ts';
import { NOW, type TestDatabase, testDatabase } from '../support/database.ts';
import { makeCampaign } from '../support/factories.ts';
import { madeWebinar, readAgain, registered } from '../webinars/made-webinar.ts';

/** Whoever runs a webinar takes its own away from every whole it can see, and must not be left with the others' (PRV-21). */
let t: TestDatabase;
let campaign: { id: number; slug: string };

beforeAll(async () => {
  t = await testDatabase();
});
beforeEach(async () => {
  campaign = await makeCampaign(t);
});

const save = async (w: WebinarRow, change: Record<string, unknown>) =>
  saveWebinar(t.ctx(t.cast.alice), campaign.slug, { ...webinarInput(await readAgain(t, w.id)), ...change });
const journal = (w: WebinarRow) =>
  withOrganisation(t.db, t.cast.organisations.opco, (trx) =>
    trx
      .selectFrom('audit_log')
      .select(['action', 'detail'])
      .where('subject', '=', `webinar:${w.id}`)
      .orderBy('id')
      .execute(),
  );

test('the journal of who runs it counts nobody’s registrants: moved, with more places, cancelled, forgotten', async () => {
  const ofPartners = async (people: number) => {
    const w = await madeWebinar(t, campaign.slug, { title: 'Journal', capacity: 10 });
    await registered(t, w, 'btp', people);
    await registered(t, w, 'btp', people, { place: 'attente' });
    await save(w, { joinUrl: 'https://reunion.example/autre', capacity: 30 });
    await cancelWebinar(t.ctx(t.cast.alice), campaign.slug, w.slug, 'Une panne.');
    await purgeWebinars({ db: t.db, now: () => new Date(w.endsAt.getTime() + 400 * 86_400_000) });
    return JSON.stringify(await journal(w)).replaceAll(w.slug, '…');
  };
  const [few, more] = [await ofPartners(2), await ofPartners(7)];
  expect(few).toContain('webinar.purge');
  expect(more).toBe(few);
});

test('the public page says the same of few as of fewer, whatever the capacity is changed to', async () => {
  const said = async (people: number) => {
    const w = await madeWebinar(t, campaign.slug, { title: 'Pages', capacity: 20 });
    await registered(t, w, 'btp', people);
    const words: string[] = [];
    for (let capacity = 20; capacity <= 60; capacity++) {
      await save(w, { capacity });
      words.push((await publicWebinar({ db: t.db, now: () => NOW }, w.address))?.places ?? '');
    }
    return words;
  };
  const fewer = await said(1);
  expect(await said(7)).toEqual(fewer);
  expect(new Set(fewer)).toEqual(new Set(['quelques', 'libres']));
});

test('taking a partner off the organisers makes none of its registrants the other’s', async () => {
  const w = await madeWebinar(t, campaign.slug, { title: 'Seule désormais', capacity: 60 });
  await registered(t, w, 'opco', 21);
  await registered(t, w, 'btp', 2);
  await save(w, { organisers: ['opco'] });
  // Of one's own alone, 21 would be the least.
  for (const capacity of [22, 23, 29])
    await expect(save(w, { capacity })).rejects.toMatchObject({
      fields: [{ field: 'capacity', message: expect.stringContaining('au moins 30 places') }],
    });
  const totals = await acrossOrganisations(t.db, (trx) =>
    attendanceTotals(trx, w.id, { organisationId: t.cast.organisations.opco, runs: true, alone: true, k: 20 }),
  );
  expect(totals.joint).toMatchObject({ exact: false, sure: null });
});

test('a file of invented names around one name says nothing of whether a partner registered it', async () => {
  const names = Array.from(
    { length: 25 },
    (_, i) => `Prenom${'abcdefghijklmnopqrstuvwxyz'[i]} Inventeur${'zyxwvutsrqponmlkjihgfedcba'[i]}`,
  );
  /** 24 names and the one asked about; `own` of them registered by who has the file. */
  const told = async (theirs: boolean, own: number) => {
    const w = await madeWebinar(t, campaign.slug, { title: 'Essai' });
    const people = names.map((name) => name.split(' ') as [string, string]);
    for (const [firstName, lastName] of people.slice(0, own))
      await registered(t, w, 'opco', 1, { firstName, lastName });
    const [firstName, lastName] = people[24] ?? ['', ''];
    if (theirs) await registered(t, w, 'btp', 1, { firstName, lastName });
    const file = Buffer.from(
      `Name (Original Name),User Email,Duration (Minutes)\n${names.map((name) => `${name},,30\n`).join('')}`,
    );
    const after = t.ctx(t.cast.alice, w.endsAt);
    await importAttendance(after, campaign.slug, w.slug, { file, options: { fileName: 'essai.csv' } });
    const { totals, strangers } = await readAttendancePage(after, campaign.slug, w.slug);
    return { totals, strangers };
  };
  for (const own of [0, 24]) {
    const nobody = await told(false, own);
    expect(await told(true, own)).toEqual(nobody);
    expect(nobody.totals.own.present).toBe(own);
  }
});
