import { sql } from 'kysely';
import { log } from '../base/log.ts';
import { acrossOrganisations, type Database } from '../db/database.ts';

const BEAT_MS = 4_000;
/** Silent for this long, a drain's rows in flight are in doubt; their answers may still come late. */
export const LEASE_SECONDS = 20;

/**
 * Says every few seconds that this drain is alive, by the database's clock (two machines need not agree on the hour).
 * A slow server does not put rows in doubt: only silence does. Resolves once the first beat is written.
 */
export async function startBeating(db: Database, worker: string): Promise<{ stop: () => Promise<void> }> {
  const beat = () =>
    acrossOrganisations(db, (trx) =>
      sql`insert into workers (name, seen_at) values (${worker}, clock_timestamp())
        on conflict (name) do update set seen_at = excluded.seen_at`.execute(trx),
    );
  await beat();
  let beating: Promise<unknown> = Promise.resolve();
  const timer = setInterval(() => {
    beating = beat().catch((error: Error) => log.warn({ error: error.message }, 'signe de vie non écrit'));
  }, BEAT_MS);
  return {
    stop: async () => {
      clearInterval(timer);
      await beating;
      // What is left behind falls silent by itself.
      await acrossOrganisations(db, (trx) => trx.deleteFrom('workers').where('name', '=', worker).execute()).catch(
        (error: Error) => log.warn({ error: error.message }, 'signe de vie non retiré'),
      );
    },
  };
}

/**
 * Rows handed by a drain that fell silent: their fate is unknown; listed, never sent again by themselves. `now` is
 * written beside them.
 */
export async function expireLeases(db: Database, now: Date): Promise<number> {
  return acrossOrganisations(db, async (trx) => {
    const silent = sql`clock_timestamp() - make_interval(secs => ${LEASE_SECONDS})`;
    await sql`delete from workers where seen_at < clock_timestamp() - interval '1 day'`.execute(trx);
    const done = await sql`
      with lost as (
        update deliveries d set state = 'unknown', settled_at = ${now}
        where d.state = 'handed' and not exists (select from workers w where w.name = d.worker and w.seen_at > ${silent})
        returning d.id, d.organisation_id, d.campaign_id, d.push_id, d.worker
      )
      insert into delivery_events (organisation_id, campaign_id, push_id, delivery_id, at, what, actor)
      select organisation_id, campaign_id, push_id, id, ${now}::timestamptz, 'unknown', worker from lost`.execute(trx);
    return Number(done.numAffectedRows ?? 0);
  });
}
