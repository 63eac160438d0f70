import { expect, test } from 'vitest';
import { editCampaign } from '../../src/pushes/edit-campaign.ts';
import { readReport } from '../../src/reports/report.ts';
import { freeze } from '../deliveries/ledger.ts';
import { testDatabase } from '../support/database.ts';
import { makeApprovedPush, makeCampaign } from '../support/factories.ts';
import { madeWebinar } from '../webinars/made-webinar.ts';

const t = await testDatabase();
const alice = t.ctx(t.cast.alice);

test('once a list is drawn the smallest group does not move: lower, it would tell fifteen; from one to the next, any number', async () => {
  const push = await makeApprovedPush(t, { contacts: { opco: 30, btp: 15 } });
  await editCampaign(alice, push.campaign, { k: 21 });
  await editCampaign(alice, push.campaign, { k: 20 });
  const again = await makeApprovedPush(t, { contacts: { opco: 30, btp: 15 } });
  await freeze(t, again.id);
  for (const k of [10, 19, 21, 500])
    await expect(editCampaign(alice, again.campaign, { k })).rejects.toMatchObject({
      kind: 'invalid',
      fields: [{ field: 'k', message: expect.stringContaining('reste de 20') }],
    });
  expect(await editCampaign(alice, again.campaign, { k: 20, tagline: 'Autre' })).toMatchObject({
    changed: ['tagline'],
  });
  expect((await readReport(alice, again.campaign)).figures.adresses.value).toBe(30);
});

test('nor once people could register for a webinar', async () => {
  const { slug } = await makeCampaign(t);
  await madeWebinar(t, slug, { title: 'Ouvert', capacity: 60 });
  await expect(editCampaign(alice, slug, { k: 10 })).rejects.toMatchObject({ fields: [{ field: 'k' }] });
});
