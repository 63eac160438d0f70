import { invalid } from '../base/errors.ts';
import { LEVEL_NAMES } from '../base/words.ts';
import { type Attachment, compileSkeleton, showSlots } from '../mail/skeleton.ts';
import type { Block, Channel } from '../pushes/schema.ts';
import { type BlockContext, placeOf, type WrittenBlock, writeBlock } from './blocks.ts';
import { messageHeaders } from './headers.ts';
import type { Links } from './links.ts';
import { fillSample, withoutTypedSlots } from './sample.ts';
import { refuseUnsafeHtml } from './sanitise.ts';
import type { RenderedVariant, VariantInput } from './schema.ts';

/** What all channels that leave by mail have in common: blocks in, a finished message with slots out. */

/** The blocks of this organisation and this level, in order. */
export const blocksOf = ({ content, level, organisation }: VariantInput): Block[] =>
  content.blocks.filter(
    (block) => (block.levels?.includes(level) ?? true) && (block.organisations?.includes(organisation.slug) ?? true),
  );

/** Throws `invalid` when nothing is left for this variant. */
export function someBlocksOf(input: VariantInput): Block[] {
  const blocks = blocksOf(input);
  if (blocks.length > 0) return blocks;
  throw invalid(
    'variant_empty',
    `La lettre de ${input.organisation.name}, niveau ${LEVEL_NAMES[input.level]}, n’a aucun bloc. Ajoutez-en un, ou ouvrez un bloc à ce niveau.`,
  );
}

export function writeBlocks(blocks: readonly Block[], context: Omit<BlockContext, 'underTitle'>): WrittenBlock[] {
  let underTitle = false;
  return blocks.map((block) => {
    underTitle ||= block.type === 'title' || (block.type === 'key-message' && block.format === 'titre');
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
  // Four hundred modules: loaded by what renders a message, not by every command.
  const { default: mjml2html } = await import('mjml');
  const { html: page, errors } = await mjml2html(source, { validationLevel: 'strict', keepComments: false, fonts: {} });
  if (errors.length > 0) throw new Error(`mjml: ${errors.map((error) => error.formattedMessage).join('; ')}`);
  return squeezed(page);
}

/** From the whole MJML page and its plain-text twin to what is stored, approved and sent. */
export async function compileVariant(
  input: VariantInput,
  message: {
    channel: Channel;
    subject: string;
    mjml: string;
    text: string;
    links: Links;
    warnings: string[];
    attachments?: readonly Attachment[];
  },
): Promise<RenderedVariant> {
  const { channel, subject, links, warnings, attachments = [] } = message;
  const page = withoutTypedSlots(await compileMjml(message.mjml));
  const text = withoutTypedSlots(message.text);
  const shown = { html: showSlots(page), text: showSlots(text), links: links.list };
  const sample = fillSample(shown).html;
  refuseUnsafeHtml(sample, input.publicUrl, 'Message');
  return {
    level: input.level,
    subject,
    ...shown,
    skeleton: compileSkeleton({ headers: messageHeaders(input, channel, subject), text, html: page, attachments }),
    attachments,
    htmlBytes: Buffer.byteLength(sample),
    warnings,
  };
}
