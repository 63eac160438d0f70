import type { Ctx } from '../base/context.ts';
import { openId } from '../base/tokens.ts';
import type { Level } from '../base/words.ts';
import { acrossOrganisations } from '../db/database.ts';
import { embargoAt } from '../pushes/embargo.ts';
import { renderWebVersion } from '../rendering/web-version.ts';
import { fromLetter } from '../webinars/origins.ts';

/** `embargo`: its hour has not come, and nothing of it is told before. */
export type WebVersion = { html: string } | { embargo: Date };

/**
 * The « version en ligne » behind a message's link: the stored variant, without anything of its reader; null when forged.
 * A press release has none before it left: nothing can be read of a draft that somebody lifted the embargo of.
 */
export async function webVersion(
  instance: Pick<Ctx, 'db' | 'secrets' | 'now'>,
  token: string,
): Promise<WebVersion | null> {
  const id = openId(instance.secrets.unsubscribe, 'web', token);
  if (id === null) return null;
  const row = await acrossOrganisations(instance.db, (trx) =>
    trx
      .selectFrom('proof_variants as v')
      .innerJoin('proofs as s', 's.id', 'v.proof_id')
      .innerJoin('pushes as p', 'p.id', 's.push_id')
      .innerJoin('organisations as o', 'o.id', 'v.organisation_id')
      .leftJoin('freezes as f', 'f.push_id', 'p.id')
      .select(['v.html', 'v.text', 'v.links', 'v.level', 'o.slug', 'p.channel', 'p.content', 'f.at as drawn_at'])
      .where('v.id', '=', id)
      .executeTakeFirst(),
  );
  if (!row) return null;
  const embargo = embargoAt(row.content, instance.now());
  if (embargo) return { embargo };
  if (row.channel === 'communique' && row.drawn_at === null) return null;
  const links = row.links.map((url) => ({ url: fromLetter(url, row.slug, row.level as Level), label: url }));
  return { html: renderWebVersion({ html: row.html, text: row.text, links }) };
}
