import type { Ctx } from '../base/context.ts';
import { acrossOrganisations } from '../db/database.ts';

/** Who wrote and who asked, by `user:12`: partners read whose words they approve, wherever that person works. */
export async function authorNames(ctx: Pick<Ctx, 'db'>, labels: readonly string[]): Promise<Map<string, string>> {
  const ids = [...new Set(labels.flatMap((label) => /^user:(\d+)$/.exec(label)?.[1] ?? []))].map(Number);
  if (!ids.length) return new Map();
  const people = await acrossOrganisations(ctx.db, (trx) =>
    trx.selectFrom('users').select(['id', 'name']).where('id', 'in', ids).execute(),
  );
  return new Map(people.map((p) => [`user:${p.id}`, p.name]));
}
