import { type RawBuilder, sql } from 'kysely';
import { invalid, type Refusal } from '../base/errors.ts';
import { type Trx, withOrganisation } from '../db/database.ts';
import { allow } from '../organisations/permissions.ts';
import type { MemberCtx } from './create-campaign.ts';
import { imageFileOf, imagePath } from './image-file.ts';
import { imageSize, type Size } from './image-size.ts';
import { writeImage } from './keep-image.ts';
import { isSoundPng } from './png-data.ts';
import { getCampaign } from './queries.ts';

/** A logo to print: on a poster, on a card. */
export type Logo = Size & { name: string; type: 'image/png' | 'image/jpeg'; bytes: Buffer };
/** A logo to show: where it is read, and its size in pixels. */
export type ShownLogo = Size & { src: string };

/** Smaller, it is a blur on a poster; larger, no page needs it. */
const SMALLEST = 64;
const LARGEST = 4000;

/** The logo of a campaign with its bytes; null when it has none. */
export async function campaignLogo(trx: Trx, campaignId: number): Promise<Logo | null> {
  const file = await logoFile(trx, campaignId, sql<Buffer>`f.bytes`);
  const size = file && imageSize(file.bytes);
  return size ? { ...size, name: file.name, type: file.type as Logo['type'], bytes: file.bytes } : null;
}

/** Where almost every image says its size. */
const HEAD = 65_536;

/** The same for a page or a message, which read it at an address of ours: pages that everybody opens take no more of it. */
export async function shownLogo(trx: Trx, campaign: { id: number; slug: string }): Promise<ShownLogo | null> {
  const file = await logoFile(trx, campaign.id, sql<Buffer>`substring(f.bytes for ${HEAD}::int)`);
  const size = file && (imageSize(file.bytes) ?? (await campaignLogo(trx, campaign.id)));
  return size ? { src: imagePath(campaign.slug, file.name), width: size.width, height: size.height } : null;
}

const logoFile = (trx: Trx, campaignId: number, bytes: RawBuilder<Buffer>) =>
  trx
    .selectFrom('campaigns as c')
    .innerJoin('files as f', (j) =>
      j.onRef('f.campaign_id', '=', 'c.id').on('f.name', '=', sql<string>`c.identity ->> 'logo'`),
    )
    .select(['f.name', 'f.type', bytes.as('bytes')])
    .where('c.id', '=', campaignId)
    .executeTakeFirst();

/**
 * Keeps an image as a logo to choose, by the campaign's lead only, and answers its name: the identity then says that it
 * is the logo. Throws `invalid` on the field `logo`: mailboxes and printers know PNG and JPEG alone.
 */
export async function keepLogo(
  ctx: MemberCtx,
  campaignSlug: string,
  { fileName, bytes }: { fileName: string; bytes: Buffer },
): Promise<{ name: string }> {
  allow(ctx.actor, 'campaign.write');
  const image = asLogo(() => imageFileOf(fileName, bytes));
  const size = imageSize(image.bytes);
  if (!size)
    throw refuse('Un logo est une image PNG ou JPEG : enregistrez-le dans l’un de ces formats, puis reprenez.');
  if (Math.max(size.width, size.height) < SMALLEST || Math.max(size.width, size.height) > LARGEST)
    throw refuse(
      `Cette image fait ${size.width} pixels sur ${size.height} : son plus grand côté doit en faire de ${SMALLEST} à ${LARGEST}.`,
    );
  if (image.type === 'image/png' && !isSoundPng(image.bytes))
    throw refuse(
      'Cette image est abîmée, elle ne s’imprimerait pas : enregistrez-la de nouveau en PNG, puis reprenez.',
    );
  return withOrganisation(ctx.db, ctx.actor.organisationId, async (trx) => {
    await writeImage(trx, ctx, await getCampaign(trx, campaignSlug), image);
    return { name: image.name };
  });
}

function asLogo<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw refuse((error as Error).message);
  }
}

const refuse = (message: string): Refusal => invalid('logo', message, [{ field: 'logo', message }]);
