import { invalid } from '../base/errors.ts';
import { imagePath } from '../campaigns/image-file.ts';
import { imageNamesOf } from '../campaigns/image-queries.ts';
import type { Trx } from '../db/database.ts';
import type { Content } from './schema.ts';

/** Each image of the message is kept in its own campaign: another one may go away, and nobody mails a missing picture. */
export async function checkImages(
  trx: Trx,
  campaign: { id: number; slug: string },
  { blocks }: Pick<Content, 'blocks'>,
): Promise<void> {
  if (!blocks.some((b) => b.type === 'image')) return;
  const kept = new Set((await imageNamesOf(trx, campaign.id)).map((name) => imagePath(campaign.slug, name)));
  const fields = blocks.flatMap((b, i) =>
    b.type === 'image' && !kept.has(b.src)
      ? [
          {
            field: `content.blocks.${i}.src`,
            message: 'Cette image n’est pas dans la campagne : choisissez-la de nouveau.',
          },
        ]
      : [],
  );
  if (fields.length)
    throw invalid(
      'image_absente',
      'Une image de ce message n’est pas dans la campagne : choisissez-la de nouveau.',
      fields,
    );
}
