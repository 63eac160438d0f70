/** One thing to correct in a campaign's folder. Line and column count from 1. */
export type Problem = { file: string; line: number; column: number; message: string };

/** « envois/lettre.yaml:12:5 : … » */
export const problemLine = (p: Problem): string => `${p.file}:${p.line}:${p.column} : ${p.message}`;

/** Lower case, no accent, one separator: how a word typed by a person is compared with a word we know. */
export const fold = (word: string): string =>
  word
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[’' _-]+/g, '-');

/** The known word a person most likely meant; null when none is near. */
export function nearest(word: string, known: readonly string[]): string | null {
  let best: { word: string; distance: number } | null = null;
  for (const candidate of known) {
    const distance = editDistance(fold(word), fold(candidate));
    if (!best || distance < best.distance) best = { word: candidate, distance };
  }
  return best && best.distance <= Math.max(2, Math.floor(word.length / 3)) ? best.word : null;
}

/** « Vouliez-vous dire « nom » ? », or the list of what may be written there. */
export function suggestion(word: string, known: readonly string[]): string {
  const near = nearest(word, known);
  return near ? `Vouliez-vous dire « ${near} » ?` : `Ici on peut écrire : ${known.join(', ')}.`;
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const swap = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, swap));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
