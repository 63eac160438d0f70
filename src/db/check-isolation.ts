import { sql } from 'kysely';
import { unavailable } from '../base/errors.ts';
import type { Database } from './database.ts';

/**
 * Refuses to run where the walls between organisations would not hold (SEC-20): a role that owns tables or bypasses
 * policies, or a table that carries organisation_id without forced policies that also check what is written.
 */
export async function checkIsolation(db: Database): Promise<void> {
  const roles = await sql<{ rolname: string }>`
    select rolname from pg_roles r where rolname in (${db.roles.app}, ${db.roles.cross})
      and (rolsuper or rolbypassrls or rolcanlogin or exists (select 1 from pg_class c where c.relowner = r.oid and c.relkind in ('r', 'p')))`.execute(
    db.kysely,
  );
  const tables = await sql<{ relname: string }>`
    select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace and n.nspname = 'public'
    where c.relkind in ('r', 'p') and exists (select 1 from pg_attribute a where a.attrelid = c.oid and a.attname = 'organisation_id' and not a.attisdropped)
      and (not c.relrowsecurity or not c.relforcerowsecurity
        or exists (select 1 from pg_policy p where p.polrelid = c.oid and p.polcmd in ('*', 'a', 'w') and p.polwithcheck is null))`.execute(
    db.kysely,
  );
  const wrong = [...roles.rows.map((r) => `rôle ${r.rolname}`), ...tables.rows.map((t) => `table ${t.relname}`)];
  if (wrong.length > 0)
    throw unavailable(
      'isolation',
      `Le cloisonnement entre organisations n’est pas sûr (${wrong.join(', ')}) : le service refuse de démarrer. Faites vérifier les droits de la base par son administrateur.`,
    );
}
