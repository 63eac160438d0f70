import type { Actor, Ctx } from '../base/context.ts';
import { slugOf } from '../base/slug.ts';
import { getCampaign } from '../campaigns/queries.ts';
import { type Trx, withOrganisation } from '../db/database.ts';
import { allow } from '../organisations/permissions.ts';
import { checkedPush, writePush } from './save-push.ts';

/** A new push under a slug made from its title: never replaces another one of the same name. Answers its slug. */
export async function createPush(
  ctx: Ctx<Exclude<Actor, { kind: 'clock' }>>,
  campaignSlug: string,
  input: Record<string, unknown>,
): Promise<{ slug: string }> {
  allow(ctx.actor, 'push.write');
  const wanted = slugOf(String(input.title ?? ''));
  checkedPush({ ...input, slug: wanted });
  return withOrganisation(ctx.db, ctx.actor.organisationId, async (trx) => {
    const campaign = await getCampaign(trx, campaignSlug);
    const slug = await freeSlug(trx, campaign.id, wanted);
    await writePush(trx, ctx, campaign, checkedPush({ ...input, slug }));
    return { slug };
  });
}

async function freeSlug(trx: Trx, campaignId: number, wanted: string): Promise<string> {
  const taken = await trx
    .selectFrom('pushes')
    .select('slug')
    .where('campaign_id', '=', campaignId)
    .where('slug', 'like', `${wanted}%`)
    .execute();
  const slugs = new Set(taken.map((t) => t.slug));
  // `nouveau` is the address of the form itself.
  if (!slugs.has(wanted) && wanted !== 'nouveau') return wanted;
  let n = 2;
  while (slugs.has(`${wanted}-${n}`)) n++;
  return `${wanted}-${n}`;
}
