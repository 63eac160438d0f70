import { acrossOrganisations, withOrganisation } from '../../src/db/database.ts';
import { NOW, type TestDatabase } from '../support/database.ts';
import type { MadePush } from '../support/factories.ts';

/** A page of others with an export and a statement, a measured site and a visit: one row in each of their tables. */
export async function onePage(t: TestDatabase, push: MadePush): Promise<void> {
  const organisation_id = t.cast.organisations.opco;
  const campaign = { organisation_id, campaign_id: push.campaignId };
  const hash = Buffer.alloc(32, 1);
  const site_id = await withOrganisation(t.db, organisation_id, async (trx) => {
    const { id: page_id } = await trx
      .insertInto('watched_pages')
      .values({
        ...campaign,
        slug: 'page',
        name: 'Page',
        url: 'https://exemple.fr',
        owner: 'Autre',
        created_by: 'test',
        created_at: NOW,
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    const { id: import_id } = await trx
      .insertInto('page_imports')
      .values({
        ...campaign,
        page_id,
        file_name: 'e.csv',
        file_hash: hash,
        tool: 'matomo',
        report: '{}',
        imported_by: 'test',
        imported_at: NOW,
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    await trx
      .insertInto('page_days')
      .values({ ...campaign, page_id, import_id, day: '2026-11-02', measure: 'visites', n: 1 })
      .execute();
    await trx
      .insertInto('page_statements')
      .values({
        ...campaign,
        page_id,
        value: 1,
        unit: 'visites',
        said_by: 's',
        source: 's',
        declared_by: 'test',
        declared_at: NOW,
      })
      .execute();
    const site = {
      name: 'Site',
      origin: 'https://exemple.fr',
      key: 'clef-unique',
      created_by: 'test',
      created_at: NOW,
    };
    const made = await trx
      .insertInto('measured_sites')
      .values({ ...campaign, ...site })
      .returning('id')
      .executeTakeFirstOrThrow();
    return made.id;
  });
  await acrossOrganisations(t.db, (trx) =>
    trx
      .insertInto('visit_counts')
      .values({ ...campaign, site_id, page: '/', channel: 'direct', hour: NOW, visits: 1, pages: 1, robots: 0 })
      .execute(),
  );
}
