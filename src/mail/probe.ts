import { TLSSocket } from 'node:tls';
import { connectSmtp, type OutgoingMail } from './smtp-client.ts';
import type { ConnectFailure } from './smtp-handshake.ts';
import type { Reply } from './smtp-reply.ts';
import type { Wire } from './smtp-wire.ts';
import type { Transport } from './transport.ts';

/** In the order they happen; EHLO is said again once the connection is encrypted. */
export const PROBE_STEPS = [
  'connexion',
  'accueil',
  'presentation',
  'chiffrement',
  'identification',
  'expediteur',
  'destinataire',
  'contenu',
  'message',
] as const;
export type ProbeStepName = (typeof PROBE_STEPS)[number];
/** `words`: the server's own, with its code, or ours where it said nothing. */
export type ProbeStep = { name: ProbeStepName; ok: boolean; words: string };

const STEP_OF_COMMAND: readonly [RegExp, ProbeStepName | null][] = [
  [/^EHLO /, 'presentation'],
  [/^STARTTLS$/, 'chiffrement'],
  [/^MAIL FROM:/, 'expediteur'],
  [/^RCPT TO:/, 'destinataire'],
  [/^DATA$/, 'contenu'],
  [/^\.$/, 'message'],
  [/^(RSET|QUIT)$/, null],
];
const STEP_OF_STAGE: Record<ConnectFailure['stage'], ProbeStepName> = {
  connect: 'connexion',
  greeting: 'accueil',
  ehlo: 'presentation',
  tls: 'chiffrement',
  auth: 'identification',
};

/** All that is left is what AUTH says: the command, then the answers to its questions. */
const stepOf = (line: string): ProbeStepName | null => {
  const known = STEP_OF_COMMAND.find(([command]) => command.test(line));
  return known ? known[1] : 'identification';
};

/** What a service that is no mail server says is nobody's business here. */
const wordsOf = (text: string): string =>
  text.startsWith('réponse incompréhensible') ? 'ce qui répond ici n’est pas un serveur de messagerie (SMTP)' : text;

const one = (value: string | string[] | undefined): string => [value ?? ''].flat()[0] ?? '';

function certificate(socket: TLSSocket): string {
  const { subject, issuer, valid_to } = socket.getPeerCertificate();
  const until = new Date(valid_to);
  return [
    socket.getProtocol() ?? 'TLS',
    `certificat de ${one(subject?.CN) || 'nom absent'}`,
    `délivré par ${one(issuer?.O) || one(issuer?.CN) || 'inconnu'}`,
    ...(Number.isNaN(until.getTime()) ? [] : [`valable jusqu’au ${until.toISOString().slice(0, 10)}`]),
  ].join(', ');
}

/**
 * Sends one message the way bulk leaves (same client, same order), and tells each step. Never rejects for what a server
 * does. What was written is not kept: a password never stands in a step, unless the server repeats it.
 */
export async function probe(
  transport: Transport,
  mail: OutgoingMail,
  signal: AbortSignal,
): Promise<{ ok: boolean; steps: ProbeStep[] }> {
  const steps: ProbeStep[] = [];
  const add = (step: ProbeStep) => {
    // AUTH LOGIN asks twice before it answers: the last word is the one that counts.
    if (steps.at(-1)?.name === step.name) steps.pop();
    steps.push({ ...step, words: step.words.slice(0, 1000) });
  };
  const opened = await connectSmtp(transport, signal, (wire) => tapped(wire, transport, add));
  const end = (name: ProbeStepName, text: string) => {
    if (steps.at(-1)?.ok !== false) add({ name, ok: false, words: wordsOf(text) });
    return { ok: false, steps };
  };
  if ('failure' in opened) return end(STEP_OF_STAGE[opened.failure.stage], opened.failure.text);
  const result = await opened.connection.send(mail);
  await opened.connection.close();
  return result.outcome === 'accepted' ? { ok: true, steps } : end('message', result.text);
}

/** The same wire, overheard: each answer is told with the command it answers, in the order they were said. */
function tapped(wire: Wire, transport: Transport, add: (step: ProbeStep) => void): Wire {
  const said: (ProbeStepName | null)[] = ['accueil'];
  const heard = (reply: Reply) => {
    const name = said.shift();
    if (name) add({ name, ok: reply.code < 400, words: `${reply.code} ${reply.lines.join(' · ')}`.trim() });
  };
  const secured = () => {
    const socket = wire.socket();
    if (socket instanceof TLSSocket) add({ name: 'chiffrement', ok: true, words: certificate(socket) });
  };
  const address = wire.socket().remoteAddress;
  add({ name: 'connexion', ok: true, words: `${transport.host}:${transport.port}${address ? ` (${address})` : ''}` });
  secured();
  return {
    ...wire,
    write: (bytes, onFlushed) => {
      if (typeof bytes === 'string') said.push(...bytes.split('\r\n').slice(0, -1).map(stepOf));
      wire.write(bytes, onFlushed);
    },
    expect: (timeoutMs, onReply, onCut) =>
      wire.expect(
        timeoutMs,
        (reply) => {
          heard(reply);
          onReply(reply);
        },
        onCut,
      ),
    upgrade: async (options, timeoutMs) => {
      await wire.upgrade(options, timeoutMs);
      secured();
    },
  };
}
