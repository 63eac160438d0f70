export type Group = { dims: Record<string, string>; count: number };
/** `null` where the cell holds several values of that dimension. */
export type Cell = { dims: Record<string, string | null>; count: number };
export type CellPlan = { cells: Cell[]; cellOf: (groupIndex: number) => number };

type Part = { key: string[]; count: number; members: number[] };

/**
 * Decides which recipients of one organisation share a link, so that no published figure is about fewer than `k`
 * people. A group under k joins the small ones beside it: those that differ by the last dimension only, then by the last
 * two…, so that small regions cost their region and not their level. What is left of a first dimension joins its
 * smallest cell; what is left of all, the smallest cell of all. Null when the whole is under k: nothing can be measured
 * without pointing at somebody, links are direct (PRV-11). Deterministic whatever the order of the groups.
 */
export function decideCells(groups: Group[], dimensions: string[], k: number): CellPlan | null {
  const published: Part[] = [];
  let small: Part[] = groups.map(({ dims, count }, index) => ({
    key: dimensions.map((d) => dims[d] ?? ''),
    count,
    members: [index],
  }));
  for (let depth = dimensions.length; depth >= 0; depth -= 1) {
    const merged = mergedBy(small, depth);
    published.push(...merged.filter((part) => part.count >= k));
    small = merged.filter((part) => part.count < k);
    if (depth <= 1) small = small.filter((part) => !joinSmallest(published, part, depth));
  }
  if (small.length > 0 || published.length === 0) return null;
  const cells = published.sort((a, b) => b.count - a.count || (order(a) < order(b) ? -1 : 1));
  const cellOf = new Map(cells.flatMap((part, cell) => part.members.map((member) => [member, cell] as const)));
  return {
    cells: cells.map(({ count, members }) => ({ count, dims: shared(members, groups, dimensions) })),
    cellOf: (index) => {
      const cell = cellOf.get(index);
      if (cell === undefined) throw new RangeError(`no group ${index}`);
      return cell;
    },
  };
}

/** JSON, so that no value can be mistaken for two. */
const prefix = (part: Part, depth: number): string => JSON.stringify(part.key.slice(0, depth));
const order = (part: Part): string => JSON.stringify([part.key, part.members.length]);

/** Parts that agree on their first `depth` dimensions become one. */
const mergedBy = (parts: Part[], depth: number): Part[] =>
  [...Map.groupBy(parts, (part) => prefix(part, depth)).values()].map((same) => ({
    key: (same[0]?.key ?? []).slice(0, depth),
    count: same.reduce((n, part) => n + part.count, 0),
    members: same.flatMap((part) => part.members),
  }));

/** Adds a part too small to stand to the smallest published one of the same first `depth` dimensions; false: there is none. */
function joinSmallest(published: Part[], part: Part, depth: number): boolean {
  const beside = published.filter((p) => prefix(p, depth) === prefix(part, depth));
  const smallest = beside.sort((a, b) => a.count - b.count || (order(a) < order(b) ? -1 : 1))[0];
  if (!smallest) return false;
  smallest.count += part.count;
  smallest.members.push(...part.members);
  return true;
}

function shared(members: number[], groups: Group[], dimensions: string[]): Record<string, string | null> {
  return Object.fromEntries(
    dimensions.map((d) => {
      const values = new Set(members.map((m) => groups[m]?.dims[d] ?? ''));
      return [d, values.size === 1 ? ([...values][0] ?? null) : null];
    }),
  );
}
