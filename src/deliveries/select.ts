import { sql } from 'kysely';
import { fromParis } from '../base/dates.ts';
import type { CampaignRow } from '../campaigns/queries.ts';
import { compileAudience } from '../contacts/audience-sql.ts';
import { whoeverAgrees } from '../contacts/click-names.ts';
import type { Trx } from '../db/database.ts';
import { findCrowded, joinCrowded } from '../pressure/crowded.ts';
import type { Whose } from '../pressure/declared.ts';
import { declaredSolicitations } from '../pressure/declared.ts';
import { mailSolicitations } from '../pressure/mails.ts';
import { type PushToProve, windowOf } from '../proofs/queries.ts';
import { lastMoment } from '../pushes/timing.ts';
import { ledgerSolicitations } from './solicitations.ts';

/** The columns a cell may be cut by; a campaign chooses up to three. */
export const DIMENSIONS = ['level', 'region', 'size_class', 'public', 'idcc'] as const;
export type Dimension = (typeof DIMENSIONS)[number];

type Selection = {
  push: PushToProve;
  campaign: CampaignRow;
  /** A signatory whose contacts are left out. */
  except?: number | undefined;
  /** What `cut` tells contacts of one organisation apart by. */
  dimensions?: readonly Dimension[];
  /** Also by whether one agreed to have links of one's own (`agreed`). */
  personal?: boolean;
};

/**
 * The rule's contacts of every signatory, into the temporary table `selected`: `apart` says why one is not addressed,
 * `held_until` when one is, later. First what a person or a campaign refused; then duplicates, which the first
 * organisation of the campaign keeps; then solicitation, which holds a row until the first allowed moment, or sets it
 * apart when the push cannot leave that late. `cut` is 64 bits of organisation and dimensions: grouped and joined by it
 * alone, four columns of text cost four times as much. Under row-level security, only the contacts the transaction may see.
 */
export async function selectContacts(
  trx: Trx,
  { push, campaign, except, dimensions = [], personal = false }: Selection,
): Promise<void> {
  // What sorts 150 000 rows on disk, or compiles such a statement, takes longer than running it.
  await sql`set local work_mem = '64MB'`.execute(trx);
  await sql`set local jit = off`.execute(trx);
  await sql`drop table if exists selected`.execute(trx);
  // Given as values: joined as tables, the planner expects one contact of them all, and compares every pair of rows.
  const signatories = (await signatoriesInOrder(trx, push.id)).filter((id) => id !== except);
  const latest = lastMoment({ deadlineAt: push.deadline_at, window: windowOf(push) }) ?? endOfDay(campaign.endsOn);
  const asked = campaign.nature === 'prospection_b2c';
  const agreed = personal ? sql`yes.address_hash is not null` : sql`false`;
  const agreeing = personal
    ? sql`left join ${whoeverAgrees} yes on (yes.organisation_id, yes.address_hash) = (chosen.organisation_id, chosen.address_hash)`
    : sql``;
  const dims = sql.join([sql`''::text`, ...dimensions.map((d) => sql.ref(`chosen.${d}`))]);
  await sql`
    create temporary table selected on commit drop as
    with recorded as (
      -- The gate costs 20 µs a call: it is asked only about the addresses of which something is recorded; about all of
      -- them where nothing recorded means no (PRV-04, PRV-30).
      select address_hash from suppressions union select address_hash from consents where purpose = 'message'
    ), matching as materialized (
      select c.id, c.organisation_id, c.address_hash, c.company_hash, p.provider, coalesce(${push.placed_level}::text, c.level) as level,
        coalesce(c.region, '') as region, c.size_class, c.public, coalesce(c.idcc, '') as idcc, s.position,
        case when ${asked} or r.address_hash is not null then refusal_reason(c.organisation_id, ${push.campaign_id}, c.address_hash) end as reason
      from contacts c
      join unnest(${signatories}::bigint[]) with ordinality as s (organisation_id, position) on s.organisation_id = c.organisation_id
      left join recorded r on r.address_hash = c.address_hash
      left join providers p on p.domain = split_part(c.address, '@', -1)
      where ${compileAudience(push.rule)}
    ), shared as materialized (
      -- Grouped rather than numbered by a window, which sorts them all.
      select address_hash, min(position) as keeper from matching where reason is null group by 1 having count(*) > 1
    ), chosen as (
      select m.*, case when m.reason is null and m.position > shared.keeper then 'doublon' else m.reason end as refused
      from matching m left join shared on shared.address_hash = m.address_hash
    )
    select hash_record_extended(row(${dims}, ${agreed}), chosen.organisation_id) as cut, ${agreed} as agreed,
      chosen.id, chosen.organisation_id, position, chosen.address_hash, company_hash, provider, level, region, size_class, public, idcc,
      case when refused is null and allowed.free_at >= ${latest} then 'sollicitation' else refused end as apart,
      case when refused is null and allowed.free_at < ${latest} then allowed.free_at end as held_until
    from chosen ${joinCrowded('chosen')} ${agreeing}`.execute(trx);
}

/** Who may not be written to yet, from everybody's messages and declarations, or those of `whose`. For the cross role. */
export const findSolicited = (
  trx: Trx,
  { push, campaign, now }: { push: PushToProve; campaign: CampaignRow; now: Date },
  whose: Whose = {},
): Promise<void> =>
  findCrowded(trx, {
    caps: campaign.caps,
    now,
    kinds: [
      ledgerSolicitations(trx, { pushId: push.id, now }, whose),
      declaredSolicitations(trx, whose),
      mailSolicitations(trx, whose),
    ],
  });

async function signatoriesInOrder(trx: Trx, pushId: number): Promise<number[]> {
  const rows = await trx
    .selectFrom('push_signatories as s')
    .innerJoin('campaign_partners as p', (j) =>
      j.onRef('p.campaign_id', '=', 's.campaign_id').onRef('p.organisation_id', '=', 's.organisation_id'),
    )
    .select('s.organisation_id')
    .where('s.push_id', '=', pushId)
    .where('p.role', '<>', 'relais')
    // Neither who has left the campaign, nor who was passed over at the deadline.
    .where(sql<boolean>`s.organisation_id in (select present_signatories(${pushId}))`)
    .orderBy('p.position')
    .execute();
  return rows.map((r) => r.organisation_id);
}

/** The first instant after a day of Paris (`2026-11-02`). */
function endOfDay(day: string): Date {
  const [year = 0, month = 0, date = 0] = day.split('-').map(Number);
  return fromParis(year, month, date + 1);
}
