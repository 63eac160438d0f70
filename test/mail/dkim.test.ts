import { createHash, createPublicKey, generateKeyPairSync, verify } from 'node:crypto';
import { expect, test } from 'vitest';
import { readDkimKey, selfTest, signMessage } from '../../src/mail/dkim.ts';
import { mailbox } from '../../src/mail/headers.ts';
import { compileSkeleton, prepare, slot, splice } from '../../src/mail/skeleton.ts';

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const key = readDkimKey({ domain: 'exemple.fr', selector: 'pv1', pem });

const message = splice(
  prepare(
    compileSkeleton({
      headers: [
        ['From', mailbox('Réseau Été', 'lettre@exemple.fr')],
        ['To', slot('to')],
        ['Subject', 'L’été des compétences  à'],
        ['Date', slot('date')],
        ['Message-ID', slot('messageId')],
        ['List-ID', mailbox('Lettre', 'lettre.exemple.fr').replace('"Lettre" ', 'Lettre ')],
        ['List-Unsubscribe', `<${slot('unsubscribe')}>, <mailto:stop@exemple.fr>`],
        ['List-Unsubscribe-Post', 'List-Unsubscribe=One-Click'],
        ['Feedback-ID', 'c1:o1:newsletter:portevoix'],
        ['Auto-Submitted', 'auto-generated'],
      ],
      text: `Bonjour  ${slot('greeting')}\n\n\n`,
      html: '<p>à</p>',
    }),
  ),
  {
    to: 'lea@exemple.fr',
    date: 'Sun, 22 Nov 2026 10:00:00 +0000',
    messageId: '<1@exemple.fr>',
    unsubscribe: 'https://exemple.fr/d/abc',
    greeting: 'Léa',
  },
);

/** RFC 6376 §6, written apart from what signs: whole message in, the covered names out, or the step that fails. */
function verifyDkim(
  raw: Buffer,
  publicKey: string,
): { ok: boolean; why: string; covered: string[]; tags: Record<string, string> } {
  const source = raw.toString('latin1');
  const [, head = '', body = ''] = /^([\s\S]*?)\r\n\r\n([\s\S]*)$/.exec(source) ?? [];
  const fields: string[] = [];
  for (const line of head.split('\r\n')) {
    if (/^[ \t]/.test(line)) fields[fields.length - 1] += `\r\n${line}`;
    else fields.push(line);
  }
  const signature = fields.find((field) => /^dkim-signature:/i.test(field)) ?? '';
  const tags = Object.fromEntries(
    signature
      .slice(signature.indexOf(':') + 1)
      .split(';')
      .map((tag) => {
        const at = tag.indexOf('=');
        return [tag.slice(0, at).trim(), tag.slice(at + 1).replace(/[ \t\r\n]/g, '')];
      }),
  ) as Record<string, string>;
  const covered = (tags.h ?? '').toLowerCase().split(':');
  const fail = (why: string) => ({ ok: false, why, covered, tags });
  if (tags.v !== '1' || tags.a !== 'rsa-sha256' || tags.c !== 'relaxed/simple') return fail('tags');
  const canonicalBody = `${body.replace(/(\r\n)*$/, '')}\r\n`;
  if (createHash('sha256').update(canonicalBody, 'latin1').digest('base64') !== tags.bh) return fail('body hash');
  const relaxedField = (field: string) => {
    const at = field.indexOf(':');
    const value = field
      .slice(at + 1)
      .replaceAll('\r\n', '')
      .replace(/[ \t]+/g, ' ')
      .replace(/^[ ]|[ ]$/g, '');
    return `${field.slice(0, at).toLowerCase()}:${value}`;
  };
  const left = fields.filter((field) => field !== signature);
  let signed = '';
  for (const name of covered) {
    // Each mention takes the next instance from the bottom; a mention too many takes nothing (§5.4.2).
    const at = left.findLastIndex((field) => field.slice(0, field.indexOf(':')).toLowerCase() === name);
    if (at >= 0) signed += `${relaxedField(left.splice(at, 1)[0] ?? '')}\r\n`;
  }
  signed += relaxedField(signature.replace(/([;\s]b=)[^;]*$/, '$1'));
  const spki = createPublicKey({ key: Buffer.from(publicKey, 'base64'), type: 'spki', format: 'der' });
  return {
    ok: verify('sha256', Buffer.from(signed, 'latin1'), spki, Buffer.from(tags.b ?? '', 'base64')),
    why: 'signature',
    covered,
    tags,
  };
}

test('MAIL-01: the signature verifies apart, and covers what RFC 8058 and Gmail ask for', async () => {
  const published = await selfTest(key);
  const signed = await signMessage(message, key);
  const result = verifyDkim(signed, published);
  expect(result).toMatchObject({ ok: true, tags: { d: 'exemple.fr', s: 'pv1' } });
  for (const name of [
    'from',
    'to',
    'subject',
    'date',
    'message-id',
    'mime-version',
    'content-type',
    'list-id',
    'list-unsubscribe',
    'list-unsubscribe-post',
    'feedback-id',
    'auto-submitted',
  ])
    expect(result.covered).toContain(name);
  expect(signed.subarray(-message.length)).toEqual(message);
  expect(
    Math.max(
      ...signed
        .toString('latin1')
        .split('\r\n')
        .map((line) => line.length),
    ),
  ).toBeLessThanOrEqual(78);
});

test.each([
  ['the body', (raw: string) => raw.replace('Bonjour', 'Bonsoir')],
  ['an unsubscribe address', (raw: string) => raw.replace('/d/abc', '/d/abd')],
  ['a second From', (raw: string) => raw.replace('\r\nTo:', '\r\nFrom: autre@exemple.fr\r\nTo:')],
])('%s changed on the way breaks the signature', async (_, change) => {
  const published = await selfTest(key);
  const signed = (await signMessage(message, key)).toString('latin1');
  expect(change(signed)).not.toBe(signed);
  expect(verifyDkim(Buffer.from(change(signed), 'latin1'), published).ok).toBe(false);
});

test('a header refolded, and bytes beyond ASCII, still verify', async () => {
  const utf8 = Buffer.from('From: a@exemple.fr\r\nSubject: voilà\r\n à  la fin à\r\n\r\n');
  const signed = await signMessage(utf8, key);
  expect(verifyDkim(signed, await selfTest(key)).ok).toBe(true);
  const refolded = Buffer.from(signed.toString('latin1').replace('\r\nSubject: ', '\r\nSUBJECT:\t  '), 'latin1');
  expect(verifyDkim(refolded, await selfTest(key)).ok).toBe(true);
});

test('a key that would sign nothing is refused at start: Ed25519, RSA-1024, no key', () => {
  const given = (text: string) => () => readDkimKey({ domain: 'exemple.fr', selector: 'pv1', pem: text });
  const ed25519 = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const short = generateKeyPairSync('rsa', { modulusLength: 1024 })
    .privateKey.export({ type: 'pkcs8', format: 'pem' })
    .toString();
  expect(given(ed25519)).toThrow(
    expect.objectContaining({ code: 'dkim_key', message: expect.stringContaining('RSA') }),
  );
  expect(given(short)).toThrow(expect.objectContaining({ code: 'dkim_key', message: expect.stringContaining('2048') }));
  expect(given('rien')).toThrow(
    expect.objectContaining({ code: 'dkim_key', message: expect.stringContaining('illisible') }),
  );
});
