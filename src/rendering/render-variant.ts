import { renderNewsletter } from './newsletter.ts';
import { renderPressRelease } from './press-release.ts';
import type { RenderedVariant, VariantInput } from './schema.ts';

/** One variant, by the channel of what it says. */
export const renderVariant = (input: VariantInput): Promise<RenderedVariant> =>
  input.content.press ? renderPressRelease(input) : renderNewsletter(input);
