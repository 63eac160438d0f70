import type { SlotName } from '../mail/skeleton.ts';
import type { RenderedVariant } from './schema.ts';
import { escapeHtml } from './template.ts';

const PLACE = /\{\{(link:\d+|greeting|unsubscribe|preferences|web|register|to|messageId|date|notice)\}\}/g;

/** What previews need of a variant, rendered now or read back from a stored proof. */
export type Filled = Pick<RenderedVariant, 'html' | 'text' | 'links'>;
export type SampleValues = Partial<Record<SlotName, string>>;

const SAMPLE: SampleValues = {
  greeting: 'Bonjour Léa Petit,',
  unsubscribe: '#',
  preferences: '#',
  web: '#',
  notice: '',
};

/** An author who types the very name of a place gets brackets: only the compiler makes places. */
export const withoutTypedSlots = (text: string): string => text.replace(PLACE, '[$1]');

/**
 * The variant as one person would read it: content links lead to their true destination, untracked. Values are raw. A link
 * that registers one person leads whoever has none to the page itself, which is the first link of its message.
 */
export function fillSample({ html, text, links }: Filled, values: SampleValues = {}): { html: string; text: string } {
  const valueAt = (name: SlotName): string => {
    const given = values[name] ?? SAMPLE[name];
    if (given !== undefined) return given;
    if (name === 'register') return links[0]?.url ?? '#';
    return name.startsWith('link:') ? (links[Number(name.slice(5))]?.url ?? '#') : '';
  };
  return {
    html: html.replace(PLACE, (_, name: SlotName) => escapeHtml(valueAt(name))),
    text: text.replace(PLACE, (_, name: SlotName) => valueAt(name)),
  };
}
