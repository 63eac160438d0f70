import { readFileSync } from 'node:fs';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { decideAttendance, markSeen } from '../../src/attendance/decide-attendance.ts';
import { type AttendanceOptions, analyseAttendance, importAttendance } from '../../src/attendance/import-attendance.ts';
import { presentRegistrations } from '../../src/attendance/queries.ts';
import { readAttendanceImport, readAttendancePage } from '../../src/attendance/read-attendance.ts';
import { withdrawAttendance } from '../../src/attendance/withdraw-attendance.ts';
import { addressHash } from '../../src/contacts/addresses.ts';
import { acrossOrganisations, withOrganisation } from '../../src/db/database.ts';
import type { WebinarRow } from '../../src/webinars/queries.ts';
import { type Person, SECRETS, type TestDatabase, testDatabase } from '../support/database.ts';
import { makeCampaign } from '../support/factories.ts';
import { madeWebinar, type Owner, registered } from '../webinars/made-webinar.ts';

let t: TestDatabase;
let campaign: { id: number; slug: string };
let webinar: WebinarRow;
const AFTER = new Date('2027-01-15T09:00:00Z');

beforeAll(async () => {
  t = await testDatabase();
});
beforeEach(async () => {
  campaign = await makeCampaign(t);
  webinar = await madeWebinar(t, campaign.slug, { platform: 'zoom' });
});

const HEADER = 'Name (Original Name),User Email,Join Time,Leave Time,Duration (Minutes),Guest,In Waiting Room';
/** `[name, address, from, to]`, minutes after 14:00. */
type Line = [string, string, number, number];
const clock = (minutes: number) =>
  `14/01/2027 ${String(14 + Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}:00`;
const zoom = (...lines: Line[]): Buffer =>
  Buffer.from(
    [HEADER, ...lines.map(([n, a, from, to]) => `"${n}",${a},${clock(from)},${clock(to)},${to - from},Yes,No`)].join(
      '\r\n',
    ),
  );
/** Far enough from each other to be nobody's typo, two by two. */
const NAMES = ['Abele', 'Corvin', 'Duroc', 'Fleury', 'Guimard', 'Hostin'];
const as = (person: Person) => t.ctx(person, AFTER);
const bring = (file: Buffer, options: Partial<AttendanceOptions> = {}, person = t.cast.alice) =>
  importAttendance(as(person), campaign.slug, webinar.slug, {
    file,
    options: { fileName: 'participants.csv', ...options },
  });
const analyse = (file: Buffer, person = t.cast.alice) =>
  analyseAttendance(as(person), campaign.slug, webinar.slug, { file, options: { fileName: 'participants.csv' } });
const pageOf = (person: Person) => readAttendancePage(as(person), campaign.slug, webinar.slug);
const present = () => acrossOrganisations(t.db, (trx) => presentRegistrations(trx, webinar.id));

/** Somebody who registered, under a name and an address. */
async function someone(owner: Owner, name: string, address?: string): Promise<number> {
  const [firstName = '', ...rest] = name.split(' ');
  const [id = 0] = await registered(t, webinar, owner, 1, { firstName, lastName: rest.join(' ') });
  if (address)
    await acrossOrganisations(t.db, (trx) =>
      trx
        .updateTable('registrations')
        .set({ address, address_hash: addressHash(SECRETS, address) })
        .where('id', '=', id)
        .execute(),
    );
  return id;
}

describe('a file of who came', () => {
  test('is shown before anything is kept, then kept, line by line', async () => {
    const karim = await someone('opco', 'Karim Benali', 'karim.benali@reseaux-sud.example');
    const file = readFileSync(new URL('../fixtures/attendance/zoom-en.csv', import.meta.url));
    const shown = await analyse(file);
    if (shown.kind !== 'file') throw new Error('the file says all there is to say');
    expect(shown.report).toMatchObject({
      platform: 'zoom',
      rows: 10,
      read: 5,
      aside: 5,
      rejected: 0,
      people: 4,
      anonymous: 1,
      // Marie came back before she had left: 91 minutes, not 101.
      minutes: 107 + 90 + 60 + 40,
      from: '2027-01-14T12:50:02.000Z',
    });
    expect(shown.matched).toEqual({ sure: 1, doubtful: 0, notAmong: 3 });
    expect(await present()).toEqual([]);

    const done = await bring(file);
    expect(done.report).toEqual(shown.report);
    expect(await present()).toEqual([
      { registrationId: karim, organisationId: t.cast.organisations.opco, minutes: 60 },
    ]);
    const read = await readAttendanceImport(as(t.cast.alice), campaign.slug, webinar.slug, done.importId);
    expect(read.file.report).toEqual(shown.report);
    const page = await pageOf(t.cast.alice);
    expect(page.strangers.map((s) => s.name)).toEqual(['33612****78', 'Marie D. (Marie Durand)', 'Nadia Ferrand']);
    expect(page.present).toMatchObject([
      { name: 'Karim Benali', how: 'adresse', seenAs: 'Benali, Karim', minutes: 60 },
    ]);
  });

  test('twice is refused in a clear sentence; in other bytes its stays count once', async () => {
    await someone('opco', 'Marie Durand');
    const lines: Line[] = [['Marie Durand', '', 0, 40]];
    await bring(zoom(...lines));
    await expect(bring(zoom(...lines))).rejects.toMatchObject({
      code: 'presences_deja_lues',
      message: expect.stringContaining('« participants.csv »'),
    });
    await bring(Buffer.concat([zoom(...lines), Buffer.from('\r\n')]));
    await bring(zoom(['DURAND Marie', '', 30, 60], ['Marie Durand (iPhone)', '', 70, 80]));
    // 14:00 to 15:00; « Marie Durand (iPhone) » is the same name.
    expect(await present()).toMatchObject([{ minutes: 70 }]);
  });

  test('found by two names of one person, telephone and computer, adds no minute twice', async () => {
    await someone('opco', 'Marie Durand', 'marie@fibre.example');
    await bring(
      zoom(['Marie', 'marie@fibre.example', 0, 40], ['Marie Durand', '', 20, 50], ['Marie Durand', '', 60, 70]),
    );
    expect(await present()).toMatchObject([{ minutes: 60 }]);
    expect((await pageOf(t.cast.alice)).present).toMatchObject([{ how: 'adresse', minutes: 60 }]);
  });

  test('withdrawn takes its presences with it, and may come back', async () => {
    await someone('opco', 'Marie Durand');
    const { importId } = await bring(zoom(['Marie Durand', '', 0, 40]));
    await withdrawAttendance(as(t.cast.alice), campaign.slug, webinar.slug, importId);
    expect(await present()).toEqual([]);
    const left = await acrossOrganisations(t.db, (trx) =>
      trx.selectFrom('attendance_lines').select('id').where('webinar_id', '=', webinar.id).execute(),
    );
    expect(left).toEqual([]);
    await expect(withdrawAttendance(as(t.cast.alice), campaign.slug, webinar.slug, importId)).rejects.toMatchObject({
      kind: 'not-found',
    });
    await bring(zoom(['Marie Durand', '', 0, 40]));
    expect(await present()).toHaveLength(1);
  });

  test('of names without hours is added up, and said when it would count twice', async () => {
    await someone('opco', 'Marie Durand');
    const names = (n: number) => Buffer.from(`Name (Original Name),Total Duration (Minutes)\nMarie Durand,${n}\n`);
    await bring(names(20));
    const again = await analyse(names(25));
    expect(again).toMatchObject({ kind: 'file', report: { warnings: [{ code: 'minutes_ajoutees' }] } });
    await bring(names(25));
    expect(await present()).toMatchObject([{ minutes: 45 }]);
  });

  test('without any length of time says that somebody came, and not for how long', async () => {
    const marie = await someone('opco', 'Marie Durand');
    await bring(Buffer.from('Qui\nMarie Durand\n'), { mapping: { name: 'Qui' } });
    expect(await present()).toMatchObject([{ registrationId: marie, minutes: null }]);
    // The same titles are known from now on.
    expect(await analyse(Buffer.from('Qui\nPaul Petit\n'))).toMatchObject({
      kind: 'file',
      report: { platform: 'autre' },
    });
    expect(await analyse(Buffer.from('Quoi\nPaul Petit\n'))).toMatchObject({ kind: 'columns' });
  });

  test('of three thousand people, for three thousand registrants, takes a moment', async () => {
    const rows = Array.from({ length: 3000 }, (_, i) => i);
    await acrossOrganisations(t.db, async (trx) => {
      for (let from = 0; from < 3000; from += 1000)
        await trx
          .insertInto('registrations')
          .values(
            rows.slice(from, from + 1000).map((i) => ({
              organisation_id: i % 2 ? t.cast.organisations.opco : t.cast.organisations.btp,
              campaign_id: campaign.id,
              webinar_id: webinar.id,
              address: `p${i}@foule.example`,
              address_hash: addressHash(SECRETS, `p${i}@foule.example`),
              first_name: `Prenom${i % 50}`,
              last_name: `Nom${i}`,
              place: 'inscrit',
              registered_at: AFTER,
              uid: `foule-${i}@pv.example`,
              sequence: 0,
            })),
          )
          .execute();
    });
    const file = zoom(
      ...rows.map((i): Line => [`Nom${i} Prenom${i % 50}`, i % 3 ? '' : `p${i}@foule.example`, 0, 10 + (i % 80)]),
    );
    const started = performance.now();
    const { report } = await bring(file);
    const seconds = (performance.now() - started) / 1000;
    expect(report).toMatchObject({ rows: 3001, read: 3000, people: 3000, rejected: 0 });
    expect(await present()).toHaveLength(3000);
    expect(seconds).toBeLessThan(15);
    const page = await pageOf(t.cast.bruno);
    expect(page.totals).toMatchObject({
      own: { present: 1500, absent: 0 },
      joint: { people: 3000, sure: 3000, notAmong: null },
    });
  }, 60_000);

  test('is for the organisation that runs the webinar, once it has begun', async () => {
    const file = zoom(['Marie Durand', '', 0, 40]);
    await expect(bring(file, {}, t.cast.bruno)).rejects.toMatchObject({ kind: 'forbidden' });
    await expect(analyse(file, t.cast.bruno)).rejects.toMatchObject({ kind: 'forbidden' });
    await expect(bring(file, {}, t.cast.emma)).rejects.toMatchObject({ kind: 'forbidden' });
    await expect(bring(file, {}, t.cast.etranger)).rejects.toMatchObject({ kind: 'not-found' });
    const input = { file, options: { fileName: 'participants.csv' } };
    await expect(importAttendance(t.ctx(t.cast.alice), campaign.slug, webinar.slug, input)).rejects.toMatchObject({
      code: 'pas_encore',
    });
  });
});

describe('a doubtful one', () => {
  test('is decided by the organisation whose registrant it is, and stays decided after another file', async () => {
    const marie = await someone('btp', 'Marie Durand');
    const paul = await someone('btp', 'Paul Petit');
    await bring(zoom(['M. Durand', '', 0, 40], ['Paul Petiot', '', 0, 30]));
    expect(await present()).toEqual([]);
    const { doubtful } = await pageOf(t.cast.bruno);
    expect(doubtful).toMatchObject([
      { registrationId: marie, seenAs: 'M. Durand', why: 'initiale', minutes: 40 },
      { registrationId: paul, seenAs: 'Paul Petiot', why: 'faute', minutes: 30 },
    ]);
    const decide = (person: Person, d: { registrationId: number; person: string }, came: boolean) =>
      decideAttendance(as(person), campaign.slug, webinar.slug, { ...d, came });
    const [first, second] = doubtful as [(typeof doubtful)[number], (typeof doubtful)[number]];
    // The organisation with the file knows nothing of it.
    await expect(decide(t.cast.alice, first, true)).rejects.toMatchObject({ kind: 'not-found' });
    await expect(decide(t.cast.david, first, true)).rejects.toMatchObject({ kind: 'forbidden' });
    await decide(t.cast.bruno, first, true);
    await decide(t.cast.bruno, second, false);
    expect(await present()).toMatchObject([{ registrationId: marie, minutes: 40 }]);

    await bring(zoom(['M. Durand', '', 30, 60], ['Paul Petiot', '', 40, 50]));
    expect(await present()).toMatchObject([{ registrationId: marie, minutes: 60 }]);
    const page = await pageOf(t.cast.bruno);
    expect(page).toMatchObject({
      doubtful: [],
      denied: [{ registrationId: paul }],
      absent: [{ registrationId: paul }],
    });
    await decide(t.cast.bruno, second, true);
    expect(await present()).toHaveLength(2);
  });

  test('whose file is withdrawn is asked about again, and then is the organisation’s own word', async () => {
    const marie = await someone('btp', 'Marie Durand');
    const { importId } = await bring(zoom(['M. Durand', '', 0, 40]));
    const [doubt] = (await pageOf(t.cast.bruno)).doubtful;
    const answer = { registrationId: marie, person: doubt?.person ?? '', came: true };
    await decideAttendance(as(t.cast.bruno), campaign.slug, webinar.slug, answer);
    await withdrawAttendance(as(t.cast.alice), campaign.slug, webinar.slug, importId);
    expect(await present()).toEqual([]);
    expect((await pageOf(t.cast.bruno)).doubtful).toMatchObject([{ registrationId: marie, why: 'fichier_retire' }]);
    await bring(zoom(['M. Durand', '', 0, 45]));
    expect(await present()).toMatchObject([{ registrationId: marie, minutes: 45 }]);
  });

  test('a yes to somebody of a withdrawn file needs no file', async () => {
    const marie = await someone('btp', 'Marie Durand');
    const { importId } = await bring(zoom(['M. Durand', '', 0, 40]));
    const [doubt] = (await pageOf(t.cast.bruno)).doubtful;
    const answer = { registrationId: marie, person: doubt?.person ?? '', came: true };
    await decideAttendance(as(t.cast.bruno), campaign.slug, webinar.slug, answer);
    await withdrawAttendance(as(t.cast.alice), campaign.slug, webinar.slug, importId);
    await decideAttendance(as(t.cast.bruno), campaign.slug, webinar.slug, answer);
    expect(await present()).toMatchObject([{ registrationId: marie, minutes: null }]);
    expect((await pageOf(t.cast.bruno)).present).toMatchObject([{ inRoom: true }]);
  });

  test('somebody seen in the room is marked by hand, and unmarked', async () => {
    const marie = await someone('btp', 'Marie Durand');
    const other = await someone('opco', 'Paul Petit');
    const mark = (ids: number[], seen: boolean) =>
      markSeen(as(t.cast.bruno), campaign.slug, webinar.slug, { registrationIds: ids, seen });
    expect(await mark([marie, other], true)).toEqual({ changed: 1 });
    await expect(mark([other], true)).rejects.toMatchObject({ kind: 'not-found' });
    expect(await present()).toMatchObject([{ registrationId: marie, minutes: null }]);
    // Found in a file too, the minutes are those of the file.
    await bring(zoom(['Marie Durand', '', 0, 40]));
    expect(await present()).toMatchObject([{ registrationId: marie, minutes: 40 }]);
    await mark([marie], false);
    expect(await present()).toMatchObject([{ registrationId: marie, minutes: 40 }]);
  });

  test('of whom was forgotten nothing is said again, and the count stays', async () => {
    await someone('btp', 'Marie Durand', 'marie@fibre.example');
    await bring(zoom(['Marie Durand', '', 0, 40]));
    await acrossOrganisations(t.db, (trx) =>
      trx
        .updateTable('registrations')
        .set({ address: null, address_hash: null, first_name: null, last_name: null })
        .where('webinar_id', '=', webinar.id)
        .execute(),
    );
    await bring(zoom(['Paul Petit', '', 0, 40]));
    expect(await present()).toMatchObject([{ minutes: 40 }]);
  });
});

describe('between organisations', () => {
  test('a partner reads no line of the file, and the one that has it learns nothing of a partner’s people (PRV-21)', async () => {
    await someone('btp', 'Marie Durand', 'marie@fibre.example');
    await someone('opco', 'Karim Benali');
    await bring(
      zoom(['Marie Durand', 'marie@fibre.example', 0, 40], ['Karim Benali', '', 0, 40], ['M. Duran', '', 0, 5]),
    );
    const [runs, partner] = [await pageOf(t.cast.alice), await pageOf(t.cast.bruno)];
    expect(runs.strangers.map((s) => s.name)).toEqual(['M. Duran', 'Marie Durand']);
    expect(runs).toMatchObject({ present: [{ name: 'Karim Benali' }], doubtful: [], absent: [] });
    expect(runs.totals).toEqual({
      known: true,
      own: { registered: 1, present: 1, minutes: 40, doubtful: 0, absent: 0 },
      joint: { exact: false, people: 3, minutes: 85, sure: null, doubtful: null, notAmong: null },
    });
    expect(partner).toMatchObject({ files: [], strangers: [], present: [{ name: 'Marie Durand' }] });
    expect(partner.totals.joint).toMatchObject({ people: null, minutes: null });
    const seenBy = (organisationId: number) =>
      withOrganisation(t.db, organisationId, async (trx) => ({
        lines: (await trx.selectFrom('attendance_lines').selectAll().where('webinar_id', '=', webinar.id).execute())
          .length,
        own: (await trx.selectFrom('attendances').selectAll().where('webinar_id', '=', webinar.id).execute()).length,
      }));
    expect(await seenBy(t.cast.organisations.opco)).toEqual({ lines: 3, own: 1 });
    expect(await seenBy(t.cast.organisations.btp)).toEqual({ lines: 0, own: 1 });
  });

  test('what one learns does not depend on whom another registered (no oracle)', async () => {
    await someone('opco', 'Marie Durand', 'marie@ici.example');
    const file = zoom(['Marie Durand', 'cachee@ailleurs.example', 0, 40], ['M. Durand', '', 0, 5]);
    const before = await analyse(file);
    // The very address, and namesakes, among the partner's registrants.
    await someone('btp', 'Marie Durand', 'cachee@ailleurs.example');
    await someone('btp', 'Marie Durand');
    expect(await analyse(file)).toEqual(before);
    await bring(file);
    const { strangers, present: own, doubtful, totals } = await pageOf(t.cast.alice);
    expect({ strangers, own: own.length, doubtful: doubtful.length, joint: totals.joint.sure }).toEqual({
      strangers: [],
      own: 0,
      // Her name from another address, and an initial.
      doubtful: 2,
      joint: null,
    });
    const marked = await withOrganisation(t.db, t.cast.organisations.opco, (trx) =>
      trx.selectFrom('attendance_lines').select('own').where('webinar_id', '=', webinar.id).execute(),
    );
    expect(marked).toEqual([{ own: true }, { own: true }]);
  });

  test('numbers are exact for an organisation alone, and to the nearest ten from k up between several', async () => {
    const lines = Array.from(
      { length: 34 },
      (_, i): Line => [`Personne ${NAMES[i % 6]}${NAMES[Math.floor(i / 6)]}`, '', 0, 30],
    );
    for (const [name] of lines.slice(0, 27)) await someone('btp', name);
    await bring(zoom(...lines));
    expect((await pageOf(t.cast.alice)).totals.joint).toMatchObject({ people: 34, sure: 30, notAmong: null });
    expect((await pageOf(t.cast.bruno)).totals.joint).toMatchObject({ people: 30, sure: 27, minutes: 1020 });
    webinar = await madeWebinar(t, campaign.slug, { title: 'Seule', organisers: ['opco'] });
    for (const [name] of lines.slice(0, 27)) await someone('opco', name);
    await bring(zoom(...lines));
    expect((await pageOf(t.cast.alice)).totals.joint).toEqual({
      exact: true,
      people: 34,
      minutes: 1020,
      sure: 27,
      doubtful: 0,
      notAmong: 7,
    });
  });
});
