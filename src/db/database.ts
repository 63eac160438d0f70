import {
  HandleEmptyInListsPlugin,
  Kysely,
  PostgresDialect,
  replaceWithNoncontingentExpression,
  SafeNullComparisonPlugin,
  sql,
  type Transaction,
} from 'kysely';
import pg from 'pg';
import { unavailable } from '../base/errors.ts';
import { log } from '../base/log.ts';
import type { DB } from './types.ts';

// count(*) and ids are int8: they arrive as strings unless told otherwise. Ours stay far under 2^53.
pg.types.setTypeParser(pg.types.builtins.INT8, Number);
// A date has no time zone: kept as the text it is.
pg.types.setTypeParser(pg.types.builtins.DATE, String);

export type Roles = { app: string; cross: string };
export type Trx = Transaction<DB>;
export type Db = Kysely<DB>;

/** `url` connects as the login; `pool` and `kysely` as the app role, to which a bare query shows no tenant row. */
export type Database = {
  url: string;
  roles: Roles;
  pool: pg.Pool;
  kysely: Db;
  /** PostgreSQL refuses to write in any of its transactions. */
  readOnly?: true;
  close: () => Promise<void>;
};

/** The same database for whoever may only read: whatever is forgotten above, nothing is written. */
export const readingOnly = (db: Database): Database => ({ ...db, readOnly: true });

const begin = ({ kysely, readOnly }: Database) =>
  readOnly ? kysely.transaction().setAccessMode('read only') : kysely.transaction();

/** What went wrong while connecting, as one sentence for the person who set DATABASE_URL. */
export function connectionRefusal(error: unknown, url: string): Error {
  const { host, pathname } = new URL(url);
  const e = error as { code?: string; message?: string };
  const where = `la base ${pathname.slice(1) || '?'} sur ${host}`;
  const why: Record<string, string> = {
    ECONNREFUSED: 'aucun serveur n’y répond : vérifiez l’hôte et le port, ou démarrez PostgreSQL',
    ENOTFOUND: 'ce nom d’hôte n’existe pas',
    EAI_AGAIN: 'ce nom d’hôte n’a pas pu être trouvé',
    ETIMEDOUT: 'le serveur ne répond pas à temps',
    '28P01': 'le mot de passe est refusé',
    '28000': 'ce compte n’est pas accepté',
    '3D000': 'cette base n’existe pas : créez-la d’abord',
    '53300': 'le serveur n’accepte plus de connexion',
  };
  return unavailable(
    'database',
    `DATABASE_URL : ${where} ne peut pas être ouverte ; ${why[e.code ?? ''] ?? e.message ?? 'cause inconnue'}.`,
  );
}

/** The two role names of this database (roles are shared by a whole cluster, so they carry a prefix stored inside). */
export async function readRoles(url: string): Promise<Roles | null> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  try {
    await client.connect();
    const found = await client.query("select to_regclass('public.instance') as t");
    if (!found.rows[0].t) return null;
    const prefix = await client.query("select value from instance where key = 'role_prefix'");
    return prefix.rows[0] ? rolesOf(prefix.rows[0].value) : null;
  } catch (error) {
    throw connectionRefusal(error, url);
  } finally {
    await client.end().catch(() => {});
  }
}

export const rolesOf = (prefix: string): Roles => ({ app: `${prefix}_app`, cross: `${prefix}_cross` });

export async function openDatabase(url: string, max = 10): Promise<Database> {
  const roles = await readRoles(url);
  if (!roles) throw unavailable('not_migrated', 'La base n’est pas préparée. Lancez : npx porte-voix migrate');
  const pool = new pg.Pool({
    connectionString: url,
    max,
    // A machine that is paused in the middle of a transaction keeps its locks: not for longer than this.
    options: `-c role=${roles.app} -c timezone=UTC -c idle_in_transaction_session_timeout=5min`,
    application_name: 'porte-voix',
    connectionTimeoutMillis: 10_000,
  });
  // Idle or lent, a connection the server cuts must not end the process: whoever holds it gets the error of its query.
  pool.on('connect', (client) =>
    client.on('error', (error) => log.warn({ error: error.message }, 'connexion à la base perdue')),
  );
  pool.on('error', () => undefined);
  const kysely = new Kysely<DB>({
    dialect: new PostgresDialect({ pool }),
    plugins: [
      new SafeNullComparisonPlugin(),
      new HandleEmptyInListsPlugin({ strategy: replaceWithNoncontingentExpression }),
    ],
  });
  return { url, roles, pool, kysely, close: () => kysely.destroy() };
}

/** One transaction that sees and writes one organisation's rows (and what its campaigns' partners share). SEC-21. */
export function withOrganisation<T>(db: Database, organisationId: number, run: (trx: Trx) => Promise<T>): Promise<T> {
  return begin(db).execute(async (trx) => {
    await sql`select set_config('app.organisation_id', ${String(organisationId)}, true)`.execute(trx);
    return run(trx);
  });
}

/**
 * One transaction over every organisation, with the grants of the cross role only. Who may call it is listed in
 * test/structure: freeze, drain, clock, sign-in, token lookup, joint figures. Its caller has checked the permission.
 */
export function acrossOrganisations<T>(db: Database, run: (trx: Trx) => Promise<T>): Promise<T> {
  return begin(db).execute(async (trx) => {
    await sql`set local role ${sql.id(db.roles.cross)}`.execute(trx);
    return run(trx);
  });
}

/**
 * A look over every organisation inside one organisation's own transaction, for what must stand or fall with it. Listed
 * like `acrossOrganisations`; nothing of what it reads may be told.
 */
export async function crossing<T>(trx: Trx, db: Pick<Database, 'roles'>, run: (trx: Trx) => Promise<T>): Promise<T> {
  await sql`set local role ${sql.id(db.roles.cross)}`.execute(trx);
  const result = await run(trx);
  // Not after an error: the transaction is lost, and its role with it.
  await sql`set local role ${sql.id(db.roles.app)}`.execute(trx);
  return result;
}

/**
 * The same two scopes on a bare connection, for COPY and for what must cost few round trips. `settings`: what the planner
 * is told for this transaction only, as `set local` statements of ours.
 */
export async function withClient<T>(
  db: Database,
  scope: { organisationId: number } | 'across',
  run: (client: pg.PoolClient) => Promise<T>,
  settings = '',
): Promise<T> {
  const client = await db.pool.connect();
  let broken: Error | undefined;
  try {
    const role = scope === 'across' ? `; set local role ${pg.escapeIdentifier(db.roles.cross)}` : '';
    await client.query(`begin${db.readOnly ? ' read only' : ''}${role}; ${settings}`);
    if (scope !== 'across')
      await client.query("select set_config('app.organisation_id', $1, true)", [String(scope.organisationId)]);
    const result = await run(client);
    await client.query('commit');
    return result;
  } catch (error) {
    await client.query('rollback').catch((e: Error) => {
      broken = e;
    });
    throw error;
  } finally {
    client.release(broken);
  }
}
