import { z } from 'zod';
import { fold, nearest, type Problem, suggestion } from './problems.ts';
import type { Path, YamlSource } from './yaml-source.ts';

/**
 * A map of a campaign's file: these keys and no others. A key written without its accents, or with a space for a
 * dash, is the same key; any other unknown one is refused with the one that was probably meant.
 */
export function fields<const S extends z.core.$ZodShape>(shape: S) {
  const known = Object.keys(shape);
  const strict = z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? (issue.keys as string[]).map((key) => unknownKey(key, known)).join('\n')
        : undefined,
  });
  return z.preprocess((value) => withKnownKeys(value, known), strict);
}

const unknownKey = (key: string, known: readonly string[]): string =>
  known.some((k) => fold(k) === fold(key))
    ? `« ${key} » est déjà donné : gardez-en un seul.`
    : `« ${key} » n’est pas une clé connue ici. ${suggestion(key, known)}`;

/** Renames each key to the known one it reads as; a second key that reads the same stays, and is refused. */
export function withKnownKeys(value: unknown, known: readonly string[]): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const renamed: [string, unknown][] = [];
  for (const [key, inner] of Object.entries(value)) {
    const name = known.find((k) => fold(k) === fold(key));
    renamed.push([name !== undefined && !renamed.some(([k]) => k === name) ? name : key, inner]);
  }
  return Object.fromEntries(renamed);
}

/** A word of a list, as a person writes it (`opérationnel`, `organisme de formation`), to the word that is stored. */
export const word = <const W extends string>(words: readonly W[], display?: Partial<Record<W, string>>) =>
  z.string().transform((text, ctx): W => {
    const found = words.find((w) => fold(w) === fold(text) || (display?.[w] && fold(display[w]) === fold(text)));
    if (found) return found;
    const shown = words.map((w) => display?.[w] ?? w);
    ctx.addIssue({ code: 'custom', message: `« ${text} » n’est pas accepté ici. ${suggestion(text, shown)}` });
    return z.NEVER;
  });

/** A value, or a list of them: `niveaux: terrain` reads as `niveaux: [terrain]`. */
export const listOf = <S extends z.core.$ZodType>(item: S) =>
  z.preprocess(
    (v) => (v === undefined || Array.isArray(v) ? v : [v]),
    z.array(item).min(1, 'Cette liste est vide : remplissez-la ou retirez-la.'),
  );

/** A text that YAML may have read as a number: a NAF or IDCC code, a year, a département. */
export const text = z.preprocess((v) => (typeof v === 'number' ? String(v) : v), z.string().trim());

/** `oui` and `non`, beside YAML's own true and false. */
export const yesNo = z.preprocess((v) => (v === 'oui' ? true : v === 'non' ? false : v), z.boolean());

/** Checks a file's value; what is wrong comes back with its place and a French sentence. */
export function check<S extends z.ZodType>(
  source: YamlSource,
  schema: S,
): { data: z.output<S>; problems: [] } | { data: null; problems: Problem[] } {
  const parsed = schema.safeParse(source.value, { error: sentence });
  if (parsed.success) return { data: parsed.data, problems: [] };
  return { data: null, problems: parsed.error.issues.flatMap((issue) => problemsOf(source, issue)) };
}

/**
 * Checks what a file's value became against the room's own schema, so that a file and a form obey the same rules;
 * `written` leads from a path of that schema back to the place in the file.
 */
export function checkAs<S extends z.ZodType>(
  source: YamlSource,
  schema: S,
  value: unknown,
  written: (path: Path) => Path,
): { data: z.output<S>; problems: [] } | { data: null; problems: Problem[] } {
  const parsed = schema.safeParse(value, { error: sentence });
  if (parsed.success) return { data: parsed.data, problems: [] };
  return { data: null, problems: parsed.error.issues.map((issue) => source.at(written(issue.path), issue.message)) };
}

function problemsOf(source: YamlSource, issue: z.core.$ZodIssue): Problem[] {
  if (issue.code !== 'unrecognized_keys') return [source.at(issue.path, issue.message)];
  const messages = issue.message.split('\n');
  return issue.keys.map((key, i) => source.atKey(issue.path, key, messages[i] ?? issue.message));
}

/** What zod found, in the words of somebody who writes a campaign. */
export function sentence(issue: z.core.$ZodRawIssue): string {
  if (issue.code === 'invalid_type') {
    const key = String(issue.path?.at(-1) ?? '');
    if (issue.input === undefined) return key ? `Il manque « ${key} ».` : 'Ce fichier est vide.';
    return `Ici il faut ${KINDS[issue.expected] ?? 'une autre valeur'}, et non ${kindOf(issue.input)}.`;
  }
  if (issue.code === 'invalid_value') {
    const values = issue.values.map(String);
    const near = nearest(String(issue.input), values);
    return `« ${String(issue.input)} » n’est pas accepté ici. ${near ? `Vouliez-vous dire « ${near} » ?` : `Ici on peut écrire : ${values.join(', ')}.`}`;
  }
  if (issue.code === 'too_small') return `Trop peu : ${String(issue.minimum)} au moins.`;
  if (issue.code === 'too_big') return `Trop : ${String(issue.maximum)} au plus.`;
  return 'Cette valeur ne convient pas.';
}

const KINDS: Record<string, string> = {
  string: 'un texte',
  number: 'un nombre',
  int: 'un nombre entier',
  boolean: 'oui (true) ou non (false)',
  array: 'une liste (lignes qui commencent par un tiret)',
  object: 'des clés et des valeurs',
  record: 'des clés et des valeurs',
};

function kindOf(value: unknown): string {
  if (value === null) return 'une valeur vide';
  if (Array.isArray(value)) return 'une liste';
  if (typeof value === 'object') return 'des clés et des valeurs';
  if (typeof value === 'number') return `un nombre (entourez ${String(value)} de guillemets droits)`;
  return typeof value === 'boolean' ? 'oui ou non' : 'un texte';
}
