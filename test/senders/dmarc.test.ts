import { expect, test } from 'vitest';
import { aligned, checkDmarc, namesUp, walkUp } from '../../src/senders/dmarc.ts';
import { fakeDns } from './fake-dns.ts';

type Records = Record<string, string | string[]>;
const dns = (records: Records) =>
  fakeDns({
    txt: Object.fromEntries(Object.entries(records).map(([name, text]) => [`_dmarc.${name}`, [text].flat()])),
  });
const organisational = async (domain: string, records: Records) => (await walkUp(domain, dns(records))).organisational;
const check = async (domain: string, records: Records) => checkDmarc(domain, await walkUp(domain, dns(records)));

test('RFC 9989: the walk asks each parent up to the top, and at most eight names', () => {
  expect(namesUp('a.mail.exemple.fr')).toEqual(['a.mail.exemple.fr', 'mail.exemple.fr', 'exemple.fr', 'fr']);
  const long = 'a.b.c.d.e.f.g.h.i.j.mail.exemple.fr';
  expect(namesUp(long)).toEqual([
    long,
    'g.h.i.j.mail.exemple.fr',
    'h.i.j.mail.exemple.fr',
    'i.j.mail.exemple.fr',
    'j.mail.exemple.fr',
    'mail.exemple.fr',
    'exemple.fr',
    'fr',
  ]);
  expect(namesUp('a.b.c.d.e.f.g.fr')).toHaveLength(8);
});

test('RFC 9989: without psd, the highest record makes the organisational domain', async () => {
  const records = { 'mail.exemple.fr': 'v=DMARC1; p=none', 'exemple.fr': 'v=DMARC1; p=reject' };
  expect(await organisational('a.mail.exemple.fr', records)).toBe('exemple.fr');
});

test('RFC 9989: psd=n ends the walk there', async () => {
  const zone = dns({ 'mail.exemple.fr': 'v=DMARC1; p=none; psd=n', 'exemple.fr': 'v=DMARC1; p=reject' });
  expect((await walkUp('a.mail.exemple.fr', zone)).organisational).toBe('mail.exemple.fr');
  expect(zone.asked).not.toContain('txt _dmarc.exemple.fr');
});

test('RFC 9989: psd=y higher up makes the name just below it the organisational domain', async () => {
  const records = { 'gouv.fr': 'v=DMARC1; p=none; psd=y' };
  expect(await organisational('lettre.ministere.gouv.fr', records)).toBe('ministere.gouv.fr');
});

test('RFC 9989: psd=y on the domain itself does not make it a stranger to itself', async () => {
  expect(await organisational('gouv.fr', { 'gouv.fr': 'v=DMARC1; p=none; psd=y' })).toBe('gouv.fr');
});

test('RFC 9989: with no record anywhere each domain stands alone', async () => {
  expect(await organisational('a.exemple.fr', {})).toBe('a.exemple.fr');
  expect(await aligned('a.exemple.fr', 'exemple.fr', false, dns({}))).toBe(false);
});

test('relaxed alignment joins two names of one organisation, strict only the same name', async () => {
  const zone = () => dns({ 'exemple.fr': 'v=DMARC1; p=none' });
  expect(await aligned('lettre.exemple.fr', 'retours.exemple.fr', false, zone())).toBe(true);
  expect(await aligned('lettre.exemple.fr', 'retours.exemple.fr', true, zone())).toBe(false);
  expect(await aligned('lettre.exemple.fr', 'lettre.exemple.fr', true, zone())).toBe(true);
  expect(await aligned('lettre.exemple.fr', 'autre.fr', false, zone())).toBe(false);
});

test('several records at one name are all discarded, and the walk goes on (RFC 9989)', async () => {
  const walk = await walkUp(
    'a.exemple.fr',
    dns({ 'a.exemple.fr': ['v=DMARC1; p=none', 'v=DMARC1; p=reject'], 'exemple.fr': 'v=DMARC1; p=none' }),
  );
  expect(walk).toMatchObject({
    duplicates: ['a.exemple.fr'],
    organisational: 'exemple.fr',
    record: { at: 'exemple.fr' },
  });
});

test.each([
  ['none', { 'exemple.fr': 'v=DMARC1; p=none; rua=mailto:d@exemple.fr' }, 'politique « none »'],
  [
    'a parent’s, with its sp',
    { 'exemple.fr': 'v=DMARC1; p=reject; sp=quarantine' },
    'politique « quarantine »',
    'a.exemple.fr',
  ],
  ['a parent’s, without sp', { 'exemple.fr': 'v=DMARC1;p=reject' }, 'lu sur exemple.fr', 'a.exemple.fr'],
  [
    'an unreadable policy with reports counts as none',
    { 'exemple.fr': 'v=DMARC1; p=tout; rua=mailto:d@exemple.fr' },
    '« none »',
  ],
  ['words that are not ours are ignored', { 'exemple.fr': 'v=DMARC1; p=none; ruf=mailto:x@y.fr; x=1' }, '« none »'],
])('good: %s', async (_, records, words, domain = 'exemple.fr') => {
  expect(await check(domain, records)).toMatchObject({ level: 'bon', found: expect.stringContaining(words) });
});

test.each([
  ['no record', {}, /Aucun enregistrement DMARC/],
  ['a record of another version', { 'exemple.fr': 'v=DMARC2; p=none' }, /Aucun enregistrement/],
  ['two records', { 'exemple.fr': ['v=DMARC1; p=none', 'v=DMARC1; p=none'] }, /Plusieurs/],
  ['pct, gone since RFC 9989', { 'exemple.fr': 'v=DMARC1; p=quarantine; pct=50' }, /pct=/],
  ['t=y', { 'exemple.fr': 'v=DMARC1; p=reject; t=y' }, /mode d’essai/],
  ['no readable policy', { 'exemple.fr': 'v=DMARC1; p=jamais' }, /politique lisible/],
  ['psd=y on one’s own domain', { 'exemple.fr': 'v=DMARC1; p=none; psd=y' }, /psd=y/],
])('to be mended: %s', async (_, records, words) => {
  const found = await check('exemple.fr', records as Records);
  expect(found.level).toBe('a_corriger');
  expect(found.found).toMatch(words);
  expect(found.remedy).not.toBe('');
});
