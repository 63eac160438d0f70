/**
 * A document that people print, send and keep: minutes, the memory of a campaign. Described once, then written as a
 * page, as a file of its own and as Markdown.
 */
export type Text = string | { strong: string } | { text: string; href: string };
export type Block =
  /** What somebody typed: its paragraphs and lines are kept. */
  | { kind: 'typed'; text: string }
  /** A note's Markdown, of which the safe part is shown. */
  | { kind: 'note'; source: string }
  | { kind: 'sentence'; text: readonly Text[] }
  | { kind: 'list'; items: readonly (readonly Text[])[] }
  | { kind: 'facts'; items: readonly (readonly [string, readonly Text[]])[] }
  /** `blank`: lines left for a pen, numbered in a first column. */
  | { kind: 'table'; caption: string; columns: readonly string[]; blank: number };
export type Part = { id: string; title: string; parts?: readonly Part[]; blocks: readonly Block[] };
export type Document = { title: string; lead: readonly string[]; contents: boolean; parts: readonly Part[] };

/** Every character that Markdown or HTML would act upon, as itself (what somebody typed is text, whatever it looks like). */
export const plainMarkdown = (text: string): string =>
  text
    .replace(/[\\`*_{}[\]<>#|~&]/g, (c) => `\\${c}`)
    .replace(/^(\s*)([-+=])/gm, '$1\\$2')
    .replace(/^(\s*\d+)([.)])/gm, '$1\\$2');

const inline = (parts: readonly Text[]): string =>
  parts
    .map((p) =>
      typeof p === 'string'
        ? plainMarkdown(p)
        : 'strong' in p
          ? `**${plainMarkdown(p.strong)}**`
          : `[${plainMarkdown(p.text)}](<${p.href.replace(/[<>\\\s]/g, (c) => encodeURIComponent(c))}>)`,
    )
    .join('')
    .replace(/\s*\n\s*/g, ' ');

const typed = (text: string): string =>
  text
    .split(/\n{2,}/)
    // Two spaces at the end of a line keep it a line.
    .map((p) => plainMarkdown(p).replaceAll('\n', '  \n'))
    .join('\n\n');

function blockMarkdown(block: Block, note: (source: string) => string): string {
  switch (block.kind) {
    case 'typed':
      return typed(block.text);
    case 'note':
      return note(block.source);
    case 'sentence':
      return inline(block.text);
    case 'list':
      return block.items.map((item) => `- ${inline(item)}`).join('\n');
    case 'facts':
      return block.items.map(([term, value]) => `- **${plainMarkdown(term)}** : ${inline(value)}`).join('\n');
    case 'table':
      return [
        `| N° | ${block.columns.map(plainMarkdown).join(' | ')} |`,
        `|${' --- |'.repeat(block.columns.length + 1)}`,
        ...Array.from({ length: block.blank }, (_, i) => `| ${i + 1} |${'  |'.repeat(block.columns.length)}`),
      ].join('\n');
  }
}

/** The document as Markdown; `note` writes a note's own Markdown, of which only the safe part may stay. */
export function markdownOf(doc: Document, note: (source: string) => string): string {
  const contents = (parts: readonly Part[], depth: number): string[] =>
    parts.flatMap((p) => [
      `${'  '.repeat(depth)}- [${plainMarkdown(p.title)}](#${p.id})`,
      ...contents(p.parts ?? [], depth + 1),
    ]);
  const write = (part: Part, level: number): string[] => [
    // Readers of Markdown do not agree on the anchor of a title: this one is ours.
    `<a id="${part.id}"></a>`,
    `${'#'.repeat(level)} ${plainMarkdown(part.title)}`,
    ...part.blocks.map((b) => blockMarkdown(b, note)),
    ...(part.parts ?? []).flatMap((p) => write(p, level + 1)),
  ];
  return `${[
    `# ${plainMarkdown(doc.title)}`,
    ...doc.lead.map((l) => plainMarkdown(l)),
    ...(doc.contents ? [contents(doc.parts, 0).join('\n')] : []),
    ...doc.parts.flatMap((p) => write(p, 2)),
  ].join('\n\n')}\n`;
}
