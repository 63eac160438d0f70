import { generateKeyPairSync } from 'node:crypto';
import { expect, test } from 'vitest';
import { checkKeyRecord, keyRecord, zoneStrings } from '../../src/senders/dkim-record.ts';
import { fakeDns } from './fake-dns.ts';

const rsa = (bits: number, type: 'spki' | 'pkcs1' = 'spki') =>
  generateKeyPairSync('rsa', { modulusLength: bits }).publicKey.export({ type, format: 'der' }).toString('base64');
const ours = rsa(2048);
const NAME = 'pv1._domainkey.exemple.fr';
const check = (records: string[], key: string | null = ours) =>
  checkKeyRecord({ domain: 'exemple.fr', selector: 'pv1', ours: key }, fakeDns({ txt: { [NAME]: records } }));

test('the key that signs here, published as it is given', async () => {
  expect(await check([keyRecord(ours)])).toMatchObject({ level: 'bon', found: expect.stringContaining('2048') });
});

test('a record of more than 255 octets is cut in strings that join again', () => {
  const strings = zoneStrings(keyRecord(ours)).match(/"[^"]*"/g) ?? [];
  expect(strings.length).toBe(2);
  for (const one of strings) expect(one.length - 2).toBeLessThanOrEqual(255);
  expect(strings.map((s) => s.slice(1, -1)).join('')).toBe(keyRecord(ours));
});

test.each([
  ['no v=, k= first, blanks within the key', [`k=rsa; p=${ours.slice(0, 100)} ${ours.slice(100)}`]],
  ['a flag that concerns others', [`v=DKIM1; t=s; s=email; h=sha256; p=${ours}`]],
  ['another text beside it', ['google-site-verification=x', keyRecord(ours)]],
])('good: %s', async (_, records) => {
  expect((await check(records)).level).toBe('bon');
});

test.each([
  ['nothing there', [], /Aucune clé/],
  ['another key', [keyRecord(rsa(2048))], /n’est pas celle qui signe ici/],
  ['a revoked key', ['v=DKIM1; k=rsa; p='], /révoquée/],
  ['two keys', [keyRecord(ours), keyRecord(ours)], /2 enregistrements/],
  ['a tag said twice', [`v=DKIM1; p=${ours}; p=${ours}`], /lisible/],
  ['another version', [`v=DKIM2; p=${ours}`], /lisible/],
])('blocking: %s', async (_, records, words) => {
  const found = await check(records);
  expect(found.level).toBe('bloquant');
  expect(found.found).toMatch(words);
  expect(found.remedy).not.toBe('');
});

test.each([
  ['test mode', `v=DKIM1; t=y; p=${ours}`, ours, 'a_corriger', /mode d’essai/],
  ['1024 bits', `v=DKIM1; p=${rsa(1024)}`, null, 'a_corriger', /1024 bits/],
  ['512 bits', `v=DKIM1; p=${rsa(512)}`, null, 'bloquant', /512 bits/],
  ['Ed25519', 'v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=', null, 'bloquant', /n’est pas RSA/],
  ['SHA-1 only', `v=DKIM1; h=sha1; p=${ours}`, ours, 'bloquant', /SHA-256/],
  ['not for mail', `v=DKIM1; s=autre; p=${ours}`, ours, 'bloquant', /pas faite pour le courrier/],
  ['a damaged key', 'v=DKIM1; p=AAAA', null, 'bloquant', /illisible/],
  ['the other form of key', `v=DKIM1; p=${rsa(2048, 'pkcs1')}`, null, 'bon', /2048/],
] as const)('%s', async (_, record, key, level, words) => {
  const found = await check([record], key);
  expect(found.level).toBe(level);
  expect(found.found).toMatch(words);
});
