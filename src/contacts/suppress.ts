import { z } from 'zod';
import { invalid } from '../base/errors.ts';
import { acrossOrganisations, type Trx, withOrganisation } from '../db/database.ts';
import { recordAudit } from '../memory/audit.ts';
import { allow } from '../organisations/permissions.ts';
import { addressHash, normaliseAddress } from './addresses.ts';
import { type OwnCtx, SUPPRESSION_REASONS, type SuppressionReason } from './schema.ts';

/** Who must not write any more: one organisation, the partners of one campaign, or everybody here (PRV-41). */
export type SuppressionScope =
  | { scope: 'organisation'; organisationId: number }
  | { scope: 'campagne'; organisationId: number | null; campaignId: number }
  | { scope: 'instance' };

export type Suppression = SuppressionScope & {
  addressHash: Buffer;
  reason: SuppressionReason;
  source: string;
  at: Date;
};

/**
 * Adds to the list of those who are no longer written to; true when it was not there. Never taken back (PRV-42, 44).
 * For callers that stand in a transaction already: an unsubscribe link, a bounce. Wider than one organisation, it needs
 * `acrossOrganisations`.
 */
export async function recordSuppression(trx: Trx, suppression: Suppression): Promise<boolean> {
  const { scope, reason, source, at } = suppression;
  const added = await trx
    .insertInto('suppressions')
    .values({
      scope,
      reason,
      source,
      at,
      organisation_id: scope === 'instance' ? null : suppression.organisationId,
      campaign_id: scope === 'campagne' ? suppression.campaignId : null,
      address_hash: suppression.addressHash,
    })
    .onConflict((oc) => oc.doNothing())
    .executeTakeFirst();
  return added.numInsertedOrUpdatedRows === 1n;
}

const inputSchema = z.strictObject({
  address: z.string().max(400),
  reason: z.enum(SUPPRESSION_REASONS).default('opposition'),
  /** `instance`: the person asked not to hear from anybody here any more. */
  scope: z.enum(['organisation', 'instance']).default('organisation'),
  source: z.string().trim().min(1, 'Dites comment la demande est arrivée.').max(200),
});
export type SuppressInput = z.input<typeof inputSchema>;

/** A person asked, by phone or letter, not to be written to. The address need not be in the list (PRV-40..42). */
export async function suppressAddress(ctx: OwnCtx, input: SuppressInput): Promise<{ added: boolean }> {
  allow(ctx.actor, 'contacts.write');
  const { address, reason, scope, source } = inputSchema.parse(input);
  const normal = normaliseAddress(address);
  if ('code' in normal)
    throw invalid(normal.code, 'Cette adresse électronique n’est pas valable : vérifiez-la.', [
      { field: 'address', message: 'Adresse non valable.' },
    ]);
  const { organisationId } = ctx.actor;
  const write = async (trx: Trx): Promise<{ added: boolean }> => {
    const where: SuppressionScope = scope === 'instance' ? { scope } : { scope, organisationId };
    const isNew = await recordSuppression(trx, {
      ...where,
      addressHash: addressHash(ctx.secrets, normal.normalised),
      reason,
      source,
      at: ctx.now(),
    });
    // Whether somebody else had already recorded it for everybody is not this organisation's to know (no oracle).
    const added = scope === 'instance' || isNew;
    await recordAudit(trx, ctx, {
      action: 'contacts.suppress',
      subject: `organisation:${organisationId}`,
      detail: { scope, reason, source, added },
    });
    return { added };
  };
  return scope === 'instance' ? acrossOrganisations(ctx.db, write) : withOrganisation(ctx.db, organisationId, write);
}
