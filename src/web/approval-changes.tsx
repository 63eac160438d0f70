import { shortDateTime } from '../base/dates.ts';
import { LEVEL_NAMES, type Level } from '../base/words.ts';
import type { Submitted } from '../proofs/read-approvals.ts';
import type { Before } from '../proofs/read-before.ts';
import type { Block } from '../pushes/schema.ts';
import { type ChangedPart, changedParts, picturesIn } from './changed-parts.ts';
import { listed, quoted } from './push-words.tsx';
import { Facts, Section } from './ui/components.tsx';
import { State, type StateKind } from './ui/marks.tsx';
import { Changed } from './ui/wording.tsx';

/** What moved in the messages of some levels, which moved alike. */
type Moved = {
  levels: Level[];
  subject: [string, string] | null;
  parts: ChangedPart[] | null;
  pictures: ChangedPart[];
  look: boolean;
};

/** Against what the organisation had already said yes to: the reader starts with what moved. */
export const Changes = (p: {
  before: Before;
  submitted: readonly Submitted[];
  blocks: readonly Block[];
  /** A block as this page calls it, and where one may comment on it. */
  blockName: (id: string) => string;
}) => {
  const moved = movedOf(p.before.variants, p.submitted, p.blocks);
  const unseen = p.submitted.filter((s) => !p.before.variants.some((v) => v.level === s.level));
  const gone = p.before.variants.filter((v) => !p.submitted.some((s) => s.level === v.level));
  const levels = (all: readonly { level: Level }[]) => listed(all.map((v) => LEVEL_NAMES[v.level]));
  return (
    <Section
      title={
        p.before.decision === 'valide' ? 'Ce qui a changé depuis votre accord' : 'Ce qui a changé depuis votre demande'
      }
      note={`${p.before.by}, ${shortDateTime(p.before.at)}`}
      id="changements"
    >
      {p.before.terms && p.before.terms.length > 0 && (
        <Facts
          items={p.before.terms.map((t) => [
            t.what,
            <>
              <del>{t.before}</del> → <ins>{t.after}</ins>
            </>,
          ])}
        />
      )}
      {unseen.length > 0 && <p>Tout est nouveau pour le niveau {levels(unseen)} : lisez ce message en entier.</p>}
      {gone.length > 0 && <p>Plus de message pour le niveau {levels(gone)}.</p>}
      {moved.map((m) => (
        <MovedPart {...m} all={m.levels.length === p.submitted.length} blockName={p.blockName} />
      ))}
      {moved.length + unseen.length + gone.length === 0 && (
        <p>{p.before.terms?.length ? 'Le texte est le même.' : 'Le texte est le même : seul un réglage a changé.'}</p>
      )}
    </Section>
  );
};

const KINDS: Record<ChangedPart['kind'], StateKind> = { modifié: 'run', ajouté: 'ok', retiré: 'off' };

const MovedPart = (m: Moved & { all: boolean; blockName: (id: string) => string }) => (
  <>
    <h3>{m.all ? 'À tous les niveaux' : `Niveau ${listed(m.levels.map((l) => LEVEL_NAMES[l]))}`}</h3>
    {m.subject && (
      <p>
        Objet : <del>{m.subject[0]}</del> → <ins>{m.subject[1]}</ins>
      </p>
    )}
    {m.parts === null && <p>Ce message a trop changé pour être comparé : relisez-le en entier.</p>}
    {[...(m.parts ?? []), ...m.pictures].map((part) => (
      <div>
        <p class="meta">
          <State kind={KINDS[part.kind]}>{part.kind}</State>
          {part.block && ` · ${m.blockName(part.block)}`}
        </p>
        <Changed changes={part.changes} />
      </div>
    ))}
    {m.look && <p>Le texte est le même : la mise en page ou l’expéditeur a changé.</p>}
  </>
);

/** Levels whose messages moved alike are told together. */
function movedOf(before: readonly Submitted[], now: readonly Submitted[], blocks: readonly Block[]): Moved[] {
  const found = now.flatMap((v): Moved[] => {
    const old = before.find((b) => b.level === v.level);
    if (!old || (old.html === v.html && old.text === v.text && old.subject === v.subject)) return [];
    const parts = changedParts(old.text, v.text, blocks);
    const pictures = changedPictures(old.html, v.html);
    const subject: Moved['subject'] = old.subject === v.subject ? null : [old.subject, v.subject];
    return [{ levels: [v.level], subject, parts, pictures, look: !subject && parts?.length === 0 && !pictures.length }];
  });
  const alike = Map.groupBy(found, ({ levels: _, ...what }) => JSON.stringify(what));
  return [...alike.values()].flatMap(([first, ...others]) =>
    first ? [{ ...first, levels: [first, ...others].flatMap((m) => m.levels) }] : [],
  );
}

function changedPictures(before: string, after: string): ChangedPart[] {
  const [old, now] = [picturesIn(before), picturesIn(after)];
  const key = (i: { src: string; alt: string }) => `${i.src} ${i.alt}`;
  const only = (some: typeof now, others: typeof now) => some.filter((i) => !others.some((o) => key(o) === key(i)));
  const said = (alt: string) => `Image : ${alt ? quoted(alt) : 'décorative'}`;
  return [
    ...only(now, old).map(
      (i): ChangedPart => ({ kind: 'ajouté', block: null, changes: [{ kind: 'added', text: said(i.alt) }] }),
    ),
    ...only(old, now).map(
      (i): ChangedPart => ({ kind: 'retiré', block: null, changes: [{ kind: 'removed', text: said(i.alt) }] }),
    ),
  ];
}
