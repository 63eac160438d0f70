import { sql } from 'kysely';
import { acrossOrganisations, type Database } from '../../src/db/database.ts';
import { type Cast, NOW } from '../support/database.ts';

export type FrozenPush = {
  campaignId: number;
  pushId: number;
  cells: number[];
  tokens: { token: string; cell: number; link: number; url: string }[];
};

export type PushOptions = {
  slug?: string;
  campaignId?: number;
  at?: Date;
  urls?: string[];
  /** The cells and their recipients, all of the lead unless said. */
  cells?: { organisationId?: number; level?: string | null; region?: string | null; recipients: number }[];
};

/** A joint campaign of opco (lead), btp and federation. */
export async function makeCampaign(
  db: Database,
  cast: Cast,
  slug: string,
  fields: { starts_on?: string; ends_on?: string } = {},
): Promise<number> {
  return acrossOrganisations(db, async (trx) => {
    const { opco, btp, federation } = cast.organisations;
    const { id } = await trx
      .insertInto('campaigns')
      .values({
        organisation_id: opco,
        slug,
        name: `Campagne ${slug}`,
        identity: '{}',
        starts_on: fields.starts_on ?? '2026-11-01',
        ends_on: fields.ends_on ?? '2027-06-30',
        nature: 'information_de_mission',
        legal_basis: 'mission',
        created_at: NOW,
        updated_at: NOW,
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    await trx
      .insertInto('campaign_partners')
      .values([
        { campaign_id: id, organisation_id: opco, role: 'pilote', position: 1 },
        { campaign_id: id, organisation_id: btp, role: 'signataire', position: 2 },
        { campaign_id: id, organisation_id: federation, role: 'relais', position: 3 },
      ])
      .execute();
    return id;
  });
}

/** A frozen push with its links, cells and tokens, as if everybody received every link; its ledger is the test's own affair. */
export async function makePush(db: Database, cast: Cast, options: PushOptions = {}): Promise<FrozenPush> {
  const { slug = 'lettre', at = NOW, urls = ['https://a.example/', 'https://b.example/'] } = options;
  const campaignId = options.campaignId ?? (await makeCampaign(db, cast, `campagne-${slug}`));
  const lead = cast.organisations.opco;
  return acrossOrganisations(db, async (trx) => {
    const own = { organisation_id: lead, campaign_id: campaignId };
    const audience = await trx
      .insertInto('audiences')
      .values({ ...own, slug, name: slug, rule: '{}', created_at: at, updated_at: at })
      .returning('id')
      .executeTakeFirstOrThrow();
    const push = await trx
      .insertInto('pushes')
      .values({
        ...own,
        slug,
        title: `Lettre ${slug}`,
        channel: 'newsletter',
        phase: 'pendant',
        audience_id: audience.id,
        content: '{}',
        created_by: 'test',
        created_at: at,
        updated_at: at,
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    const proof = await trx
      .insertInto('proofs')
      .values({ ...own, push_id: push.id, content_version: 1, created_by: 'test', created_at: at })
      .returning('id')
      .executeTakeFirstOrThrow();
    await trx
      .insertInto('freezes')
      .values({ ...own, push_id: push.id, proof_id: proof.id, at, frozen_by: 'test' })
      .execute();
    await trx
      .insertInto('links')
      .values(urls.map((url, i) => ({ ...own, push_id: push.id, url, label: `Lien ${i + 1}` })))
      .execute();
    const cells = await trx
      .insertInto('cells')
      .values(
        (options.cells ?? [{ recipients: 40 }]).map((c) => ({
          organisation_id: c.organisationId ?? lead,
          campaign_id: campaignId,
          push_id: push.id,
          level: c.level === undefined ? 'terrain' : c.level,
          region: c.region ?? null,
          recipients: c.recipients,
        })),
      )
      .returning('id')
      .execute();
    await sql`
      insert into tokens (token, organisation_id, campaign_id, push_id, cell_id, link_id, url, created_at)
      select replace(gen_random_uuid()::text, '-', ''), c.organisation_id, c.campaign_id, c.push_id, c.id, l.id, l.url, ${at}
      from cells c join links l on l.push_id = c.push_id where c.push_id = ${push.id}`.execute(trx);
    const tokens = await trx
      .selectFrom('tokens')
      .where('push_id', '=', push.id)
      .select(['token', 'cell_id as cell', 'link_id as link', 'url'])
      .orderBy('cell_id')
      .orderBy('link_id')
      .execute();
    return {
      campaignId,
      pushId: push.id,
      cells: cells.map((c) => c.id),
      tokens: tokens.map((t) => ({ ...t, cell: t.cell ?? 0 })),
    };
  });
}
