import { sql } from 'kysely';
import { acrossOrganisations } from '../../src/db/database.ts';
import { type Drained, drainPush, type Pool } from '../../src/deliveries/drain.ts';
import { freezePush } from '../../src/deliveries/freeze.ts';
import { NOW, SECRETS, type TestDatabase } from '../support/database.ts';

export type Row = {
  id: number;
  organisation_id: number;
  address: string | null;
  state: string;
  reason: string | null;
  cell_id: number | null;
  attempts: number;
  next_at: Date | null;
  reply: string | null;
};

/** Every row of a push with the address behind it, in the order of the ledger. */
export const ledger = (t: TestDatabase, pushId: number): Promise<Row[]> =>
  acrossOrganisations(
    t.db,
    async (trx) =>
      (
        await sql<Row>`select d.id, d.organisation_id, c.address, d.state, d.reason, d.cell_id, d.attempts, d.next_at, d.reply
          from deliveries d left join contacts c on c.id = d.contact_id where d.push_id = ${pushId} order by d.id`.execute(
          trx,
        )
      ).rows,
  );

/** `{accepted: 3, set_apart: 1}` */
export async function states(t: TestDatabase, pushId: number): Promise<Record<string, number>> {
  const tally: Record<string, number> = {};
  for (const { state } of await ledger(t, pushId)) tally[state] = (tally[state] ?? 0) + 1;
  return tally;
}

export const freeze = (t: TestDatabase, pushId: number, now = NOW): Promise<boolean> =>
  freezePush(t.ctx({ kind: 'command', name: 'test', organisationId: t.cast.organisations.opco }, now), pushId);

export type DrainOptions = { db?: TestDatabase['db']; now?: Date; signal?: AbortSignal; worker?: string };

export const drain = (t: TestDatabase, pushId: number, pool: Pool, options: DrainOptions = {}): Promise<Drained> =>
  drainPush(
    { db: options.db ?? t.db, secrets: SECRETS, publicUrl: 'https://pv.example', now: () => options.now ?? NOW },
    { pushId, worker: options.worker ?? 'test', pool, signal: options.signal ?? new AbortController().signal },
  );

/** Whether the push has ended: no row is owed to anybody. */
export const finishedAt = (t: TestDatabase, pushId: number): Promise<Date | null> =>
  acrossOrganisations(t.db, async (trx) => {
    const row = await trx.selectFrom('pushes').select('finished_at').where('id', '=', pushId).executeTakeFirstOrThrow();
    return row.finished_at;
  });

export const later = (minutes: number, from = NOW): Date => new Date(from.getTime() + minutes * 60_000);

/** As if every drain had been silent for longer than the lease: their rows in flight are in doubt. */
export const silence = (t: TestDatabase): Promise<unknown> =>
  acrossOrganisations(t.db, (trx) => sql`update workers set seen_at = seen_at - interval '1 hour'`.execute(trx));
