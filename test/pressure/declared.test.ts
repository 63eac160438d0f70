import { sql } from 'kysely';
import { beforeAll, describe, expect, test } from 'vitest';
import { declareSolicitation, withdrawSolicitation } from '../../src/contacts/declare-solicitation.ts';
import { readSolicitations } from '../../src/contacts/read-solicitations-page.ts';
import { acrossOrganisations } from '../../src/db/database.ts';
import { freeze } from '../deliveries/ledger.ts';
import { NOW, type TestDatabase, testDatabase } from '../support/database.ts';
import { makeContacts } from '../support/factories.ts';
import { day, fates, makeLetters, siret } from './letters.ts';

let t: TestDatabase;
beforeAll(async () => {
  t = await testDatabase();
});

const enquiry = { kind: 'enquete', label: 'Enquête sur les besoins', at: day(-2) };

describe('what a partner asked of people otherwise than by a message', () => {
  test('counts like a message, for each of its own contacts of the audience, until it is withdrawn', async () => {
    const letters = await makeLetters(t, [{ owner: 'opco', count: 3 }]);
    await letters.sent(day(-1));
    const { id, people } = await declareSolicitation(t.ctx(t.cast.alice), {
      ...enquiry,
      audienceId: letters.audienceId,
    });
    expect(people).toBe(3);
    const held = await letters.approved();
    await freeze(t, held);
    expect(await fates(t, held)).toMatchObject(Array(3).fill({ state: 'held', next_at: day(5) }));
    await withdrawSolicitation(t.ctx(t.cast.emma), id);
    await expect(withdrawSolicitation(t.ctx(t.cast.emma), id)).rejects.toMatchObject({ kind: 'not-found' });

    const other = await makeLetters(t, [{ owner: 'opco', count: 1 }]);
    await other.sent(day(-1));
    const declared = await declareSolicitation(t.ctx(t.cast.alice), { ...enquiry, audienceId: other.audienceId });
    await withdrawSolicitation(t.ctx(t.cast.alice), declared.id);
    const free = await other.approved();
    await freeze(t, free);
    expect(await fates(t, free)).toMatchObject([{ state: 'planned' }]);
  });

  test('what is announced for later counts from now on', async () => {
    const letters = await makeLetters(t, [{ owner: 'opco', count: 1 }]);
    await letters.sent(day(-1));
    await declareSolicitation(t.ctx(t.cast.alice), { ...enquiry, at: day(3), audienceId: letters.audienceId });
    const push = await letters.approved();
    await freeze(t, push);
    expect(await fates(t, push)).toMatchObject([{ state: 'held', next_at: day(6) }]);
  });

  test('an enquiry is one solicitation of a company, among its messages', async () => {
    const caps = { perPerson: 50, days: 1, perCompany: 2, companyDays: 90 };
    const letters = await makeLetters(t, [{ owner: 'opco', count: 2, siret: () => siret(90) }], { caps });
    await declareSolicitation(t.ctx(t.cast.alice), { ...enquiry, at: day(-30), audienceId: letters.audienceId });
    const second = await letters.approved();
    await freeze(t, second);
    expect(await fates(t, second)).toMatchObject([{ state: 'planned' }, { state: 'planned' }]);
    const third = await letters.approved();
    await freeze(t, third);
    expect(await fates(t, third)).toMatchObject(Array(2).fill({ state: 'held', next_at: day(60) }));
  });

  test('the people are those of that day: who comes later was not asked anything', async () => {
    const letters = await makeLetters(t, [{ owner: 'opco', count: 1 }]);
    for (const at of [day(-2), day(-1)])
      await declareSolicitation(t.ctx(t.cast.alice), { ...enquiry, at, audienceId: letters.audienceId });
    await makeContacts(t, 'opco', 1, { tag: letters.tag });
    const push = await letters.approved();
    await freeze(t, push);
    expect((await fates(t, push)).map((f) => f.state)).toEqual(['held', 'planned']);
  });

  test('a partner declares for its own contacts, and nobody reads what another one declared', async () => {
    const letters = await makeLetters(t, [
      { owner: 'opco', count: 2 },
      { owner: 'btp', count: 5 },
    ]);
    const mine = await declareSolicitation(t.ctx(t.cast.bruno), {
      ...enquiry,
      label: 'Atelier du partenaire',
      audienceId: letters.audienceId,
      campaignId: letters.campaignId,
    });
    expect(mine.people).toBe(5);
    const seen = async (person: typeof t.cast.alice) =>
      (await readSolicitations(t.ctx(person), 30)).declared.map((d) => d.label);
    expect(await seen(t.cast.bruno)).toContain('Atelier du partenaire');
    expect(await seen(t.cast.alice)).not.toContain('Atelier du partenaire');
    await expect(withdrawSolicitation(t.ctx(t.cast.alice), mine.id)).rejects.toMatchObject({ kind: 'not-found' });
  });

  test('no address is copied: keyed hashes only', async () => {
    const { rows } = await acrossOrganisations(t.db, (trx) =>
      sql<{
        column_name: string;
      }>`select column_name from information_schema.columns where table_name = 'solicited'`.execute(trx),
    );
    expect(rows.map((r) => r.column_name).toSorted()).toEqual([
      'address_hash',
      'at',
      'company_hash',
      'declared_id',
      'organisation_id',
    ]);
  });

  test.each([
    ['an unknown kind', { kind: 'loterie' }, 'kind'],
    ['no words', { label: '  ' }, 'label'],
    ['a date that is none', { at: null }, 'at'],
    ['a date too far to count', { at: day(400) }, 'at'],
    ['no audience', { audienceId: null }, 'audienceId'],
  ])('%s is refused at its field', async (_, wrong, field) => {
    const { audienceId } = await makeLetters(t, [{ owner: 'opco', count: 1 }]);
    const declared = declareSolicitation(t.ctx(t.cast.alice), { ...enquiry, audienceId, ...wrong });
    await expect(declared).rejects.toMatchObject({ kind: 'invalid', fields: [{ field }] });
  });

  test('an audience with none of one’s contacts, a stranger’s audience and a role without the right are refused', async () => {
    const { audienceId, campaignId } = await makeLetters(t, [{ owner: 'opco', count: 1 }]);
    await expect(declareSolicitation(t.ctx(t.cast.bruno), { ...enquiry, audienceId })).rejects.toMatchObject({
      fields: [{ field: 'audienceId' }],
    });
    await expect(declareSolicitation(t.ctx(t.cast.etranger), { ...enquiry, audienceId })).rejects.toMatchObject({
      kind: 'not-found',
    });
    const own = { ...enquiry, audienceId, campaignId: campaignId + 1_000 };
    await expect(declareSolicitation(t.ctx(t.cast.alice), own)).rejects.toMatchObject({ kind: 'not-found' });
    await expect(declareSolicitation(t.ctx(t.cast.david), { ...enquiry, audienceId })).rejects.toMatchObject({
      kind: 'forbidden',
    });
  });
});

test('who is most solicited: one’s own messages and declarations of the window, as counts that add up', async () => {
  const before = await readSolicitations(t.ctx(t.cast.bruno), 7);
  const letters = await makeLetters(t, [{ owner: 'btp', count: 4 }], {
    caps: { perPerson: 50, days: 1, perCompany: 50, companyDays: 1 },
  });
  const theirs = await makeLetters(t, [{ owner: 'opco', count: 4, prefix: `${letters.tag}.btp` }]);
  await letters.sent(day(-8));
  for (const at of [-3, -2]) await letters.sent(day(at));
  await theirs.sent(day(-1));
  await declareSolicitation(t.ctx(t.cast.bruno), { ...enquiry, audienceId: letters.audienceId });
  await declareSolicitation(t.ctx(t.cast.bruno), { ...enquiry, at: day(2), audienceId: letters.audienceId });
  await makeContacts(t, 'btp', 2);
  const after = await readSolicitations(t.ctx(t.cast.bruno), 7);
  expect(after.times.map((n, i) => n - (before.times[i] ?? 0))).toEqual([2, 0, 0, 4]);
  expect(after).toMatchObject({ from: day(-7), to: NOW });
});
