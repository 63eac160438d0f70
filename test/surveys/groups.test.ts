import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LEVELS } from '../../src/base/words.ts';
import { testDatabase } from '../support/database.ts';
import { makeCampaign } from '../support/factories.ts';
import { asked, groupsIn, makeSurvey, people } from './cast.ts';

const t = await testDatabase();
const campaign = await makeCampaign(t, { k: 20 });
const { opco, btp, federation } = t.cast.organisations;
const fresh = async () => (await makeSurvey(t, campaign.slug)).id;

test('a group is a level of an organisation, of k people or more (PRV-11)', async () => {
  const id = await fresh();
  await asked(t, id, [
    ...people(opco, 'terrain', 25),
    ...people(opco, 'operationnel', 20),
    ...people(btp, 'terrain', 30),
  ]);
  expect(await groupsIn(t, id)).toMatchObject([
    { organisation_id: opco, mixed: false, level: 'terrain', asked: 25 },
    { organisation_id: opco, mixed: false, level: 'operationnel', asked: 20 },
    { organisation_id: btp, mixed: false, level: 'terrain', asked: 30 },
  ]);
});

test('few join their organisation, then the few of others; nobody ever has an address of a small group', async () => {
  const id = await fresh();
  const groups = await asked(t, id, [
    ...people(opco, 'terrain', 12),
    ...people(opco, 'institutionnel', 9),
    ...people(btp, 'terrain', 13),
    ...people(federation, 'terrain', 8),
  ]);
  expect(await groupsIn(t, id)).toMatchObject([
    { organisation_id: opco, mixed: false, level: null, asked: 21 },
    // Of the survey’s own organisation, and said to be mixed.
    { organisation_id: opco, mixed: true, level: 'terrain', asked: 21 },
  ]);
  expect(new Set(groups?.slice(0, 21)).size).toBe(1);
  expect(new Set(groups?.slice(21)).size).toBe(1);
});

test('fewer than k in all are not asked: their answers would be theirs', async () => {
  const id = await fresh();
  expect(await asked(t, id, people(opco, 'terrain', 19))).toBeNull();
  expect(await groupsIn(t, id)).toEqual([]);
  expect(await asked(t, id, [])).toEqual([]);
});

test('three who come later join a group that is there, however few they are', async () => {
  const id = await fresh();
  const [first] = (await asked(t, id, people(opco, 'terrain', 20))) ?? [];
  expect(await asked(t, id, [...people(opco, 'terrain', 2), ...people(btp, 'operationnel', 1)])).toEqual([
    first,
    first,
    first,
  ]);
  expect(await groupsIn(t, id)).toMatchObject([{ id: first, asked: 23 }]);
});

test('those who came and those who did not answer apart', async () => {
  const id = await fresh();
  await asked(t, id, people(opco, 'terrain', 20), 'presents');
  await asked(t, id, people(opco, 'terrain', 20), 'absents');
  expect((await groupsIn(t, id)).map((g) => [g.audience, g.asked])).toEqual([
    ['presents', 20],
    ['absents', 20],
  ]);
});

test('whoever is asked: everybody has a group, each of k or more, and they add up', async () => {
  const someone = fc.record({
    organisationId: fc.constantFrom(opco, btp, federation),
    level: fc.constantFrom(...LEVELS, null),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(someone, { minLength: 20, maxLength: 120 }), async (whom) => {
      const id = await fresh();
      const of = await asked(t, id, whom);
      const groups = await groupsIn(t, id);
      expect(of).toHaveLength(whom.length);
      for (const group of groups) {
        expect(group.asked).toBeGreaterThanOrEqual(20);
        expect(of?.filter((g) => g === group.id)).toHaveLength(group.asked);
      }
    }),
    { numRuns: 25, seed: 5 },
  );
});
