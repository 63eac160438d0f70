import type { Ctx } from '../base/context.ts';
import { notFound } from '../base/errors.ts';
import { withOrganisation } from '../db/database.ts';
import { recordAudit } from '../memory/audit.ts';
import { allow } from '../organisations/permissions.ts';
import { ownOrganisation, refuseFields } from './acting.ts';
import { bounceAddressSchema } from './schema.ts';

/** Changes where what comes back to messages of this domain is read; null: the sender's own address. */
export async function changeBounceAddress(ctx: Ctx, id: number, bounceAddress: string | null): Promise<void> {
  allow(ctx.actor, 'organisation.write');
  const organisationId = ownOrganisation(ctx);
  const parsed = bounceAddressSchema.safeParse(bounceAddress);
  if (!parsed.success)
    refuseFields('bounce_address', 'L’adresse de retour est à corriger.', [
      { field: 'bounceAddress', message: parsed.error.issues[0]?.message ?? 'À corriger.' },
    ]);
  await withOrganisation(ctx.db, organisationId, async (trx) => {
    const done = await trx
      .updateTable('sender_domains')
      .set({ bounce_address: parsed.data, updated_at: ctx.now() })
      .where('id', '=', id)
      .where('organisation_id', '=', organisationId)
      .executeTakeFirst();
    if (Number(done.numUpdatedRows) === 0) throw notFound('Domaine');
    await recordAudit(trx, ctx, { action: 'sender-domain.returns', subject: `sender-domain:${id}` });
  });
}
