import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';

const COMMAND = fileURLToPath(new URL('../../src/porte-voix.mjs', import.meta.url));
const TIMEOUT = 90_000;

export type Ended = { code: number | null; stdout: string; stderr: string };
export type Place = { dataDir: string; port: number };
export type Environment = Record<string, string>;

const folders: string[] = [];
const children = new Set<ChildProcess>();

/** Whatever a failed test left running or written goes with its file: said of every file by its setup. */
export async function leaveNothing(): Promise<void> {
  for (const child of children) child.kill('SIGINT');
  await Promise.all([...children].map((child) => new Promise((resolve) => child.once('close', resolve))));
  const running = folders.length > 0 ? processes() : [];
  for (const folder of folders) {
    for (const { pid } of running.filter((p) => p.words.includes(folder))) process.kill(pid, 'SIGTERM');
    rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  }
  folders.length = 0;
}

/** A folder of this test file's own, which the account PostgreSQL runs as can enter; removed at the end of the file. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'porte-voix-service-'));
  chmodSync(folder, 0o755);
  folders.push(folder);
  return folder;
}

export const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });

export const newPlace = async (): Promise<Place> => ({ dataDir: temporaryFolder(), port: await freePort() });

function launch(
  args: string[],
  env: Environment,
  cwd = '/',
): { child: ChildProcess; said: Ended; ended: Promise<Ended> } {
  const { DATABASE_URL: _, SMTP_URL: __, PUBLIC_URL: ___, HOST: ____, ...own } = process.env;
  const child = spawn(process.execPath, [COMMAND, ...args], {
    cwd,
    env: { ...own, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.add(child);
  const said: Ended = { code: null, stdout: '', stderr: '' };
  child.stdout?.on('data', (chunk: Buffer) => {
    said.stdout += chunk.toString();
  });
  child.stderr?.on('data', (chunk: Buffer) => {
    said.stderr += chunk.toString();
  });
  const ended = new Promise<Ended>((resolve) => {
    child.on('close', (code) => {
      said.code = code;
      children.delete(child);
      resolve(said);
    });
  });
  return { child, said, ended };
}

/** One command to its end, as a person would type it in another folder. */
export const porteVoix = (args: string[], env: Environment, cwd?: string): Promise<Ended> =>
  launch(args, env, cwd).ended;

export type Running = Place & {
  url: string;
  pid: number;
  /** What it printed until now. */
  said: Ended;
  /** Ctrl-C, then how it ended. */
  stop: () => Promise<Ended>;
  /** kill -9: what a cut of power leaves behind. */
  kill: () => Promise<void>;
};

/** `start`, until it says where it is; or how it ended instead. Stopped at the end of the test file in any case. */
export async function tryStart(
  { dataDir, port }: Place,
  env: Environment = {},
  cwd?: string,
): Promise<Running | Ended> {
  const { child, said, ended } = launch(['start'], { DATA_DIR: dataDir, PORT: String(port), ...env }, cwd);
  const stop = () => {
    child.kill('SIGINT');
    return ended;
  };
  const until = Date.now() + TIMEOUT;
  while (!said.stdout.includes('Ctrl-C')) {
    if (said.code !== null || child.signalCode !== null) return said;
    if (Date.now() > until) throw new Error(`Le service ne démarre pas : ${said.stdout}${said.stderr}`);
    await Promise.race([pause(50), ended]);
  }
  const kill = async () => {
    child.kill('SIGKILL');
    await ended;
  };
  return { dataDir, port, url: `http://127.0.0.1:${port}`, pid: child.pid ?? 0, said, stop, kill };
}

/** `start`, killed as soon as something is true: a cut of power in the middle. */
export async function killedWhen({ dataDir, port }: Place, now: () => boolean): Promise<void> {
  const { child, ended } = launch(['start'], { DATA_DIR: dataDir, PORT: String(port) });
  while (!now()) {
    if (child.exitCode !== null) throw new Error('Le service s’est terminé avant le moment attendu.');
    await pause(5);
  }
  child.kill('SIGKILL');
  await ended;
}

export async function start(place: Place, env?: Environment, cwd?: string): Promise<Running> {
  const running = await tryStart(place, env, cwd);
  if (!('stop' in running)) throw new Error(`Le service n’a pas démarré : ${running.stdout}${running.stderr}`);
  return running;
}

/** What runs on this machine. Linux only. */
const processes = (): { pid: number; words: string }[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        return [{ pid: Number(pid), words: readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim() }];
      } catch {
        // Gone between the two readings: not running any more.
        return [];
      }
    });

/** Processes that name this folder in their command line: its PostgreSQL server, and whatever runs with it. */
export const processesOn = (folder: string): string[] =>
  processes().flatMap(({ pid, words }) => (words.includes(folder) ? [`${pid} ${words}`] : []));

/** A refusal to start: one sentence that says what to do, exit 1, and never a stack. */
export function expectRefusal(ended: Running | Ended, sentence: RegExp): void {
  const { code, stderr } = 'said' in ended ? ended.said : ended;
  const lines = stderr.split('\n').filter((line) => line !== '' && !/^\{"level":[1-4]0,/.test(line));
  expect({ code, lines }).toEqual({ code: 1, lines: [expect.stringMatching(sentence)] });
}
