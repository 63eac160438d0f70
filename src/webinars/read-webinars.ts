import { getCampaign, partnersOf } from '../campaigns/queries.ts';
import { type Trx, withOrganisation } from '../db/database.ts';
import { allow, may } from '../organisations/permissions.ts';
import { type Headcounts, headcounts } from './headcounts.ts';
import { getWebinar, stateOf, type WebinarRow, webinarsOfCampaign } from './queries.ts';
import type { MemberCtx, WebinarState } from './schema.ts';

export type WebinarCard = WebinarRow & {
  state: WebinarState;
  /** Names of those who organise it, in their order. */
  organiserNames: string[];
  counts: Headcounts;
  /** The reader's organisation organises it alone: all its registrants are the reader's. */
  alone: boolean;
  /** The reader may open, move or cancel it. */
  runs: boolean;
  /** The reader may read its own organisation's registrants. */
  mayReadNames: boolean;
  /** People fewer than this are not told of others. */
  k: number;
};

export type WebinarAct = {
  what: 'ouvert' | 'ferme' | 'deplace' | 'annule' | 'tenu' | 'suite';
  at: Date;
  reason: string;
  /** Of a move: the hour before. */
  from: { startsAt: Date; endsAt: Date } | null;
};
export type WebinarSheet = WebinarCard & { acts: WebinarAct[]; resourceTitles: { slug: string; title: string }[] };

/** The webinars of a campaign in the order in which they take place; cancelled ones too. */
export function readWebinars(ctx: MemberCtx, campaignSlug: string): Promise<WebinarCard[]> {
  allow(ctx.actor, 'campaign.read');
  return withOrganisation(ctx.db, ctx.actor.organisationId, async (trx) => {
    const { id } = await getCampaign(trx, campaignSlug);
    return cardsOf(trx, ctx, campaignSlug, await webinarsOfCampaign(trx, id));
  });
}

/** One webinar with what its page says; `introuvable` for whoever takes no part in its campaign. */
export function readWebinar(ctx: MemberCtx, campaignSlug: string, slug: string): Promise<WebinarSheet> {
  allow(ctx.actor, 'campaign.read');
  return withOrganisation(ctx.db, ctx.actor.organisationId, async (trx) => {
    const { id } = await getCampaign(trx, campaignSlug);
    const row = await getWebinar(trx, id, slug);
    const [card] = await cardsOf(trx, ctx, campaignSlug, [row]);
    if (!card) throw new Error('one row gives one card');
    const titles = await trx
      .selectFrom('resources')
      .select(['slug', 'title'])
      .where('campaign_id', '=', id)
      .where('slug', 'in', row.resources)
      .execute();
    return {
      ...card,
      acts: await actsOf(trx, row.id),
      resourceTitles: row.resources.map((s) => titles.find((t) => t.slug === s) ?? { slug: s, title: s }),
    };
  });
}

async function cardsOf(
  trx: Trx,
  ctx: MemberCtx,
  campaignSlug: string,
  rows: readonly WebinarRow[],
): Promise<WebinarCard[]> {
  const { id, k } = await getCampaign(trx, campaignSlug);
  const partners = await partnersOf(trx, id);
  const nameOf = (slug: string): string => partners.find((p) => p.slug === slug)?.name ?? slug;
  const own = partners.find((p) => p.organisationId === ctx.actor.organisationId)?.slug;
  const ids = rows.map((w) => w.id);
  const counts = await headcounts(trx, ctx, ids, k);
  return rows.flatMap((w) => {
    const counted = counts.get(w.id);
    return counted
      ? [
          {
            ...w,
            state: stateOf(w, ctx.now()),
            organiserNames: w.organisers.map(nameOf),
            counts: counted,
            // Who registered through an organisation that is no longer named is still among them.
            alone: w.organisers.length === 1 && w.organisers[0] === own && !counted.ofOthers,
            runs: w.organisationId === ctx.actor.organisationId && may(ctx.actor, 'webinar.write'),
            mayReadNames: may(ctx.actor, 'registration.read'),
            k,
          },
        ]
      : [];
  });
}

async function actsOf(trx: Trx, webinarId: number): Promise<WebinarAct[]> {
  const rows = await trx
    .selectFrom('webinar_acts')
    .select(['what', 'at', 'reason', 'detail'])
    .where('webinar_id', '=', webinarId)
    .orderBy('id')
    .execute();
  return rows.map((r) => {
    const { from } = r.detail as { from?: { startsAt: string; endsAt: string } };
    return {
      what: r.what as WebinarAct['what'],
      at: r.at,
      reason: r.reason,
      from: from ? { startsAt: new Date(from.startsAt), endsAt: new Date(from.endsAt) } : null,
    };
  });
}
