import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { SMTPServer } from 'smtp-server';
import { openPool, type Pool } from '../../src/mail/pool.ts';
import { parseTransport } from '../../src/mail/transport.ts';
import type { Taken } from '../mail/fake-server.ts';

type Refused = { code: number; text: string } | undefined;

export type SinkScript = {
  /** Before the content: refuses this address. `nth` counts from 1 the times it was proposed. */
  onRecipient?: (address: string, nth: number) => Refused;
  /** How long the server thinks before it says yes to a message. */
  thinkMs?: number | (() => number);
  /** Told of each message before its answer; may refuse it. */
  onMessage?: (mail: { to: string; raw: string }) => Refused | Promise<Refused>;
};

export type Sink = {
  url: string;
  /** What was taken whole, in order: who received it is a fact here, whatever the ledger says. */
  received: { to: string; raw: string }[];
  times: (address: string) => number;
  /** A pool of connections of its own, closed with the sink. */
  pool: (connections?: number) => Pool;
  close: () => Promise<void>;
};

const asError = (refused: Refused): Error | undefined =>
  refused ? Object.assign(new Error(refused.text), { responseCode: refused.code }) : undefined;

/** A mail server on 127.0.0.1 that keeps what it takes. */
export async function startSink(script: SinkScript = {}): Promise<Sink> {
  const received: Sink['received'] = [];
  const proposed = new Map<string, number>();
  const pools: Pool[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    logger: false,
    closeTimeout: 100,
    onRcptTo: ({ address }, _session, answer) => {
      const nth = (proposed.get(address) ?? 0) + 1;
      proposed.set(address, nth);
      const refusal = script.onRecipient?.(address, nth);
      answer(asError(refusal));
    },
    onData: (stream, session, answer) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', async () => {
        const mail = { to: session.envelope.rcptTo[0]?.address ?? '', raw: Buffer.concat(chunks).toString('utf8') };
        const refusal = await script.onMessage?.(mail);
        if (!refusal) received.push(mail);
        const { thinkMs = 0 } = script;
        const wait = typeof thinkMs === 'number' ? thinkMs : thinkMs();
        if (wait > 0) await pause(wait);
        answer(asError(refusal));
      });
    },
  });
  // A killed client leaves a broken connection behind: part of the test, not a fault of the server.
  server.on('error', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `smtp://127.0.0.1:${(server.server.address() as AddressInfo).port}`;
  return {
    url,
    received,
    times: (address) => received.filter((mail) => mail.to === address).length,
    pool: (connections = 4) => {
      const pool = openPool(parseTransport(`${url}?connections=${connections}`));
      pools.push(pool);
      return pool;
    },
    close: async () => {
      await Promise.all(pools.map((pool) => pool.close(500)));
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

/** Each address with how often it came, for those that came more than once. */
export function repeated(received: readonly { to: string }[]): [string, number][] {
  const times = new Map<string, number>();
  for (const { to } of received) times.set(to, (times.get(to) ?? 0) + 1);
  return [...times].filter(([, n]) => n > 1);
}

/** The same list, from the scripted server of the mail tests. */
export const recipients = (taken: readonly Taken[]): { to: string }[] =>
  taken.map(({ to }) => ({ to: (to[0] ?? '').replace(/[<>]/g, '') }));
