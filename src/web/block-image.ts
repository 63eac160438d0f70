import { type FieldError, Refusal } from '../base/errors.ts';
import { keepImage } from '../campaigns/keep-image.ts';
import { acting } from './acting.ts';
import type { WebContext } from './env.ts';
import type { formOf } from './page.tsx';

/** The files a browser offers; the verb judges what they really are. */
export const IMAGE_CHOICE = 'image/png,image/jpeg,image/gif,image/webp';

/**
 * The image of a block: the file that was sent, else the one it had. A file is kept at once, so that a mistake
 * elsewhere in the form does not make a person choose it again.
 */
export async function blockImage(
  c: WebContext,
  campaignSlug: string,
  form: Awaited<ReturnType<typeof formOf>>,
): Promise<{ src: string; errors: FieldError[] }> {
  const src = form.text('src');
  const file = form.file('fichier');
  if (!file) return { src, errors: src ? [] : [{ field: 'fichier', message: 'Choisissez une image.' }] };
  try {
    const bytes = Buffer.from(await file.arrayBuffer());
    const { path } = await keepImage(acting(c), campaignSlug, { fileName: file.name, bytes });
    return { src: path, errors: [] };
  } catch (error) {
    if (!(error instanceof Refusal) || error.kind !== 'invalid') throw error;
    return { src, errors: error.fields };
  }
}
