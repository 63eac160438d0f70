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
  const exported: Record<string, unknown> = await import(`../../${file}`);
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
  const listed = [...readRoot('README.md').matchAll(/^\|\s*`(?:npx porte-voix )?([a-z][^`]*)`/gm)].map((m) =>
    wordsOf(m[1] ?? ''),
  );
  expect(listed.sort()).toEqual(COMMANDS);
});

/** `push send <envoi> --as …`: the words before the first argument or option. */
function wordsOf(cell: string): string {
  const words: string[] = [];
  for (const word of cell.split(' ')) {
    if (!/^[a-z][a-z-]*$/.test(word) || !COMMANDS.some((c) => `${c} `.startsWith(`${[...words, word].join(' ')} `)))
      break;
    words.push(word);
  }
  return words.length > 0 ? words.join(' ') : cell;
}
