import { sql } from 'kysely';
import { type Cell, decideCells } from '../base/cells.ts';
import { actorLabel, type Ctx } from '../base/context.ts';
import { longDateTime } from '../base/dates.ts';
import { conflict } from '../base/errors.ts';
import { type CampaignRow, getCampaignById } from '../campaigns/queries.ts';
import { acrossOrganisations, type Trx } from '../db/database.ts';
import { recordAudit } from '../memory/audit.ts';
import { lockPressure } from '../pressure/crowded.ts';
import { lockToProve, proofHolds } from '../proofs/asked-hashes.ts';
import { mayLeave, type PushToProve } from '../proofs/queries.ts';
import { refuseUnderEmbargo } from '../pushes/embargo.ts';
import { mintTokens } from '../tracking/mint-tokens.ts';
import { DIMENSIONS, type Dimension, findSolicited, selectContacts } from './select.ts';

/**
 * Draws the list of a push, once and for good: audience rule → contacts of each signatory → minus oppositions → minus
 * addresses another signatory keeps → minus, or later, whoever was solicited enough → one ledger row per contact, set
 * apart or not, with its cell. Idempotent: the unique row of `freezes` decides, in the same transaction. False when it had
 * been done before.
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

/** The clock sends at the hour that was approved; nobody sends outside the window, after the deadline or under embargo. */
function refuseUnlessDue(ctx: Ctx, push: PushToProve): void {
  const now = ctx.now();
  if (push.deadline_at && push.deadline_at <= now)
    throw conflict(
      'too_late',
      'L’échéance de cet envoi est passée : rien n’est parti. Changez-la, puis soumettez-le de nouveau.',
    );
  refuseUnderEmbargo(push.content, now);
  if (push.window_from && push.window_from > now)
    throw conflict(
      'too_early',
      `La période de départ validée commence le ${longDateTime(push.window_from)} : rien n’est parti. Attendez-la, ou changez-la puis soumettez de nouveau.`,
    );
  if (push.window_to && push.window_to <= now)
    throw conflict(
      'too_late',
      `La période de départ validée est finie depuis le ${longDateTime(push.window_to)} : rien n’est parti. Choisissez-en une autre, puis soumettez de nouveau.`,
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
  const campaign = await getCampaignById(trx, push.campaign_id);
  await lockPressure(trx);
  await findSolicited(trx, { push, campaign, now: ctx.now() });
  const dimensions = DIMENSIONS.filter((d) => campaign.cellDimensions.includes(d));
  await selectContacts(trx, { push, campaign, dimensions, personal: push.link_mode === 'individuel' });
  await cutCells(trx, push, campaign, dimensions);
  await writeLedger(trx, push, ctx.now());
  if (push.link_mode !== 'direct') await mintTokens(trx, ctx, { pushId: push.id, proofId });
  await recordAudit(trx, ctx, {
    action: 'push.freeze',
    subject: `push:${push.id}`,
    organisationId: push.organisation_id,
  });
}

type Group = Record<Dimension, string> & { organisation_id: number; cut: string; n: number; agreed: boolean };

/** Groups the addressed contacts into cells of k or more; with too few of them, links go straight to their page. */
async function cutCells(
  trx: Trx,
  push: PushToProve,
  campaign: CampaignRow,
  dimensions: readonly Dimension[],
): Promise<void> {
  await sql`create temporary table cell_of (cut bigint, cell_id bigint) on commit drop`.execute(trx);
  if (push.link_mode === 'direct') return;
  const columns = sql.join(['organisation_id', ...dimensions].map((d) => sql.ref(`s.${d}`)));
  // A cut does not fit a number here: read as text.
  const { rows: groups } = await sql<Group>`
    select s.cut::text as cut, g.n, s.agreed, ${columns}
    from (select cut, count(*) as n, min(id) as example from selected where apart is null group by cut) g
    join selected s on s.id = g.example order by ${columns}`.execute(trx);
  const together = [...Map.groupBy(groups, (g) => g.organisation_id).values()].flatMap((own) =>
    togetherOf(own, campaign.k),
  );
  for (const { groups: own, individual } of together) {
    const organisationId = own[0]!.organisation_id;
    const plan = decideCells(
      own.map((g) => ({ dims: Object.fromEntries(dimensions.map((d) => [d, g[d]])), count: g.n })),
      [...dimensions],
      campaign.k,
    );
    if (!plan) continue;
    const cells = await writeCells(trx, push, { organisationId, individual }, plan.cells);
    const rows = own.map(({ cut }, i) => ({ cut, cell_id: cells[plan.cellOf(i)] }));
    // As one parameter: a campaign cut by branch and region has more groups than a statement may have parameters.
    await sql`insert into cell_of select * from jsonb_populate_recordset(null::cell_of, ${JSON.stringify(rows)}::jsonb)`.execute(
      trx,
    );
  }
  // Unknown, it would be joined by sorting every row.
  await sql`analyze cell_of`.execute(trx);
}

/**
 * Those with links of their own stand apart from the others: among people with such links, the last one who uses the
 * group's would be known by elimination. When they are fewer than k they get the links of everybody else.
 */
function togetherOf(own: Group[], k: number): { groups: Group[]; individual: boolean }[] {
  const { true: agreed = [], false: others = [] } = Object.groupBy(own, (g) => `${g.agreed}` as const);
  if (agreed.reduce((people, g) => people + g.n, 0) < k) return [{ groups: own, individual: false }];
  return [
    { groups: agreed, individual: true },
    { groups: others, individual: false },
  ].filter(({ groups }) => groups.length > 0);
}

const CELLS_AT_ONCE = 1_000;

async function writeCells(
  trx: Trx,
  push: PushToProve,
  { organisationId, individual }: { organisationId: number; individual: boolean },
  cells: readonly Cell[],
): Promise<number[]> {
  const ids: number[] = [];
  for (let i = 0; i < cells.length; i += CELLS_AT_ONCE) {
    const some = cells.slice(i, i + CELLS_AT_ONCE).map((c) => ({
      organisation_id: organisationId,
      campaign_id: push.campaign_id,
      push_id: push.id,
      recipients: c.count,
      individual,
      ...c.dims,
    }));
    ids.push(...(await trx.insertInto('cells').values(some).returning('id').execute()).map((c) => c.id));
  }
  return ids;
}

async function writeLedger(trx: Trx, push: PushToProve, now: Date): Promise<void> {
  await sql`
    insert into deliveries (push_id, organisation_id, campaign_id, contact_id, address_hash, company_hash, provider, level, cell_id,
      state, reason, next_at, held_at)
    select ${push.id}, s.organisation_id, ${push.campaign_id}, s.id, s.address_hash, s.company_hash, s.provider, s.level, x.cell_id,
      case when s.apart is not null then 'set_apart' when s.held_until is not null then 'held' else 'planned' end,
      s.apart, s.held_until, case when s.held_until is not null then ${now}::timestamptz end
    from selected s
    left join cell_of x on s.apart is null and x.cut = s.cut
    order by s.id`.execute(trx);
}
