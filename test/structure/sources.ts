import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const SRC = join(ROOT, 'src');

export const readRoot = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
export const globRoot = (pattern: string): string[] => globSync(pattern, { cwd: ROOT }).sort();

/** `name` and `to` are paths inside src/; a dynamic import counts as a value. */
export type Import = { to: string; typeOnly: boolean };
export type Source = { name: string; text: string; imports: Import[] };

const STATEMENT = /^(?:import|export)\s+(type\s)?([^;'"]*?from\s+)?['"](\.[^'"]+)['"]/gm;
const DYNAMIC = /\bimport\(\s*['"](\.[^'"]+)['"]\s*\)/g;

function importsOf(name: string, text: string): Import[] {
  const resolve = (to: string): string => join(dirname(name), to);
  return [
    ...[...text.matchAll(STATEMENT)].map((m) => ({ to: resolve(m[3] ?? ''), typeOnly: isTypeOnly(m[1], m[2]) })),
    ...[...text.matchAll(DYNAMIC)].map((m) => ({ to: resolve(m[1] ?? ''), typeOnly: false })),
  ];
}

/** `import type { A }`, or `import { type A, type B }`: nothing of it is left when the program runs. */
function isTypeOnly(keyword: string | undefined, clause: string | undefined): boolean {
  if (keyword) return true;
  const names =
    /^\{([^}]*)\}/
      .exec(clause?.trim() ?? '')?.[1]
      ?.split(',')
      .map((n) => n.trim())
      .filter(Boolean) ?? [];
  return names.length > 0 && names.every((n) => n.startsWith('type '));
}

/** Every program file of src/. */
export const SOURCES: readonly Source[] = globSync('**/*.{ts,tsx,mjs,js}', { cwd: SRC })
  .sort()
  .map((name) => {
    const text = readFileSync(join(SRC, name), 'utf8');
    return { name, text, imports: importsOf(name, text) };
  });
