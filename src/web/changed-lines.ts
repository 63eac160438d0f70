export type ChangedLine = { kind: 'ajouté' | 'retiré'; text: string };

/** Beyond this many lines a comparison would cost more than it helps: the reader reads the whole. */
const LONGEST = 1500;

/** The lines that one text has and the other has not, in reading order (longest common subsequence). Blank ones do not count. */
export function changedLines(before: string, after: string): ChangedLine[] {
  const [a, b] = [linesOf(before), linesOf(after)];
  if (a.length > LONGEST || b.length > LONGEST)
    return [{ kind: 'ajouté', text: 'Ce texte est trop long pour être comparé : relisez-le en entier.' }];
  const common = commonLengths(a, b);
  const changes: ChangedLine[] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      i++;
      j++;
    } else if (j >= b.length || (i < a.length && (common[i + 1]?.[j] ?? 0) >= (common[i]?.[j + 1] ?? 0)))
      changes.push({ kind: 'retiré', text: a[i++] ?? '' });
    else changes.push({ kind: 'ajouté', text: b[j++] ?? '' });
  }
  return changes;
}

const linesOf = (text: string): string[] =>
  text
    .split('\n')
    .map((l) => l.trim())
    .filter((l) => /[\p{L}\p{N}]/u.test(l));

/** `[i][j]`: how many lines the ends of the two texts, from i and from j, have in common. */
function commonLengths(a: readonly string[], b: readonly string[]): number[][] {
  const lengths = Array.from({ length: a.length + 1 }, () => new Array<number>(b.length + 1).fill(0));
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--) {
      const row = lengths[i] as number[];
      row[j] = a[i] === b[j] ? (lengths[i + 1]?.[j + 1] ?? 0) + 1 : Math.max(lengths[i + 1]?.[j] ?? 0, row[j + 1] ?? 0);
    }
  return lengths;
}
