import { actorLabel } from '../base/context.ts';
import { invalid } from '../base/errors.ts';
import { type Trx, withOrganisation } from '../db/database.ts';
import { recordAudit } from '../memory/audit.ts';
import { allow } from '../organisations/permissions.ts';
import { type ActionRow, getAction, resultsOfActions } from './action-queries.ts';
import { doubtsPersons, type ResultInput, resultSchema } from './action-schema.ts';
import type { MemberCtx } from './create-campaign.ts';
import { checked } from './plan-fields.ts';
import { mustPlan } from './plan-partner.ts';
import { getCampaign } from './queries.ts';

/**
 * Writes down what the actor's organisation says an action brought: its own or a partner's. Nothing is ever changed: a
 * correction is another statement. « personnes » said of what a machine counts is refused once, with the reason
 * (`personnes_a_confirmer`), and accepted with `sure`.
 */
export async function declareResult(
  ctx: MemberCtx,
  campaignSlug: string,
  actionSlug: string,
  input: unknown,
  { sure = false } = {},
): Promise<{ id: number; outcome: 'created' | 'unchanged' }> {
  allow(ctx.actor, 'campaign.write');
  const result = checked(
    resultSchema,
    input,
    'resultat_invalide',
    'Le résultat n’est pas enregistré : corrigez les champs signalés.',
  );
  return withOrganisation(ctx.db, ctx.actor.organisationId, async (trx) => {
    const { id } = await getCampaign(trx, campaignSlug);
    const action = await getAction(trx, id, actionSlug);
    if (doubtsPersons(action.kind, result.unit) && !sure) throw personsInDoubt();
    return writeResult(trx, ctx, action, result);
  });
}

const personsInDoubt = () =>
  invalid('personnes_a_confirmer', 'Un compteur de pages compte des visites, pas des personnes.', [
    {
      field: 'unit',
      message:
        'Des personnes, ou des visites ? Un site ou une publicité compte des visites : qui revient compte deux fois. Choisissez « visites », ou cochez la case qui suit.',
    },
  ]);

/** The same inside the caller's transaction. What this organisation said last, word for word, is not said twice. */
export async function writeResult(
  trx: Trx,
  ctx: MemberCtx,
  action: ActionRow,
  input: ResultInput,
): Promise<{ id: number; outcome: 'created' | 'unchanged' }> {
  await mustPlan(trx, action.campaignId);
  const said = await resultsOfActions(trx, { campaignId: action.campaignId, actionId: action.id });
  const last = said.findLast(
    (r) =>
      r.organisationId === ctx.actor.organisationId &&
      r.unit === input.unit &&
      r.from === input.from &&
      r.to === input.to,
  );
  if (last && last.value === input.value && last.source === input.source && last.note === input.note)
    return { id: last.id, outcome: 'unchanged' };
  const { id } = await trx
    .insertInto('action_results')
    .values({
      action_id: action.id,
      campaign_id: action.campaignId,
      organisation_id: ctx.actor.organisationId,
      value: input.value,
      unit: input.unit,
      window_from: input.from,
      window_to: input.to,
      source: input.source,
      note: input.note,
      declared_by: actorLabel(ctx.actor),
      declared_at: ctx.now(),
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  await recordAudit(trx, ctx, {
    action: 'action.result',
    subject: `action:${action.id}`,
    detail: { value: input.value, unit: input.unit, from: input.from, to: input.to },
  });
  return { id, outcome: 'created' };
}
