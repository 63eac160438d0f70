import type { Ctx } from '../base/context.ts';
import { notFound } from '../base/errors.ts';
import { withOrganisation } from '../db/database.ts';
import { recordAudit } from '../memory/audit.ts';
import { allow } from '../organisations/permissions.ts';
import { ownOrganisation } from './acting.ts';

/** Nothing leaves from this domain any more, and its key is destroyed: declared again, it will have another. */
export async function removeDomain(ctx: Ctx, id: number): Promise<{ domain: string }> {
  allow(ctx.actor, 'organisation.write');
  const organisationId = ownOrganisation(ctx);
  return withOrganisation(ctx.db, organisationId, async (trx) => {
    const row = await trx
      .deleteFrom('sender_domains')
      .where('id', '=', id)
      .where('organisation_id', '=', organisationId)
      .returning('domain')
      .executeTakeFirst();
    if (!row) throw notFound('Domaine');
    await recordAudit(trx, ctx, {
      action: 'sender-domain.remove',
      subject: `sender-domain:${id}`,
      detail: { domain: row.domain },
    });
    return row;
  });
}
