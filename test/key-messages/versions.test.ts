import { describe, expect, test } from 'vitest';
import { fromParis } from '../../src/base/dates.ts';
import { withOrganisation } from '../../src/db/database.ts';
import { addVersion } from '../../src/key-messages/add-version.ts';
import { currentWordings, keyMessagesOfCampaign, versionsOf } from '../../src/key-messages/queries.ts';
import { readWordingList } from '../../src/key-messages/read-wording-list.ts';
import { validityOf } from '../../src/key-messages/stored.ts';
import { testDatabase } from '../support/database.ts';
import { makeCampaign } from '../support/factories.ts';
import { wording, wordsOf } from './house.ts';

const t = await testDatabase();
const { alice, bruno, chloe, david, etranger } = t.cast;

const campaignWords = async () => {
  const { id } = await makeCampaign(t);
  return { id, ...wordsOf(t, id) };
};

describe('versions', () => {
  test('a new text, topic, day or nothing: what changes is a version, with why; the same again is none', async () => {
    const { id, write, sheet } = await campaignWords();
    expect(await write('Un outil.')).toMatchObject({ version: 1 });
    expect(await write('Un outil.')).toMatchObject({ version: 1 });
    expect(await write('Un outil.', { note: 'rien de neuf' })).toMatchObject({ version: 1 });
    expect(await write('Un outil en ligne.', { note: 'il est en ligne' })).toMatchObject({ version: 2 });
    expect(await write('Un outil en ligne.', { topic: 'L’outil' })).toMatchObject({ version: 3 });
    expect(await write('Un outil en ligne.', { topic: 'L’outil', validTo: '2026-12-31' })).toMatchObject({
      version: 4,
    });
    const { versions } = await sheet(bruno);
    expect(versions.map((v) => [v.version, v.topic, v.validTo, v.note, v.author])).toEqual([
      [4, 'L’outil', '2026-12-31', '', 'Alice'],
      [3, 'L’outil', null, '', 'Alice'],
      [2, 'L’outil GEPP', null, 'il est en ligne', 'Alice'],
      [1, 'L’outil GEPP', null, '', 'Alice'],
    ]);
    await withOrganisation(t.db, alice.organisationId, async (trx) => {
      expect(await currentWordings(trx, id)).toMatchObject([
        { version: 4, wordings: wording('Un outil en ligne.').wordings },
      ]);
      expect(await keyMessagesOfCampaign(trx, id)).toEqual([
        {
          ...wording('Un outil en ligne.', { topic: 'L’outil' }),
          validFrom: null,
          validTo: '2026-12-31',
          note: '',
        },
      ]);
    });
  });

  test('who writes over a version not read is told, and loses nothing', async () => {
    const { id, write } = await campaignWords();
    await write('Un.');
    await write('Deux.');
    const late = addVersion(t.ctx(alice), id, wording('Trois.'), 1);
    await expect(late).rejects.toMatchObject({ kind: 'conflict', code: 'content_changed' });
    await expect(addVersion(t.ctx(alice), id, wording('Trois.'), 0)).rejects.toMatchObject({ code: 'edl_existe' });
    expect(await addVersion(t.ctx(alice), id, wording('Trois.'), 2)).toMatchObject({ version: 3 });
  });

  test('two people who save at the same second: one version each, or one is told', async () => {
    const { id, write, sheet } = await campaignWords();
    await write('Un.');
    const both = await Promise.allSettled(
      ['Deux.', 'Trois.'].map((text) => addVersion(t.ctx(alice), id, wording(text), 1)),
    );
    expect(both.map((r) => r.status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect((await sheet(alice)).versions.map((v) => v.version)).toEqual([2, 1]);
  });

  test('a partner, a relay, an evaluator and a stranger write nothing', async () => {
    const { id, write } = await campaignWords();
    await write('Un.');
    for (const person of [bruno, chloe, david, etranger])
      await expect(addVersion(t.ctx(person), id, wording('Intrus.'))).rejects.toMatchObject({
        kind: person === etranger ? 'not-found' : 'forbidden',
      });
    // Nor by SQL: a version is a record, and only the lead's organisation inserts one.
    const [row] = await withOrganisation(t.db, alice.organisationId, (trx) => currentWordings(trx, id));
    if (!row) throw new Error('nothing was written');
    for (const act of [
      () =>
        withOrganisation(t.db, bruno.organisationId, (trx) =>
          trx
            .insertInto('key_message_versions')
            .values({
              key_message_id: row.id,
              organisation_id: alice.organisationId,
              campaign_id: id,
              version: 9,
              wordings: '{}',
              created_by: 'x',
              created_at: row.createdAt,
            })
            .execute(),
        ),
      () =>
        withOrganisation(t.db, alice.organisationId, (trx) =>
          trx.updateTable('key_message_versions').set({ wordings: '{}' }).where('id', '=', row.versionId).execute(),
        ),
    ])
      await expect(act()).rejects.toMatchObject({ code: '42501' });
  });

  test('a version written before topics were kept with it reads the topic of today', async () => {
    const { id, write } = await campaignWords();
    const { id: message } = await write('Un.');
    await withOrganisation(t.db, alice.organisationId, async (trx) => {
      await trx
        .insertInto('key_message_versions')
        .values({
          key_message_id: message,
          organisation_id: alice.organisationId,
          campaign_id: id,
          version: 2,
          wordings: JSON.stringify({ terrain: { post: 'Le post d’avant.' } }),
          created_by: 'campaign apply',
          created_at: new Date(),
        })
        .execute();
      expect(await versionsOf(trx, message)).toMatchObject([
        { version: 2, topic: 'L’outil GEPP', wordings: { terrain: { post: 'Le post d’avant.' } } },
        { version: 1 },
      ]);
    });
  });
});

describe('days on which it may be said', () => {
  test.each([
    // 2026-12-31 in Paris ends at 23:00 UTC.
    ['the last minute of the last day', '2026-12-31T22:59:59Z', 'valable'],
    ['the first minute of the day after', '2026-12-31T23:00:00Z', 'perime'],
    ['the last minute before the first day', '2026-11-30T22:59:59Z', 'a_venir'],
    ['the first minute of the first day', '2026-11-30T23:00:00Z', 'valable'],
  ])('%s', (_, at, validity) => {
    expect(validityOf({ validFrom: '2026-12-01', validTo: '2026-12-31' }, new Date(at))).toBe(validity);
  });

  test('midnight is that of Paris on both sides of the change of hour', () => {
    // The night of 28 to 29 March 2027: the day that begins in winter time ends in summer time, 23 hours later.
    const day = { validFrom: '2027-03-28', validTo: '2027-03-28' };
    const [start, end] = [fromParis(2027, 3, 28), fromParis(2027, 3, 29)];
    expect(end.getTime() - start.getTime()).toBe(23 * 3_600_000);
    for (const [at, validity] of [
      [start.getTime() - 1, 'a_venir'],
      [start.getTime(), 'valable'],
      [end.getTime() - 1, 'valable'],
      [end.getTime(), 'perime'],
    ] as const)
      expect(validityOf(day, new Date(at))).toBe(validity);
    // In October the day is of 25 hours.
    const autumn = { validFrom: null, validTo: '2027-10-31' };
    expect(validityOf(autumn, new Date('2027-10-31T22:59:59Z'))).toBe('valable');
    expect(validityOf(autumn, new Date('2027-10-31T23:00:00Z'))).toBe('perime');
  });

  test('kits show, at midnight in Paris, the version of the day, and give way to the one before', async () => {
    const { validated, usable } = await campaignWords();
    await validated('Toujours.');
    await validated('Pendant le salon.', { validFrom: '2027-03-28', validTo: '2027-03-28' });
    const at = (instant: number) => usable(new Date(instant));
    expect(await at(fromParis(2027, 3, 28).getTime() - 1)).toEqual({ gepp: 1 });
    expect(await at(fromParis(2027, 3, 28).getTime())).toEqual({ gepp: 2 });
    expect(await at(fromParis(2027, 3, 29).getTime() - 1)).toEqual({ gepp: 2 });
    expect(await at(fromParis(2027, 3, 29).getTime())).toEqual({ gepp: 1 });
  });
});

describe('five hundred topics', () => {
  test('are listed, looked for and told apart in less than two seconds a page, on a busy machine', async () => {
    const { id, validated, write } = await campaignWords();
    await withOrganisation(t.db, alice.organisationId, async (trx) => {
      const rows = await trx
        .insertInto('key_messages')
        .values(
          Array.from({ length: 500 }, (_, i) => ({
            slug: `sujet-${i}`,
            topic: `Sujet ${String(i).padStart(3, '0')}`,
            campaign_id: id,
            organisation_id: alice.organisationId,
            created_at: new Date(),
          })),
        )
        .returning(['id', 'slug'])
        .execute();
      await trx
        .insertInto('key_message_versions')
        .values(
          rows.map((r, i) => ({
            key_message_id: r.id,
            organisation_id: alice.organisationId,
            campaign_id: id,
            version: 1,
            wordings: JSON.stringify({
              terrain: { paragraphe: `Évaluations n° ${i}. ${'Un texte d’une certaine longueur. '.repeat(30)}` },
            }),
            created_by: 'test',
            created_at: new Date(),
          })),
        )
        .execute();
    });
    await validated('Le GEPP, pour recruter.', { slug: 'aaa-valide', topic: 'À part' });
    await write('Le même.', { slug: 'perime', topic: 'Périmé', validTo: '2026-11-21' });
    const list = async (p: Parameters<typeof readWordingList>[2] = {}, person = bruno) => {
      const before = performance.now();
      const answer = await readWordingList(t.ctx(person), id, p);
      expect(performance.now() - before).toBeLessThan(2000);
      return answer;
    };
    const first = await list();
    expect([first.total, first.pages, first.lines.length]).toEqual([502, 11, 50]);
    expect(first.lines[0]).toMatchObject({
      topic: 'À part',
      state: 'valide',
      usable: 1,
      written: { terrain: 2, operationnel: 0 },
    });
    expect((await list({ page: 11 })).lines).toHaveLength(2);
    expect((await list({ page: 12 })).lines).toHaveLength(0);
    // Accents, plurals, the beginning of a word: as French reads them.
    expect((await list({ search: 'evaluation' })).total).toBe(500);
    expect((await list({ search: 'RECRUT' })).lines.map((l) => l.slug)).toEqual(['aaa-valide']);
    expect((await list({ search: '%_' })).total).toBe(0);
    expect((await list({ filter: 'valide' })).lines.map((l) => l.slug)).toEqual(['aaa-valide']);
    expect((await list({ filter: 'perime' })).lines.map((l) => [l.slug, l.validity])).toEqual([['perime', 'perime']]);
    expect((await list({ filter: 'brouillon' })).total).toBe(501);
    expect((await list({}, etranger)).total).toBe(0);
  });
});
