/** The order of blocks, as lists: nothing here changes what it is given. */

type Named = { id: string };

/** After the block of that name; at the top when it is empty or gone. `index` is where the new one stands. */
export function insertAfter<T extends Named, N>(
  blocks: readonly T[],
  after: string,
  block: N,
): { blocks: (T | N)[]; index: number } {
  const index = blocks.findIndex((b) => b.id === after) + 1;
  return { blocks: [...blocks.slice(0, index), block, ...blocks.slice(index)], index };
}

export function replace<T extends Named, N>(
  blocks: readonly T[],
  id: string,
  block: N,
): { blocks: (T | N)[]; index: number } {
  return { blocks: blocks.map((b) => (b.id === id ? block : b)), index: blocks.findIndex((b) => b.id === id) };
}

export const remove = <T extends Named>(blocks: readonly T[], id: string): T[] => blocks.filter((b) => b.id !== id);

/** One place up or down; the first one stays first, the last one last. */
export function move<T extends Named>(blocks: readonly T[], id: string, by: 1 | -1): T[] {
  const from = blocks.findIndex((b) => b.id === id);
  const moved = blocks[from];
  const to = from + by;
  if (!moved || to < 0 || to >= blocks.length) return [...blocks];
  return remove(blocks, id).toSpliced(to, 0, moved);
}
