import { createHash, randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import pg from 'pg';
import { unavailable } from '../base/errors.ts';
import { connectionRefusal, type Roles, rolesOf } from './database.ts';
import { LOCKS } from './locks.ts';

const FOLDER = new URL('../../migrations/', import.meta.url);
const OLDEST = 150_000;

/**
 * Brings the database of `url` to the newest migration; returns the names applied. Safe to run from several processes
 * at once (advisory lock) and again (each file runs once, in its own transaction, and is kept with its checksum).
 */
export async function migrate(url: string): Promise<string[]> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  try {
    await client.connect();
  } catch (error) {
    throw connectionRefusal(error, url);
  }
  try {
    const version = Number((await client.query('show server_version_num')).rows[0].server_version_num);
    if (version < OLDEST)
      throw unavailable(
        'database_too_old',
        `PostgreSQL ${Math.floor(version / 10_000)} est trop ancien : il faut la version 15 ou plus récente.`,
      );
    await client.query('select pg_advisory_lock($1)', [LOCKS.migrate]);
    await client.query(`create table if not exists instance (key text primary key, value text not null);
      create table if not exists migrations (name text primary key, checksum text not null, at timestamptz not null default now())`);
    const roles = await ensureRoles(client, version);
    const done = new Map(
      (await client.query('select name, checksum from migrations')).rows.map((r) => [r.name, r.checksum]),
    );
    const applied: string[] = [];
    for (const name of readdirSync(FOLDER)
      .filter((f) => f.endsWith('.sql'))
      .sort()) {
      const text = readFileSync(new URL(name, FOLDER), 'utf8');
      const checksum = createHash('sha256').update(text).digest('hex');
      if (done.has(name)) {
        if (done.get(name) !== checksum)
          throw unavailable(
            'migration_changed',
            `La migration ${name} a changé depuis qu’elle a été appliquée. Remettez la version d’origine et ajoutez un nouveau fichier.`,
          );
        continue;
      }
      await client.query('begin');
      try {
        await client.query(withRoles(text, roles));
        await client.query('insert into migrations (name, checksum) values ($1, $2)', [name, checksum]);
        await client.query('commit');
      } catch (error) {
        await client.query('rollback');
        throw error;
      }
      applied.push(name);
    }
    return applied;
  } finally {
    await client.end();
  }
}

/** `:app` and `:cross` in a migration are the two roles of this database; `::text` is a cast. */
const withRoles = (text: string, roles: Roles): string =>
  text.replace(/(?<!:):(app|cross)\b/g, (_, role: keyof Roles) => `"${roles[role]}"`);

async function ensureRoles(client: pg.Client, version: number): Promise<Roles> {
  const known = await client.query("select value from instance where key = 'role_prefix'");
  const prefix: string = known.rows[0]?.value ?? `pv_${randomBytes(5).toString('hex')}`;
  const roles = rolesOf(prefix);
  const missing = [];
  for (const role of Object.values(roles)) {
    const found = await client.query('select 1 from pg_roles where rolname = $1', [role]);
    if (!found.rowCount) missing.push(role);
  }
  if (missing.length) {
    const statements = roleStatements(missing, version);
    const may = await client.query(
      'select rolcreaterole or rolsuper as may from pg_roles where rolname = current_user',
    );
    if (!may.rows[0].may)
      throw unavailable(
        'create_role',
        `Ce compte ne peut pas créer de rôle. Faites exécuter par l’administrateur de la base, puis relancez :\n${[
          ...statements.map((s) => s.replaceAll('current_user', pg.escapeIdentifier(client.user ?? ''))),
          ...(known.rowCount ? [] : [`insert into instance values ('role_prefix', '${prefix}');`]),
        ].join('\n')}`,
      );
    // Tolerates a role that another database's migration made a moment ago (roles are shared by the cluster).
    for (const s of statements)
      await client.query(s).catch((error: { code?: string }) => {
        if (error.code !== '42710') throw error;
      });
  }
  if (!known.rowCount) await client.query("insert into instance values ('role_prefix', $1)", [prefix]);
  await client.query(`grant select on instance to ${Object.values(roles).join(', ')}`);
  return roles;
}

/** From PostgreSQL 16 the grant itself says "may become, does not inherit"; before, the login must not inherit at all. */
const roleStatements = (names: string[], version: number): string[] =>
  names.flatMap((role) => [
    `create role ${role} nologin noinherit nobypassrls;`,
    version >= 160_000
      ? `grant ${role} to current_user with inherit false, set true;`
      : `alter role current_user noinherit; grant ${role} to current_user;`,
  ]);
