import type { Ctx } from '../base/context.ts';
import type { Trx } from '../db/database.ts';
import { recordAudit } from '../memory/audit.ts';
import type { Examined } from './examine.ts';
import type { DomainRow } from './health.ts';
import type { Proof } from './schema.ts';

/**
 * Keeps what was seen, and since when the domain is verified; a DNS that could not tell changes nothing of that. Answers
 * whether it is. What was looked at may have changed meanwhile: then only a new check may say so.
 */
export async function keepHealth(
  trx: Trx,
  ctx: Pick<Ctx, 'actor' | 'now'>,
  row: DomainRow,
  { checks, verified }: Examined,
  proof: Proof | null,
): Promise<boolean> {
  const before = row.verified_at;
  const now = ctx.now();
  const since = verified === null ? before : verified ? (before ?? now) : null;
  const health = { checks, proof };
  await trx
    .updateTable('sender_domains')
    .set({ health: JSON.stringify(health), checked_at: now, verified_at: since })
    .where('id', '=', row.id)
    .where('updated_at', '=', row.updated_at)
    .execute();
  const turned = since !== null && before === null ? 'verified' : since === null && before !== null ? 'lost' : 'check';
  await recordAudit(trx, ctx, {
    action: `sender-domain.${turned}`,
    subject: `sender-domain:${row.id}`,
    organisationId: row.organisation_id,
    detail: { domain: row.domain, wrong: checks.filter((c) => c.level !== 'bon').map((c) => c.name) },
  });
  return since !== null;
}
