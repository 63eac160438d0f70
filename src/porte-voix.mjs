#!/usr/bin/env node
// The command. Runs on the Node of node_modules/node when the machine's own is older than the sources need.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import module from 'node:module';
import { fileURLToPath } from 'node:url';

const [major, minor] = process.versions.node.split('.').map(Number);
const pinned = fileURLToPath(new URL('../node_modules/node/bin/node', import.meta.url));

if (major > 24 || (major === 24 && minor >= 7)) {
  // node:sqlite (a lock the kernel frees) still announces itself as experimental: not news for a user.
  const emit = process.emitWarning;
  process.emitWarning = (warning, ...rest) =>
    /SQLite/.test(String(warning)) ? undefined : emit.call(process, warning, ...rest);
  // What was compiled once is read the next time (a third of a command's start); beside the code, where nobody else writes.
  module.enableCompileCache(fileURLToPath(new URL('../node_modules/.cache/porte-voix', import.meta.url)));
  const { register } = await import('tsx/esm/api');
  register({ tsconfig: fileURLToPath(new URL('../tsconfig.json', import.meta.url)) });
  await import('./main.ts');
} else if (existsSync(pinned)) {
  const child = spawn(pinned, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 1)));
} else {
  process.stderr.write(
    `Porte-voix a besoin de Node 24.7 ou plus récent (ici : ${process.versions.node}). Lancez d’abord : npm ci\n`,
  );
  process.exit(1);
}
