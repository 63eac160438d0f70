import type { Socket } from 'node:net';
import { connect as connectTcp, isIP } from 'node:net';
import { connect as connectTls, getCACertificates } from 'node:tls';
import { lookupWithin, within } from './network.ts';
import type { Reply } from './smtp-reply.ts';
import type { Wire } from './smtp-wire.ts';
import { openWire } from './smtp-wire.ts';
import type { Timeouts, Transport } from './transport.ts';
import { DEFAULT_TIMEOUTS, isLoopback } from './transport.ts';

/** What the server offers: keyword in capitals → its parameters. */
export type Capabilities = ReadonlyMap<string, string>;

/** Why no message can be sent this way now: the server's code where it gave one, and its words or ours. */
export type ConnectFailure = {
  stage: 'connect' | 'tls' | 'greeting' | 'ehlo' | 'auth';
  code: number | null;
  text: string;
};

export type Opened = { wire: Wire; capabilities: Capabilities; timeouts: Timeouts };

class Failed extends Error {
  readonly failure: ConnectFailure;
  constructor(failure: ConnectFailure) {
    super(failure.text);
    this.failure = failure;
  }
}
const failed = (stage: ConnectFailure['stage'], text: string, code: number | null = null) =>
  new Failed({ stage, code, text });

const tlsOptions = (transport: Transport) => ({
  host: transport.host,
  port: transport.port,
  minVersion: 'TLSv1.2' as const,
  ...(isIP(transport.host) === 0 ? { servername: transport.host } : {}),
  ...(transport.ca === undefined ? {} : { ca: [...getCACertificates('default'), transport.ca] }),
});

/** A name is looked up once, by what refuses where it may not lead: it cannot mean another machine a moment later. */
const destination = ({ host, port, network }: Transport) => ({
  host,
  port,
  ...(network === undefined ? {} : { lookup: lookupWithin(network) }),
});

function openSocket(transport: Transport, timeoutMs: number, signal: AbortSignal): Promise<Socket> {
  const { host, port, security, network } = transport;
  if (network !== undefined && isIP(host) !== 0 && !within(network, host))
    return Promise.reject(failed('connect', `${host}:${port} : cette adresse n’est pas permise ici`));
  return new Promise((resolve, reject) => {
    const to = destination(transport);
    const socket = security === 'tls' ? connectTls({ ...tlsOptions(transport), ...to }) : connectTcp(to);
    const give = (text: string) => {
      done();
      socket.destroy();
      reject(failed('connect', `${host}:${port} : ${text}`));
    };
    const onError = (error: Error) => give(error.message);
    const onAbort = () => give('envoi interrompu');
    const clock = setTimeout(() => give(`pas de réponse en ${timeoutMs / 1000} s`), timeoutMs);
    const done = () => {
      clearTimeout(clock);
      signal.removeEventListener('abort', onAbort);
      socket.removeListener('error', onError);
      // Whatever happens to a socket given up is of no more interest, but an unheard error ends the process.
      socket.on('error', () => undefined);
    };
    socket.once('error', onError);
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) return onAbort();
    socket.once(security === 'tls' ? 'secureConnect' : 'connect', () => {
      // 'localhost' is only a name: what counts is where it led.
      if (security === 'none' && !isLoopback(socket.remoteAddress ?? ''))
        return give('l’envoi en clair hors de cette machine est refusé');
      done();
      socket.setNoDelay(true);
      resolve(socket);
    });
  });
}

const answer = (wire: Wire, timeoutMs: number, stage: ConnectFailure['stage']): Promise<Reply> =>
  new Promise((resolve, reject) => wire.expect(timeoutMs, resolve, (reason) => reject(failed(stage, reason))));

async function ask(
  wire: Wire,
  line: string,
  timeoutMs: number,
  stage: ConnectFailure['stage'],
  wanted: number,
): Promise<Reply> {
  const replied = answer(wire, timeoutMs, stage);
  wire.write(`${line}\r\n`);
  const reply = await replied;
  if (reply.code !== wanted) throw failed(stage, reply.text, reply.code);
  return reply;
}

async function ehlo(wire: Wire, transport: Transport, timeouts: Timeouts): Promise<Capabilities> {
  const name = isIP(transport.name) === 4 ? `[${transport.name}]` : transport.name;
  const { lines } = await ask(wire, `EHLO ${name}`, timeouts.command, 'ehlo', 250);
  return new Map(
    lines.slice(1).map((line) => {
      const [keyword = '', ...parameters] = line.trim().split(/[ =]/);
      return [keyword.toUpperCase(), parameters.join(' ').toUpperCase()];
    }),
  );
}

const base64 = (text: string): string => Buffer.from(text, 'utf8').toString('base64');

async function authenticate(
  wire: Wire,
  transport: Transport,
  capabilities: Capabilities,
  timeouts: Timeouts,
): Promise<void> {
  const { auth } = transport;
  if (auth === null) return;
  const offered = (capabilities.get('AUTH') ?? '').split(' ');
  const say = (line: string, wanted: number) => ask(wire, line, timeouts.command, 'auth', wanted);
  if (auth.kind === 'token') {
    if (!offered.includes('XOAUTH2')) throw failed('auth', 'le serveur ne propose pas OAuth2 (XOAUTH2)');
    await say(`AUTH XOAUTH2 ${base64(`user=${auth.user}\u0001auth=Bearer ${auth.token}\u0001\u0001`)}`, 235);
  } else if (offered.includes('PLAIN')) {
    await say(`AUTH PLAIN ${base64(`\0${auth.user}\0${auth.password}`)}`, 235);
  } else if (offered.includes('LOGIN')) {
    await say('AUTH LOGIN', 334);
    await say(base64(auth.user), 334);
    await say(base64(auth.password), 235);
  } else throw failed('auth', 'le serveur ne propose aucune connexion par mot de passe (PLAIN, LOGIN)');
}

async function greet(wire: Wire, transport: Transport, timeouts: Timeouts): Promise<Capabilities> {
  const greeting = await answer(wire, timeouts.greeting, 'greeting');
  if (greeting.code !== 220) throw failed('greeting', greeting.text, greeting.code);
  let capabilities = await ehlo(wire, transport, timeouts);
  if (transport.security === 'starttls') {
    if (!capabilities.has('STARTTLS'))
      throw failed('tls', 'le serveur ne propose pas le chiffrement (STARTTLS) : rien ne lui est envoyé en clair');
    await ask(wire, 'STARTTLS', timeouts.command, 'tls', 220);
    await wire.upgrade(tlsOptions(transport), timeouts.connect).catch((error: Error) => {
      throw failed('tls', error.message);
    });
    // What was said in clear is forgotten (RFC 3207 §4.2).
    capabilities = await ehlo(wire, transport, timeouts);
  }
  await authenticate(wire, transport, capabilities, timeouts);
  return capabilities;
}

/**
 * Connects, encrypts, signs in. A server that does not answer as it should is a value; nothing is thrown for it.
 * `tap` may stand between us and the wire, to hear what is said (a trial does).
 */
export async function openDialogue(
  transport: Transport,
  signal: AbortSignal,
  tap = (wire: Wire): Wire => wire,
): Promise<Opened | { failure: ConnectFailure }> {
  const timeouts = { ...DEFAULT_TIMEOUTS, ...transport.timeouts };
  try {
    const wire = tap(openWire(await openSocket(transport, timeouts.connect, signal)));
    const onAbort = () => wire.cut('envoi interrompu');
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      const capabilities = await greet(wire, transport, timeouts);
      return { wire, capabilities, timeouts };
    } catch (error) {
      wire.cut('connexion abandonnée');
      throw error;
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  } catch (error) {
    if (error instanceof Failed) return { failure: error.failure };
    throw error;
  }
}
