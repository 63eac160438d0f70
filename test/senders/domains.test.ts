import { expect, test } from 'vitest';
import { acrossOrganisations, withOrganisation } from '../../src/db/database.ts';
import { selfTest, signMessage } from '../../src/mail/dkim.ts';
import { readSignatures } from '../../src/mail/verify-dkim.ts';
import { addDomain } from '../../src/senders/add-domain.ts';
import { changeBounceAddress } from '../../src/senders/change-bounce-address.ts';
import { checkDomain } from '../../src/senders/check-domain.ts';
import { proveSignature } from '../../src/senders/prove-signature.ts';
import { dkimKeys, senderVerified } from '../../src/senders/queries.ts';
import { readSenderDomain, readSenders } from '../../src/senders/read-senders.ts';
import { recheckDomains } from '../../src/senders/recheck-domains.ts';
import { removeDomain } from '../../src/senders/remove-domain.ts';
import { selfTestKeys } from '../../src/senders/self-test-keys.ts';
import { NOW, SECRETS, testDatabase } from '../support/database.ts';
import { fakeDns, type Zone } from './fake-dns.ts';

const t = await testDatabase();
const emma = t.ctx(t.cast.emma);
const etranger = t.ctx(t.cast.etranger);
const REAL = { demo: false };
const refusedAt = (field: string) => ({ kind: 'invalid', fields: [expect.objectContaining({ field })] });

const verifiedSender = (address: string, instance = REAL, organisationId = t.cast.organisations.opco) =>
  withOrganisation(t.db, organisationId, (trx) => senderVerified(trx, organisationId, address, instance));
const keys = (secrets = SECRETS) => acrossOrganisations(t.db, (trx) => dkimKeys(trx, secrets));

/** The zone in which a domain's own records are published as they are given. */
async function publishing(id: number, ctx = emma): Promise<Zone> {
  const { records } = await readSenderDomain(ctx, id);
  return { txt: Object.fromEntries(records.map((r) => [r.name, [r.text]])) };
}

test.each([
  ['gmail.com', 'domain'],
  ['orange.fr', 'domain'],
  ['ICLOUD.com', 'domain'],
  ['pas un domaine', 'domain'],
  ['127.0.0.1', 'domain'],
  ['fr', 'domain'],
])('MAIL-11: %s is no domain to write from', async (domain, field) => {
  await expect(addDomain(emma, { domain, signing: 'ici' })).rejects.toMatchObject(refusedAt(field));
});

test('MAIL-30: a return address leaves room before the @ for the mark of each message', async () => {
  const bounceAddress = 'une-tres-longue-boite-aux-retours@opco.example';
  await expect(addDomain(emma, { domain: 'x.example', signing: 'ici', bounceAddress })).rejects.toMatchObject(
    refusedAt('bounceAddress'),
  );
});

test('a domain: declared, published, verified, then lost when its key leaves the DNS', async () => {
  const { id } = await addDomain(emma, { domain: ' Lettre.OPCO.example. ', signing: 'ici' });
  await expect(addDomain(emma, { domain: 'lettre.opco.example', signing: 'ici' })).rejects.toMatchObject(
    refusedAt('domain'),
  );
  expect(await verifiedSender('bonjour@lettre.opco.example')).toMatchObject({ verified: false });

  expect(await checkDomain(emma, id, fakeDns())).toMatchObject({ verified: false });
  expect((await verifiedSender('bonjour@lettre.opco.example')).why).toContain('DKIM');

  const zone = await publishing(id);
  expect(await checkDomain(emma, id, fakeDns(zone))).toMatchObject({ domain: 'lettre.opco.example', verified: true });
  expect(await verifiedSender('Bonjour@Lettre.Opco.Example')).toMatchObject({ verified: true });
  expect((await readSenderDomain(emma, id)).verifiedAt).toEqual(NOW);

  const name = Object.keys(zone.txt ?? {}).find((n) => n.includes('_domainkey')) ?? '';
  await checkDomain(emma, id, fakeDns({ ...zone, silent: [name] }));
  expect((await verifiedSender('a@lettre.opco.example')).verified).toBe(true);

  await checkDomain(emma, id, fakeDns());
  expect((await verifiedSender('a@lettre.opco.example')).verified).toBe(false);
  const audit = await acrossOrganisations(t.db, (trx) =>
    trx.selectFrom('audit_log').select('action').where('subject', '=', `sender-domain:${id}`).orderBy('id').execute(),
  );
  expect(audit.map((a) => a.action)).toEqual([
    'sender-domain.add',
    'sender-domain.check',
    'sender-domain.verified',
    'sender-domain.check',
    'sender-domain.lost',
  ]);
  await removeDomain(emma, id);
  expect((await readSenders(emma)).domains).toEqual([]);
});

test('an address on a domain that is not declared, or verified by another organisation only, is refused', async () => {
  const { id } = await addDomain(emma, { domain: 'opco-formation.fr', signing: 'ici' });
  await checkDomain(emma, id, fakeDns(await publishing(id)));
  expect((await verifiedSender('a@opco-formation.fr')).verified).toBe(true);
  expect((await verifiedSender('a@sous.opco-formation.fr')).why).toContain('sous.opco-formation.fr');
  expect((await verifiedSender('a@opco-formation.fr', REAL, t.cast.organisations.etranger)).verified).toBe(false);
  expect(await verifiedSender('a@nulle-part.example', { demo: true })).toMatchObject({
    verified: true,
    why: expect.stringContaining('Démonstration'),
  });
  await removeDomain(emma, id);
});

test('a stranger cannot see, check, change or remove a domain; a member may see it', async () => {
  const { id } = await addDomain(emma, { domain: 'prive.example', signing: 'ici' });
  const dns = fakeDns();
  for (const attempt of [
    () => readSenderDomain(etranger, id),
    () => checkDomain(etranger, id, dns),
    () => changeBounceAddress(etranger, id, null),
    () => removeDomain(etranger, id),
    () => proveSignature(etranger, id, Buffer.from('x'), dns),
  ])
    await expect(attempt()).rejects.toMatchObject({ kind: 'not-found' });
  expect(dns.asked).toEqual([]);
  await expect(removeDomain(t.ctx(t.cast.alice), id)).rejects.toMatchObject({ kind: 'forbidden' });
  expect((await readSenderDomain(t.ctx(t.cast.alice), id)).domain).toBe('prive.example');
  await removeDomain(emma, id);
});

test('MAIL-01: what is signed with a stored key verifies with the record it asks to publish', async () => {
  const { id } = await addDomain(emma, { domain: 'signe.example', signing: 'ici' });
  const key = (await keys()).get('signe.example');
  if (!key) throw new Error('no key');
  const message = Buffer.from(
    'From: a@signe.example\r\nSubject: Été\r\nList-Unsubscribe: <https://pv.example/d/1>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n\r\nBonjour.\r\n',
  );
  const { txt = {} } = await publishing(id);
  const published = txt[`${key.selector}._domainkey.signe.example`]?.[0]?.split('p=')[1] ?? '';
  expect(published).toBe(await selfTest(key));
  const [signature] = await readSignatures(await signMessage(message, key), async () => published);
  expect(signature).toMatchObject({ domain: 'signe.example', selector: key.selector, wrong: null });
  expect(signature?.covered).toEqual(expect.arrayContaining(['from', 'list-unsubscribe', 'list-unsubscribe-post']));
  await removeDomain(emma, id);
});

test('a key that this instance cannot read any more stops the mail instead of leaving it unsigned', async () => {
  const { id } = await addDomain(emma, { domain: 'scelle.example', signing: 'ici' });
  const changed = { db: t.db, secrets: { ...SECRETS, sealing: Buffer.alloc(32, 1) } };
  expect(await selfTestKeys(emma)).toBe(1);
  await expect(selfTestKeys(changed)).rejects.toMatchObject({ code: 'sealed' });
  await expect(keys(changed.secrets)).rejects.toMatchObject({ code: 'sealed' });
  await removeDomain(emma, id);
});

test('of two organisations with one domain, the key found in the DNS is the one that signs', async () => {
  const first = await addDomain(emma, { domain: 'commun.example', signing: 'ici' });
  const second = await addDomain(etranger, { domain: 'commun.example', signing: 'ici' });
  await checkDomain(emma, first.id, fakeDns(await publishing(first.id)));
  const mine = Object.keys((await publishing(first.id)).txt ?? {})[0];
  expect(`${(await keys()).get('commun.example')?.selector}._domainkey.commun.example`).toBe(mine);
  await removeDomain(emma, first.id);
  await removeDomain(etranger, second.id);
});

test('the clock looks again after a day, at every organisation’s domains', async () => {
  const { id } = await addDomain(emma, { domain: 'quotidien.example', signing: 'ici' });
  const other = await addDomain(etranger, { domain: 'ailleurs.example', signing: 'ici' });
  await checkDomain(emma, id, fakeDns(await publishing(id)));
  await checkDomain(etranger, other.id, fakeDns());
  const clock = (hours: number) => ({
    ...t.ctx({ kind: 'clock', name: 'horloge' }, new Date(NOW.getTime() + hours * 3_600_000)),
  });
  expect(await recheckDomains(clock(23), fakeDns())).toBe(0);
  expect(await recheckDomains(clock(25), fakeDns())).toBe(2);
  expect((await verifiedSender('a@quotidien.example')).verified).toBe(false);
  expect(await recheckDomains(clock(26), fakeDns())).toBe(0);
  await removeDomain(emma, id);
  await removeDomain(etranger, other.id);
});

test('no private key ever leaves: neither on a page’s data nor in the audit', async () => {
  const { id } = await addDomain(emma, { domain: 'muet.example', signing: 'ici' });
  const pem = (await keys())
    .get('muet.example')
    ?.privateKey.export({ type: 'pkcs8', format: 'der' })
    .toString('base64');
  const written = await acrossOrganisations(t.db, async (trx) =>
    JSON.stringify([
      await trx.selectFrom('audit_log').selectAll().execute(),
      (await trx.selectFrom('sender_domains').selectAll().execute()).map((r) => r.private_key?.toString('latin1')),
      await readSenders(emma),
    ]),
  );
  expect(pem?.length).toBeGreaterThan(1000);
  expect(written).not.toContain(pem?.slice(40, 100));
  expect(written).not.toContain('PRIVATE KEY');
  await removeDomain(emma, id);
});
