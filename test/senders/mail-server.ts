import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { afterAll } from 'vitest';

const file = (name: string) => readFileSync(new URL(`../mail/fixtures/${name}`, import.meta.url));
/** For `localhost`, and vouched for by nobody. */
export const SELF_SIGNED = { key: file('localhost.key'), cert: file('localhost.crt') };

export type MailServer = { port: number; received: { from: string; to: string; raw: Buffer }[] };

/** A real mail server on this machine, closed at the end of the file. */
export async function mailServer(options: SMTPServerOptions = {}): Promise<MailServer> {
  const received: MailServer['received'] = [];
  const server = new SMTPServer({
    name: 'smtp.essai',
    banner: 'bienvenue a l essai',
    logger: false,
    disableReverseLookup: true,
    authOptional: true,
    closeTimeout: 100,
    disabledCommands: ['STARTTLS'],
    allowInsecureAuth: true,
    onData: (stream, session, done) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const from = session.envelope.mailFrom === false ? '' : session.envelope.mailFrom.address;
        for (const to of session.envelope.rcptTo) received.push({ from, to: to.address, raw: Buffer.concat(chunks) });
        done();
      });
    },
    ...options,
  });
  // A client that refuses the certificate hangs up: nothing to hear about.
  server.on('error', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  afterAll(() => new Promise<void>((resolve) => server.close(() => resolve())));
  return { port: (server.server.address() as AddressInfo).port, received };
}

/** Knows one user. */
export const accepts =
  (user: string, secret: string, words?: string): NonNullable<SMTPServerOptions['onAuth']> =>
  (auth, _, done) => {
    const given = auth.method === 'XOAUTH2' ? auth.accessToken : auth.password;
    if (auth.username === user && given === secret) done(null, { user });
    else done(Object.assign(new Error(words ?? 'Invalid username or password'), { responseCode: 535 }));
  };
