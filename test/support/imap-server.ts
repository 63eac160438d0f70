// A mailbox of one folder behind just enough IMAP4rev1 (RFC 3501) for a client that reads what is unread: no image with
// a real server can be had on every machine that runs these tests.
import { createServer, type Socket } from 'node:net';

export type Mail = { uid: number; raw: Buffer; seen: boolean };
export type ImapServer = {
  port: number;
  mails: Mail[];
  /** How many commands of each kind came. */
  commands: Map<string, number>;
  deliver: (...raw: Buffer[]) => void;
  close: () => Promise<void>;
};

/** `cutAfter`: hangs up at the nth FETCH, as a network does. */
export async function startImap(options: { user: string; password: string; cutAfter?: number }): Promise<ImapServer> {
  const mails: Mail[] = [];
  const commands = new Map<string, number>();
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    socket.write('* OK [CAPABILITY IMAP4rev1] prêt\r\n');
    let rest = '';
    socket.on('data', (chunk) => {
      rest += chunk.toString('latin1');
      for (let end = rest.indexOf('\r\n'); end !== -1; end = rest.indexOf('\r\n')) {
        answer(socket, rest.slice(0, end));
        rest = rest.slice(end + 2);
      }
    });
  });

  function answer(socket: Socket, line: string): void {
    const [, tag = '*', command = ''] = /^(\S+) ((?:UID )?\S+)/i.exec(line) ?? [];
    const name = command.toUpperCase();
    const times = (commands.get(name) ?? 0) + 1;
    commands.set(name, times);
    const ok = (...lines: (string | Buffer)[]) => {
      for (const l of lines) socket.write(l);
      socket.write(`${tag} OK fait\r\n`);
    };
    switch (name) {
      case 'CAPABILITY':
        return ok('* CAPABILITY IMAP4rev1\r\n');
      case 'LOGIN':
        if (
          line.includes(`"${options.user}" "${options.password}"`) ||
          line.endsWith(` ${options.user} ${options.password}`)
        )
          return ok();
        return void socket.write(`${tag} NO [AUTHENTICATIONFAILED] refus\r\n`);
      case 'LIST':
        return ok('* LIST (\\HasNoChildren) "/" INBOX\r\n');
      case 'SELECT':
        if (!/INBOX/i.test(line)) return void socket.write(`${tag} NO [NONEXISTENT] pas de ce dossier\r\n`);
        return ok(
          `* ${mails.length} EXISTS\r\n* FLAGS (\\Seen)\r\n* OK [UIDVALIDITY 1] x\r\n* OK [UIDNEXT ${mails.length + 1}] x\r\n`,
        );
      case 'UID SEARCH':
        return ok(
          `* SEARCH ${mails
            .filter((m) => !m.seen)
            .map((m) => m.uid)
            .join(' ')}\r\n`,
        );
      case 'UID FETCH': {
        if (options.cutAfter !== undefined && times > options.cutAfter) return void socket.destroy();
        const uid = Number(/UID FETCH (\d+)/i.exec(line)?.[1]);
        const at = mails.findIndex((m) => m.uid === uid);
        if (at === -1) return ok();
        const max = Number(/BODY\.PEEK\[\]<0\.(\d+)>/i.exec(line)?.[1] ?? Number.POSITIVE_INFINITY);
        const raw = mails[at]!.raw.subarray(0, max);
        const item = max === Number.POSITIVE_INFINITY ? 'BODY[]' : 'BODY[]<0>';
        return ok(`* ${at + 1} FETCH (UID ${uid} ${item} {${raw.length}}\r\n`, raw, ')\r\n');
      }
      case 'UID STORE': {
        const mail = mails.find((m) => m.uid === Number(/UID STORE (\d+)/i.exec(line)?.[1]));
        if (mail && /\\Seen/.test(line)) mail.seen = true;
        return ok();
      }
      case 'LOGOUT':
        socket.write('* BYE\r\n');
        return ok();
      default:
        return ok();
    }
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    port: address.port,
    mails,
    commands,
    deliver: (...raw) => {
      for (const one of raw) mails.push({ uid: mails.length + 1, raw: one, seen: false });
    },
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}
