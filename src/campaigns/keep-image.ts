import { actorLabel } from '../base/context.ts';
import { conflict } from '../base/errors.ts';
import { sameBytes } from '../base/tokens.ts';
import { type Trx, withOrganisation } from '../db/database.ts';
import { recordAudit } from '../memory/audit.ts';
import { allow } from '../organisations/permissions.ts';
import type { MemberCtx } from './create-campaign.ts';
import { type ImageFile, imageFileOf, imagePath } from './image-file.ts';
import { type CampaignRow, getCampaign } from './queries.ts';
import { mustLead } from './update-campaign.ts';

/**
 * Keeps an image for the messages of a campaign, by its lead only, and answers where it is read. The same image again
 * keeps nothing more. Throws `invalid` on the field `fichier` for what is no image, or one over 1 MB.
 */
export async function keepImage(
  ctx: MemberCtx,
  campaignSlug: string,
  { fileName, bytes }: { fileName: string; bytes: Buffer },
): Promise<{ path: string }> {
  allow(ctx.actor, 'push.write');
  const image = imageFileOf(fileName, bytes);
  return withOrganisation(ctx.db, ctx.actor.organisationId, async (trx) => {
    const campaign = await getCampaign(trx, campaignSlug);
    await writeImage(trx, ctx, campaign, image);
    return { path: imagePath(campaign.slug, image.name) };
  });
}

/** The same inside the caller's transaction, whose organisation is the lead. */
export async function writeImage(trx: Trx, ctx: MemberCtx, campaign: CampaignRow, image: ImageFile): Promise<void> {
  mustLead(ctx, campaign);
  const made = await trx
    .insertInto('files')
    .values({
      ...image,
      organisation_id: campaign.organisationId,
      campaign_id: campaign.id,
      created_by: actorLabel(ctx.actor),
      created_at: ctx.now(),
    })
    .onConflict((c) => c.columns(['campaign_id', 'name']).doNothing())
    .returning('id')
    .executeTakeFirst();
  if (made) {
    const detail = { name: image.name, type: image.type, bytes: image.bytes.length };
    await recordAudit(trx, ctx, { action: 'image.keep', subject: `campaign:${campaign.id}`, detail });
    return;
  }
  const there = await trx
    .selectFrom('files')
    .select('sha256')
    .where('campaign_id', '=', campaign.id)
    .where('name', '=', image.name)
    .executeTakeFirstOrThrow();
  // Two contents with one beginning of a hash: chance will not bring it, somebody might.
  if (!sameBytes(there.sha256, image.sha256))
    throw conflict(
      'image_homonyme',
      'Une autre image de la campagne porte ce nom : renommez le fichier, puis reprenez.',
    );
}
