import { forbidden, notFound } from '../base/errors.ts';
import { saveAction } from '../campaigns/action-save.ts';
import type { MemberCtx } from '../campaigns/create-campaign.ts';
import { mustPlan } from '../campaigns/plan-partner.ts';
import { acrossOrganisations, withOrganisation } from '../db/database.ts';
import { recordAudit } from '../memory/audit.ts';
import { allow } from '../organisations/permissions.ts';
import { mintSourceTokens } from './mint-source-tokens.ts';

/** Saves a declared action, and gives it its tracked link when it leads somewhere. */
export async function declareAction(ctx: MemberCtx, campaignSlug: string, input: object): Promise<{ slug: string }> {
  const { id, slug } = await saveAction(ctx, campaignSlug, input);
  if ('url' in input && typeof input.url === 'string') await actionLink(ctx, id);
  return { slug };
}

/**
 * The tracked address of an action's destination, for whoever declares it. The same again for the same destination; a new
 * destination has a new address, and the earlier one leads where it always did. `invalid` when it leads nowhere.
 */
export async function actionLink(ctx: MemberCtx, actionId: number): Promise<{ address: string }> {
  allow(ctx.actor, 'campaign.write');
  const { organisationId } = ctx.actor;
  const action = await withOrganisation(ctx.db, organisationId, async (trx) => {
    const row = await trx
      .selectFrom('actions')
      .select(['campaign_id as campaignId', 'organisation_id as organisationId', 'title', 'url'])
      .where('id', '=', actionId)
      .executeTakeFirst();
    if (!row) throw notFound('Cette action');
    await mustPlan(trx, row.campaignId);
    return row;
  });
  if (action.organisationId !== organisationId)
    throw forbidden('Le lien suivi d’une action est à l’organisation qui l’a déclarée : demandez-le-lui.');
  const { url, title, campaignId } = action;
  if (url === null) throw notFound('La destination de ce lien');
  const token = await acrossOrganisations(ctx.db, async (trx) => {
    const source = { organisationId, campaignId, kind: 'action' as const, actionId };
    const tokens = await mintSourceTokens(trx, source, [{ url, label: title }], ctx.now());
    await recordAudit(trx, ctx, { action: 'action.link', subject: `action:${actionId}`, detail: { url } });
    return tokens.get(url) ?? '';
  });
  return { address: `${ctx.publicUrl}/r/${token}` };
}
