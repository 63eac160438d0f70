import { sql } from 'kysely';
import type { Role } from '../base/context.ts';
import {
  type CampaignRow,
  getCampaign,
  hasLeft,
  type Partner,
  partnersOf,
  type Target,
  targetsOf,
} from '../campaigns/queries.ts';
import { type Trx, withOrganisation } from '../db/database.ts';
import { decisionsInOrder, standingOf } from '../decisions/queries.ts';
import { type ShownDecision, shownTo } from '../decisions/read-memory.ts';
import type { MemberCtx } from '../decisions/schema.ts';
import { allow, may } from '../organisations/permissions.ts';
import { membersOf } from '../organisations/queries.ts';
import { namesOfPeople } from '../organisations/read-people.ts';
import { type Coming, comingIn, type Waiting, waitingIn } from './waiting.ts';

export type HandoverPartner = Partner & {
  own: boolean;
  left: boolean;
  reason: string;
  /** Where one writes to it: never a person of another organisation. */
  contact: string;
};
export type HandoverPerson = { name: string; roles: Role[] };
export type HandoverResource = {
  slug: string;
  title: string;
  organisation: string;
  carriedBy: string;
  /** Of one's own resources only. */
  contact: string;
  reviewOn: string | null;
};
/** What one person of one's own organisation did in the campaign, so what they can be asked about. */
export type Knowing = {
  name: string;
  /** How many different pushes, resources… they worked on. */
  worked: { kind: string; n: number }[];
  approved: number;
  last: Date;
};
export type Signed = { title: string; slug: string; organisation: string; by: string | null; at: Date };

export type Handover = {
  campaign: CampaignRow;
  targets: Target[];
  partners: HandoverPartner[];
  counts: { inForce: number; pending: number; approvals: number; coming: number; resources: number };
  /** Null for an évaluateur: figures only. */
  detail: null | {
    people: HandoverPerson[];
    inForce: ShownDecision[];
    pending: ShownDecision[];
    waiting: Waiting;
    coming: Coming[];
    resources: HandoverResource[];
    knowing: Knowing[];
    signed: Signed[];
  };
};

/** What somebody who takes over a campaign must know, as this reader's organisation may know it. */
export async function readHandover(ctx: MemberCtx, slug: string): Promise<Handover> {
  allow(ctx.actor, 'memory.read');
  const now = ctx.now();
  const me = ctx.actor.organisationId;
  const { knowing, ...read } = await withOrganisation(ctx.db, me, async (trx) => {
    const campaign = await getCampaign(trx, slug);
    const all = (await decisionsInOrder(trx, { campaignId: campaign.id })).map(shownTo(ctx));
    return {
      campaign,
      targets: await targetsOf(trx, campaign.id),
      partners: await partnersWithContacts(trx, campaign, me, now),
      inForce: all.filter((d) => standingOf(d) === 'vigueur'),
      pending: all.filter((d) => standingOf(d) === 'attente'),
      waiting: await waitingIn(trx, campaign, me, now),
      coming: await comingIn(trx, campaign.id, now, 60),
      resources: await resourcesOf(trx, campaign.id, me),
      knowing: await knowingIn(trx, campaign.id, me),
      signed: await signedIn(trx, campaign.id, me),
    };
  });
  const { campaign, targets, partners, ...detail } = read;
  return {
    campaign,
    targets,
    partners,
    counts: {
      inForce: detail.inForce.length,
      pending: detail.pending.length,
      approvals: detail.waiting.approvals.length + detail.waiting.wordings.length,
      coming: detail.coming.length,
      resources: detail.resources.length,
    },
    detail: may(ctx.actor, 'push.read')
      ? { ...detail, people: await peopleHere(ctx), knowing: await named(ctx, knowing) }
      : null,
  };
}

async function partnersWithContacts(
  trx: Trx,
  campaign: CampaignRow,
  me: number,
  now: Date,
): Promise<HandoverPartner[]> {
  const partners = await partnersOf(trx, campaign.id);
  const contacts = await trx
    .selectFrom('organisations as o')
    .leftJoin('withdrawals as w', (j) =>
      j.onRef('w.organisation_id', '=', 'o.id').on('w.campaign_id', '=', campaign.id),
    )
    .select(['o.id', 'o.reply_to', 'o.sender_address', 'w.reason'])
    .where(
      'o.id',
      'in',
      partners.map((p) => p.organisationId),
    )
    .execute();
  return partners.map((p) => {
    const o = contacts.find((x) => x.id === p.organisationId);
    return {
      ...p,
      own: p.organisationId === me,
      left: hasLeft(p, now),
      reason: o?.reason ?? '',
      contact: o?.reply_to ?? o?.sender_address ?? '',
    };
  });
}

async function peopleHere(ctx: MemberCtx): Promise<HandoverPerson[]> {
  const people = new Map<number, HandoverPerson>();
  for (const m of await membersOf(ctx.db, ctx.actor.organisationId)) {
    const person = people.get(m.id) ?? { name: m.name, roles: [] };
    person.roles.push(m.role as Role);
    people.set(m.id, person);
  }
  return [...people.values()];
}

async function resourcesOf(trx: Trx, campaignId: number, me: number): Promise<HandoverResource[]> {
  const rows = await trx
    .selectFrom('resources as r')
    .innerJoin('organisations as o', 'o.id', 'r.organisation_id')
    .select(['r.slug', 'r.title', 'o.name as organisation', 'r.carried_by', 'r.contact', 'r.review_on', 'o.id'])
    .where('r.campaign_id', '=', campaignId)
    .where('r.retired_on', 'is', null)
    .orderBy('r.title')
    .limit(300)
    .execute();
  return rows.map((r) => ({
    slug: r.slug,
    title: r.title,
    organisation: r.organisation,
    carriedBy: r.carried_by,
    contact: r.id === me ? r.contact : '',
    reviewOn: r.review_on,
  }));
}

type Traces = { userId: number; worked: { kind: string; n: number }[]; approved: number; last: Date };

/** What the organisation's own journal and approvals say of who worked on this campaign. */
async function knowingIn(trx: Trx, campaignId: number, me: number): Promise<Traces[]> {
  const { rows } = await sql<{ userId: number; kind: string; n: number; approved: number; last: Date }>`
    with subjects (name) as (
      select 'campaign:' || ${campaignId}::bigint
      union all select 'push:' || id from pushes where campaign_id = ${campaignId}
      union all select 'resource:' || id from resources where campaign_id = ${campaignId}
      union all select 'key-message:' || id from key_messages where campaign_id = ${campaignId}
      union all select 'edl:' || id from key_message_versions where campaign_id = ${campaignId}
      union all select 'event:' || id from sector_events where campaign_id = ${campaignId}
      union all select 'audience:' || id from audiences where campaign_id = ${campaignId}
      union all select 'decision:' || id from decisions where campaign_id = ${campaignId}
      union all select 'watch-note:' || id from watch_notes where campaign_id = ${campaignId}
      union all select 'action:' || id from actions where campaign_id = ${campaignId}
      union all select 'relay:' || id from relays where campaign_id = ${campaignId})
    select a.user_id as "userId", split_part(a.subject, ':', 1) as kind, count(distinct a.subject) as n,
      count(distinct a.subject) filter (where a.action = 'approval.valide') as approved, max(a.at) as last
    from audit_log a join subjects s on s.name = a.subject
    where a.organisation_id = ${me} and a.user_id is not null
    group by 1, 2 order by 3 desc, 2`.execute(trx);
  const people = new Map<number, Traces>();
  for (const { userId, kind, n, approved, last } of rows) {
    const person = people.get(userId) ?? { userId, worked: [], approved: 0, last };
    people.set(userId, {
      userId,
      worked: [...person.worked, { kind, n }],
      approved: person.approved + approved,
      last: person.last > last ? person.last : last,
    });
  }
  return [...people.values()].sort((a, b) => b.last.getTime() - a.last.getTime());
}

async function named(ctx: MemberCtx, traces: readonly Traces[]): Promise<Knowing[]> {
  const names = await namesOfPeople(
    ctx,
    traces.map((t) => t.userId),
  );
  return traces.map(({ userId, ...trace }) => ({ name: names.get(userId) ?? 'une personne partie', ...trace }));
}

/** The last yes of each organisation on each push; who gave it, for one's own. */
async function signedIn(trx: Trx, campaignId: number, me: number): Promise<Signed[]> {
  const { rows } = await sql<Signed>`
    select distinct on (p.scheduled_at, p.id, o.name) p.title, p.slug, o.name as organisation,
      case when a.organisation_id = ${me} then a.user_name end as by, a.at
    from approvals a
    join pushes p on a.subject = 'push:' || p.id
    join organisations o on o.id = a.organisation_id
    where p.campaign_id = ${campaignId} and a.decision = 'valide'
    order by p.scheduled_at desc nulls last, p.id desc, o.name, a.id desc
    limit 60`.execute(trx);
  return rows;
}
