import type { Ctx } from '../base/context.ts';
import { acrossOrganisations } from '../db/database.ts';

const SLUG = /^[a-z0-9-]{1,100}$/;
const NAME = /^[a-z0-9-]{1,100}\.(png|jpg|gif|webp)$/;

/** An image of a campaign by its address: a message shows it to whoever reads it, signed in nowhere. Null: none there. */
export async function publicFile(
  instance: Pick<Ctx, 'db'>,
  campaignSlug: string,
  name: string,
): Promise<{ type: string; bytes: Buffer } | null> {
  if (!SLUG.test(campaignSlug) || !NAME.test(name)) return null;
  const file = await acrossOrganisations(instance.db, (trx) =>
    trx
      .selectFrom('files as f')
      .innerJoin('campaigns as c', 'c.id', 'f.campaign_id')
      .select(['f.type', 'f.bytes'])
      .where('c.slug', '=', campaignSlug)
      .where('f.name', '=', name)
      .executeTakeFirst(),
  );
  return file ?? null;
}
