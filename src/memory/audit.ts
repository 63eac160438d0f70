import { actorLabel, type Ctx } from '../base/context.ts';
import type { Trx } from '../db/database.ts';

export type AuditEntry = {
  action: string;
  /** `push:42`, `contact:7`: a kind and an id, never an address. */
  subject: string;
  /** The organisation concerned; the actor's own by default. */
  organisationId?: number;
  detail?: Record<string, unknown>;
};

/** Writes what was done, in the caller's transaction: the act and its trace stand or fall together. */
export async function recordAudit(trx: Trx, ctx: Pick<Ctx, 'actor' | 'now'>, entry: AuditEntry): Promise<void> {
  const { actor } = ctx;
  await trx
    .insertInto('audit_log')
    .values({
      organisation_id: entry.organisationId ?? (actor.kind === 'clock' ? null : actor.organisationId),
      at: ctx.now(),
      actor: actorLabel(actor),
      user_id: actor.kind === 'user' ? actor.userId : null,
      action: entry.action,
      subject: entry.subject,
      detail: JSON.stringify(entry.detail ?? {}),
    })
    .execute();
}
