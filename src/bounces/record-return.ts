import { sql } from 'kysely';
import type { Ctx } from '../base/context.ts';
import { toParisDay } from '../base/dates.ts';
import { hmac } from '../base/tokens.ts';
import { addressHash } from '../contacts/addresses.ts';
import { acrossOrganisations, type Trx } from '../db/database.ts';
import { recordReply } from '../webinars/record-reply.ts';
import { calendarReply } from './calendar-reply.ts';
import { believable, factOfMail, type Returned, type ReturnFact, type ReturnSource } from './facts.ts';
import { type Letter, openLetter } from './letter.ts';
import { readLetter } from './read-return.ts';
import { FINAL, type ReturnClass } from './schema.ts';
import { suppressReturned } from './suppress-returned.ts';

export type ReturnCtx = Pick<Ctx, 'db' | 'secrets' | 'now' | 'publicUrl'>;

/**
 * `applied`: the ledger, a registration or the list of those not written to changed; `noted`: kept, changes nothing; `quarantined`: kept,
 * nobody's that we know; `known`: already counted; `ignored`: ordinary mail, not kept.
 */
export type Recorded = {
  class: ReturnClass;
  reason: string;
  outcome: 'applied' | 'noted' | 'quarantined' | 'known' | 'ignored';
};

/** Reads one mail that came back and draws its consequences, once (MAIL-30..32). `recipient`: the envelope's, if known. */
export async function recordReturn(
  ctx: ReturnCtx,
  mail: { source: ReturnSource; bytes: Buffer; recipient?: string },
): Promise<Recorded> {
  const letter = await openLetter(mail.bytes);
  const answered = await recordAnswer(ctx, letter);
  if (answered) return answered;
  return recordFact(ctx, factOfMail(ctx.secrets, { ...mail, letter, reading: readLetter(letter), now: ctx.now() }));
}

/** What a calendar answered to an invitation of ours (CAL-02); null: none, or nobody's, which is kept apart as a return. */
async function recordAnswer(ctx: ReturnCtx, letter: Letter): Promise<Recorded | null> {
  const reply = calendarReply(letter);
  if (!reply) return null;
  const at = believable(reply.at ?? new Date(letter.header('date')), ctx.now());
  const outcome = await recordReply(ctx, { ...reply, at });
  if (outcome === 'nobody') return null;
  return { class: 'auto-reply', reason: 'calendar_reply', outcome: outcome === 'cancelled' ? 'applied' : outcome };
}

/**
 * One transaction: the return, then what it changes in the ledger, in the story of the row and in the suppressions. The
 * same (who, status, day) again is refused by the unique key and changes nothing (MAIL-31).
 */
export async function recordFact(ctx: ReturnCtx, fact: ReturnFact): Promise<Recorded> {
  const said = { class: fact.class, reason: fact.reason };
  if (fact.class === 'not-a-bounce') return { ...said, outcome: 'ignored' };
  return acrossOrganisations(ctx.db, async (trx) => {
    const row = await deliveryOf(trx, ctx, fact);
    const hash = row?.address_hash ?? (fact.address === null ? null : addressHash(ctx.secrets, fact.address));
    const who = row ? `delivery ${row.id}` : `mail ${fact.digest.toString('hex')}`;
    const key = hmac(ctx.secrets.returns, `${who}/${fact.class}/${fact.status ?? fact.reason}/${toParisDay(fact.at)}`);
    const kept = await trx
      .insertInto('bounces')
      .values({
        key,
        organisation_id: row?.organisation_id ?? null,
        campaign_id: row?.campaign_id ?? null,
        push_id: row?.push_id ?? null,
        delivery_id: row?.id ?? null,
        address_hash: hash,
        source: fact.source,
        class: fact.class,
        reason: fact.reason,
        confidence: fact.confidence,
        status: fact.status,
        reply_code: fact.replyCode,
        words: fact.words.slice(0, 500),
        received_at: fact.at,
      })
      .onConflict((oc) => oc.column('key').doNothing())
      .returning('id')
      .executeTakeFirst();
    if (!kept) return { ...said, outcome: 'known' };
    if (!row) return { ...said, outcome: 'quarantined' };
    const state = await settleReturned(trx, row.id, fact, ctx.now());
    await trx
      .insertInto('delivery_events')
      .values({
        organisation_id: row.organisation_id,
        campaign_id: row.campaign_id,
        push_id: row.push_id,
        delivery_id: row.id,
        at: fact.at,
        what: 'retour',
        reason: fact.reason,
        reply: fact.words.slice(0, 500),
        actor: `retours (${fact.source})`,
      })
      .execute();
    const suppressed = await suppressReturned(trx, ctx, { ...fact, bounceId: kept.id, delivery: row });
    const applied = state ?? (suppressed ? 'suppressed' : null);
    if (applied) await trx.updateTable('bounces').set({ applied }).where('id', '=', kept.id).execute();
    return { ...said, outcome: applied ? 'applied' : 'noted' };
  });
}

/** How long after its hand-over a provider's word on an address alone still finds a message. */
const DAYS = 14;

async function deliveryOf(trx: Trx, ctx: ReturnCtx, fact: ReturnFact): Promise<Returned | null> {
  if (fact.deliveryId !== null) {
    const { rows } = await sql<Returned>`
      select id, organisation_id, campaign_id, push_id, address_hash from deliveries
      where id = ${fact.deliveryId} and state <> 'set_apart' for update`.execute(trx);
    return rows[0] ?? null;
  }
  if (!fact.trusted || fact.address === null) return null;
  const since = new Date(ctx.now().getTime() - DAYS * 86_400_000);
  // By push, then by (push, address), which has an index; an address alone has none.
  const { rows } = await sql<Returned>`
    select d.id, d.organisation_id, d.campaign_id, d.push_id, d.address_hash
    from pushes p
    join deliveries d on d.push_id = p.id and d.address_hash = ${addressHash(ctx.secrets, fact.address)}
      and d.state in ('accepted', 'unknown', 'handed', 'bounced', 'complained')
    where p.id in (select f.push_id from freezes f) and (p.finished_at is null or p.finished_at >= ${since})
      and d.handed_at >= ${since}
    order by d.handed_at desc, d.id desc limit 1
    for update of d`.execute(trx);
  return rows[0] ?? null;
}

/** The ledger's new state, or null when this return changes none: late, doubled, or not final. */
async function settleReturned(
  trx: Trx,
  id: number,
  fact: ReturnFact,
  now: Date,
): Promise<'bounced' | 'complained' | null> {
  const state = fact.class === 'complaint' ? 'complained' : FINAL.includes(fact.class) ? 'bounced' : null;
  if (!state) return null;
  const from =
    state === 'complained' ? ['accepted', 'unknown', 'handed', 'bounced'] : ['accepted', 'unknown', 'handed'];
  const changed = await trx
    .updateTable('deliveries')
    .set({ state, reason: fact.reason, reply: fact.words || null, settled_at: now })
    .where('id', '=', id)
    .where('state', 'in', from)
    .executeTakeFirst();
  return changed.numUpdatedRows === 1n ? state : null;
}
