import { sql } from 'kysely';
import type { Actor, Ctx } from '../base/context.ts';
import { recordSuppression } from '../contacts/suppress.ts';
import type { Trx } from '../db/database.ts';
import { SOFT_DAYS, SOFT_PUSHES, suppressionOf, UNEXPLAINED_PUSHES } from '../mail/classify.ts';
import { recordAudit } from '../memory/audit.ts';
import type { Returned, ReturnFact } from './facts.ts';

/** Under this a reading is noted, and shuts no address. */
const SURE = 0.6;

const RETURNS: Actor = { kind: 'clock', name: 'retours' };

/**
 * Whether the organisation stops writing to this address, by its keyed hash: at once for a complaint (MAIL-32) and for
 * a dead address, when it happens again for a mailbox that is always full; never for what was refused to us as senders.
 * True when it was not already so.
 */
export async function suppressReturned(
  trx: Trx,
  ctx: Pick<Ctx, 'now'>,
  fact: ReturnFact & { bounceId: number; delivery: Returned },
): Promise<boolean> {
  if (fact.class !== 'complaint' && !(await deadAddress(trx, fact))) return false;
  const reason = fact.class === 'complaint' ? 'plainte' : 'adresse_invalide';
  const { organisation_id: organisationId, address_hash: addressHash, id } = fact.delivery;
  const added = await recordSuppression(trx, {
    scope: 'organisation',
    organisationId,
    addressHash,
    reason,
    source: `retour ${fact.bounceId} (${fact.source})`,
    at: ctx.now(),
  });
  if (added)
    await recordAudit(
      trx,
      { actor: RETURNS, now: ctx.now },
      { action: 'contacts.suppress', subject: `delivery:${id}`, organisationId, detail: { reason, why: fact.reason } },
    );
  return added;
}

async function deadAddress(trx: Trx, fact: ReturnFact & { delivery: Returned }): Promise<boolean> {
  if (
    (fact.class !== 'hard' && fact.class !== 'soft') ||
    (fact.confidence < SURE && fact.reason !== 'refused_unexplained')
  )
    return false;
  switch (suppressionOf(fact.reason)) {
    case 'now':
      return true;
    case 'never':
      return false;
    case 'repeated': {
      const { organisation_id, address_hash } = fact.delivery;
      const { rows } = await sql<{ pushes: number; days: number }>`
        select count(distinct push_id) as pushes,
          extract(epoch from max(received_at) - min(received_at))::float8 / 86400 as days
        from bounces
        where address_hash = ${address_hash} and organisation_id = ${organisation_id} and class = ${fact.class}
          and reason = any(${fact.class === 'hard' ? ['refused_unexplained'] : ['mailbox_full', 'mailbox_unavailable']}::text[])`.execute(
        trx,
      );
      const { pushes, days } = rows[0]!;
      return fact.class === 'hard' ? pushes >= UNEXPLAINED_PUSHES : pushes >= SOFT_PUSHES && days >= SOFT_DAYS;
    }
  }
}
