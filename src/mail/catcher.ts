import type { AddressInfo } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { SMTPServer } from 'smtp-server';
import { log } from '../base/log.ts';

export type CaughtMail = { mailFrom: string; rcptTo: string; raw: Buffer; receivedAt: Date };

export type Catcher = {
  port: number;
  /** For `parseTransport`. */
  url: string;
  /** Answers what has arrived, then stops listening. */
  close: () => Promise<void>;
};

type Held = { mails: CaughtMail[]; answer: (error?: Error | null) => void };

const MAX_BYTES = 30 * 1024 * 1024;
const MAX_BATCH = 200;
/** Batches being stored at once: while one waits for the disk, the next is on its way. */
const STORES = 2;

/**
 * A mail server on 127.0.0.1 that takes everything and lets nothing out. `onMails` stores a batch (one row per
 * recipient); each message is answered 250 only once its batch is stored, so that « accepté » is true here too. When
 * storing fails the whole batch is answered 451.
 */
export async function startCatcher({
  onMails,
  port = 0,
}: {
  onMails: (mails: CaughtMail[]) => Promise<void>;
  /** 0: any free one. */
  port?: number;
}): Promise<Catcher> {
  const held: Held[] = [];
  const stores = new Set<Promise<void>>();

  const store = async (taken: Held[]): Promise<void> => {
    try {
      await onMails(taken.flatMap((one) => one.mails));
      for (const one of taken) one.answer();
    } catch (error) {
      log.error({ err: error }, 'catcher: a batch could not be stored');
      const refusal = Object.assign(new Error('4.3.0 storage failed, try again'), { responseCode: 451 });
      for (const one of taken) one.answer(refusal);
    }
  };
  // Group commit: a batch is whatever came while others were being stored, so nobody waits for a clock.
  const storeAll = async (): Promise<void> => {
    while (held.length > 0) await store(held.splice(0, MAX_BATCH));
  };
  const wake = () => {
    if (stores.size >= STORES) return;
    const running = setImmediate()
      .then(storeAll)
      .finally(() => stores.delete(running));
    stores.add(running);
  };

  const server = new SMTPServer({
    name: 'porte-voix',
    banner: 'boite de simulation',
    size: MAX_BYTES,
    authOptional: true,
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    logger: false,
    closeTimeout: 2000,
    onData: (stream, session, answer) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        if (stream.sizeExceeded)
          return answer(Object.assign(new Error('5.3.4 message too big'), { responseCode: 552 }));
        const raw = Buffer.concat(chunks);
        const mailFrom = session.envelope.mailFrom === false ? '' : session.envelope.mailFrom.address;
        const receivedAt = new Date();
        held.push({
          mails: session.envelope.rcptTo.map(({ address }) => ({ mailFrom, rcptTo: address, raw, receivedAt })),
          answer,
        });
        wake();
      });
    },
  });
  server.on('error', (error) => log.warn({ err: error }, 'catcher: connection fault'));
  await new Promise<void>((resolve, reject) => {
    server.server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.server.off('error', reject);
      resolve();
    });
  });
  const bound = (server.server.address() as AddressInfo).port;
  return {
    port: bound,
    url: `smtp://127.0.0.1:${bound}`,
    close: async () => {
      await Promise.all(stores);
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
