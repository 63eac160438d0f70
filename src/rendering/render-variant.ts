import { renderNewsletter } from './newsletter.ts';
import { renderPressRelease } from './press-release.ts';
import type { RenderedVariant, VariantInput } from './schema.ts';
import { renderInvitation } from './webinar-invitation.ts';

/** One variant, by the channel of what it says. */
export function renderVariant(input: VariantInput): Promise<RenderedVariant> {
  if (input.content.press) return renderPressRelease(input);
  return input.content.webinar === undefined ? renderNewsletter(input) : renderInvitation(input);
}
