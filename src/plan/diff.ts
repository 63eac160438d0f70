import { isDeepStrictEqual } from 'node:util';
import type { KeyMessageInput } from '../key-messages/schema.ts';
import type { PushInput } from '../pushes/schema.ts';
import type { Bundle, CurrentBundle } from './bundle.ts';
import { KINDS } from './kinds/all.ts';
import type { Kind } from './kinds/kind.ts';

/** Or what a kind calls itself: « action », « relais ». */
export type Part = 'campagne' | 'audience' | 'ressource' | 'image' | 'edl' | 'envoi' | (string & {});
export type FieldChange = { field: string; before: unknown; after: unknown };

/**
 * What applying would do to one part. `garder`: it is in the database only (people add things on the screens) and a
 * folder never removes anything.
 */
export type Change = {
  action: 'créer' | 'modifier' | 'rien' | 'garder';
  what: Part;
  slug: string;
  fields: FieldChange[];
};

type Flat = Record<string, unknown>;

/** Pure: from what is wanted and what is there (null: nothing yet), every part once, in the order they are written. */
export function diff(wanted: Bundle, current: CurrentBundle | null): Change[] {
  return [
    ...compare('campagne', [wanted.campaign], current ? [current.campaign] : [], (c) => ({ ...c })),
    ...compare('audience', wanted.audiences, current?.audiences ?? [], (a) => ({ ...a })),
    ...compare('ressource', wanted.resources, current?.resources ?? [], (r) => ({ ...r })),
    ...compare('image', wanted.images.map(named), current?.images.map(named) ?? [], () => ({})).filter(
      // The images of former messages are nobody's concern.
      (c) => c.action !== 'garder',
    ),
    ...compare('edl', wanted.keyMessages, current?.keyMessages ?? [], flatMessage),
    ...compare('envoi', wanted.pushes, current?.pushes ?? [], flatPush),
    ...KINDS.flatMap((kind) => moreChanges(kind, wanted.more[kind.file] ?? [], current?.more[kind.file] ?? [])),
  ];
}

function moreChanges(kind: Kind, wanted: readonly unknown[], current: readonly unknown[]): Change[] {
  const keyed = (things: readonly unknown[]) => things.map((thing) => ({ slug: kind.keyOf(thing), thing }));
  return compare(kind.what, keyed(wanted), keyed(current), ({ thing }) => thing as Flat);
}

/** An image under one name never changes: it is there or not. */
const named = ({ name }: { name: string }) => ({ slug: name });

export const changesSomething = (changes: readonly Change[]): boolean =>
  changes.some((c) => c.action === 'créer' || c.action === 'modifier');

function compare<T extends { slug: string }>(
  what: Part,
  wanted: readonly T[],
  current: readonly T[],
  flat: (part: T) => Flat,
): Change[] {
  const there = new Map(current.map((part) => [part.slug, part]));
  const changes = wanted.map((part): Change => {
    const before = there.get(part.slug);
    there.delete(part.slug);
    if (!before) return { action: 'créer', what, slug: part.slug, fields: [] };
    const fields = fieldChanges(flat(before), flat(part));
    return { action: fields.length ? 'modifier' : 'rien', what, slug: part.slug, fields };
  });
  const kept = [...there.keys()].map((slug): Change => ({ action: 'garder', what, slug, fields: [] }));
  return [...changes, ...kept];
}

function fieldChanges(before: Flat, after: Flat): FieldChange[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names]
    .filter((name) => !isDeepStrictEqual(before[name], after[name]))
    .map((field) => ({ field, before: before[field], after: after[field] }));
}

/** One field per wording, so that a plan names the sentence that changes. */
function flatMessage(message: KeyMessageInput): Flat {
  const wordings = Object.entries(message.wordings).flatMap(([level, forms]) =>
    Object.entries(forms ?? {}).map(([format, wording]) => [`${level}.${format}`, wording] as const),
  );
  return {
    topic: message.topic,
    validFrom: message.validFrom ?? null,
    validTo: message.validTo ?? null,
    ...Object.fromEntries(wordings),
  };
}

const flatPush = ({ content, ...push }: PushInput): Flat => ({ ...push, ...content });
