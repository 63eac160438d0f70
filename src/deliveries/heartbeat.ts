import { sql } from 'kysely';
import { log } from '../base/log.ts';
import { acrossOrganisations, type Database, withClient } from '../db/database.ts';
import { LETS_GO } from './persist.ts';

const BEAT_MS = 4_000;
/** Silent for this long, a drain's rows in flight are in doubt; their answers may still come late. */
export const LEASE_SECONDS = 20;

export type Beating = {
  /** Before a claim: no row may be handed by a drain that nobody would miss. */
  ensure: () => Promise<void>;
  stop: () => Promise<void>;
};

/**
 * Says every few seconds that this drain is alive, by the database's clock (two machines need not agree on the hour).
 * A slow server puts no row in doubt: only silence does.
 */
export function startBeating(db: Database, { worker, pushId }: { worker: string; pushId: number }): Beating {
  let last = 0;
  const beat = async () => {
    await withClient(
      db,
      'across',
      (client) =>
        client.query(
          `insert into workers (name, push_id, seen_at) values ($1, $2, clock_timestamp())
           on conflict (name) do update set seen_at = excluded.seen_at`,
          [worker, pushId],
        ),
      LETS_GO,
    );
    last = Date.now();
  };
  let beating: Promise<unknown> | null = null;
  const timer = setInterval(() => {
    // On a network that stalls they would pile up.
    beating ??= beat()
      .catch((error: Error) => log.warn({ error: error.message }, 'signe de vie non écrit'))
      .finally(() => {
        beating = null;
      });
  }, BEAT_MS);
  return {
    ensure: async () => {
      if (Date.now() - last > 2 * BEAT_MS) await beat();
    },
    stop: async () => {
      clearInterval(timer);
      await beating;
      // With rows left in flight (a fault of ours, a claim whose answer was lost) it falls silent instead, and they are found.
      await acrossOrganisations(db, (trx) =>
        sql`delete from workers w where w.name = ${worker}
          and not exists (select from deliveries d where d.push_id = w.push_id and d.worker = w.name and d.state = 'handed')`.execute(
          trx,
        ),
      ).catch((error: Error) => log.warn({ error: error.message }, 'signe de vie non retiré'));
    },
  };
}

/**
 * Rows handed by a drain that fell silent: their fate is unknown; listed, never sent again by themselves. `now` is
 * written beside them. Costs nothing while nobody is silent.
 */
export async function expireLeases(db: Database, now: Date): Promise<number> {
  return acrossOrganisations(db, async (trx) => {
    const done = await sql`
      with silent as (
        delete from workers where seen_at < clock_timestamp() - make_interval(secs => ${LEASE_SECONDS})
        returning name, push_id
      ), landed as (
        delete from flights f using silent s where f.worker = s.name
      ), lost as (
        update deliveries d set state = 'unknown', settled_at = ${now} from silent s
        where d.push_id = s.push_id and d.worker = s.name and d.state = 'handed'
        returning d.id, d.organisation_id, d.campaign_id, d.push_id, d.worker
      )
      insert into delivery_events (organisation_id, campaign_id, push_id, delivery_id, at, what, actor)
      select organisation_id, campaign_id, push_id, id, ${now}::timestamptz, 'unknown', worker from lost`.execute(trx);
    return Number(done.numAffectedRows ?? 0);
  });
}
