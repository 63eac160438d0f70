import { declareFigure } from '../../src/pages/declare-figure.ts';
import { sourceOf } from '../../src/pages/file-source.ts';
import { importExport } from '../../src/pages/import-export.ts';
import { saveWatchedPage } from '../../src/pages/save-watched-page.ts';
import { openSite } from '../../src/pages/sites.ts';
import type { TestDatabase } from '../support/database.ts';
import { png } from '../support/images.ts';

/** A page of others with a statement and its file, an export, and a measured site. */
export async function makePages(t: TestDatabase, campaign: string, dataDir: string) {
  const ctx = t.ctx(t.cast.alice);
  const { slug: page } = await saveWatchedPage(ctx, campaign, {
    name: 'La page du zèbre',
    url: 'https://savane.example/zebre',
    owner: 'Le zoo du zèbre',
    baselineFrom: '2026-09-01',
    baselineTo: '2026-09-30',
    windowFrom: '2026-11-02',
    windowTo: '2026-12-31',
  });
  const bytes = async function* () {
    yield png();
  };
  const { id: statementId } = await declareFigure(
    ctx,
    campaign,
    page,
    {
      value: 900,
      unit: 'visites',
      windowSaid: 'deux mois de zèbre',
      saidBy: 'Mme Zèbre',
      source: 'Le rapport du zèbre',
    },
    { evidence: { dataDir, name: 'zebre.png', bytes: bytes() } },
  );
  const { importId: exportId } = await importExport(
    ctx,
    campaign,
    page,
    sourceOf('zebres.csv', Buffer.from('Date,Visites\n2026-09-01,12\n')),
  );
  const { id: siteId } = await openSite(ctx, campaign, { name: 'Le site du zèbre', origin: 'https://zebre.example' });
  return { page, statementId, exportId, siteId };
}
