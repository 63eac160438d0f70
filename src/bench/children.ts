import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

/** A port nobody listens on at this moment. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

/** Starts a program that will listen on `port` of this machine, and answers it once it does. */
export async function startListening(
  command: string,
  args: string[],
  port: number,
  options: SpawnOptions = {},
): Promise<ChildProcess> {
  const child = spawn(command, args, { stdio: 'ignore', ...options });
  const failed = new Promise<never>((_, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => reject(new Error(`${command} ended (${code ?? signal})`)));
  });
  failed.catch(() => {});
  for (const until = Date.now() + 30_000; !(await Promise.race([listens(port), failed])); await pause(50))
    if (Date.now() > until) throw new Error(`${command} does not listen on ${port}`);
  return child;
}

const listens = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const tell = (answer: boolean) => () => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', tell(true)).once('error', tell(false));
  });

/** Ends a child of ours and waits for it; twice does nothing. */
export async function stop(child: ChildProcess, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill(signal);
  await ended;
}

/** Runs a program to its end and answers what it wrote. */
export async function output(command: string, args: string[]): Promise<string> {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'ignore'] });
  const text: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => text.push(chunk));
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`${command} ended with ${code}`);
  return Buffer.concat(text).toString('utf8');
}

/** The most memory a process has held, in megabytes; where /proc does not exist, what it holds now. */
export async function peakMemoryMb(pid: number): Promise<number> {
  if (process.platform === 'linux')
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
  return Number(await output('ps', ['-o', 'rss=', '-p', String(pid)])) / 1024;
}
