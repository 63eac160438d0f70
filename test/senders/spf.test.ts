import { expect, test } from 'vitest';
import { checkSpf } from '../../src/senders/spf.ts';
import { fakeDns, type Zone } from './fake-dns.ts';

const spf = (records: string[], zone: Zone = {}) =>
  checkSpf('exemple.fr', fakeDns({ ...zone, txt: { ...zone.txt, 'exemple.fr': records } }));
const chain = (length: number): Zone => ({
  txt: Object.fromEntries(
    Array.from({ length }, (_, i) => [
      `n${i}.fr`,
      [i === length - 1 ? 'v=spf1 ip4:192.0.2.1 ~all' : `v=spf1 include:n${i + 1}.fr ~all`],
    ]),
  ),
});

test('one record within ten lookups is good, and says how many', async () => {
  const found = await spf(['v=spf1 include:n0.fr mx ~all', 'autre=chose'], {
    ...chain(3),
    mx: { 'exemple.fr': ['mx.fr'] },
  });
  expect(found).toMatchObject({ name: 'SPF', level: 'bon', remedy: '' });
  expect(found.found).toContain('4 recherches');
});

test.each([
  ['no record', [], {}, /Aucun enregistrement SPF/],
  ['a record that only looks like one', ['v=spf10 ~all'], {}, /Aucun enregistrement SPF/],
  ['two records', ['v=spf1 ~all', 'v=spf1 mx ~all'], {}, /2 enregistrements/],
  ['+all', ['v=spf1 mx +all'], { mx: { 'exemple.fr': ['mx.fr'] } }, /monde entier/],
  ['all without a sign, which is +all', ['v=spf1 all'], {}, /monde entier/],
  ['?all', ['v=spf1 ip4:192.0.2.0/24 ?all'], {}, /ne dit pas/],
  ['no all', ['v=spf1 ip4:192.0.2.0/24'], {}, /ne dit pas/],
  ['-all, where ~all is preferred', ['v=spf1 ip4:192.0.2.0/24 -all'], {}, /-all/],
  ['a word that is no mechanism', ['v=spf1 incldue:x.fr ~all'], {}, /n’est pas compris/],
  ['an include without SPF', ['v=spf1 include:vide.fr ~all'], {}, /include:vide\.fr mène à 0/],
  [
    'an include with two',
    ['v=spf1 include:x.fr ~all'],
    { txt: { 'x.fr': ['v=spf1 ~all', 'v=spf1 -all'] } },
    /mène à 2/,
  ],
  ['a redirect to nothing', ['v=spf1 redirect=vide.fr'], {}, /redirect=vide\.fr/],
  ['eleven lookups, counted through includes', ['v=spf1 include:n0.fr ~all'], chain(11), /plus de 10 recherches/],
  ['a record that includes itself', ['v=spf1 include:exemple.fr ~all'], {}, /plus de 10 recherches/],
  ['three names that do not exist', ['v=spf1 a:x.fr a:y.fr mx:z.fr ~all'], {}, /3 serveurs/],
])('%s is to be mended, with a remedy', async (_, records, zone, words) => {
  const found = await spf(records, zone);
  expect(found.level).toBe('a_corriger');
  expect(found.found).toMatch(words);
  expect(found.remedy.length).toBeGreaterThan(10);
});

test('exactly ten lookups pass', async () => {
  expect((await spf(['v=spf1 include:n0.fr ~all'], chain(10))).level).toBe('bon');
});

test('a redirect is followed for its own end, a macro counts without being followed, ip4 costs nothing', async () => {
  const zone = { txt: { 'suite.fr': ['v=spf1 ip4:192.0.2.1 ip6:2001:db8::/32 exists:%{i}.liste.fr ~all'] } };
  const dns = fakeDns({ txt: { ...zone.txt, 'exemple.fr': ['v=spf1 redirect=suite.fr'] } });
  expect(await checkSpf('exemple.fr', dns)).toMatchObject({
    level: 'bon',
    found: expect.stringContaining('2 recherches'),
  });
  expect(dns.asked).toEqual(['txt exemple.fr', 'txt suite.fr']);
});

test('two names that do not exist are tolerated (RFC 7208 §4.6.4)', async () => {
  expect((await spf(['v=spf1 a:x.fr a:y.fr ~all'])).level).toBe('bon');
});
