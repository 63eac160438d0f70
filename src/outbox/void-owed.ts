import { sql } from 'kysely';
import type { Trx } from '../db/database.ts';

/**
 * Mail about something that has changed since is not sent any more: what replaces it is owed in the same transaction.
 * What is past its final dot has left, or may have. `letters`: only those whose `letter` begins so. Across organisations;
 * answers how many.
 */
export async function voidOwed(
  trx: Trx,
  about: string,
  { kinds, letters, now }: { kinds?: readonly string[]; letters?: string; now: Date },
): Promise<number> {
  const voided = await trx
    .updateTable('outbox')
    .set({ failed_at: now, last_error: VOIDED })
    .where('about', '=', about)
    .where('sent_at', 'is', null)
    .where('failed_at', 'is', null)
    .where('dotted_at', 'is', null)
    .where('unknown_at', 'is', null)
    .$if(kinds !== undefined, (q) => q.where('kind', 'in', kinds ?? []))
    .$if(letters !== undefined, (q) => q.where(sql<boolean>`starts_with(message->>'letter', ${letters})`))
    .returning('id')
    .execute();
  return voided.length;
}

/** Somebody asks one organisation to be forgotten: nothing it still owed to these addresses is sent. Across organisations. */
export async function voidOwedTo(
  trx: Trx,
  { organisationId, addresses, now }: { organisationId: number; addresses: readonly string[]; now: Date },
): Promise<void> {
  await trx
    .updateTable('outbox')
    .set({ failed_at: now, last_error: VOIDED })
    .where('organisation_id', '=', organisationId)
    .where('to_address', 'in', addresses)
    .where('about', 'is not', null)
    .where('sent_at', 'is', null)
    .where('failed_at', 'is', null)
    .where('dotted_at', 'is', null)
    .execute();
}

/** What `last_error` says of such a mail. */
export const VOIDED = 'remplacé avant de partir';
