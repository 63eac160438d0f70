import { sql } from 'kysely';
import { actorLabel, type Ctx } from '../base/context.ts';
import { conflict } from '../base/errors.ts';
import { acrossOrganisations, type Trx } from '../db/database.ts';
import { compileAudience } from '../contacts/audience-sql.ts';
import { recordAudit } from '../memory/audit.ts';
import { mayLeave, pushToProve } from '../proofs/queries.ts';
import { decideCells } from '../tracking/cells.ts';
import { mintTokens } from '../tracking/mint-tokens.ts';

/** The columns a cell may be cut by; a campaign chooses up to three. */
const DIMENSIONS = ['level', 'region', 'size_class', 'public', 'idcc'] as const;
type Dimension = (typeof DIMENSIONS)[number];

/**
 * Draws the list of a push, once and for good: audience rule → contacts of each signatory → minus oppositions → minus
 * addresses another signatory keeps → one ledger row per contact, set apart or not, with its cell. Idempotent: the unique
 * row of `freezes` decides, in the same transaction. False when it had been done before.
 */
export function freezePush(ctx: Ctx, pushId: number): Promise<boolean> {
  return acrossOrganisations(ctx.db, async (trx) => {
    // Locks out an edit or a second freeze until this one is complete or gone.
    await trx.selectFrom('pushes').select('id').where('id', '=', pushId).forUpdate().executeTakeFirst();
    if (await trx.selectFrom('freezes').select('push_id').where('push_id', '=', pushId).executeTakeFirst()) return false;
    const push = await pushToProve(trx, pushId);
    if (!(await mayLeave(trx, pushId))) throw conflict('not_approved', 'Cet envoi n’est pas validé par toutes ses signataires : rien n’est parti.');
    await trx.insertInto('freezes').values({
      push_id: pushId, organisation_id: push.organisation_id, campaign_id: push.campaign_id, proof_id: push.current_proof_id!,
      at: ctx.now(), frozen_by: actorLabel(ctx.actor),
    }).execute();
    await selectContacts(trx, push);
    const cells = await cutCells(trx, push);
    await writeLedger(trx, push, cells);
    if (push.link_mode === 'cellule') await mintTokens(trx, { pushId, now: ctx.now() });
    await recordAudit(trx, ctx, { action: 'push.freeze', subject: `push:${pushId}`, organisationId: push.organisation_id });
    return true;
  });
}

type Push = Awaited<ReturnType<typeof pushToProve>>;

/** The rule's contacts of every signatory, each with the reason that sets it apart, into a temporary table. */
export async function selectContacts(trx: Trx, push: Pick<Push, 'id' | 'campaign_id' | 'rule' | 'placed_level'>): Promise<void> {
  await sql`drop table if exists selected`.execute(trx);
  await sql`
    create temporary table selected on commit drop as
    with chosen as (
      select c.id, c.organisation_id, c.address_hash, coalesce(${push.placed_level}::text, c.level) as level,
        coalesce(c.region, '') as region, c.size_class, c.public, coalesce(c.idcc, '') as idcc, p.position,
        refusal_reason(c.organisation_id, ${push.campaign_id}, c.address_hash) as reason
      from contacts c
      join push_signatories s on s.push_id = ${push.id} and s.organisation_id = c.organisation_id
      join campaign_partners p on p.campaign_id = s.campaign_id and p.organisation_id = s.organisation_id
      where ${compileAudience(push.rule)}
    )
    -- Of several organisations that may write to an address, the first of the campaign keeps it.
    select *, case when reason is null
        and row_number() over (partition by address_hash, reason is null order by position) > 1 then 'doublon' else reason end as apart
    from chosen`.execute(trx);
}

/** Groups the addressed contacts into cells of k or more; null: too few people, links go straight to their page. */
async function cutCells(trx: Trx, push: Push): Promise<Dimension[] | null> {
  await sql`create temporary table cell_of (organisation_id bigint, level text, region text, size_class text, public text, idcc text, cell_id bigint) on commit drop`.execute(trx);
  if (push.link_mode !== 'cellule') return null;
  const campaign = await trx.selectFrom('campaigns').select(['k', 'cell_dimensions']).where('id', '=', push.campaign_id).executeTakeFirstOrThrow();
  const dimensions = DIMENSIONS.filter((d) => campaign.cell_dimensions.includes(d));
  const columns = sql.join(dimensions.map((d) => sql.ref(d)));
  const groups = (await sql<Record<Dimension, string> & { organisation_id: number; n: number }>`
    select organisation_id, ${columns}, count(*) as n from selected where apart is null group by organisation_id, ${columns}
    order by organisation_id, ${columns}`.execute(trx)).rows;
  for (const [organisationId, own] of Map.groupBy(groups, (g) => g.organisation_id)) {
    const cut = decideCells(own.map((g) => ({ dims: Object.fromEntries(dimensions.map((d) => [d, g[d]])), count: g.n })), dimensions, campaign.k);
    if (!cut) continue;
    const cells = await trx.insertInto('cells').values(cut.cells.map((c) => ({
      organisation_id: organisationId, campaign_id: push.campaign_id, push_id: push.id, recipients: c.count, ...c.dims,
    }))).returning('id').execute();
    const rows = own.map((g, i) => sql`(${organisationId}::bigint, ${sql.join(DIMENSIONS.map((d) => sql`${dimensions.includes(d) ? g[d] : null}::text`))}, ${cells[cut.cellOf(i)]!.id}::bigint)`);
    await sql`insert into cell_of values ${sql.join(rows)}`.execute(trx);
  }
  return dimensions;
}

async function writeLedger(trx: Trx, push: Push, dimensions: Dimension[] | null): Promise<void> {
  const same = (dimensions ?? []).map((d) => sql`and x.${sql.ref(d)} = s.${sql.ref(d)}`);
  await sql`
    insert into deliveries (push_id, organisation_id, campaign_id, contact_id, address_hash, level, cell_id, state, reason)
    select ${push.id}, s.organisation_id, ${push.campaign_id}, s.id, s.address_hash, s.level, x.cell_id,
      case when s.apart is null then 'planned' else 'set_apart' end, s.apart
    from selected s
    left join cell_of x on s.apart is null and x.organisation_id = s.organisation_id ${sql.join(same, sql` `)}
    order by s.id`.execute(trx);
}
