import type { Ctx } from '../base/context.ts';
import { sameBytes } from '../base/tokens.ts';
import { addressHash, normaliseAddress } from '../contacts/addresses.ts';
import { acrossOrganisations } from '../db/database.ts';
import { cancelByReply } from './cancel-registration.ts';
import { lockWebinar } from './queries.ts';
import type { RegistrationRow } from './registrations.ts';

export type Reply = {
  /** Of the invitation; nobody guesses it. */
  uid: string;
  /** The person the answer claims to be of. */
  address: string;
  answer: NonNullable<RegistrationRow['reply']>;
  /** Of the invitation that is answered. */
  sequence: number;
  at: Date;
};

/**
 * What a registered person's calendar answered, written down; a « no » gives the place back. `cancelled`: it did;
 * `noted`: written down, or of an invitation that has moved since, which a « no » does not answer; `known`: it answered
 * this or something later already; `nobody`: no such invitation, or not this person's.
 */
export const recordReply = (
  ctx: Pick<Ctx, 'db' | 'secrets' | 'publicUrl' | 'now'>,
  { uid, address, answer, sequence, at }: Reply,
): Promise<'cancelled' | 'noted' | 'known' | 'nobody'> =>
  acrossOrganisations(ctx.db, async (trx) => {
    const named = trx
      .selectFrom('registrations')
      .select(['id', 'webinar_id', 'address_hash', 'sequence', 'cancelled_at', 'reply_at'])
      .where('uid', '=', uid);
    const seen = await named.executeTakeFirst();
    const who = normaliseAddress(address);
    if (!seen?.address_hash || 'code' in who) return 'nobody';
    if (!sameBytes(seen.address_hash, addressHash(ctx.secrets, who.normalised))) return 'nobody';
    await lockWebinar(trx, seen.webinar_id);
    const { id, sequence: current, cancelled_at, reply_at } = await named.executeTakeFirstOrThrow();
    if (reply_at !== null && reply_at >= at) return 'known';
    await trx.updateTable('registrations').set({ reply: answer, reply_at: at }).where('id', '=', id).execute();
    if (answer !== 'decline' || cancelled_at !== null || sequence < current) return 'noted';
    return (await cancelByReply(trx, ctx, id)) ? 'cancelled' : 'noted';
  });
