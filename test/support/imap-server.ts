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
    commands.set(name, (commands.get(name) ?? 0) + 1);
    const said = replyTo(name, line);
    if (said === 'cut') return void socket.destroy();
    for (const data of said.data ?? []) socket.write(data);
    socket.write(`${tag} ${said.end ?? 'OK fait'}\r\n`);
  }

  function replyTo(name: string, line: string): { data?: (string | Buffer)[]; end?: string } | 'cut' {
    const mail = mails.find((m) => m.uid === Number(/^\S+ UID \S+ (\d+)/i.exec(line)?.[1]));
    switch (name) {
      case 'CAPABILITY':
        return { data: ['* CAPABILITY IMAP4rev1\r\n'] };
      case 'LOGIN':
        return line.includes(options.user) && line.includes(options.password)
          ? {}
          : { end: 'NO [AUTHENTICATIONFAILED] refus' };
      case 'LIST':
        return { data: /INBOX/i.test(line) ? ['* LIST (\\HasNoChildren) "/" INBOX\r\n'] : [] };
      case 'SELECT':
        return /INBOX/i.test(line)
          ? { data: [`* ${mails.length} EXISTS\r\n* FLAGS (\\Seen)\r\n* OK [UIDVALIDITY 1] x\r\n`] }
          : { end: 'NO [NONEXISTENT] pas de ce dossier' };
      case 'UID SEARCH':
        return { data: [`* SEARCH ${mails.flatMap((m) => (m.seen ? [] : [m.uid])).join(' ')}\r\n`] };
      case 'UID FETCH': {
        if ((commands.get(name) ?? 0) > (options.cutAfter ?? Number.POSITIVE_INFINITY)) return 'cut';
        if (!mail) return {};
        const max = /BODY\.PEEK\[\]<0\.(\d+)>/i.exec(line)?.[1];
        const raw = mail.raw.subarray(0, max === undefined ? undefined : Number(max));
        const item = max === undefined ? 'BODY[]' : 'BODY[]<0>';
        return {
          data: [`* ${mails.indexOf(mail) + 1} FETCH (UID ${mail.uid} ${item} {${raw.length}}\r\n`, raw, ')\r\n'],
        };
      }
      case 'UID STORE':
        if (mail && /\\Seen/.test(line)) mail.seen = true;
        return {};
      case 'LOGOUT':
        return { data: ['* BYE\r\n'] };
      default:
        return {};
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
