import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

export type CountingSink = {
  url: string;
  /** How often each address was received: a message is received once its final dot is read, whatever happens after. */
  received: ReadonlyMap<string, number>;
  /** Addresses refused at RCPT. */
  refused: ReadonlySet<string>;
  /** Messages in all. */
  total: () => number;
  close: () => Promise<void>;
};

export type Pace = {
  /** Messages taken per second over all connections; what comes faster waits for its turn. */
  perSecond: number;
  /** How long the server thinks before each answer to a message, besides its turn. */
  thinkMs: () => number;
  /** Answer to RCPT other than yes. */
  refuses: (address: string) => string | undefined;
  /** Whose messages are counted; the others (a request to approve) are taken and forgotten. */
  counts: (address: string) => boolean;
};

const END = Buffer.from('\r\n.\r\n');
const CRLF = Buffer.from('\r\n');

/** A mail server on 127.0.0.1 made to count: it keeps no message, offers PIPELINING, and is quick about all the rest. */
export async function startCountingSink({ perSecond, thinkMs, refuses, counts }: Pace): Promise<CountingSink> {
  const received = new Map<string, number>();
  const refused = new Set<string>();
  const sockets = new Set<Socket>();
  let total = 0;
  let turn = 0;

  const take = async (to: string): Promise<void> => {
    if (!counts(to)) return;
    received.set(to, (received.get(to) ?? 0) + 1);
    total += 1;
    const now = Date.now();
    turn = Math.max(turn, now) + 1000 / perSecond;
    await pause(turn - now + thinkMs());
  };

  const serve = async (socket: Socket): Promise<void> => {
    const say = (text: string): boolean => socket.write(`${text}\r\n`);
    let to = '';
    let inBody = false;
    let pending = Buffer.alloc(0);
    say('220 sink ESMTP');
    for await (const chunk of socket) {
      pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
      for (;;) {
        const end = pending.indexOf(inBody ? END : CRLF);
        if (end === -1) break;
        const line = inBody ? '' : pending.subarray(0, end).toString('latin1');
        pending = pending.subarray(end + (inBody ? END.length : CRLF.length));
        if (inBody) {
          inBody = false;
          await take(to);
          to = '';
          say('250 2.0.0 taken');
          continue;
        }
        const verb = line.slice(0, 4).toUpperCase();
        if (verb === 'EHLO') say('250-sink\r\n250-PIPELINING\r\n250-ENHANCEDSTATUSCODES\r\n250 SIZE 20000000');
        else if (verb === 'RCPT') {
          const address = /<(.*)>/.exec(line)?.[1] ?? '';
          const no = refuses(address);
          if (no === undefined) to = address;
          else refused.add(address);
          say(no ?? '250 2.1.5 ok');
        } else if (verb === 'DATA') {
          inBody = to !== '';
          say(inBody ? '354 go' : '554 5.5.1 no valid recipients');
        } else if (verb === 'RSET') {
          to = '';
          say('250 2.0.0 ok');
        } else if (verb === 'QUIT') {
          socket.end('221 bye\r\n');
          return;
        } else say('250 2.0.0 ok');
      }
    }
  };

  const server = createServer((socket) => {
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.on('close', () => sockets.delete(socket));
    // A killed client leaves a broken connection behind: part of what is counted here, not a fault.
    socket.on('error', () => undefined);
    serve(socket).catch(() => socket.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `smtp://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    refused,
    total: () => total,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
