import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const COMMAND = fileURLToPath(new URL('../../src/porte-voix.mjs', import.meta.url));

/** A real process of the service. Nothing here stops it by itself: whoever starts it ends it. */
export type Process = {
  pid: number;
  alive: () => boolean;
  /** Resolves once it says that it works, or has ended. */
  ready: Promise<void>;
  /** How it ended: its code, or the signal that ended it. */
  ended: Promise<number | NodeJS.Signals>;
  /** Sends the signal and waits for the end. */
  end: (signal: NodeJS.Signals) => Promise<number | NodeJS.Signals>;
  /** Its log and what it printed, until now. */
  said: () => string;
};

const READY = /au travail|Ctrl-C/;
const KEPT = 64 * 1024;

/** `porte-voix worker`, `serve` or `start`, as the machine's own service manager would start it. */
export function startProcess(command: 'worker' | 'serve' | 'start', env: Record<string, string>): Process {
  const { DATABASE_URL: _, SMTP_URL: __, PUBLIC_URL: ___, HOST: ____, ...own } = process.env;
  const child: ChildProcess = spawn(process.execPath, [COMMAND, command], {
    cwd: '/',
    env: { ...own, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  let isReady = false;
  const ready = Promise.withResolvers<void>();
  const listen = (chunk: Buffer) => {
    said = (said + chunk.toString()).slice(-KEPT);
    if (isReady || !READY.test(said)) return;
    isReady = true;
    ready.resolve();
  };
  child.stdout?.on('data', listen);
  child.stderr?.on('data', listen);
  const ended = new Promise<number | NodeJS.Signals>((resolve) =>
    child.on('close', (code, signal) => {
      ready.resolve();
      resolve(signal ?? code ?? 0);
    }),
  );
  return {
    pid: child.pid ?? 0,
    alive: () => child.exitCode === null && child.signalCode === null,
    ready: ready.promise,
    ended,
    end: (signal) => {
      child.kill(signal);
      return ended;
    },
    said: () => said,
  };
}
