import { sql } from 'kysely';
import type { Trx } from '../db/database.ts';
import type { Purpose } from './schema.ts';

/** `hash`: hexadecimal; `at`: ISO 8601. */
export type ConsentRow = {
  organisationId: number;
  hash: string;
  purpose: Purpose;
  value: 'granted' | 'refused';
  wording: string | null;
  source: string;
  actor: string;
  at: string;
};

/**
 * Adds to the consent record (PRV-03: rows are never changed, the last one is the state). A row that says again what
 * is known adds nothing, and one older than the last word of the person does not speak over it.
 */
export async function recordConsents(trx: Trx, consents: readonly ConsentRow[]): Promise<void> {
  await sql`
    insert into consents (organisation_id, address_hash, purpose, value, wording, source, actor, at)
    select n.organisation_id, decode(n.hash, 'hex'), n.purpose, n.value, n.wording, n.source, n.actor, n.at
    from jsonb_to_recordset(${JSON.stringify(consents.map(({ organisationId, ...c }) => ({ ...c, organisation_id: organisationId })))}::jsonb)
      as n(organisation_id bigint, hash text, purpose text, value text, wording text, source text, actor text, at timestamptz)
    left join lateral (
      select value, at from consents c
      where c.organisation_id = n.organisation_id and c.address_hash = decode(n.hash, 'hex') and c.purpose = n.purpose
      order by id desc limit 1
    ) last on true
    where last.value is null or (last.value <> n.value and last.at < n.at)`.execute(trx);
}

/** PRV-08: after a refusal, or a question left without an answer, nobody is asked again for 180 days. */
export const ASK_AGAIN_DAYS = 180;

export type ConsentState = 'granted' | 'refused' | 'unknown';

/** The last word on each purpose, and whether consent may be asked for now. PRV-04: `unknown` counts as refused. */
export async function consentState(
  trx: Trx,
  organisationId: number,
  addressHash: Buffer,
  purpose: Purpose,
  now: Date,
): Promise<{ state: ConsentState; mayAsk: boolean }> {
  const last = await trx
    .selectFrom('consents')
    .select(['value', 'at'])
    .where('organisation_id', '=', organisationId)
    .where('address_hash', '=', addressHash)
    .where('purpose', '=', purpose)
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (!last) return { state: 'unknown', mayAsk: true };
  const days = (now.getTime() - last.at.getTime()) / 86_400_000;
  return { state: last.value as ConsentState, mayAsk: last.value === 'refused' && days >= ASK_AGAIN_DAYS };
}
