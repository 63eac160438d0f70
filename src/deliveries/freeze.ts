import { sql } from 'kysely';
import { actorLabel, type Ctx } from '../base/context.ts';
import { conflict } from '../base/errors.ts';
import { compileAudience } from '../contacts/audience-sql.ts';
import { acrossOrganisations, type Trx } from '../db/database.ts';
import { recordAudit } from '../memory/audit.ts';
import { lockToProve, proofHolds } from '../proofs/asked-hashes.ts';
import { mayLeave, type PushToProve } from '../proofs/queries.ts';
import { type Cell, decideCells } from '../tracking/cells.ts';
import { mintTokens } from '../tracking/mint-tokens.ts';

/** The columns a cell may be cut by; a campaign chooses up to three. */
const DIMENSIONS = ['level', 'region', 'size_class', 'public', 'idcc'] as const;
type Dimension = (typeof DIMENSIONS)[number];

/**
 * Draws the list of a push, once and for good: audience rule → contacts of each signatory → minus oppositions → minus
 * addresses another signatory keeps → one ledger row per contact, set apart or not, with its cell. Idempotent: the unique
 * row of `freezes` decides, in the same transaction. False when it had been done before.
 */
export async function freezePush(ctx: Ctx, pushId: number): Promise<boolean> {
  const outcome = await acrossOrganisations(ctx.db, async (trx): Promise<'drawn' | 'already' | 'moved'> => {
    // Locks out an edit, a cancellation or a second freeze until this one is complete or gone.
    const push = await lockToProve(trx, pushId);
    if (await trx.selectFrom('freezes').select('push_id').where('push_id', '=', pushId).executeTakeFirst())
      return 'already';
    refuseUnlessDue(ctx, push);
    if (!(await mayLeave(trx, pushId)))
      throw conflict('not_approved', 'Cet envoi n’est pas validé par toutes ses signataires : rien n’est parti.');
    if (!(await proofHolds(trx, push))) {
      await trx.updateTable('pushes').set({ current_proof_id: null }).where('id', '=', pushId).execute();
      await recordAudit(trx, ctx, {
        action: 'push.reopen',
        subject: `push:${pushId}`,
        organisationId: push.organisation_id,
        detail: { why: 'audience modifiée' },
      });
      return 'moved';
    }
    await draw(trx, ctx, push, push.current_proof_id!);
    return 'drawn';
  });
  // Thrown outside: that the push must be submitted again is kept.
  if (outcome === 'moved')
    throw conflict(
      'content_changed',
      'L’audience a changé depuis la validation : rien n’est parti. Soumettez l’envoi de nouveau.',
    );
  return outcome === 'drawn';
}

/** The clock sends at the hour that was approved; nobody sends after the deadline. */
function refuseUnlessDue(ctx: Ctx, push: PushToProve): void {
  const now = ctx.now();
  if (push.deadline_at && push.deadline_at <= now)
    throw conflict(
      'too_late',
      'L’échéance de cet envoi est passée : rien n’est parti. Changez-la, puis soumettez-le de nouveau.',
    );
  if (ctx.actor.kind === 'clock' && (push.scheduled_at === null || push.scheduled_at > now))
    throw conflict('not_due', 'L’heure de cet envoi n’est pas venue.');
}

async function draw(trx: Trx, ctx: Ctx, push: PushToProve, proofId: number): Promise<void> {
  await trx
    .insertInto('freezes')
    .values({
      push_id: push.id,
      organisation_id: push.organisation_id,
      campaign_id: push.campaign_id,
      proof_id: proofId,
      at: ctx.now(),
      frozen_by: actorLabel(ctx.actor),
    })
    .execute();
  await selectContacts(trx, push);
  const dimensions = await cutCells(trx, push);
  await writeLedger(trx, push, dimensions);
  if (push.link_mode === 'cellule') await mintTokens(trx, { pushId: push.id, now: ctx.now() });
  await recordAudit(trx, ctx, {
    action: 'push.freeze',
    subject: `push:${push.id}`,
    organisationId: push.organisation_id,
  });
}

/** The rule's contacts of every signatory, each with the reason that sets it apart, into a temporary table. */
export async function selectContacts(
  trx: Trx,
  push: Pick<PushToProve, 'id' | 'campaign_id' | 'rule' | 'placed_level'>,
): Promise<void> {
  await sql`drop table if exists selected`.execute(trx);
  // Given as values: joined as tables, the planner expects one contact of them all, and compares every pair of rows.
  const signatories = await signatoriesInOrder(trx, push.id);
  await sql`
    create temporary table selected on commit drop as
    with recorded as (
      -- The gate costs 20 µs a call: it is asked only about the addresses of which something is recorded; about all of
      -- them where nothing recorded means no (PRV-04, PRV-30).
      select address_hash from suppressions union select address_hash from consents where purpose = 'message'
    ), chosen as (
      select c.id, c.organisation_id, c.address_hash, coalesce(${push.placed_level}::text, c.level) as level,
        coalesce(c.region, '') as region, c.size_class, c.public, coalesce(c.idcc, '') as idcc, s.position,
        case when r.address_hash is not null or (select k.nature = 'prospection_b2c' from campaigns k where k.id = ${push.campaign_id}) then refusal_reason(c.organisation_id, ${push.campaign_id}, c.address_hash) end as reason
      from contacts c
      join unnest(${signatories}::bigint[]) with ordinality as s (organisation_id, position) on s.organisation_id = c.organisation_id
      left join recorded r on r.address_hash = c.address_hash
      where ${compileAudience(push.rule)}
    )
    -- Of several organisations that may write to an address, the first of the campaign keeps it.
    select *, case when reason is null
        and row_number() over (partition by address_hash, reason is null order by position) > 1 then 'doublon' else reason end as apart
    from chosen`.execute(trx);
}

async function signatoriesInOrder(trx: Trx, pushId: number): Promise<number[]> {
  const rows = await trx
    .selectFrom('push_signatories as s')
    .innerJoin('campaign_partners as p', (j) =>
      j.onRef('p.campaign_id', '=', 's.campaign_id').onRef('p.organisation_id', '=', 's.organisation_id'),
    )
    .select('s.organisation_id')
    .where('s.push_id', '=', pushId)
    .where('p.role', '<>', 'relais')
    .orderBy('p.position')
    .execute();
  return rows.map((r) => r.organisation_id);
}

/** Groups the addressed contacts into cells of k or more; null: too few people, links go straight to their page. */
async function cutCells(trx: Trx, push: PushToProve): Promise<Dimension[] | null> {
  await sql`create temporary table cell_of (organisation_id bigint, level text, region text, size_class text, public text, idcc text, cell_id bigint) on commit drop`.execute(
    trx,
  );
  if (push.link_mode !== 'cellule') return null;
  const campaign = await trx
    .selectFrom('campaigns')
    .select(['k', 'cell_dimensions'])
    .where('id', '=', push.campaign_id)
    .executeTakeFirstOrThrow();
  const dimensions = DIMENSIONS.filter((d) => campaign.cell_dimensions.includes(d));
  const columns = sql.join(dimensions.map((d) => sql.ref(d)));
  const groups = (
    await sql<Record<Dimension, string> & { organisation_id: number; n: number }>`
    select organisation_id, ${columns}, count(*) as n from selected where apart is null group by organisation_id, ${columns}
    order by organisation_id, ${columns}`.execute(trx)
  ).rows;
  for (const [organisationId, own] of Map.groupBy(groups, (g) => g.organisation_id)) {
    const cut = decideCells(
      own.map((g) => ({ dims: Object.fromEntries(dimensions.map((d) => [d, g[d]])), count: g.n })),
      dimensions,
      campaign.k,
    );
    if (!cut) continue;
    const cells = await writeCells(trx, push, organisationId, cut.cells);
    const rows = own.map((g, i) => ({
      organisation_id: organisationId,
      cell_id: cells[cut.cellOf(i)]!,
      ...Object.fromEntries(dimensions.map((d) => [d, g[d]])),
    }));
    // As one parameter: a campaign cut by branch and region has more groups than a statement may have parameters.
    await sql`insert into cell_of select * from jsonb_populate_recordset(null::cell_of, ${JSON.stringify(rows)}::jsonb)`.execute(
      trx,
    );
  }
  return dimensions;
}

const CELLS_AT_ONCE = 1_000;

async function writeCells(
  trx: Trx,
  push: PushToProve,
  organisationId: number,
  cells: readonly Cell[],
): Promise<number[]> {
  const ids: number[] = [];
  for (let i = 0; i < cells.length; i += CELLS_AT_ONCE) {
    const some = cells.slice(i, i + CELLS_AT_ONCE).map((c) => ({
      organisation_id: organisationId,
      campaign_id: push.campaign_id,
      push_id: push.id,
      recipients: c.count,
      ...c.dims,
    }));
    ids.push(...(await trx.insertInto('cells').values(some).returning('id').execute()).map((c) => c.id));
  }
  return ids;
}

async function writeLedger(trx: Trx, push: PushToProve, dimensions: Dimension[] | null): Promise<void> {
  const same = (dimensions ?? []).map((d) => sql`and x.${sql.ref(d)} = s.${sql.ref(d)}`);
  await sql`
    insert into deliveries (push_id, organisation_id, campaign_id, contact_id, address_hash, level, cell_id, state, reason)
    select ${push.id}, s.organisation_id, ${push.campaign_id}, s.id, s.address_hash, s.level, x.cell_id,
      case when s.apart is null then 'planned' else 'set_apart' end, s.apart
    from selected s
    left join cell_of x on s.apart is null and x.organisation_id = s.organisation_id ${sql.join(same, sql` `)}
    order by s.id`.execute(trx);
}
