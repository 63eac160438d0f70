import { invalid } from '../base/errors.ts';
import { getCampaign } from '../campaigns/queries.ts';
import { withOrganisation } from '../db/database.ts';
import { allow } from '../organisations/permissions.ts';
import { type MemberCtx, relaySchema } from './schema.ts';
import { type WriteOptions, writeRelay } from './write-relay.ts';

/** Adds a relay to a campaign, or changes one (`id`), by the lead. Answers its id and what really changed. */
export async function saveRelay(
  ctx: MemberCtx,
  campaignSlug: string,
  input: unknown,
  options: Pick<WriteOptions, 'id' | 'parentId'> = {},
): Promise<{ id: number; changed: string[] }> {
  allow(ctx.actor, 'relay.write');
  const parsed = relaySchema.safeParse(input);
  if (!parsed.success)
    throw invalid(
      'relais_invalide',
      'Le relais n’est pas enregistré : corrigez les champs signalés.',
      parsed.error.issues.map((i) => ({ field: i.path.join('.'), message: i.message })),
    );
  return withOrganisation(ctx.db, ctx.actor.organisationId, async (trx) => {
    const campaign = await getCampaign(trx, campaignSlug);
    return writeRelay(trx, ctx, campaign.id, parsed.data, options);
  });
}
