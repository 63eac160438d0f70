import { Kysely, PostgresDialect, type PostgresPool } from 'kysely';
import type pg from 'pg';
import type { Trx } from '../db/database.ts';
import type { DB } from '../db/types.ts';

/**
 * Kysely on a connection that already stands in its transaction: COPY needs the bare client, and everything else of
 * the same transaction (staged rows, audit) is written as elsewhere. Neither begins, ends nor releases anything.
 */
export function onClient(client: pg.PoolClient): Trx {
  const pool: PostgresPool = {
    connect: async () => ({ query: client.query.bind(client), release: () => {} }) as unknown as pg.PoolClient,
    end: async () => {},
    options: {},
  };
  // A Transaction differs from a Kysely only in refusing to open another one.
  return new Kysely<DB>({ dialect: new PostgresDialect({ pool }) }) as unknown as Trx;
}
