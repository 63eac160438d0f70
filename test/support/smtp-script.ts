import type { Socket } from 'node:net';
import { openPool, type Pool } from '../../src/mail/pool.ts';
import type { Transport } from '../../src/mail/transport.ts';
import { type Answer, type FakeServer, type Script, say, startFake } from '../mail/fake-server.ts';

/** Which messages a fault strikes: `nth` counts those of one connection, `connection` those since the beginning. */
export type When = (nth: number, connection: number) => boolean;
const always: When = () => true;

const OFFERED = ['PIPELINING', 'ENHANCEDSTATUSCODES', '8BITMIME', 'SIZE 10000000'];

/** Bad habits of mail servers, by name. Several at once: `together`. */
export const habits = {
  none: {} as Script,
  /** Answers this to RCPT; `nth` counts the times the address was proposed. */
  refuses: (reply: (address: string, nth: number) => string | undefined): Script => {
    const proposed = new Map<string, number>();
    return {
      onCommand: (line) => {
        const address = /^RCPT TO:<(.*)>/i.exec(line)?.[1];
        if (address === undefined) return undefined;
        const nth = (proposed.get(address) ?? 0) + 1;
        proposed.set(address, nth);
        const text = reply(address, nth);
        return text === undefined ? undefined : say(text);
      },
    };
  },
  greylists: (): Script =>
    habits.refuses((_, nth) => (nth === 1 ? '451 4.7.1 greylisted, try again later' : undefined)),
  hangsAfterData: (when = always): Script => onData(when, 'hang'),
  cutsAtData: (when = always): Script => onData(when, 'cut'),
  hangsAfterDot: (when = always): Script => onDot(when, 'hang'),
  cutsAfterDot: (when = always): Script => onDot(when, 'cut'),
  refusesAtDot: (reply: string, when = always): Script => onDot(when, say(reply)),
  /** Tired of each connection at its nth message. */
  closesAt: (nth: number): Script => ({
    onCommand: (line, at) =>
      /^MAIL/i.test(line) && at === nth ? say('421 4.7.0 too many messages, come back later') : undefined,
  }),
  withoutPipelining: { extensions: OFFERED.filter((x) => x !== 'PIPELINING') } as Script,
  /** Offers SMTPUTF8, then refuses the sender of a message that needs it. */
  refusesUtf8: {
    extensions: [...OFFERED, 'SMTPUTF8'],
    onCommand: (line) =>
      /^MAIL.* SMTPUTF8/i.test(line) ? say('550 5.6.7 non-ASCII addresses not permitted for that sender') : undefined,
  } as Script,
  readsSlowly: (bytesPerSecond: number): Script => {
    const seen = new WeakSet<Socket>();
    return {
      write: (socket, text) => {
        if (!seen.has(socket)) socket.on('data', (data: Buffer) => rest(socket, (data.length / bytesPerSecond) * 1000));
        seen.add(socket);
        socket.write(text);
      },
    };
  },
} as const;

const onData = (when: When, answer: Answer): Script => ({
  onCommand: (line, nth, connection) => (/^DATA/i.test(line) && when(nth, connection) ? answer : undefined),
});
const onDot = (when: When, answer: Answer): Script => ({
  onDot: (nth, connection) => (when(nth, connection) ? answer : undefined),
});

function rest(socket: Socket, ms: number): void {
  socket.pause();
  setTimeout(() => socket.resume(), ms);
}

/** The first habit that has something to say decides. */
export function together(...scripts: Script[]): Script {
  const merged: Script = Object.assign({}, ...scripts);
  return {
    ...merged,
    onCommand: (...at) => first(scripts, (s) => s.onCommand?.(...at)),
    onBody: (...at) => first(scripts, (s) => s.onBody?.(...at)),
    onDot: (...at) => first(scripts, (s) => s.onDot?.(...at)),
  };
}

function first<T>(scripts: Script[], answer: (script: Script) => T | undefined): T | undefined {
  for (const script of scripts) {
    const found = answer(script);
    if (found !== undefined) return found;
  }
  return undefined;
}

export type Scripted = Pick<FakeServer, 'lines' | 'connections' | 'transport'> & {
  /** What this server has: read to its final dot, and not refused there. Who received it is a fact here. */
  received: { to: string; body: string }[];
  times: (address: string) => number;
  /** Connections of their own, cut and closed with the server. Short patience: a server that hangs is given up. */
  pool: (connections?: number, changes?: Partial<Transport>) => Pool;
  close: () => Promise<void>;
};

const IMPATIENT: Transport['timeouts'] = {
  connect: 2_000,
  greeting: 2_000,
  command: 1_000,
  data: 300,
  block: 2_000,
  end: 300,
};

/** A mail server on 127.0.0.1 with these habits, that knows what it took. */
export async function startScripted(script: Script = {}): Promise<Scripted> {
  const received: Scripted['received'] = [];
  const pools: Pool[] = [];
  const fake = await startFake({
    extensions: OFFERED,
    ...script,
    onDot: (nth, connection) => {
      const answer = script.onDot?.(nth, connection);
      const mail = fake.taken.at(-1);
      const kept = answer === undefined || typeof answer === 'string' || /^2/.test(answer.say);
      if (kept && mail) received.push({ to: (mail.to[0] ?? '').replace(/[<>]/g, ''), body: mail.body });
      return answer;
    },
  });
  return {
    lines: fake.lines,
    connections: fake.connections,
    transport: fake.transport,
    received,
    times: (address) => received.filter((mail) => mail.to === address).length,
    pool: (connections = 2, changes = {}) => {
      const pool = openPool(fake.transport({ connections, timeouts: IMPATIENT, ...changes }));
      pools.push(pool);
      return pool;
    },
    close: async () => {
      await Promise.all(pools.map((pool) => pool.close(500)));
      await fake.close();
    },
  };
}
