import type { Actor, Ctx } from '../base/context.ts';
import { conflict, Refusal } from '../base/errors.ts';
import { findCampaign } from '../campaigns/queries.ts';
import { withOrganisation } from '../db/database.ts';
import { allow } from '../organisations/permissions.ts';
import { applyBundle } from './apply.ts';
import type { Bundle } from './bundle.ts';
import { underSlug } from './from-model.ts';

const TRIES = 20;
/** The address of the form that creates campaigns. */
const RESERVED = 'nouvelle';

/** Creates the campaign, under the first free slug (`nom`, `nom-2`, …): a person chooses a name, never a slug. */
export async function createFromModel(
  ctx: Ctx<Exclude<Actor, { kind: 'clock' }>>,
  bundle: Bundle,
): Promise<{ slug: string }> {
  allow(ctx.actor, 'campaign.write');
  for (let n = 1; n <= TRIES; n++) {
    const slug = n === 1 ? bundle.campaign.slug : `${bundle.campaign.slug}-${n}`;
    if (slug === RESERVED) continue;
    // Applying on a campaign that exists would change it.
    if (await withOrganisation(ctx.db, ctx.actor.organisationId, (trx) => findCampaign(trx, slug))) continue;
    try {
      await applyBundle(ctx, underSlug(bundle, slug));
      return { slug };
    } catch (error) {
      // Taken by a campaign this organisation may not know of: the next one says nothing about it either.
      if (!(error instanceof Refusal) || error.code !== 'identifiant_pris') throw error;
    }
  }
  throw conflict('nom_pris', 'Trop de campagnes portent ce nom : choisissez-en un autre.');
}
