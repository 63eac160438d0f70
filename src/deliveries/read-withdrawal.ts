import { sql } from 'kysely';
import type { MemberCtx } from '../campaigns/create-campaign.ts';
import type { CampaignRow, Partner } from '../campaigns/queries.ts';
import { leavingPartner } from '../campaigns/withdraw-partner.ts';
import { acrossOrganisations, withOrganisation } from '../db/database.ts';
import { allow } from '../organisations/permissions.ts';
import { toTen } from './told.ts';

export type SignedPush = {
  slug: string;
  title: string;
  /** Its next issues are what it is about. */
  recurring: boolean;
  /** One issue of a series, whose title it has: the hour that tells it from the others. */
  issueAt: Date | null;
  /** Its list is drawn: messages of it may be waiting. */
  begun: boolean;
  submitted: boolean;
  /** Only the partner signs it: nobody is left. */
  alone: boolean;
  /** The partner has not answered yet. */
  awaited: boolean;
  /** Nobody else has still to answer. */
  last: boolean;
};

export type WithdrawalEffects = {
  campaign: CampaignRow;
  partner: Partner;
  /** Messages to its contacts that have not left: exact to itself, in tens to the lead; null: fewer than k. */
  waiting: number | null;
  /** The pushes that count on it, in the order of their making. */
  pushes: SignedPush[];
};

/** What a withdrawal would stop today, before anybody decides it. Refuses what `withdrawPartner` would refuse. */
export async function readWithdrawalEffects(
  ctx: MemberCtx,
  campaignSlug: string,
  organisation: string,
): Promise<WithdrawalEffects> {
  allow(ctx.actor, 'campaign.withdraw');
  const own = ctx.actor.organisationId;
  const { campaign, partner, pushes } = await withOrganisation(ctx.db, own, async (trx) => {
    const { campaign, partner } = await leavingPartner(trx, ctx, campaignSlug, organisation);
    const { rows } = await sql<SignedPush>`
      select p.slug, p.title, p.recurrence is not null as recurring,
        case when p.model_id is not null then p.scheduled_at end as "issueAt", f.push_id is not null as begun, p.current_proof_id is not null as submitted,
        (select count(*) from present_signatories(p.id)) = 1 as alone, m.awaited, m.n = m.own as last
      from push_signatories s join pushes p on p.id = s.push_id left join freezes f on f.push_id = p.id
      cross join lateral (
        select count(*) as n, count(*) filter (where a.id = s.organisation_id) as own, bool_or(a.id = s.organisation_id) is true as awaited
        from missing_approvals(p.id) as a (id)
      ) m
      where s.campaign_id = ${campaign.id} and s.organisation_id = ${partner.organisationId}
        and p.finished_at is null and p.cancelled_at is null and s.organisation_id in (select present_signatories(p.id))
      order by p.id`.execute(trx);
    return { campaign, partner, pushes: rows };
  });
  const waiting = await waitingRows(ctx, campaign.id, partner.organisationId);
  // Where nothing is under way everybody knows that nothing waits; elsewhere none is as secret as few.
  const known = partner.organisationId === own || !pushes.some((p) => p.begun);
  const told = known ? waiting : waiting < campaign.k ? null : toTen(waiting);
  return { campaign, partner, pushes, waiting: told };
}

/** Over the ledger, whose states the lead does not read; the caller tells k or more of them. */
const waitingRows = (ctx: MemberCtx, campaignId: number, organisationId: number): Promise<number> =>
  acrossOrganisations(ctx.db, async (trx) => {
    const { rows } = await sql<{ n: number }>`
      select count(*) as n from deliveries where campaign_id = ${campaignId} and organisation_id = ${organisationId}
        and state in ('planned', 'held', 'deferred')`.execute(trx);
    return rows[0]?.n ?? 0;
  });
