import { type Channel, type Content, PRESS_BLOCKS } from './schema.ts';

/** What a new push says at first: its own name, or what another one said, as far as its channel can say it. */
export function firstContent(channel: Channel, title: string, source: Content | null): unknown {
  if (channel === 'newsletter') {
    if (!source) return { subject: title, blocks: [{ id: 'b1', type: 'title', text: title }] };
    const { press: _, ...letter } = source;
    return letter.blocks.length > 0 ? letter : { ...letter, blocks: [{ id: 'b1', type: 'title', text: title }] };
  }
  const blocks = source?.blocks.filter((b) => (PRESS_BLOCKS as readonly string[]).includes(b.type)) ?? [];
  return {
    subject: source?.subject ?? title,
    subjects: source?.subjects ?? {},
    preheader: source?.preheader ?? '',
    blocks,
    // An embargo is of one announcement: it is not taken over.
    press: { ...source?.press, headline: source?.press?.headline ?? title, embargoAt: null },
  };
}
