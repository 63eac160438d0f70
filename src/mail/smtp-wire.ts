import type { Socket } from 'node:net';
import type { ConnectionOptions, TLSSocket } from 'node:tls';
import { connect as connectTls } from 'node:tls';
import type { Reply } from './smtp-reply.ts';
import { replyReader } from './smtp-reply.ts';

type Awaited = { timeoutMs: number; onReply: (reply: Reply) => void; onCut?: (reason: string) => void };

/**
 * One SMTP dialogue: bytes out, replies in, matched in order. The first fault (cut, silence, garbage, 421) ends it: the
 * socket is destroyed and `onCut` is called once, after the reply that 421 may be has gone to whoever awaited it.
 */
export type Wire = {
  /** `onFlushed` is called once the bytes have left this process, never after a cut. */
  write: (bytes: string | Buffer, onFlushed?: () => void) => void;
  /** The next reply not yet awaited; its clock starts when it becomes the first awaited. */
  expect: (timeoutMs: number, onReply: (reply: Reply) => void, onCut?: (reason: string) => void) => void;
  /** Restarts the clock of the first awaited reply. */
  patience: (timeoutMs: number) => void;
  /** Encrypts the same connection (STARTTLS); rejects with the reason of the cut. */
  upgrade: (options: ConnectionOptions, timeoutMs: number) => Promise<void>;
  cut: (reason: string) => void;
  /** The connection in use: the encrypted one after `upgrade`. */
  socket: () => Socket;
  /** null while the dialogue lives; after, why it ended. */
  ended: () => string | null;
  onCut: (listener: (reason: string) => void) => void;
};

export function openWire(first: Socket): Wire {
  let socket = first;
  let reason: string | null = null;
  let torn = false;
  let clock: NodeJS.Timeout | undefined;
  let listener: (reason: string) => void = () => undefined;
  const awaited: Awaited[] = [];

  const tearDown = (why: string) => {
    if (torn) return;
    torn = true;
    clearTimeout(clock);
    socket.destroy();
    for (const one of awaited.splice(0)) one.onCut?.(why);
    listener(why);
  };
  const cut = (why: string) => {
    if (reason !== null) return;
    reason = why;
    tearDown(why);
  };
  let waiting = 0;
  const patience = (timeoutMs: number) => {
    if (reason !== null) return;
    // Four times a message: winding one clock up again costs less than a new one.
    if (clock && waiting === timeoutMs) return void clock.refresh();
    clearTimeout(clock);
    waiting = timeoutMs;
    clock = setTimeout(() => {
      if (awaited.length > 0) cut(`le serveur n’a pas répondu en ${timeoutMs / 1000} s`);
    }, timeoutMs);
  };

  const onReply = (reply: Reply): boolean => {
    const head = awaited.shift();
    const closing = reply.code === 421;
    // Set before the listener runs, so that it writes nothing more to a server that is closing.
    const words = `${reply.code} ${reply.text}`;
    if (closing) reason = words;
    else if (!head) reason = `réponse inattendue du serveur : ${words}`;
    if (awaited[0]) patience(awaited[0].timeoutMs);
    head?.onReply(reply);
    if (reason !== null) tearDown(reason);
    return reason === null;
  };
  const reading = () => replyReader(onReply, (line) => cut(`réponse incompréhensible du serveur : ${line}`));
  let reader = reading();

  const onData = (chunk: Buffer) => reader.feed(chunk);
  const onError = (error: Error) => cut(error.message);
  const onEnd = () => cut('le serveur a fermé la connexion');
  const onClose = () => cut('la connexion s’est fermée');
  const bind = (bound: Socket) => bound.on('data', onData).on('error', onError).on('end', onEnd).on('close', onClose);
  bind(first);

  const upgrade = (options: ConnectionOptions, timeoutMs: number) =>
    new Promise<void>((resolve, reject) => {
      // Replies sent in clear before the handshake could have been put there by anybody on the way.
      if (reader.pending()) cut('le serveur a répondu en clair après STARTTLS');
      if (reason !== null) return reject(new Error(reason));
      socket.off('data', onData).off('error', onError).off('end', onEnd).off('close', onClose);
      reader = reading();
      const secure: TLSSocket = connectTls({ ...options, socket });
      socket = secure;
      bind(secure);
      // Awaited for its cut only: no reply comes before the handshake is over.
      const handshake: Awaited = { timeoutMs, onReply: () => undefined, onCut: (why) => reject(new Error(why)) };
      awaited.push(handshake);
      patience(timeoutMs);
      secure.once('secureConnect', () => {
        clearTimeout(clock);
        clock = undefined;
        awaited.shift();
        resolve();
      });
    });

  return {
    write: (bytes, onFlushed) => {
      if (reason !== null) return;
      if (onFlushed === undefined) socket.write(bytes);
      else socket.write(bytes, (error) => (error || reason !== null ? undefined : onFlushed()));
    },
    expect: (timeoutMs, onReplied, onCut) => {
      if (reason !== null) return onCut?.(reason);
      awaited.push({ timeoutMs, onReply: onReplied, onCut });
      if (awaited.length === 1) patience(timeoutMs);
    },
    patience,
    upgrade,
    cut,
    socket: () => socket,
    ended: () => reason,
    onCut: (called) => {
      listener = called;
      if (reason !== null) called(reason);
    },
  };
}
