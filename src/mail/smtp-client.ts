import { domainToASCII } from 'node:url';
import { dotStuffed } from './dot-stuffed.ts';
import type { Capabilities, ConnectFailure, Opened } from './smtp-handshake.ts';
import { openDialogue } from './smtp-handshake.ts';
import type { Reply } from './smtp-reply.ts';
import type { Wire } from './smtp-wire.ts';
import type { Transport } from './transport.ts';

/**
 * One envelope, one recipient (MAIL-24). `from` empty: the null sender. `data`: a finished message with CRLF. `dotless`: no
 * line of it begins with a dot and it ends with CRLF, so that it need not be read once more (a tenth of the sending).
 */
export type OutgoingMail = {
  from: string;
  to: string;
  data: Buffer;
  dotless?: boolean;
  /** Awaited once all but the final dot has left; when it rejects, the dot is not said and the connection is cut. */
  beforeDot?: (() => Promise<void>) | undefined;
};

/** The server's answer, or why there is none. `enhanced` is RFC 3463's, e.g. `5.1.1`. */
export type SendResult =
  | { outcome: 'accepted'; code: number; text: string }
  | { outcome: 'temporary' | 'permanent'; code: number; enhanced: string | null; text: string }
  /** The final dot was certainly not sent: sending again cannot repeat it. */
  | { outcome: 'not-sent'; text: string }
  /** Cut after the final dot may have left: the server may have the message. Never sent again by itself. */
  | { outcome: 'unknown'; text: string };

export type SmtpConnection = {
  /** Queues a message; resolves with its fate, never rejects. Several may wait: they are pipelined in order. */
  send: (mail: OutgoingMail) => Promise<SendResult>;
  /** Takes no more, lets the queue end, says QUIT. */
  close: () => Promise<void>;
  /** Resolves with the reason once the connection has ended, whoever ended it. */
  ended: Promise<string>;
};

const BLOCK = 256 * 1024;
const QUIT_MS = 2000;

const refused = (reply: Pick<Reply, 'code' | 'enhanced' | 'text'>): SendResult => ({
  outcome: reply.code >= 500 ? 'permanent' : 'temporary',
  code: reply.code,
  enhanced: reply.enhanced,
  text: reply.text,
});
const refusedHere = (code: number, enhanced: string, text: string): SendResult => refused({ code, enhanced, text });

// biome-ignore lint/suspicious/noControlCharactersInRegex: refusing them is the point (MAIL-43)
const UNWRITABLE = /[\u0000-\u0020\u007f<>]/;

const PLAIN_DOMAIN = /^[a-z0-9-]+(?:\.[a-z0-9-]+)+$/;
const asciiDomain = (domain: string): string => (PLAIN_DOMAIN.test(domain) ? domain : domainToASCII(domain));

type Address = { path: string; utf8: boolean };

/** An address as it stands in an envelope, or null when it cannot (MAIL-43). */
function envelopeAddress(address: string): Address | null {
  if (address === '') return { path: '<>', utf8: false };
  const at = address.lastIndexOf('@');
  const local = address.slice(0, at);
  const domain = asciiDomain(address.slice(at + 1));
  if (at < 1 || domain === '' || Buffer.byteLength(local) > 64 || domain.length > 255 || UNWRITABLE.test(local))
    return null;
  return { path: `<${local}@${domain}>`, utf8: !/^[!-~]+$/.test(local) };
}

/** The MAIL and RCPT lines, or the refusal that spares the server the question. */
function envelopeOf(mail: OutgoingMail, offered: Capabilities): { mail: string; rcpt: string } | SendResult {
  const from = envelopeAddress(mail.from);
  const to = mail.to === '' ? null : envelopeAddress(mail.to);
  if (from === null)
    return refusedHere(553, '5.1.7', 'L’adresse de l’expéditeur ne peut pas être écrite dans une enveloppe.');
  if (to === null)
    return refusedHere(553, '5.1.3', 'L’adresse du destinataire ne peut pas être écrite dans une enveloppe.');
  const utf8 = from.utf8 || to.utf8;
  if (utf8 && !offered.has('SMTPUTF8'))
    return refusedHere(553, '5.6.7', 'Le serveur n’accepte pas d’accents dans une adresse (SMTPUTF8).');
  const limit = Number(offered.get('SIZE') ?? 0);
  if (limit > 0 && mail.data.length > limit)
    return refusedHere(552, '5.3.4', `Le message pèse ${mail.data.length} octets ; le serveur en accepte ${limit}.`);
  const size = offered.has('SIZE') ? ` SIZE=${mail.data.length}` : '';
  return { mail: `MAIL FROM:${from.path}${size}${utf8 ? ' SMTPUTF8' : ''}\r\n`, rcpt: `RCPT TO:${to.path}\r\n` };
}

type Job = {
  data: Buffer;
  dotless: boolean;
  beforeDot: OutgoingMail['beforeDot'];
  mail: string;
  rcpt: string;
  settle: (result: SendResult) => void;
  refusedAt: 'mail' | 'rcpt' | null;
  dotMayHaveLeft: boolean;
};
/** One command; its reply decides whether the next is said (pipelined, all are). */
type Step = { line: string; timeoutMs: number; onReply: (reply: Reply) => boolean };

/** The dialogue of a signed-in connection: at most one message past its final dot, and one whose envelope is out. */
function converse({ wire, capabilities, timeouts }: Opened, signal: AbortSignal): SmtpConnection {
  const pipelining = capabilities.has('PIPELINING');
  const queue: Job[] = [];
  const unsettled = new Set<Job>();
  let envelope: Job | null = null;
  let dotted = false;
  let needsReset = false;
  let closing = false;
  let quitting = false;

  const settle = (job: Job, result: SendResult) => {
    if (unsettled.delete(job)) job.settle(result);
  };

  const issue = (steps: Step[], prefix = '') => {
    const [first, ...rest] = steps;
    if (!first) return;
    if (pipelining) {
      for (const step of steps) wire.expect(step.timeoutMs, step.onReply);
      return wire.write(prefix + steps.map((step) => step.line).join(''));
    }
    wire.expect(first.timeoutMs, (reply) => {
      if (first.onReply(reply)) issue(rest);
    });
    wire.write(prefix + first.line);
  };

  const quit = () => {
    quitting = true;
    wire.expect(QUIT_MS, () => wire.cut('connexion terminée'));
    wire.write('QUIT\r\n');
  };

  /** Starts the next envelope as soon as none is out; `prefix` is the final dot it may travel with (RFC 2920). */
  const pump = (prefix = '') => {
    const next = envelope === null && (pipelining || !dotted) ? queue.shift() : undefined;
    if (next === undefined) {
      if (prefix !== '') wire.write(prefix);
      if (closing && !quitting && !dotted && envelope === null) quit();
      return;
    }
    envelope = next;
    const reset: Step = { line: 'RSET\r\n', timeoutMs: timeouts.command, onReply: onReset };
    issue([...(needsReset ? [reset] : []), ...stepsOf(next)], prefix);
    needsReset = false;
  };

  const onReset = (reply: Reply): boolean => {
    if (reply.code !== 250) wire.cut(`RSET refusé : ${reply.code} ${reply.text}`);
    return reply.code === 250;
  };

  const stepsOf = (job: Job): Step[] => {
    const envelopeReply =
      (at: 'mail' | 'rcpt') =>
      (reply: Reply): boolean => {
        if (reply.code >= 200 && reply.code < 300) return true;
        job.refusedAt ??= at;
        settle(job, refused(reply));
        if (!pipelining) leave();
        return false;
      };
    return [
      { line: job.mail, timeoutMs: timeouts.command, onReply: envelopeReply('mail') },
      { line: job.rcpt, timeoutMs: timeouts.command, onReply: envelopeReply('rcpt') },
      { line: 'DATA\r\n', timeoutMs: timeouts.data, onReply: (reply) => onData(job, reply) },
    ];
  };

  /** The transaction ends without a dot: the server must forget its sender before the next. */
  const leave = () => {
    envelope = null;
    needsReset = true;
    pump();
  };

  const onData = (job: Job, reply: Reply): boolean => {
    if (reply.code === 354 && job.refusedAt === null) sendBody(job);
    else if (reply.code === 354 && job.refusedAt === 'rcpt') {
      // A server that reads a message for nobody: an empty one ends the transaction (RFC 2920 §3.1).
      dotted = true;
      wire.expect(timeouts.end, () => {
        dotted = false;
        pump();
      });
      envelope = null;
      pump('.\r\n');
    } else if (reply.code < 400) {
      // 354 after a refused sender, or no sense at all: nothing sent from here on would be safe.
      wire.cut(`réponse inattendue à DATA : ${reply.code} ${reply.text}`);
    } else {
      settle(job, refused(reply));
      leave();
    }
    return false;
  };

  const sendBody = (job: Job) => {
    dotted = true;
    wire.expect(timeouts.block, (reply) => onEnd(job, reply));
    const finish = () => {
      job.dotMayHaveLeft = true;
      wire.patience(timeouts.end);
      envelope = null;
      pump('.\r\n');
    };
    const { beforeDot } = job;
    const last = beforeDot === undefined ? finish : () => void askedBefore(beforeDot, finish);
    // The dot is handed over only when all before it has left: a cut until then is certainly 'not-sent'.
    const block = (rest: Buffer) => {
      wire.write(rest.subarray(0, BLOCK), () => {
        if (rest.length <= BLOCK) return last();
        wire.patience(timeouts.block);
        block(rest.subarray(BLOCK));
      });
    };
    block(job.dotless ? job.data : dotStuffed(job.data));
  };

  const askedBefore = async (beforeDot: () => Promise<void>, finish: () => void): Promise<void> => {
    try {
      await beforeDot();
    } catch (error) {
      return wire.cut((error as Error).message);
    }
    // Cut meanwhile, the message is `not-sent` already: nothing of it may count as sent after that.
    if (wire.ended() === null) finish();
  };

  const onEnd = (job: Job, reply: Reply) => {
    const early = !job.dotMayHaveLeft;
    if (reply.code >= 400) settle(job, refused(reply));
    else if (reply.code >= 300 || early)
      settle(job, { outcome: 'unknown', text: `réponse inattendue : ${reply.code} ${reply.text}` });
    else settle(job, { outcome: 'accepted', code: reply.code, text: reply.text });
    if (early) return wire.cut(`réponse avant la fin du message : ${reply.code} ${reply.text}`);
    dotted = false;
    pump();
  };

  const ended = new Promise<string>((resolve) => {
    wire.onCut((text) => {
      signal.removeEventListener('abort', onAbort);
      for (const job of [...unsettled])
        settle(job, job.dotMayHaveLeft ? { outcome: 'unknown', text } : { outcome: 'not-sent', text });
      resolve(text);
    });
  });
  const onAbort = () => wire.cut('envoi interrompu');
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) onAbort();

  return {
    send: (mail) =>
      new Promise((resolve) => {
        const over = wire.ended() ?? (closing ? 'la connexion se ferme' : null);
        if (over !== null) return resolve({ outcome: 'not-sent', text: over });
        const lines = envelopeOf(mail, capabilities);
        if ('outcome' in lines) return resolve(lines);
        const job: Job = {
          ...lines,
          data: mail.data,
          dotless: mail.dotless === true,
          beforeDot: mail.beforeDot,
          settle: resolve,
          refusedAt: null,
          dotMayHaveLeft: false,
        };
        unsettled.add(job);
        queue.push(job);
        pump();
      }),
    close: async () => {
      closing = true;
      if (wire.ended() === null) pump();
      await ended;
    },
    ended,
  };
}

/**
 * Opens a connection for many messages. A server that cannot be reached, encrypted or signed in to is a value; after
 * that, everything a server can do is a `SendResult`. Aborting the signal cuts at once: what was past its final dot is
 * `unknown`, the rest `not-sent`.
 */
export async function connectSmtp(
  transport: Transport,
  signal: AbortSignal,
  tap?: (wire: Wire) => Wire,
): Promise<{ connection: SmtpConnection } | { failure: ConnectFailure }> {
  const opened = await openDialogue(transport, signal, tap);
  return 'failure' in opened ? opened : { connection: converse(opened, signal) };
}
