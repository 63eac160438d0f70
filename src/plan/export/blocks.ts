import { LEVEL_NAMES } from '../../base/words.ts';
import type { Block } from '../../pushes/schema.ts';
import { SHAPES } from '../blocks-file.ts';
import { keepingLines } from '../prose.ts';

/** A block as `blocOf` reads it back: its name, then a bare text or its parts. */
export function blockWritten(block: Block, position: number): Record<string, unknown> {
  const [kind, shape] = Object.entries(SHAPES).find(([, s]) => s.type === block.type) ?? [];
  if (!kind || !shape) throw new Error(`plan: no way to write a block ${block.type}`);
  return {
    [kind]: contentOf(block, shape),
    niveaux: block.levels?.map((l) => LEVEL_NAMES[l]),
    organisations: block.organisations,
    identifiant: block.id === `b${position + 1}` ? undefined : block.id,
  };
}

function contentOf(block: Block, { bare, parts }: (typeof SHAPES)[string]): unknown {
  const given = block as unknown as Record<string, unknown>;
  const said = Object.entries(parts).flatMap(([key, name]) => {
    const value = name === 'src' ? fileName(String(given[name])) : given[name];
    return value === undefined || value === '' || value === false ? [] : [[key, value] as const];
  });
  // An élément de langage has both ways: the short one says the usual format.
  const short =
    bare !== undefined && (said.length === 0 || (block.type === 'key-message' && block.format === 'paragraphe'));
  if (short) return keepingLines(String(given[bare]));
  return said.length === 0 ? null : Object.fromEntries(said);
}

/** `/fichiers/campagne/atelier-3f9a01bc.png`: the file of `images/` that is kept under that name. */
const fileName = (src: string): string => src.slice(src.lastIndexOf('/') + 1);
