import type { Ctx } from '../base/context.ts';
import { openId } from '../base/tokens.ts';
import { acrossOrganisations } from '../db/database.ts';
import { renderWebVersion } from '../rendering/web-version.ts';

/** The « version en ligne » behind a message's link: the stored variant, without anything of its reader; null when forged. */
export async function webVersion(instance: Pick<Ctx, 'db' | 'secrets'>, token: string): Promise<string | null> {
  const id = openId(instance.secrets.unsubscribe, 'web', token);
  if (id === null) return null;
  const row = await acrossOrganisations(instance.db, (trx) =>
    trx.selectFrom('proof_variants').select(['html', 'text', 'links']).where('id', '=', id).executeTakeFirst(),
  );
  return row
    ? renderWebVersion({ html: row.html, text: row.text, links: row.links.map((url) => ({ url, label: url })) })
    : null;
}
