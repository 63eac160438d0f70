import mjml2html from 'mjml';
import { invalid } from '../base/errors.ts';
import { LEVEL_NAMES } from '../base/words.ts';
import { compileSkeleton, showSlots } from '../mail/skeleton.ts';
import type { Block } from '../pushes/schema.ts';
import { type BlockContext, placeOf, type WrittenBlock, writeBlock } from './blocks.ts';
import { frameOf, layout } from './frame.ts';
import { newsletterHeaders } from './headers.ts';
import { collectLinks } from './links.ts';
import { paletteOf } from './palette.ts';
import { fillSample, withoutTypedSlots } from './sample.ts';
import { refuseUnsafeHtml } from './sanitise.ts';
import type { RenderedVariant, VariantInput } from './schema.ts';
import { join } from './template.ts';
import { textTwin } from './text.ts';

/** The blocks of this organisation and this level, in order. */
function blocksFor({ content, level, organisation }: VariantInput): Block[] {
  const blocks = content.blocks.filter(
    (block) => (block.levels?.includes(level) ?? true) && (block.organisations?.includes(organisation.slug) ?? true),
  );
  if (blocks.length > 0) return blocks;
  throw invalid(
    'variant_empty',
    `La lettre de ${organisation.name}, niveau ${LEVEL_NAMES[level]}, n’a aucun bloc. Ajoutez-en un, ou ouvrez un bloc à ce niveau.`,
  );
}

function writeBlocks(blocks: readonly Block[], context: Omit<BlockContext, 'underTitle'>): WrittenBlock[] {
  let underTitle = false;
  return blocks.map((block) => {
    underTitle ||= block.type === 'title';
    const written = writeBlock(block, { ...context, underTitle });
    const filled = fillSample({ html: showSlots(written.mjml.html), text: '', links: context.links.list });
    refuseUnsafeHtml(filled.html, context.input.publicUrl, placeOf(block));
    return written;
  });
}

/** MJML's indentation is a quarter of its output; no element of ours keeps white space. */
const squeezed = (page: string): string => page.replace(/\n\s*/g, '\n').trim();

async function compileMjml(source: string): Promise<string> {
  // No font at all: by default MJML links to those of another host (PRV-02). Includes stay ignored (SEC-12).
  const { html: page, errors } = await mjml2html(source, { validationLevel: 'strict', keepComments: false, fonts: {} });
  if (errors.length > 0) throw new Error(`mjml: ${errors.map((error) => error.formattedMessage).join('; ')}`);
  return squeezed(page);
}

/**
 * One variant (organisation × level) as a finished message with slots. The same input gives the same bytes. Throws
 * `invalid`, naming the block and the remedy: a resource or a wording that is missing, a link or an image that may not
 * be sent, no block left for this variant.
 */
export async function renderNewsletter(input: VariantInput): Promise<RenderedVariant> {
  const { content, level, publicUrl } = input;
  const subject = content.subjects[level] ?? content.subject;
  const palette = paletteOf(input);
  const links = collectLinks();

  const chosen = blocksFor(input);
  // A letter that opens with a title has its headline there; the subject is the headline of the others.
  const opening = chosen[0]?.type === 'title' ? chosen[0].text : null;
  const frame = frameOf(input, subject, opening ?? subject);
  const blocks = writeBlocks(opening === null ? chosen : chosen.slice(1), { input, palette, links });
  const mjml = layout(frame, level, palette, join(blocks.map((block) => block.mjml)));
  const texts = blocks.map((block) => block.text);

  const page = withoutTypedSlots(await compileMjml(mjml));
  const text = withoutTypedSlots(textTwin(frame, texts));
  const shown = { html: showSlots(page), text: showSlots(text), links: links.list };
  const sample = fillSample(shown).html;
  refuseUnsafeHtml(sample, publicUrl, 'Message');

  return {
    level,
    subject,
    ...shown,
    skeleton: compileSkeleton({ headers: newsletterHeaders(input, subject), text, html: page }),
    htmlBytes: Buffer.byteLength(sample),
    warnings: blocks.flatMap((block) => block.warnings),
  };
}
