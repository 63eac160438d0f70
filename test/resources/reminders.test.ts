import { sql } from 'kysely';
import { beforeEach, expect, test } from 'vitest';
import { acrossOrganisations, withOrganisation } from '../../src/db/database.ts';
import { remindReviews } from '../../src/resources/remind-reviews.ts';
import { retireResource } from '../../src/resources/retire-resource.ts';
import { NOW, testDatabase } from '../support/database.ts';
import { makeCampaign } from '../support/factories.ts';
import { add } from './house.ts';

const t = await testDatabase();
const clock = (at = NOW) => t.ctx({ kind: 'clock', name: 'clock' } as const, at);
let campaign: { id: number; slug: string };
let seen = 0;
const mails = async () => {
  const all = await acrossOrganisations(t.db, (trx) =>
    trx
      .selectFrom('outbox')
      .select(['id', 'to_address', 'message'])
      .where('kind', '=', 'resource-review')
      .where('id', '>', seen)
      .orderBy('id')
      .execute(),
  );
  return all.map((m) => ({ id: m.id, to: m.to_address, ...(m.message as { subject: string; text: string }) }));
};
beforeEach(async () => {
  campaign = await makeCampaign(t);
  seen = Math.max(seen, ...(await mails()).map((m) => m.id));
});

test('the communicants of its holder are told two weeks before, with the way to the page', async () => {
  await add(t, campaign.id, { reviewOn: '2026-12-06', title: 'L’étude' });
  await add(t, campaign.id, { slug: 'plus-tard', reviewOn: '2026-12-07' });
  await add(t, campaign.id, { slug: 'de-btp', reviewOn: '2026-11-30' }, t.cast.bruno);
  expect(await remindReviews(clock())).toBe(2);
  const told = await mails();
  expect(told.map((m) => m.to).toSorted()).toEqual([t.cast.alice.address, t.cast.bruno.address]);
  const alice = told.find((m) => m.to === t.cast.alice.address);
  expect(alice?.subject).toBe('Une ressource à relire');
  expect(alice?.text).toContain(`https://pv.example/campagnes/${campaign.slug}/ressources/etude`);
  expect(alice?.text).toContain('dimanche 6 décembre 2026');
});

test('each is told once, even by two clocks at the same second, and again for another date', async () => {
  for (let i = 0; i < 20; i += 1) await add(t, campaign.id, { slug: `r-${i}`, reviewOn: '2026-11-23' });
  const told = await Promise.all([remindReviews(clock()), remindReviews(clock()), remindReviews(clock())]);
  expect(told.toSorted()).toEqual([0, 0, 20]);
  expect((await mails()).map((m) => [m.to, m.subject])).toEqual([[t.cast.alice.address, '20 ressources à relire']]);
  expect(await remindReviews(clock(new Date(NOW.getTime() + 3_600_000)))).toBe(0);
  // Saved again without another date: nothing more. With another: told again.
  await add(t, campaign.id, { slug: 'r-0', reviewOn: '2026-11-23', title: 'Corrigée' });
  expect(await remindReviews(clock())).toBe(0);
  await add(t, campaign.id, { slug: 'r-0', reviewOn: '2026-11-24' });
  expect(await remindReviews(clock())).toBe(1);
});

test('what is retired, and what a partner that left holds, troubles nobody', async () => {
  await add(t, campaign.id, { reviewOn: '2026-11-23' });
  await retireResource(t.ctx(t.cast.alice), campaign.id, 'etude');
  await add(t, campaign.id, { slug: 'de-btp', reviewOn: '2026-11-23' }, t.cast.bruno);
  await withOrganisation(t.db, t.cast.organisations.btp, (trx) =>
    sql`insert into withdrawals values (${campaign.id}, ${t.cast.organisations.btp}, now() - interval '1 day', 'fin', 'test', now())`.execute(
      trx,
    ),
  );
  expect(await remindReviews(clock())).toBe(0);
  expect(await mails()).toEqual([]);
});
