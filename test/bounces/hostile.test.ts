import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readReturn } from '../../src/bounces/read-return.ts';
import { RETURN_CLASSES } from '../../src/bounces/schema.ts';
import { splitMbox } from '../../src/bounces/split-mbox.ts';

const SEEDS = [
  'postfix-plusieurs.eml',
  'exim-deux-adresses.eml',
  'qmail-distant-550.eml',
  'plainte-arf-abuse.eml',
  'absence-outlook-fr.eml',
  'ses-notification.eml',
  'office365-adresse-inconnue.eml',
  'boite.mbox',
].map((name) => readFileSync(new URL(`../fixtures/bounces/${name}`, import.meta.url)));

async function expectRead(mail: Buffer, ms = 1500): Promise<void> {
  const started = performance.now();
  const reading = await readReturn(mail);
  expect(RETURN_CLASSES).toContain(reading.class);
  expect(reading.recipients.length).toBeLessThanOrEqual(200);
  expect(reading.words.length).toBeLessThanOrEqual(500);
  expect(() => JSON.stringify(reading)).not.toThrow();
  expect(performance.now() - started).toBeLessThan(ms);
}

const header = 'From: MAILER-DAEMON@x.example\nSubject: Undelivered Mail\nReturn-Path: <>\n';

describe('MAIL-31: no mail, malformed or hostile, crashes the reader or keeps it busy', () => {
  test('any bytes', () =>
    fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 2000 }), (bytes) => expectRead(Buffer.from(bytes))),
      { numRuns: 200 },
    ));

  test('real returns with bytes changed, cut out, doubled or cut short', () =>
    fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...SEEDS),
        fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.integer({ min: 0, max: 3 }), fc.nat(255)), {
          maxLength: 12,
        }),
        async (seed, edits) => {
          let mail = Buffer.from(seed);
          for (const [where, what, byte] of edits) {
            const at = Math.floor(where * mail.length);
            if (what === 0 && at < mail.length) mail[at] = byte;
            if (what === 1) mail = Buffer.concat([mail.subarray(0, at), mail.subarray(at + byte)]);
            if (what === 2) mail = Buffer.concat([mail.subarray(0, at), mail.subarray(Math.max(0, at - byte))]);
            if (what === 3) mail = mail.subarray(0, Math.max(1, at));
          }
          await expectRead(mail);
        },
      ),
      { numRuns: 200 },
    ));

  test('returns made of the very words the reader looks for, in any order', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.constantFrom(
            'mailbox ',
            'user ',
            'unknown ',
            '550 ',
            '5.1.1 ',
            '<a@b.example>',
            ':',
            '\n',
            '\n\n',
            'not ',
            'Final-Recipient: rfc822; ',
            'Action: ',
            'failed',
            'Status: ',
            '"emailAddress":"',
            '"notificationType":"Bounce"',
            'Received: from ',
            '(',
            '[',
            '\t',
            'é',
            '--',
            'sender ',
            'domain ',
            '@',
            '.',
            'Diagnostic-Code: smtp; ',
            'To: ',
            'over quota',
            '<',
            '&lt;',
            'From x 10:00\n',
          ),
          { maxLength: 400 },
        ),
        (words) => expectRead(Buffer.from(header + words.join(''))),
      ),
      { numRuns: 200 },
    ));

  test('megabytes of one line, of addresses, of headers, of recipients', async () => {
    const mega = 8 * 1024 * 1024;
    await expectRead(Buffer.from(`${header}\n${'a'.repeat(mega)}`), 3000);
    await expectRead(Buffer.from(`${header}\n${'a@b.example '.repeat(mega / 12)}`), 3000);
    await expectRead(Buffer.from(`${'X-H: v\n'.repeat(mega / 7)}\nbody`), 3000);
    await expectRead(Buffer.from(`X-H: ${'v'.repeat(mega)}\n\nbody`), 3000);
    const block = 'Final-Recipient: rfc822; a@b.example\nAction: failed\nStatus: 5.1.1\n\n';
    const report = `${header}Content-Type: multipart/report; boundary=B\n\n--B\nContent-Type: message/delivery-status\n\n`;
    await expectRead(Buffer.from(report + block.repeat(mega / block.length)), 3000);
    await expectRead(
      Buffer.from(`${header}Content-Type: text/html\n\n${'<'.repeat(mega / 2)}${'<b '.repeat(100_000)}`),
      3000,
    );
    await expectRead(Buffer.from(`${header}\n${'mailbox user '.repeat(100_000)}`), 3000);
    await expectRead(Buffer.from(`${header}\n${'\n'.repeat(1_000_000)}`), 3000);
    await expectRead(Buffer.from(`${header}\n${'> '.repeat(200_000)}`), 3000);
  });

  test('parts nested fifty and five thousand deep', async () => {
    for (const depth of [50, 5000]) {
      let mail = header;
      for (let i = 0; i < depth; i++) mail += `Content-Type: multipart/mixed; boundary=b${i}\n\n--b${i}\n`;
      await expectRead(Buffer.from(`${mail}Content-Type: text/plain\n\n550 5.1.1 user unknown`), 3000);
    }
    await expectRead(Buffer.from('Content-Type: message/rfc822\n\n'.repeat(5000)), 3000);
  });

  test('encodings that lie, charsets that do not exist, NUL and control characters', async () => {
    for (const mail of [
      'Content-Transfer-Encoding: base64\n\n=!!!=é==',
      'Content-Type: text/plain; charset=inexistant\n\n550 user unknown',
      'Content-Transfer-Encoding: quoted-printable\n\n=ZZ=\n=3',
      'Subject: =?x?q?=?= =?utf-8?B?////?=\n\n\u0000\u0001\u0002',
      'Content-Type: multipart/report; boundary=\n\n--\n----',
    ])
      await expectRead(Buffer.from(header + mail));
  });

  test('a report whose MIME is broken beyond repair is still read where it can be', async () => {
    let nested = header;
    for (let i = 0; i < 300; i++) nested += `Content-Type: multipart/mixed; boundary=b${i}\n\n--b${i}\n`;
    const reading = await readReturn(
      Buffer.from(`${nested}\n\nFinal-Recipient: rfc822; a@b.example\nAction: failed\nStatus: 5.1.1\n`),
    );
    expect(reading).toMatchObject({ class: 'hard', recipients: [{ address: 'a@b.example' }] });
  });
});

test('an mbox is split at its own lines only: « From » in a body, or a file that is no mbox, is left whole', () => {
  const one = 'From: a@b.example\nSubject: x\n\nBonjour\n\nFrom x Mon Nov 16 09:00:00 2026\n';
  expect(splitMbox(Buffer.from(one))).toHaveLength(1);
  const box = `From MAILER-DAEMON Mon Nov 16 09:00:00 2026\nSubject: 1\n\nFrom here on.\n\nFrom b@c.example Mon Nov 16 09:01:00 2026\nSubject: 2\n\n`;
  expect(splitMbox(Buffer.from(box)).map((m) => /Subject: (\d)/.exec(m.toString())?.[1])).toEqual(['1', '2']);
  expect(splitMbox(Buffer.alloc(0))).toHaveLength(1);
});
