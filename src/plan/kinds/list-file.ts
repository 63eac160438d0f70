import { z } from 'zod';
import { toParisField } from '../../base/dates.ts';
import { yamlOf } from '../export/yaml.ts';
import { check, checkAs, fields, listOf, text, word, yesNo } from '../fields.ts';
import type { Problem } from '../problems.ts';
import type { Path, YamlSource } from '../yaml-source.ts';

/** One key of a thing in a file: which part of the room's own shape it is, how it is read, and how it is written. */
export type Column = { as: string; read: z.ZodType; say: (value: unknown) => unknown };

/** A text; left out or left empty, it is absent. */
export const said = (as: string): Column => ({ as, read: text.nullish(), say: (v) => v ?? undefined });
export const count = (as: string): Column => ({ as, read: z.number().optional(), say: (v) => v ?? undefined });
export const words = (as: string): Column => ({ as, read: listOf(text).optional(), say: (v) => v ?? undefined });
/** `oui` or `non`; said only when it is not what it usually is. */
export const flag = (as: string, usually: boolean): Column => ({
  as,
  read: yesNo.optional(),
  say: (v) => (v === usually ? undefined : v ? 'oui' : 'non'),
});
/** A word of a list, as people write it. */
export const oneOf = <const W extends string>(
  as: string,
  all: readonly W[],
  names: Partial<Record<W, string>> = {},
): Column => ({
  as,
  read: word(all, names).optional(),
  say: (v) => names[v as W] ?? v ?? undefined,
});
export const someOf = <const W extends string>(
  as: string,
  all: readonly W[],
  names: Partial<Record<W, string>> = {},
): Column => ({
  as,
  read: listOf(word(all, names)).optional(),
  say: (v) => (v as W[]).map((w) => names[w] ?? w),
});
/** A text for each word of a list. */
export const perWord = <const W extends string>(
  as: string,
  all: readonly W[],
  names: Partial<Record<W, string>> = {},
): Column => ({
  as,
  read: z
    .record(z.string(), text)
    .transform((given, ctx) => {
      const reader = word(all, names);
      return Object.fromEntries(
        Object.entries(given).flatMap(([key, value]) => {
          const read = reader.safeParse(key);
          if (read.success) return [[read.data, value]];
          ctx.addIssue({ code: 'custom', path: [key], message: read.error.issues[0]?.message ?? '' });
          return [];
        }),
      );
    })
    .optional(),
  say: (v) => Object.fromEntries(all.map((w) => [names[w] ?? w, (v as Record<string, string>)[w]])),
});
/** `2026-12-08 09:30`, in France. */
export const moment = (as: string, instant: z.ZodType): Column => ({
  as,
  read: instant.optional(),
  say: (v) => (v instanceof Date ? toParisField(v).replace('T', ' ') : undefined),
});

/**
 * A file that is a list of things of one room, read and written by the same table of keys. `schema` is the room's own, so
 * that a file and a form obey the same rules; `keyOf` says what tells two of them apart.
 */
export function listFile<S extends z.ZodType>(
  columns: Record<string, Column>,
  schema: S,
  keyOf: (thing: z.output<S>) => string = (thing) => (thing as { slug: string }).slug,
) {
  const file = z.array(fields(Object.fromEntries(Object.entries(columns).map(([name, c]) => [name, c.read]))));
  const nameOf = (part: PropertyKey): PropertyKey =>
    Object.entries(columns).find(([, c]) => c.as === part)?.[0] ?? part;

  return {
    of(source: YamlSource): { value: z.output<S>[]; problems: Problem[] } {
      const { data, problems } = check(source, file);
      if (!data) return { value: [], problems };
      const value: z.output<S>[] = [];
      const found: Problem[] = [];
      const seen = new Set<string>();
      const first = Object.keys(columns)[0] ?? '';
      for (const [i, given] of (data as Record<string, unknown>[]).entries()) {
        // What is left out is the schema's to fill.
        const thing = Object.fromEntries(
          Object.entries(columns).flatMap(([name, c]) => (given[name] == null ? [] : [[c.as, given[name]]])),
        );
        const place = (path: Path): Path => [i, ...path.map((step, depth) => (depth === 0 ? nameOf(step) : step))];
        const checked = checkAs(source, schema, thing, place);
        found.push(...checked.problems);
        if (!checked.data) continue;
        const key = keyOf(checked.data);
        if (seen.has(key))
          found.push(source.at([i, first], `« ${key} » est déjà donné plus haut : gardez-en un seul.`));
        seen.add(key);
        value.push(checked.data);
      }
      return { value, problems: found };
    },
    written: (things: readonly z.output<S>[]): string =>
      yamlOf(
        things.map((thing) =>
          Object.fromEntries(
            Object.entries(columns).map(([name, c]) => {
              const value = (thing as Record<string, unknown>)[c.as];
              return [name, value === null || value === undefined ? undefined : c.say(value)];
            }),
          ),
        ),
      ),
  };
}
