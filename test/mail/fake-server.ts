import type { AddressInfo, Socket } from 'node:net';
import { createServer } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { Transport } from '../../src/mail/transport.ts';

/** A server's answer: a line or several, nothing at all (`hang`), or the end of the connection (`cut`). */
export type Answer = { say: string } | 'hang' | 'cut';
export const say = (text: string): Answer => ({ say: text });

export type Script = {
  greeting?: Answer;
  extensions?: string[];
  /** Any command but the final dot. `nth` counts the MAIL commands of this connection. undefined: as a server would. */
  onCommand?: (line: string, nth: number, connection: number) => Answer | undefined;
  /** While a body arrives, with its bytes so far. */
  onBody?: (bytes: number, nth: number) => Answer | undefined;
  onDot?: (nth: number, connection: number) => Answer | undefined;
  /** How an answer's bytes leave; by default in one write. */
  write?: (socket: Socket, text: string) => void;
  tls?: { key: Buffer; cert: Buffer };
};

export type Taken = { from: string; to: string[]; body: string };
export type FakeServer = {
  port: number;
  /** What came whole, final dot included, whatever was answered to it. */
  taken: Taken[];
  lines: string[];
  connections: () => number;
  transport: (changes?: Partial<Transport>) => Transport;
  close: () => Promise<void>;
};

type State = { from: string; to: string[]; body: string | null; nth: number; pending: string };

const usual = (line: string, state: State, extensions: string[]): Answer => {
  const verb = line.slice(0, 4).toUpperCase();
  if (verb === 'EHLO')
    return say(['fake', ...extensions].map((x, i, all) => `250${i === all.length - 1 ? ' ' : '-'}${x}`).join('\r\n'));
  if (verb === 'MAIL') return state.from === '' ? say('250 2.1.0 ok') : say('503 5.5.1 nested MAIL');
  if (verb === 'RCPT') return state.from === '' ? say('503 5.5.1 MAIL first') : say('250 2.1.5 ok');
  if (verb === 'DATA') return state.to.length === 0 ? say('554 5.5.1 no valid recipients') : say('354 go');
  if (verb === 'STAR') return say('220 2.0.0 ready');
  if (verb === 'QUIT') return say('221 bye');
  return say('250 2.0.0 ok');
};

export async function startFake(script: Script = {}): Promise<FakeServer> {
  const taken: Taken[] = [];
  const lines: string[] = [];
  const sockets = new Set<Socket>();
  const extensions = script.extensions ?? ['PIPELINING', 'ENHANCEDSTATUSCODES', 'SIZE 10000000'];
  let connections = 0;

  const serve = (socket: Socket, connection: number, greeted: boolean) => {
    const state: State = { from: '', to: [], body: null, nth: 0, pending: '' };
    let deaf = false;
    const act = (answer: Answer): boolean => {
      if (answer === 'hang') deaf = true;
      else if (answer === 'cut') {
        deaf = true;
        socket.resetAndDestroy?.();
        socket.destroy();
      } else if (script.write) script.write(socket, `${answer.say}\r\n`);
      else socket.write(`${answer.say}\r\n`);
      return !deaf;
    };
    const command = (line: string) => {
      lines.push(line);
      const verb = line.slice(0, 4).toUpperCase();
      if (verb === 'MAIL') state.nth += 1;
      const answer = script.onCommand?.(line, state.nth, connection) ?? usual(line, state, extensions);
      const yes = typeof answer === 'object' && /^[23]/.test(answer.say);
      if (yes && verb === 'MAIL') state.from = line.slice(10).split(' ')[0] ?? '';
      if (yes && verb === 'RCPT') state.to.push(line.slice(8));
      if (yes && verb === 'RSET') Object.assign(state, { from: '', to: [] });
      if (yes && verb === 'DATA') state.body = '';
      if (!act(answer)) return;
      if (verb === 'QUIT' || /^421/.test((answer as { say: string }).say)) {
        deaf = true;
        socket.end();
      }
      if (yes && line.toUpperCase() === 'STARTTLS' && script.tls) {
        deaf = true;
        socket.removeAllListeners('data');
        const secure = new TLSSocket(socket, { isServer: true, ...script.tls });
        secure.on('error', () => socket.destroy());
        serve(secure, connection, true);
      }
    };
    const bodyLine = (line: string) => {
      if (line !== '.') {
        state.body += `${line.startsWith('.') ? line.slice(1) : line}\r\n`;
        return;
      }
      taken.push({ from: state.from, to: state.to, body: state.body ?? '' });
      Object.assign(state, { from: '', to: [], body: null });
      act(script.onDot?.(state.nth, connection) ?? say('250 2.0.0 queued'));
    };
    socket.on('data', (chunk: Buffer) => {
      if (deaf) return;
      state.pending += chunk.toString('latin1');
      for (let end = state.pending.indexOf('\r\n'); end !== -1 && !deaf; end = state.pending.indexOf('\r\n')) {
        const line = state.pending.slice(0, end);
        state.pending = state.pending.slice(end + 2);
        if (state.body === null) command(line);
        else {
          const answer = line === '.' ? undefined : script.onBody?.(state.body.length, state.nth);
          if (answer !== undefined) act(answer);
          if (!deaf) bodyLine(line);
        }
      }
    });
    if (!greeted) act(script.greeting ?? say('220 fake ESMTP'));
  };

  const server = createServer((socket) => {
    connections += 1;
    socket.setNoDelay(true);
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
    serve(socket, connections, false);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    taken,
    lines,
    connections: () => connections,
    transport: (changes = {}) => ({
      host: '127.0.0.1',
      port,
      security: 'none',
      auth: null,
      connections: 1,
      name: 'client.test',
      ...changes,
    }),
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
