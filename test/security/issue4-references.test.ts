import { type RawBuilder, sql } from 'kysely';
import { beforeAll, expect, test } from 'vitest';
import { createCampaign } from '../../src/campaigns/create-campaign.ts';
import { withOrganisation } from '../../src/db/database.ts';
import { joint } from '../campaigns/cast.ts';
import { oneOfEach } from '../db/one-of-each.ts';
import { NOW, type TestDatabase, testDatabase } from '../support/database.ts';
import { type MadePush, makeApprovedPush } from '../support/factories.ts';

// A foreign key looks under every row: without a policy, a partner could hang rows of its own on what is opco's.
let t: TestDatabase;
let push: MadePush;
const ids: Record<string, number> = {};
beforeAll(async () => {
  t = await testDatabase();
  push = await makeApprovedPush(t);
  await oneOfEach(t, push);
  for (const table of ['relays', 'resources', 'actions', 'decisions', 'key_message_versions'])
    ids[table] = await as('opco', async (trx) => {
      const { rows } = await sql<{ id: number }>`select max(id) as id from ${sql.table(table)}`.execute(trx);
      return rows[0]?.id ?? 0;
    });
});
const as = <T>(organisation: 'opco' | 'btp', run: Parameters<typeof withOrganisation<T>>[2]) =>
  withOrganisation(t.db, t.cast.organisations[organisation], run);

type Row = Record<string, string | number | Date | Buffer | null>;
const insert = (table: string, row: Row): RawBuilder<unknown> =>
  sql`insert into ${sql.table(table)} (${sql.join(Object.keys(row).map((name) => sql.ref(name)))})
    values (${sql.join(Object.values(row))})`;

test.each<[string, string, () => Row]>([
  ['a source of links for a relay', 'link_sources', () => ({ kind: 'carte', relay_id: ids.relays!, created_at: NOW })],
  ['one for an action', 'link_sources', () => ({ kind: 'action', action_id: ids.actions!, created_at: NOW })],
  ['one for a press release', 'link_sources', () => ({ kind: 'communique', push_id: push.id, created_at: NOW })],
  ['an act of a relay', 'relay_acts', () => ({ relay_id: ids.relays!, at: NOW, what: 'ouvert' })],
  ['a kit of a relay', 'kits', () => ({ relay_id: ids.relays!, created_at: NOW, created_by: 'x' })],
  [
    'a relay of a campaign that another leads',
    'relays',
    () => ({
      name: 'x',
      kind: 'autre',
      scope: 'national',
      origin: 'saisie',
      created_at: NOW,
      created_by: 'x',
      updated_at: NOW,
    }),
  ],
  [
    'a file of a resource',
    'resource_files',
    () => ({
      resource_id: ids.resources!,
      format: 'rapport',
      title: 'x',
      url: 'https://ailleurs.example',
      created_by: 'x',
      created_at: NOW,
    }),
  ],
  [
    'what replaces a decision, in a memory of its own',
    'decisions',
    () => ({
      campaign_id: null,
      instance: 'copil',
      held_on: '2026-11-20',
      subject: 'x',
      decision: 'x',
      created_by: 'x',
      created_at: NOW,
      supersedes_id: ids.decisions!,
    }),
  ],
])('a partner cannot make: %s', async (_, table, more) => {
  const own = { organisation_id: t.cast.organisations.btp, campaign_id: push.campaignId };
  await expect(as('btp', (trx) => insert(table, { ...own, ...more() }).execute(trx))).rejects.toMatchObject({
    code: '42501',
  });
});

test('nor ask for the approval of another’s wording in a campaign of its own, where its yes would be enough', async () => {
  const own = await createCampaign(
    t.ctx(t.cast.bruno),
    joint({ slug: 'de-btp', partners: [{ organisation: 'btp', role: 'pilote' }] }),
  );
  const row = {
    organisation_id: t.cast.organisations.btp,
    campaign_id: own.id,
    version_id: ids.key_message_versions!,
    content_hash: Buffer.alloc(1),
    asked_by: 'x',
    asked_at: NOW,
  };
  await expect(as('btp', (trx) => insert('wording_requests', row).execute(trx))).rejects.toMatchObject({
    code: '42501',
  });
});
