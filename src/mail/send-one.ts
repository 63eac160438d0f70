import { randomUUID } from 'node:crypto';
import MailComposer from 'nodemailer/lib/mail-composer';
import { checkHeaderValue } from './headers.ts';
import type { SendResult } from './smtp-client.ts';
import { connectSmtp } from './smtp-client.ts';
import type { Transport } from './transport.ts';

export type SingleMail = {
  from: { name: string; address: string };
  to: { name: string; address: string };
  subject: string;
  text: string;
  html?: string;
  replyTo?: string | undefined;
  /** A finished calendar file; its `method` is the file's own (CAL-05). */
  calendar?: CalendarPart | undefined;
  headers?: Record<string, string>;
  /** Given where a retry must keep the same (MAIL-42), with its angle brackets; else made here. */
  messageId?: string;
};

export type CalendarPart = { method: 'REQUEST' | 'CANCEL'; content: string };

const FILE_NAMES: Record<CalendarPart['method'], string> = { REQUEST: 'invitation.ics', CANCEL: 'annulation.ics' };

/** A finished message, composed by nodemailer, which opens no file and no address on the way. */
export async function composeOne(mail: SingleMail, date = new Date()): Promise<Buffer> {
  for (const [name, value] of [
    ['From', mail.from.name],
    ['From', mail.from.address],
    ['To', mail.to.name],
    ['To', mail.to.address],
    ['Subject', mail.subject],
    ['Reply-To', mail.replyTo ?? ''],
    ...Object.entries(mail.headers ?? {}).flatMap(
      ([key, value]) =>
        [
          [key, value],
          ['', key],
        ] as const,
    ),
  ] as const)
    checkHeaderValue(name, value);
  const composer = new MailComposer({
    from: mail.from,
    to: mail.to,
    subject: mail.subject,
    text: mail.text,
    html: mail.html,
    replyTo: mail.replyTo,
    // Twice: where mail programs read an invitation, and as the file that the others open.
    icalEvent: mail.calendar && {
      method: mail.calendar.method,
      content: mail.calendar.content,
      filename: FILE_NAMES[mail.calendar.method],
    },
    headers: mail.headers,
    date,
    messageId: mail.messageId ?? `<${randomUUID()}@${mail.from.address.slice(mail.from.address.lastIndexOf('@') + 1)}>`,
    textEncoding: 'quoted-printable',
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return composer.compile().build();
}

/**
 * Sends one mail (a code, a confirmation) over a connection of its own, with the same exact outcomes as bulk. Never
 * rejects for what a server does; throws a Refusal for a header that could carry another (MAIL-43). `beforeDot`: awaited
 * just before the server may take the message; when it rejects, nothing was sent.
 */
export async function sendOne(
  transport: Transport,
  mail: SingleMail,
  beforeDot?: () => Promise<void>,
): Promise<SendResult> {
  const data = await composeOne(mail);
  const opened = await connectSmtp(transport, new AbortController().signal);
  if ('failure' in opened) return { outcome: 'not-sent', text: opened.failure.text };
  const result = await opened.connection.send({ from: mail.from.address, to: mail.to.address, data, beforeDot });
  void opened.connection.close();
  return result;
}
