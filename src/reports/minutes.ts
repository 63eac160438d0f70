import { parseParis } from '../base/dates.ts';
import { invalid } from '../base/errors.ts';
import { type CampaignRow, getCampaign, hasLeft, partnersOf } from '../campaigns/queries.ts';
import { withOrganisation } from '../db/database.ts';
import { type DecisionRow, decisionsInOrder, standingOf } from '../decisions/queries.ts';
import { INSTANCES, type Instance, type MemberCtx } from '../decisions/schema.ts';
import { allow } from '../organisations/permissions.ts';
import { type Coming, comingIn, type Waiting, waitingIn } from './waiting.ts';

/** What the next meeting starts from; decisions without the people who were there. */
export type Minutes = {
  campaign: Pick<CampaignRow, 'slug' | 'name'>;
  instance: Instance;
  /** `2026-12-10` */
  date: string;
  partners: string[];
  /** The day of the last meeting of this instance, and what it decided that still holds. */
  last: { date: string; decisions: DecisionRow[] } | null;
  /** What other decisions asked for by then. */
  due: DecisionRow[];
  pending: DecisionRow[];
  waiting: Waiting;
  /** Of the thirty days after today. */
  coming: Coming[];
};

/** Prepares one meeting of a campaign: `instance`, and its day (Paris). `introuvable` for a stranger. */
export async function readMinutes(
  ctx: MemberCtx,
  slug: string,
  asked: { instance: string; date: string },
): Promise<Minutes> {
  allow(ctx.actor, 'memory.read');
  allow(ctx.actor, 'push.read');
  const instance = INSTANCES.find((i) => i === asked.instance) ?? 'copil';
  const { date } = asked;
  if (!/^(19|20)/.test(date) || date.length !== 10 || !parseParis(date))
    throw invalid('date', 'Donnez une date qui existe.', [{ field: 'date', message: 'Donnez une date qui existe.' }]);
  const now = ctx.now();
  return withOrganisation(ctx.db, ctx.actor.organisationId, async (trx) => {
    const campaign = await getCampaign(trx, slug);
    const all = await decisionsInOrder(trx, { campaignId: campaign.id });
    const inForce = all.filter((d) => standingOf(d) === 'vigueur');
    const lastDay = all.findLast((d) => d.instance === instance && d.date < date)?.date;
    const last = inForce.filter((d) => d.instance === instance && d.date === lastDay);
    return {
      campaign: { slug: campaign.slug, name: campaign.name },
      instance,
      date,
      partners: (await partnersOf(trx, campaign.id)).filter((p) => !hasLeft(p, now)).map((p) => p.name),
      last: lastDay === undefined ? null : { date: lastDay, decisions: last },
      due: inForce.filter((d) => d.due !== null && d.due <= date && !last.includes(d)),
      pending: all.filter((d) => standingOf(d) === 'attente'),
      waiting: await waitingIn(trx, campaign, ctx.actor.organisationId, now),
      coming: await comingIn(trx, campaign.id, now, 30),
    };
  });
}
