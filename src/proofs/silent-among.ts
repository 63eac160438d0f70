import type { Trx } from '../db/database.ts';
import { type SignatoryState, signatoriesOf } from './queries.ts';

/** Whose yes is missing and who has not said a word on what is asked. Who asked for a change has answered. */
export async function silentAmong(trx: Trx, pushId: number): Promise<SignatoryState[]> {
  const missing = (await signatoriesOf(trx, pushId)).filter((s) => s.missing);
  const answers = await trx
    .selectFrom('approvals')
    .select(['organisation_id', 'content_hash'])
    .where('subject', '=', `push:${pushId}`)
    .execute();
  return missing.filter(
    (s) => !answers.some((a) => a.organisation_id === s.id && s.asked?.equals(a.content_hash) === true),
  );
}
