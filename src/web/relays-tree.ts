/** One relay of a cascade, those under it that are shown, and how many more there are. */
export type Node<T> = { item: T; children: Node<T>[]; more: number };
export type Tree<T> = { nodes: Node<T>[]; next: number | null };

type Hung = { id: number; parentId: number | null };

/** A page of a cascade holds so many lines, whatever its size. */
const LINES = 120;

/**
 * Relays as a cascade, in the order given. `under`: only what hangs from that one. A relay whose parent is not among them
 * stands at the top. Once the page is full, a relay says how many hang from it instead of showing them, and `next` is where
 * the following page begins. Ends even on a circle.
 */
export function treeOf<T extends Hung>(items: readonly T[], under: number | null, after: number | null): Tree<T> {
  const ids = new Set(items.map((i) => i.id));
  const hung = Map.groupBy(items, (i) => (i.parentId !== null && ids.has(i.parentId) ? i.parentId : 0));
  const tops = hung.get(under ?? 0) ?? [];
  const start =
    after === null
      ? 0
      : Math.max(
          0,
          tops.findIndex((t) => t.id === after),
        );
  const seen = new Set<number>();
  let left = LINES;
  const nodeOf = (item: T): Node<T> => {
    seen.add(item.id);
    left -= 1;
    const all = (hung.get(item.id) ?? []).filter((c) => !seen.has(c.id));
    // Half of a page is kept for the branches that follow.
    const shown = all.length <= Math.max(8, left / 2) ? all : [];
    return { item, children: shown.map(nodeOf), more: all.length - shown.length };
  };
  const nodes: Node<T>[] = [];
  for (let i = start; i < tops.length; i++) {
    const top = tops[i];
    if (left <= 0 && top) return { nodes, next: top.id };
    if (top) nodes.push(nodeOf(top));
  }
  return { nodes, next: null };
}
