import { z } from 'zod';
import { actorLabel } from '../base/context.ts';
import { conflict, notFound } from '../base/errors.ts';
import { crossing, withOrganisation } from '../db/database.ts';
import { recordAudit } from '../memory/audit.ts';
import { allow } from '../organisations/permissions.ts';
import { takeNamesOff } from './click-names.ts';
import { consentState, recordConsents } from './consents.ts';
import { contactById } from './queries.ts';
import type { OwnCtx } from './schema.ts';

const inputSchema = z.strictObject({
  contactId: z.int(),
  source: z.string().trim().min(1, 'Dites comment la demande est arrivée.').max(200, '200 caractères au plus.'),
});

/**
 * A person who had agreed to be counted by name takes it back, by phone or letter (PRV-03): it is written down, and their name
 * leaves what was counted under it. Nobody agrees for somebody else: a yes comes from the person, or with a file that says so.
 * Throws « conflict » when no yes stands.
 */
export async function refuseMeasure(ctx: OwnCtx, input: z.input<typeof inputSchema>): Promise<void> {
  allow(ctx.actor, 'contacts.write');
  const { contactId, source } = inputSchema.parse(input);
  const { organisationId } = ctx.actor;
  await withOrganisation(ctx.db, organisationId, async (trx) => {
    const contact = await contactById(trx, organisationId, contactId);
    if (!contact) throw notFound('Ce contact');
    const { addressHash } = contact;
    const { state } = await consentState(trx, organisationId, addressHash, 'mesure_clic', ctx.now());
    if (state !== 'granted')
      throw conflict('not_agreed', 'Cette personne n’est pas comptée à son nom : il n’y a rien à retirer.');
    const said = { purpose: 'mesure_clic', value: 'refused', wording: null, source } as const;
    await recordConsents(trx, [
      {
        ...said,
        organisationId,
        hash: addressHash.toString('hex'),
        actor: actorLabel(ctx.actor),
        at: ctx.now().toISOString(),
      },
    ]);
    await crossing(trx, ctx.db, () => takeNamesOff(trx, { organisationId, hashes: [addressHash] }));
    await recordAudit(trx, ctx, {
      action: 'contacts.refuse-measure',
      subject: `contact:${contactId}`,
      detail: { source },
    });
  });
}
