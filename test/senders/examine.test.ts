import { generateKeyPairSync } from 'node:crypto';
import { expect, test } from 'vitest';
import { keyRecord } from '../../src/senders/dkim-record.ts';
import { examine, type Facts } from '../../src/senders/examine.ts';
import { fakeDns, type Zone } from './fake-dns.ts';

const ours = generateKeyPairSync('rsa', { modulusLength: 2048 })
  .publicKey.export({ type: 'spki', format: 'der' })
  .toString('base64');

const FACTS: Facts = {
  domain: 'lettre.exemple.fr',
  signing: 'ici',
  selector: 'pv1',
  publicKey: ours,
  bounceAddress: 'retours@retours.exemple.fr',
  proof: null,
  publicUrl: 'https://pv.exemple.fr',
  relayHost: null,
};
const ZONE: Zone = {
  txt: {
    'pv1._domainkey.lettre.exemple.fr': [keyRecord(ours)],
    '_dmarc.exemple.fr': ['v=DMARC1; p=quarantine; rua=mailto:d@exemple.fr'],
    'retours.exemple.fr': ['v=spf1 ip4:192.0.2.1 ~all'],
  },
  mx: { 'retours.exemple.fr': ['mx.exemple.fr'] },
  a: { 'pv.exemple.fr': ['192.0.2.2'] },
};
const look = async (facts: Partial<Facts> = {}, zone: Zone = {}) => {
  const all = { ...ZONE, ...zone, txt: { ...ZONE.txt, ...zone.txt } };
  const { checks, verified } = await examine({ ...FACTS, ...facts }, fakeDns(all));
  return { verified, of: (name: string) => checks.find((c) => c.name === name), checks };
};

test('MAIL-10: a domain in order is verified, and every check is good', async () => {
  const { verified, checks } = await look();
  expect(verified).toBe(true);
  expect(checks.map((c) => [c.name, c.level])).toEqual([
    ['DKIM', 'bon'],
    ['Signature', 'bon'],
    ['SPF', 'bon'],
    ['DMARC', 'bon'],
    ['Adresse de retour (accord)', 'bon'],
    ['Adresse de retour (MX)', 'bon'],
    ['Adresse des liens', 'bon'],
  ]);
});

test('without its key in the DNS a domain is not verified', async () => {
  const { verified, of } = await look({}, { txt: { 'pv1._domainkey.lettre.exemple.fr': [] } });
  expect(verified).toBe(false);
  expect(of('DKIM')?.level).toBe('bloquant');
});

test('a DNS that does not answer decides nothing', async () => {
  const { verified, of } = await look({}, { silent: ['pv1._domainkey.lettre.exemple.fr'] });
  expect(verified).toBeNull();
  expect(of('DKIM')).toMatchObject({ level: 'a_corriger', found: expect.stringContaining('Non vérifié') });
});

test('a silence about DMARC neither blocks nor hides the other checks', async () => {
  const { verified, of } = await look({}, { silent: ['_dmarc.exemple.fr'] });
  expect(verified).toBe(true);
  expect(of('DMARC')?.found).toContain('Non vérifié');
  expect(of('SPF')?.level).toBe('bon');
});

test('a Return-Path of another organisation leaves DMARC to the signature alone', async () => {
  const zone = { txt: { 'esp.net': ['v=spf1 ip4:192.0.2.9 ~all'] }, mx: { 'esp.net': ['mx.esp.net'] } };
  const { verified, of } = await look({ bounceAddress: 'b@esp.net' }, zone);
  expect(verified).toBe(true);
  expect(of('Adresse de retour (accord)')).toMatchObject({ level: 'a_corriger' });
});

test('aspf=s wants the Return-Path on the very domain', async () => {
  const strict = { txt: { '_dmarc.exemple.fr': ['v=DMARC1; p=none; aspf=s'] } };
  expect((await look({}, strict)).of('Adresse de retour (accord)')?.level).toBe('a_corriger');
});

test.each([
  ['no MX', {}, /pas de serveur de réception/],
  ['a null MX', { 'retours.exemple.fr': [''] }, /ne recevoir aucun courrier/],
])('%s on the return domain is said', async (_, mx, words) => {
  expect((await look({}, { mx })).of('Adresse de retour (MX)')?.found).toMatch(words);
});

test.each([
  ['http', { publicUrl: 'http://pv.exemple.fr' }, {}, /sans chiffrement/],
  ['a name that does not exist', {}, { a: {}, cname: { 'pv.exemple.fr': ['vieux.hote.net'] } }, /vieux\.hote\.net/],
  ['a bad certificate', {}, { certificate: { 'pv.exemple.fr': 'certificate has expired' } }, /has expired/],
])('links: %s', async (_, facts, zone, words) => {
  expect((await look(facts, zone)).of('Adresse des liens')).toMatchObject({
    level: 'a_corriger',
    found: expect.stringMatching(words),
  });
});

test('the name of the server is looked up both ways', async () => {
  const a = { ...ZONE.a, 'smtp.exemple.fr': ['192.0.2.3'] };
  const both = await look({ relayHost: 'smtp.exemple.fr' }, { a, ptr: { '192.0.2.3': ['smtp.exemple.fr'] } });
  expect(both.of('Nom du serveur d’envoi (PTR)')?.level).toBe('bon');
  const none = await look({ relayHost: 'smtp.exemple.fr' }, { a, ptr: { '192.0.2.3': ['autre.fr'] } });
  expect(none.of('Nom du serveur d’envoi (PTR)')?.level).toBe('a_corriger');
});

const RELAY = { signing: 'relais', selector: '', publicKey: null } as const;
const proof = (domain: string) => ({ domain, selector: 's1', at: '2026-11-22T10:00:00.000Z' });
const published = (domain: string) => ({ txt: { [`s1._domainkey.${domain}`]: [keyRecord(ours)] } });

test('MAIL-02: a relay is not believed before its signature has been seen', async () => {
  const { verified, of } = await look(RELAY);
  expect(verified).toBe(false);
  expect(of('Signature')?.remedy).toContain('.eml');
});

test('a relay that signs for the organisation’s domain is aligned, until DMARC asks for the very name', async () => {
  const facts = { ...RELAY, proof: proof('exemple.fr') };
  expect((await look(facts, published('exemple.fr'))).verified).toBe(true);
  const strict = await look(facts, {
    txt: { ...published('exemple.fr').txt, '_dmarc.exemple.fr': ['v=DMARC1; p=none; adkim=s'] },
  });
  expect(strict.verified).toBe(false);
});

test('a relay that signs for itself does not speak for the sender', async () => {
  const { verified, of } = await look({ ...RELAY, proof: proof('esp.net') }, published('esp.net'));
  expect(verified).toBe(false);
  expect(of('Signature')?.found).toContain('esp.net');
});

test('a relay that has taken its key away is no longer verified', async () => {
  expect((await look({ ...RELAY, proof: proof('exemple.fr') })).verified).toBe(false);
});
