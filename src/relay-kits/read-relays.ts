import { sql } from 'kysely';
import { type CampaignRow, getCampaign } from '../campaigns/queries.ts';
import { mustLead } from '../campaigns/update-campaign.ts';
import { type Trx, withOrganisation } from '../db/database.ts';
import { allow } from '../organisations/permissions.ts';
import { type RelayRow, relaysOf } from '../relays/queries.ts';
import { type MemberCtx, RELAY_KINDS, type RelayKind } from '../relays/schema.ts';
import { territoryWord } from '../relays/territory.ts';
import { type Clicks, relayClicks, totalClicks } from './figures.ts';
import { type Deeds, STEPS, type Step, stepOf } from './progress.ts';
import { toInvite, toRemind } from './to-write.ts';

/** A relay with what it did: for the lead alone, by name. */
export type RelayLine = RelayRow & Deeds & { remindedAt: Date | null; step: Step; clicks: Clicks };

/** All relays of a campaign with what each did, by name; five queries, however many there are. */
export async function relayLines(trx: Trx, campaignId: number): Promise<RelayLine[]> {
  const rows = await relaysOf(trx, campaignId);
  const acts = await sql<
    { id: number } & Omit<Deeds, 'declared' | 'confirmedAt' | 'stoppedAt'> & { remindedAt: Date | null }
  >`
    select relay_id as id, min(at) filter (where what = 'invite') as "invitedAt", min(at) filter (where what = 'ouvert') as "openedAt",
      min(at) filter (where what in ('copie', 'telecharge')) as "takenAt", max(at) filter (where what = 'rappel') as "remindedAt"
    from relay_acts where campaign_id = ${campaignId} group by 1`.execute(trx);
  const declared = await trx
    .selectFrom('declarations')
    .select((eb) => ['relay_id as id', eb.fn.countAll<number>().as('n')])
    .where('campaign_id', '=', campaignId)
    .where('withdrawn_at', 'is', null)
    .groupBy('relay_id')
    .execute();
  const clicks = await relayClicks(trx, campaignId);
  const did = new Map(acts.rows.map(({ id, ...deeds }) => [id, deeds]));
  const said = new Map(declared.map((d) => [d.id, d.n]));
  return rows.map((row) => {
    const none = { invitedAt: null, openedAt: null, takenAt: null, remindedAt: null };
    const deeds = { ...(did.get(row.id) ?? none), declared: said.get(row.id) ?? 0 };
    const relay = { ...row, ...deeds };
    return { ...relay, step: stepOf(relay), clicks: totalClicks(clicks.get(row.id)) };
  });
}

export type Filters = { territory?: string | undefined; kind?: RelayKind | undefined; step?: Step | undefined };

/** What an address asks for; anything else is no filter. */
export const filtersOf = (ask: (name: string) => string | undefined): Filters => ({
  territory: ask('territoire') || undefined,
  kind: RELAY_KINDS.find((k) => k === ask('type')),
  step: STEPS.find((s) => s === ask('geste')),
});

export type RelaysPage = {
  campaign: CampaignRow;
  all: RelayLine[];
  /** Asked for by the public form, the oldest first. */
  pending: RelayLine[];
  /** Those that the filters keep, or all when there are none. */
  shown: RelayLine[];
  filters: Filters;
  filtered: boolean;
  counts: Record<Step, number>;
  invitable: number;
  remindable: { ouvrir: number; reprendre: number };
};

/** The relays of a campaign, for its lead. A partner is refused: it reads totals. */
export function readRelays(ctx: MemberCtx, campaignSlug: string, filters: Filters): Promise<RelaysPage> {
  allow(ctx.actor, 'relay.read');
  return withOrganisation(ctx.db, ctx.actor.organisationId, async (trx) => {
    const campaign = await getCampaign(trx, campaignSlug);
    mustLead(ctx, campaign);
    const all = await relayLines(trx, campaign.id);
    const confirmed = all.filter((r) => r.step !== 'demande');
    const filtered = Object.values(filters).some((f) => f !== undefined);
    const now = ctx.now();
    return {
      campaign,
      all: confirmed,
      pending: all.filter((r) => r.step === 'demande').toSorted((a, b) => a.id - b.id),
      shown: confirmed.filter((r) => keeps(filters, r)),
      filters,
      filtered,
      counts: Object.fromEntries(STEPS.map((s) => [s, all.filter((r) => r.step === s).length])) as Record<Step, number>,
      invitable: (await toInvite(trx, campaign.id)).length,
      remindable: {
        ouvrir: (await toRemind(trx, campaign.id, 'ouvrir', now)).length,
        reprendre: (await toRemind(trx, campaign.id, 'reprendre', now)).length,
      },
    };
  });
}

/** A region keeps its départements too. */
const keeps = (f: Filters, relay: RelayLine): boolean =>
  (f.territory === undefined || f.territory === territoryWord(relay) || f.territory === relay.region) &&
  (f.kind === undefined || f.kind === relay.kind) &&
  (f.step === undefined || f.step === relay.step);
