import type { Child } from 'hono/jsx';
import { CopyButton } from './components.tsx';

/*
 * Texts that are made to be taken up, and what changed in them. `<Passage id="post" name="post LinkedIn" spans={…} />` ·
 * `<Changed changes={…} />` · `<Count of={fieldId('post')} n={1240} max={3000} />`
 */

/** The text exactly as it is copied: one element, so that its lines stay; strong words are shown, their stars are not. */
export const Passage = (p: {
  id: string;
  name: string;
  spans: readonly { text: string; strong: boolean }[];
  note?: Child;
  /** Which part of a whole it is. */
  label?: string | undefined;
  /** Only read, by who decides on it. */
  bare?: boolean;
}) => (
  <div class="passage">
    {p.label && <p class="hint">{p.label}</p>}
    <p class="said" id={p.id}>
      {p.spans.map((s) => (s.strong ? <strong>{s.text}</strong> : s.text))}
    </p>
    {!p.bare && (
      <p class="passage-foot">
        <CopyButton from={p.id}>
          Copier<span class="hidden"> : {p.name}</span>
        </CopyButton>
        {p.note && <span class="hint">{p.note}</span>}
      </p>
    )}
  </div>
);

/** Word by word: what was added is underlined, what was removed is struck, and both are said to who does not see them. */
export const Changed = ({ changes }: { changes: readonly { kind: 'same' | 'added' | 'removed'; text: string }[] }) => (
  <p class="said changed">
    {changes.map((c) =>
      c.kind === 'same' ? (
        c.text
      ) : c.kind === 'added' ? (
        <ins>
          <span class="hidden">[ajouté : </span>
          {c.text}
          <span class="hidden">]</span>
        </ins>
      ) : (
        <del>
          <span class="hidden">[retiré : </span>
          {c.text}
          <span class="hidden">]</span>
        </del>
      ),
    )}
  </p>
);

/** How long a text is; the script counts again while one types. `words`: words aloud rather than characters. */
export const Count = (p: { of: string; n: number; max: number; words?: boolean }) => (
  <span class="count">
    <b data-count={p.of} data-words={p.words ? '1' : undefined}>
      {p.n}
    </b>{' '}
    {p.words ? 'mots' : 'caractères'} sur {p.max.toLocaleString('fr-FR')} au plus
  </span>
);
