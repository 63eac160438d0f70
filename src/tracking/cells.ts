export type Group = { dims: Record<string, string>; count: number };
/** `null` where the cell holds several values of that dimension. */
export type Cell = { dims: Record<string, string | null>; count: number };
export type CellPlan = { cells: Cell[]; cellOf: (groupIndex: number) => number };

/**
 * Decides which recipients of one organisation share a link, so that no published figure is about fewer than `k`
 * people: groups under k join one cell « autres »; where that is still under k, the smallest published cell joins it.
 * Null when the whole is under k: nothing can be measured without pointing at somebody, links are direct (PRV-11).
 * Deterministic whatever the order of the groups.
 */
export function decideCells(groups: Group[], dimensions: string[], k: number): CellPlan | null {
  const byKey = new Map<string, { count: number; members: number[] }>();
  groups.forEach(({ dims, count }, index) => {
    const key = JSON.stringify(dimensions.map((d) => dims[d] ?? ''));
    const same = byKey.get(key) ?? { count: 0, members: [] };
    same.count += count;
    same.members.push(index);
    byKey.set(key, same);
  });
  const sorted = [...byKey].sort(([a, x], [b, y]) => y.count - x.count || (a < b ? -1 : 1)).map(([, group]) => group);
  const published = sorted.filter((g) => g.count >= k);
  const small = sorted.filter((g) => g.count < k);
  if (small.length > 0) {
    const others = { count: sum(small), members: small.flatMap((g) => g.members) };
    if (others.count < k) {
      const smallest = published.pop();
      if (!smallest) return null;
      others.count += smallest.count;
      others.members.push(...smallest.members);
    }
    published.push(others);
  }
  if (published.length === 0) return null;
  const cellOf = new Map(published.flatMap((g, cell) => g.members.map((member) => [member, cell] as const)));
  return {
    cells: published.map(({ count, members }) => ({ count, dims: shared(members, groups, dimensions) })),
    cellOf: (index) => {
      const cell = cellOf.get(index);
      if (cell === undefined) throw new RangeError(`no group ${index}`);
      return cell;
    },
  };
}

const sum = (groups: { count: number }[]): number => groups.reduce((n, g) => n + g.count, 0);

function shared(members: number[], groups: Group[], dimensions: string[]): Record<string, string | null> {
  return Object.fromEntries(
    dimensions.map((d) => {
      const values = new Set(members.map((m) => groups[m]?.dims[d] ?? ''));
      return [d, values.size === 1 ? ([...values][0] ?? null) : null];
    }),
  );
}
