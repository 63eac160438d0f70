import { sql } from 'kysely';
import type { Trx } from '../db/database.ts';

/**
 * Of a push that is cancelled, or past its deadline or its window, what was not handed over is set apart; with nothing left owed, a
 * drawn push is finished. The push is locked first, as in `settle`: an answer that owes a row again either is seen here,
 * or sees that the push had ended.
 */
export async function finishPush(trx: Trx, pushId: number, now: Date): Promise<boolean> {
  await trx.selectFrom('pushes').select('id').where('id', '=', pushId).forUpdate().execute();
  await sql`
    update deliveries d set state = 'cancelled', reason = 'annule', next_at = null, settled_at = ${now}
    from pushes p where p.id = d.push_id and d.push_id = ${pushId} and (least(p.deadline_at, p.window_to) <= ${now} or p.cancelled_at is not null)
      and d.state in ('planned', 'held', 'deferred')`.execute(trx);
  const done = await sql`
    update pushes p set finished_at = ${now} where p.id = ${pushId} and p.finished_at is null
      and exists (select 1 from freezes f where f.push_id = p.id)
      and not exists (select 1 from deliveries d where d.push_id = p.id and d.state in ('planned', 'held', 'deferred', 'handed'))`.execute(
    trx,
  );
  return Number(done.numAffectedRows ?? 0) > 0;
}
