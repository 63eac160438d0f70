import { sql } from 'kysely';

/** A text in pieces: those that answer the search, and what stands between them. Whoever shows it escapes it. */
export type Piece = { text: string; found: boolean };

const FROM = '\u0001';
const TO = '\u0002';

/**
 * The whole of a text column, folded as the index folds it, its found words between marks. Brackets and ampersands
 * become blanks first: PostgreSQL takes `<b>` for one token, and would drop it.
 */
export const marked = (text: ReturnType<typeof sql<string>>, search: string) =>
  sql<string>`ts_headline('pg_catalog.french', translate(fold_fr(${text}), '<>&', '   '), fr_query(${search}),
    ${`HighlightAll=true,StartSel=${FROM},StopSel=${TO}`})`;

/** Folding writes these with two letters; every other letter keeps its place. */
const TWO = /[œæ]/i;

/**
 * The marks of the folded text put back on the text as it was written, accents and capitals included. Where the two
 * cannot be told to be the same length (a letter that folding spells otherwise), nothing is marked.
 */
export function piecesOf(original: string, folded: string): Piece[] {
  const letters = [...original];
  const pieces: Piece[] = [];
  let at = 0;
  let text = '';
  let found = false;
  const close = (): void => {
    if (text) pieces.push({ text, found });
    text = '';
  };
  const marks = [...folded];
  for (let i = 0; i < marks.length; i += 1) {
    if (marks[i] === FROM || marks[i] === TO) {
      close();
      found = marks[i] === FROM;
      continue;
    }
    const letter = letters[at];
    if (letter === undefined) return [{ text: original, found: false }];
    at += 1;
    text += letter;
    if (TWO.test(letter)) i += 1;
  }
  close();
  return at === letters.length ? pieces : [{ text: original, found: false }];
}

/** About `length` characters around the first found word, cut between words; the beginning where none is found. */
export function snippet(pieces: readonly Piece[], length = 260): Piece[] {
  const first = pieces.findIndex((p) => p.found);
  const before = pieces
    .slice(0, Math.max(first, 0))
    .map((p) => p.text)
    .join('');
  const start = wordStart(before, before.length - length / 3);
  let skip = start;
  let room = length;
  const kept: Piece[] = [];
  for (const { text, found } of pieces) {
    const rest = text.slice(Math.min(skip, text.length));
    skip = Math.max(0, skip - text.length);
    if (!rest) continue;
    const cut = rest.length <= room ? rest : `${rest.slice(0, room).replace(/\s+\S*$/, '')} …`;
    kept.push({ text: kept.length === 0 && start > 0 ? `… ${cut}` : cut, found });
    room -= rest.length;
    if (room <= 0) break;
  }
  return kept;
}

/** Where the first word at or after this place begins. */
function wordStart(text: string, place: number): number {
  if (place <= 0) return 0;
  const at = Math.floor(place);
  const blank = text.slice(at).search(/\s/);
  return blank < 0 ? text.length : at + blank + 1;
}
