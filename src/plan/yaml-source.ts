import { CST, type Document, isCollection, isMap, isScalar, Lexer, LineCounter, type Node, parseDocument } from 'yaml';
import { fold, type Problem } from './problems.ts';

export type Path = readonly PropertyKey[];

/** A YAML text read once, that can say where each of its values is written. */
export type YamlSource = {
  file: string;
  value: unknown;
  /** A problem at a value, or at the nearest thing around it that is really written. */
  at: (path: Path, message: string) => Problem;
  /** The same at the key of a map, rather than at its value. */
  atKey: (path: Path, key: string, message: string) => Problem;
};

/** Far more than a campaign needs, far less than what it takes to exhaust a parser. */
const LONGEST = 300_000;

/**
 * Reads the YAML this product writes: plain maps, lists and values. Anchors, aliases, tags and several documents are
 * refused: nobody needs them here, and they are how a small file becomes a huge one.
 */
export function readYaml(file: string, text: string): { source: YamlSource; problems: Problem[] } {
  const lines = new LineCounter();
  const place = (offset: number, message: string): Problem => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(line, 1), column: Math.max(col, 1), message };
  };
  if (text.length > LONGEST) {
    const message = 'Ce fichier est trop long : 300 000 caractères au plus.';
    return { source: emptySource(file), problems: [{ file, line: 1, column: 1, message }] };
  }
  const doc = parseDocument(text, { lineCounter: lines, prettyErrors: false, stringKeys: true, version: '1.2' });
  const problems = [
    ...refusedSigns(text).map((r) => place(r.offset, r.message)),
    ...doc.errors.filter((e) => !SIGNS.has(e.code)).map((e) => place(e.pos[0], FRENCH[e.code] ?? UNREADABLE)),
  ];
  const start = doc.contents?.range?.[0] ?? 0;
  const source: YamlSource = {
    file,
    value: problems.length ? undefined : doc.toJS({ maxAliasCount: 0 }),
    at: (path, message) => place(find(doc, path)?.range?.[0] ?? start, message),
    atKey: (path, key, message) => {
      const map = path.length ? find(doc, path, true) : doc.contents;
      const pair = isMap(map) ? map.items.find((p) => isScalar(p.key) && p.key.value === key) : undefined;
      const node = isScalar(pair?.key) ? pair.key : map;
      return place(node?.range?.[0] ?? start, message);
    },
  };
  problems.sort((a, b) => a.line - b.line || a.column - b.column);
  // One per line: the others are mostly echoes of the first.
  return { source, problems: problems.filter((p, i) => p.line !== problems[i - 1]?.line) };
}

/** Looked for in the tokens, before anything is resolved: an alias that is never followed cannot be a bomb. */
function refusedSigns(text: string): { offset: number; message: string }[] {
  const found: { offset: number; message: string }[] = [];
  let offset = 0;
  let scalar = false;
  for (const token of new Lexer().lex(text)) {
    const type = CST.tokenType(token);
    if (!scalar && (type === 'anchor' || type === 'alias')) found.push({ offset, message: ALIAS });
    if (!scalar && type === 'tag') found.push({ offset, message: TAG });
    // Marks the lexer adds, which are not in the text; the token after the scalar mark is content, whatever it begins with.
    scalar = type === 'scalar';
    if (type !== 'doc-mode' && type !== 'flow-error-end' && type !== 'scalar') offset += token.length;
  }
  return found;
}

const emptySource = (file: string): YamlSource => {
  const first = (message: string) => ({ file, line: 1, column: 1, message });
  return { file, value: undefined, at: (_, message) => first(message), atKey: (_, __, message) => first(message) };
};

/** The node a path leads to; where the path breaks off, the last one met. Keys match as a person would read them. */
function find(doc: Document.Parsed, path: Path, exact = false): Node | null {
  let node: Node | null = doc.contents;
  for (const step of path) {
    if (!isCollection(node)) break;
    const next = isMap(node)
      ? node.items.find((p) => isScalar(p.key) && fold(String(p.key.value)) === fold(String(step)))?.value
      : node.items[Number(step)];
    if (!next) return exact ? null : node;
    node = next as Node;
  }
  return node;
}

const ALIAS =
  'Les ancres (&) et les renvois (*) ne sont pas acceptés : recopiez le texte. Si le texte commence par & ou *, entourez-le de guillemets droits.';
const TAG =
  'Les étiquettes YAML (!…) ne sont pas acceptées. Si le texte commence par !, entourez-le de guillemets droits.';
const UNREADABLE =
  'Cette ligne ne se lit pas. Si le texte contient « : » ou commence par un signe, entourez-le de guillemets droits.';
const INDENT =
  'Le décalage de cette ligne ne correspond pas à ce qui précède : alignez-la avec ses voisines, avec des espaces.';

type Code = Document.Parsed['errors'][number]['code'];
/** Already told, at the sign itself. */
const SIGNS = new Set<Code>(['BAD_ALIAS', 'ALIAS_PROPS', 'MULTIPLE_ANCHORS', 'TAG_RESOLVE_FAILED', 'MULTIPLE_TAGS']);
const FRENCH: Partial<Record<Code, string>> = {
  TAB_AS_INDENT: 'Cette ligne est décalée par une tabulation : remplacez-la par des espaces.',
  DUPLICATE_KEY: 'Cette clé est déjà donnée plus haut : gardez-en une seule.',
  BAD_INDENT: INDENT,
  BLOCK_AS_IMPLICIT_KEY: 'Deux « : » sur la même ligne : entourez le texte de guillemets droits, ou passez à la ligne.',
  MISSING_CHAR: 'Il manque un signe qui ferme ou sépare : guillemet, crochet, accolade, « : » ou virgule.',
  MULTIPLE_DOCS: 'Un fichier ne contient qu’un document : retirez la ligne « --- ».',
  NON_STRING_KEY: 'Une clé est un mot : entourez-la de guillemets droits.',
  MULTILINE_IMPLICIT_KEY: 'Il manque « : » après cette clé, ou le texte continue sans être décalé.',
  BAD_SCALAR_START: 'Ce texte commence par un signe réservé : entourez-le de guillemets droits.',
};
