import pg from 'pg';
import type { Database } from './database.ts';

/** Where the pages of this instance were last opened: a command that writes links beside them leads there. */
export async function knownPublicUrl(db: Database): Promise<string | null> {
  const row = await db.kysely.selectFrom('instance').select('value').where('key', '=', 'public_url').executeTakeFirst();
  return row?.value ?? null;
}

/** Written as the owner of the database: the app role only reads this table. */
export async function rememberPublicUrl(url: string, publicUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(
      "insert into instance values ('public_url', $1) on conflict (key) do update set value = excluded.value",
      [publicUrl],
    );
  } finally {
    await client.end();
  }
}
