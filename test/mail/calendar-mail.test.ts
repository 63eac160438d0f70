import PostalMime from 'postal-mime';
import { expect, test } from 'vitest';
import { composeOne, type SingleMail } from '../../src/mail/send-one.ts';
import { CALENDAR_CASES } from '../webinars/calendar-cases.ts';

const LETTER: SingleMail = {
  from: { name: 'OPCO de test', address: 'lettre@opco.example' },
  to: { name: '', address: 'lea.petit@fibre.example' },
  subject: 'Inscription confirmée : « Les outils »',
  text: 'Bonjour Léa,\n\nhttps://reunion.example/salle\n',
  html: '<!doctype html><html lang="fr"><body><p>Bonjour Léa,</p></body></html>',
  replyTo: 'webinaires@opco.example',
};

type Part = { type: string; parameters: string; headers: string; parts: Part[]; body: string };

/** A message as its boundaries cut it, with nothing understood on the way. */
function treeOf(raw: string): Part {
  const end = raw.indexOf('\r\n\r\n');
  const headers = raw.slice(0, end).replace(/\r\n[ \t]+/g, ' ');
  const body = raw.slice(end + 4);
  const [, type = '', parameters = ''] = /^Content-Type: ([^;\r\n]+)(.*)$/im.exec(headers) ?? [];
  const boundary = /boundary="([^"]+)"/.exec(parameters)?.[1];
  const parts = boundary
    ? body
        .split(`--${boundary}`)
        .slice(1, -1)
        .map((p) => treeOf(p.slice(2, -2)))
    : [];
  return { type, parameters, headers, parts, body };
}
const shape = ({ type, parts }: Part): string => (parts.length > 0 ? `${type}(${parts.map(shape).join(', ')})` : type);

/** What a quoted-printable or base64 part holds, as bytes. */
function decoded({ headers, body }: Part): Buffer {
  const encoding = /^Content-Transfer-Encoding: (\S+)/im.exec(headers)?.[1];
  if (encoding === 'base64') return Buffer.from(body, 'base64');
  if (encoding !== 'quoted-printable') return Buffer.from(body, 'latin1');
  const plain = body
    .replace(/=\r\n/g, '')
    .replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(plain, 'latin1');
}

test.each(CALENDAR_CASES)(
  'an invitation is mixed(alternative(plain, html, calendar), ics): $file (CAL-05)',
  async ({ made }) => {
    const raw = (await composeOne({ ...LETTER, calendar: made })).toString('latin1');
    const tree = treeOf(raw);
    expect(shape(tree)).toBe(
      'multipart/mixed(multipart/alternative(text/plain, text/html, text/calendar), application/ics)',
    );
    const [alternative, file] = tree.parts as [Part, Part];
    const calendar = alternative.parts[2] as Part;
    expect(calendar.parameters).toMatch(/charset=utf-8/i);
    expect(calendar.parameters).toMatch(new RegExp(`; method=${made.method}(;|$)`));
    expect(made.content).toContain(`\r\nMETHOD:${made.method}\r\n`);
    // The very bytes, CRLF and accents, in both places.
    expect(decoded(calendar).toString('utf8')).toBe(made.content);
    expect(decoded(file).toString('utf8')).toBe(made.content);
    expect(file.headers).toMatch(/^Content-Disposition: attachment; filename=(invitation|annulation)\.ics$/im);
    expect(calendar.headers).not.toMatch(/^Content-Disposition: attachment/im);
    for (const line of raw.split('\r\n')) expect(line.length).toBeLessThanOrEqual(998);
  },
);

test('a mail program finds the text, the page and one calendar with its method (CAL-05)', async () => {
  const [first] = CALENDAR_CASES;
  const mail = await PostalMime.parse(await composeOne({ ...LETTER, ...(first && { calendar: first.made }) }), {
    attachmentEncoding: 'utf8',
  });
  expect(mail.text).toContain('Bonjour Léa,');
  expect(mail.html).toContain('Bonjour Léa,');
  expect(mail.replyTo).toEqual([{ name: '', address: 'webinaires@opco.example' }]);
  // It gives texts its own line ends.
  const content = first?.made.content.replaceAll('\r\n', '\n');
  expect(
    mail.attachments.map((a) => [a.mimeType, a.method ?? null, String(a.content).replaceAll('\r\n', '\n')]),
  ).toEqual([
    ['text/calendar', 'REQUEST', content],
    ['application/ics', null, content],
  ]);
});

test('without a calendar nothing is attached', async () => {
  const tree = treeOf((await composeOne(LETTER)).toString('latin1'));
  expect(shape(tree)).toBe('multipart/alternative(text/plain, text/html)');
});

test('an address to reply to that holds a line break is refused (MAIL-43)', async () => {
  await expect(composeOne({ ...LETTER, replyTo: 'a@b.fr\r\nBcc: tous@exemple.fr' })).rejects.toMatchObject({
    code: 'header_control',
  });
});
