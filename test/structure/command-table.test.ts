import { Command } from 'commander';
import { expect, test } from 'vitest';
import type { Tools } from '../../src/cli/run.ts';
import { globRoot, readRoot } from './sources.ts';

/** Commands described, never run. */
const tools: Tools = {
  answer: () => Promise.reject(new Error('no command runs here')),
  withService: () => Promise.reject(new Error('no command runs here')),
};
type Add = (program: Command, tools: Tools) => void;

async function addersOf(file: string): Promise<[string, Add][]> {
  const exported: Record<string, unknown> = await import(
    /* @vite-ignore */ new URL(`../../${file}`, import.meta.url).href
  );
  return Object.entries(exported).filter(
    (e): e is [string, Add] => /Commands?$/.test(e[0]) && typeof e[1] === 'function',
  );
}
const adders = (await Promise.all(globRoot('src/cli/*.ts').map(addersOf))).flat();

/** `push send`, `migrate`: every command that does something, by the words to type. */
function commandsOf(parent: Command, before = ''): string[] {
  return parent.commands.flatMap((c) => {
    const name = `${before}${c.name()}`;
    return c.commands.length === 0 ? [name] : commandsOf(c, `${name} `);
  });
}

const program = new Command('porte-voix');
for (const [, add] of adders) add(program, tools);
const COMMANDS = commandsOf(program).sort();

test('every group of commands is plugged into the command line', () => {
  const run = readRoot('src/cli/run.ts');
  expect(adders.map(([name]) => name).filter((name) => !run.includes(name))).toEqual([]);
  expect(COMMANDS).toContain('push send');
});

test('the README’s table lists every command, and only commands that exist', () => {
  const table = /^\| command \|.*\n\|[-|]*\n((?:\|.*\n)+)/m.exec(readRoot('README.md'))?.[1] ?? '';
  const typed = table.split('\n').flatMap((row) => [...firstCell(row).matchAll(/`([^`]+)`/g)].map((m) => m[1] ?? ''));
  expect(typed.flatMap(spelledOut).sort()).toEqual(COMMANDS);
});

/** A `\|` inside a cell is text, not its end. */
const firstCell = (row: string): string => row.replaceAll('\\|', '/').split('|')[1] ?? '';

/** `push pause/resume PUSH`: one command for each choice, up to the first argument. */
function spelledOut(typed: string): string[] {
  const words = typed.split(' ');
  const end = words.findIndex((word) => !/^[a-z][a-z/-]*$/.test(word));
  return words
    .slice(0, end === -1 ? undefined : end)
    .reduce<string[]>((done, word) => done.flatMap((d) => word.split('/').map((w) => `${d} ${w}`.trim())), ['']);
}
