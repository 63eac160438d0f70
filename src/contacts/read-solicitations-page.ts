import { sql } from 'kysely';
import { acrossOrganisations, withOrganisation } from '../db/database.ts';
import { allow } from '../organisations/permissions.ts';
import { type DeclaredRow, listDeclared } from '../pressure/declared.ts';
import type { Caps } from '../pressure/schema.ts';
import type { OwnCtx } from './schema.ts';

export type CampaignCaps = { id: number; slug: string; name: string; caps: Caps };

export type SolicitationsPage = {
  declared: DeclaredRow[];
  /** Of the campaigns the organisation takes part in. */
  campaigns: CampaignCaps[];
  /** How many of its contacts were solicited 0, 1, 2, and 3 times or more since `from`. */
  times: readonly [number, number, number, number];
  from: Date;
  to: Date;
};

const DAY = 86_400_000;

/** What an organisation knows by itself of how often its contacts were solicited over the last days. */
export async function readSolicitations(ctx: OwnCtx, days: number): Promise<SolicitationsPage> {
  allow(ctx.actor, 'contacts.read');
  const { organisationId } = ctx.actor;
  const to = ctx.now();
  const from = new Date(to.getTime() - days * DAY);
  const known = await withOrganisation(ctx.db, organisationId, async (trx) => {
    const campaigns = await trx
      .selectFrom('campaigns')
      .select(['id', 'slug', 'name', 'address_cap', 'address_days', 'company_cap', 'company_days'])
      .orderBy('starts_on', 'desc')
      .execute();
    return {
      declared: await listDeclared(trx, organisationId),
      campaigns: campaigns.map(({ id, slug, name, ...c }) => ({
        id,
        slug,
        name,
        caps: {
          perPerson: c.address_cap,
          days: c.address_days,
          perCompany: c.company_cap,
          companyDays: c.company_days,
        },
      })),
    };
  });
  return { ...known, times: await ownTimes(ctx, from, to), from, to };
}

/**
 * Its own messages and declarations only: how often others wrote to an address would say that they hold it, and so
 * would a message that was held because of them. Across, because the organisation may not read what held a row.
 */
function ownTimes(
  { db, actor: { organisationId } }: OwnCtx,
  from: Date,
  to: Date,
): Promise<SolicitationsPage['times']> {
  return acrossOrganisations(db, async (trx) => {
    const { rows } = await sql<{ times: 0 | 1 | 2 | 3; n: number }>`
      with solicitations as (
        select address_hash from deliveries where organisation_id = ${organisationId} and held_at is null
          and state in ('accepted', 'handed', 'unknown', 'complained') and handed_at > ${from} and handed_at <= ${to}
        union all
        select s.address_hash from solicited s join declared_solicitations d on d.id = s.declared_id
          where s.organisation_id = ${organisationId} and d.withdrawn_at is null and s.at > ${from} and s.at <= ${to}
      ), counted as (select address_hash, count(*) as n from solicitations group by 1)
      select least(coalesce(n, 0), 3)::int as times, count(*) as n
      from contacts c left join counted on counted.address_hash = c.address_hash
      where c.organisation_id = ${organisationId} group by 1`.execute(trx);
    const n = (times: number): number => rows.find((r) => r.times === times)?.n ?? 0;
    return [n(0), n(1), n(2), n(3)] as const;
  });
}
