import { LEVELS, type Level } from '../../src/base/words.ts';
import type { CheckedVariant, Finding, VariantCheck } from '../../src/proofs/check-schema.ts';
import { newsletterSchema } from '../../src/pushes/schema.ts';
import { renderNewsletter } from '../../src/rendering/newsletter.ts';
import type { VariantInput } from '../../src/rendering/schema.ts';
import { variant } from '../rendering/letter.ts';

/** A letter as it is compiled, then, where a test says so, spoilt in its HTML or in its text. */
export async function letterOf(
  change: Partial<VariantInput> = {},
  spoil: (rendered: CheckedVariant['rendered']) => Partial<CheckedVariant['rendered']> = () => ({}),
  level: Level = LEVELS[2],
): Promise<CheckedVariant> {
  const input = variant(level, change);
  const { subject, html, text, links } = await renderNewsletter(input);
  const rendered = { subject, html, text, links };
  return { organisationId: 1, input, rendered: { ...rendered, ...spoil(rendered) } };
}

export const withBlocks = (...blocks: Record<string, unknown>[]): Partial<VariantInput> => ({
  content: newsletterSchema.parse({
    subject: 'Essai',
    blocks: blocks.map((block, i) => ({ id: `b${i + 1}`, ...block })),
  }),
});

export const text = (markdown: string) => ({ type: 'text', markdown });

/** Spoils the compiled page by a replacement that must have happened. */
export const page =
  (from: string | RegExp, to: string) =>
  ({ html }: { html: string }) => {
    const spoilt = html.replace(from, to);
    if (spoilt === html) throw new Error(`nothing to spoil: ${from}`);
    return { html: spoilt };
  };

export const run = (
  check: VariantCheck,
  checked: CheckedVariant,
  linkMode: 'cellule' | 'direct' = 'cellule',
): Finding[] => check(checked, { linkMode });

/** What a test looks at first. */
export const codes = (findings: readonly Finding[]): string[] => findings.map((f) => `${f.level} ${f.code}`);
