import { sql } from 'kysely';
import type { Ctx } from '../base/context.ts';
import { acrossOrganisations, type Trx } from '../db/database.ts';
import { recordAudit } from '../memory/audit.ts';
import { judgeRates, REPORTING, type Tally } from './rates.ts';

export type Stopped = { pushId: number; why: string };

const PAUSED = 'push.pause-returns';

/**
 * Pauses running pushes of which too much came back, and says why (MAIL-13). What a person has seen and resumed is not
 * held against the push again: only what came back since the last pause counts.
 */
export async function guardPushes(ctx: Pick<Ctx, 'db' | 'actor' | 'now'>): Promise<Stopped[]> {
  const running = await acrossOrganisations(ctx.db, (trx) =>
    trx
      .selectFrom('pushes as p')
      .innerJoin('freezes as f', 'f.push_id', 'p.id')
      .select(['p.id', 'p.organisation_id'])
      .where('p.finished_at', 'is', null)
      .where('p.cancelled_at', 'is', null)
      .where('p.paused_at', 'is', null)
      .orderBy('p.id')
      .execute(),
  );
  const stopped: Stopped[] = [];
  for (const push of running) {
    const why = await acrossOrganisations(ctx.db, (trx) => guard(trx, ctx, push));
    if (why) stopped.push({ pushId: push.id, why });
  }
  return stopped;
}

async function guard(
  trx: Trx,
  ctx: Pick<Ctx, 'actor' | 'now'>,
  push: { id: number; organisation_id: number },
): Promise<string | null> {
  const tally = await tallyOf(trx, push.id);
  const verdict = judgeRates(since(tally, await lastTally(trx, push.id)));
  if (!verdict?.stop) return null;
  const paused = await trx
    .updateTable('pushes')
    .set({ paused_at: ctx.now(), paused_by: 'service', paused_why: verdict.sentence })
    .where('id', '=', push.id)
    .where('paused_at', 'is', null)
    .where('finished_at', 'is', null)
    .where('cancelled_at', 'is', null)
    .executeTakeFirst();
  if (paused.numUpdatedRows === 0n) return null;
  await recordAudit(trx, ctx, {
    action: PAUSED,
    subject: `push:${push.id}`,
    organisationId: push.organisation_id,
    detail: { kind: verdict.kind, rate: verdict.rate, tally },
  });
  return verdict.sentence;
}

/** Refused at once or returned later, an address is as dead: both count. */
async function tallyOf(trx: Trx, pushId: number): Promise<Tally> {
  const { rows } = await sql<{ delivered: number; hard: number; complaints: number; d: number; c: number }>`
    select count(*) filter (where state in ('accepted', 'complained')) as delivered,
      count(*) filter (where state = 'complained') as complaints,
      count(*) filter (where (state = 'failed' and reason = 'adresse_invalide') or (state = 'bounced' and exists (
        select 1 from bounces b where b.delivery_id = d.id and b.class = 'hard'))) as hard,
      count(*) filter (where state in ('accepted', 'complained') and provider = any(${[...REPORTING]}::text[])) as d,
      count(*) filter (where state = 'complained' and provider = any(${[...REPORTING]}::text[])) as c
    from deliveries d where push_id = ${pushId} and state <> 'set_apart'`.execute(trx);
  const { delivered, hard, complaints, d, c } = rows[0]!;
  return { delivered, hard, complaints, reporting: { delivered: d, complaints: c } };
}

async function lastTally(trx: Trx, pushId: number): Promise<Tally | null> {
  const row = await trx
    .selectFrom('audit_log')
    .select('detail')
    .where('subject', '=', `push:${pushId}`)
    .where('action', '=', PAUSED)
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row ? (row.detail as { tally: Tally }).tally : null;
}

/** A message delivered then may have come back since: never below nothing. */
function since(now: Tally, then: Tally | null): Tally {
  if (!then) return now;
  const less = (a: number, b: number) => Math.max(0, a - b);
  return {
    delivered: less(now.delivered, then.delivered),
    hard: less(now.hard, then.hard),
    complaints: less(now.complaints, then.complaints),
    reporting: {
      delivered: less(now.reporting.delivered, then.reporting.delivered),
      complaints: less(now.reporting.complaints, then.reporting.complaints),
    },
  };
}
