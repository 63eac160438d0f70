import { compileVariant, someBlocksOf, writeBlocks } from './compile.ts';
import { frameOf, layout } from './frame.ts';
import { collectLinks } from './links.ts';
import { paletteOf } from './palette.ts';
import type { RenderedVariant, VariantInput } from './schema.ts';
import { join } from './template.ts';
import { textTwin } from './text.ts';

/**
 * One variant (organisation × level) as a finished message with slots. The same input gives the same bytes. Throws
 * `invalid`, naming the block and the remedy: a resource or a wording that is missing, a link or an image that may not
 * be sent, no block left for this variant.
 */
export async function renderNewsletter(input: VariantInput): Promise<RenderedVariant> {
  const { content, level } = input;
  const subject = content.subjects[level] ?? content.subject;
  const palette = paletteOf(input);
  const links = collectLinks();

  const chosen = someBlocksOf(input);
  // A letter that opens with a title has its headline there; the subject is the headline of the others.
  const opening = chosen[0]?.type === 'title' ? chosen[0].text : null;
  const frame = frameOf(input, subject, opening ?? subject);
  const blocks = writeBlocks(opening === null ? chosen : chosen.slice(1), { input, palette, links });
  return compileVariant(input, {
    channel: 'newsletter',
    subject,
    mjml: layout(frame, input, palette, join(blocks.map((block) => block.mjml))),
    text: textTwin(
      frame,
      blocks.map((block) => block.text),
    ),
    links,
    warnings: blocks.flatMap((block) => block.warnings),
  });
}
