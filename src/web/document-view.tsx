import type { Block, Document, Part, Text } from './document.ts';
import { NoteText, Typed } from './memory-words.tsx';
import { Facts, Prose, Section } from './ui/components.tsx';
import { DataTable } from './ui/table.tsx';

/** The body of a document, for a page of the service and for a file of its own. Its `h1` is the caller's. */
export const DocumentView = ({ doc }: { doc: Document }) => (
  <>
    {doc.contents && doc.parts.length > 0 && (
      <Section title="Sommaire">
        <Prose>
          <nav aria-label="Sommaire">
            <Contents parts={doc.parts} />
          </nav>
        </Prose>
      </Section>
    )}
    {doc.parts.map((part) => (
      <Section title={part.title} id={part.id}>
        {part.blocks.map((block) => (
          <BlockView block={block} />
        ))}
        {part.parts?.map((sub) => (
          <>
            <h3 id={sub.id}>{sub.title}</h3>
            {sub.blocks.map((block) => (
              <BlockView block={block} />
            ))}
          </>
        ))}
      </Section>
    ))}
  </>
);

const Contents = ({ parts }: { parts: readonly Part[] }) => (
  <ul>
    {parts.map((p) => (
      <li>
        <a href={`#${p.id}`}>{p.title}</a>
        {p.parts && p.parts.length > 0 && <Contents parts={p.parts} />}
      </li>
    ))}
  </ul>
);

const Inline = ({ text }: { text: readonly Text[] }) => (
  <>
    {text.map((t) =>
      typeof t === 'string' ? t : 'strong' in t ? <strong>{t.strong}</strong> : <a href={t.href}>{t.text}</a>,
    )}
  </>
);

export const BlockView = ({ block }: { block: Block }) => {
  switch (block.kind) {
    case 'typed':
      return (
        <Prose>
          <Typed text={block.text} />
        </Prose>
      );
    case 'note':
      return (
        <Prose>
          <NoteText source={block.source} />
        </Prose>
      );
    case 'sentence':
      return (
        <p>
          <Inline text={block.text} />
        </p>
      );
    case 'list':
      return (
        <Prose>
          <ul>
            {block.items.map((item) => (
              <li>
                <Inline text={item} />
              </li>
            ))}
          </ul>
        </Prose>
      );
    case 'facts':
      return <Facts items={block.items.map(([term, value]) => [term, <Inline text={value} />] as const)} />;
    case 'table':
      return (
        <DataTable
          caption={block.caption}
          columns={[{ label: 'N°' }, ...block.columns.map((label) => ({ label }))]}
          // Two empty lines high: room for a pen.
          rows={Array.from({ length: block.blank }, (_, i) => [
            String(i + 1),
            ...block.columns.map(() => (
              <>
                {'\u00a0'}
                <br />
                {'\u00a0'}
              </>
            )),
          ])}
        />
      );
  }
};
