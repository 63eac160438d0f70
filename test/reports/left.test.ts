import { expect, test } from 'vitest';
import { acrossOrganisations, withOrganisation } from '../../src/db/database.ts';
import { freezePush } from '../../src/deliveries/freeze.ts';
import { declareFigure } from '../../src/pages/declare-figure.ts';
import { sourceOf } from '../../src/pages/file-source.ts';
import { importExport } from '../../src/pages/import-export.ts';
import { saveWatchedPage } from '../../src/pages/save-watched-page.ts';
import { savePush } from '../../src/pushes/save-push.ts';
import { readReport } from '../../src/reports/report.ts';
import { readFigures } from '../../src/reports/summary.ts';
import { readSharedReport, readShares } from '../../src/seals/read-shares.ts';
import { shareReport } from '../../src/seals/share-report.ts';
import type { Person } from '../support/database.ts';
import { NOW, SECRETS, testDatabase } from '../support/database.ts';
import { approve, letter, makeAudience, makeCampaign, makeContacts, submit } from '../support/factories.ts';

const t = await testDatabase();
const { alice, bruno } = t.cast;
const DAY = 86_400_000;
const LEFT = new Date(NOW.getTime() + 3_600_000);
const AFTER = new Date(NOW.getTime() + 2 * DAY);
const TODAY = new Date(NOW.getTime() + 3 * DAY);
const instance = { db: t.db, secrets: SECRETS, publicUrl: 'https://pv.example', now: () => TODAY };

async function send(campaign: { slug: string }, slug: string, audience: string, at: Date, people: readonly Person[]) {
  const ctx = t.ctx(alice, at);
  const { id } = await savePush(ctx, campaign.slug, letter({ slug, audience, title: `Lettre ${slug}` }));
  await submit(t, id, at);
  for (const person of people) await approve(t, id, person);
  await freezePush(ctx, id);
  await acrossOrganisations(t.db, (trx) =>
    trx
      .updateTable('deliveries')
      .set({ state: 'accepted', handed_at: at, settled_at: at })
      .where('push_id', '=', id)
      .execute(),
  );
  return id;
}

test('whoever left reads what was, and nothing of what was made or sent since: report, figures and shared address', async () => {
  const campaign = await makeCampaign(t);
  await makeContacts(t, 'opco', 30, { tag: 'g' });
  await makeContacts(t, 'btp', 30, { tag: 'g' });
  const { slug: audience } = await makeAudience(t, campaign.id, { rule: { tags: ['g'] } });
  await send(campaign, 'avant', audience, NOW, [alice, bruno]);
  const { id } = await shareReport(t.ctx(bruno), campaign.slug, { label: 'Bureau', until: '2026-12-31' });
  const { shares } = await readShares(t.ctx(bruno), campaign.slug);
  await withOrganisation(t.db, alice.organisationId, (trx) =>
    trx
      .insertInto('withdrawals')
      .values({
        campaign_id: campaign.id,
        organisation_id: bruno.organisationId,
        effective_at: LEFT,
        reason: 'fin de convention',
        recorded_by: 'test',
        recorded_at: LEFT,
      })
      .execute(),
  );
  const stated = { value: 900, unit: 'visites', windowSaid: 'deux mois', saidBy: 'Le rapport' } as const;
  const page = (slug: string, at: Date) =>
    saveWatchedPage(t.ctx(alice, at), campaign.slug, {
      slug,
      name: `Page ${slug}`,
      url: `https://ft.example/${slug}`,
      owner: 'France Travail',
    });
  await page('avant', NOW);
  await page('ensuite', AFTER);
  await declareFigure(t.ctx(alice, NOW), campaign.slug, 'avant', { ...stated, source: 'page 4' });
  await declareFigure(t.ctx(alice, AFTER), campaign.slug, 'avant', { ...stated, value: 950, source: 'page 9' });
  for (const [at, n] of [
    [NOW, 10],
    [AFTER, 20],
  ] as const)
    await importExport(
      t.ctx(alice, at),
      campaign.slug,
      'avant',
      sourceOf(`matomo-${n}.csv`, Buffer.from(`date,nb_visits\n2026-11-22,${n}\n`)),
      { replace: true },
    );
  const after = await send(campaign, 'ensuite', audience, AFTER, [alice]);

  const [lead, left] = await Promise.all([alice, bruno].map((p) => readReport(t.ctx(p, TODAY), campaign.slug)));
  expect([lead?.figures.distribues.value, left?.figures.distribues.value]).toEqual([90, 60]);
  expect([lead?.window.to, left?.window.to]).toEqual(['2026-11-25', '2026-11-22']);
  expect(JSON.stringify(lead)).toContain('Lettre ensuite');
  expect(JSON.stringify(left)).not.toContain('Lettre ensuite');
  expect([lead, left].map((r) => r?.pages.pages.map((p) => p.name))).toEqual([
    ['Page avant', 'Page ensuite'],
    ['Page avant'],
  ]);
  expect([lead, left].map((r) => r?.pages.pages[0]?.statements.map((s) => s.source))).toEqual([
    ['page 4', 'page 9'],
    ['page 4'],
  ]);
  expect([lead, left].map((r) => r?.pages.pages[0]?.exported.visites?.value)).toEqual([20, 10]);

  const only = { from: '2026-11-23', to: '2026-11-25' };
  expect((await readFigures(t.ctx(alice, TODAY), campaign.slug, only)).distribues.value).toBe(30);
  const told = await readFigures(t.ctx(bruno, TODAY), campaign.slug, only);
  expect([told.envois.value, told.envois.window]).toEqual([
    1,
    { from: '2026-11-22', to: '2026-11-22', zone: 'Europe/Paris' },
  ]);
  expect((await readFigures(t.ctx(bruno, TODAY), campaign.slug, { pushId: after })).adresses.value).toBe(0);

  const token =
    shares
      .find((s) => s.id === id)
      ?.address.split('/')
      .at(-1) ?? '';
  const shared = await readSharedReport(instance, token, {});
  expect(shared?.report.figures.distribues.value).toBe(60);
  expect(JSON.stringify(shared)).not.toContain('Lettre ensuite');
});
