import { generateKeyPairSync } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import DKIM from 'nodemailer/lib/dkim';
import { expect, test } from 'vitest';
import { acrossOrganisations } from '../../src/db/database.ts';
import { addDomain } from '../../src/senders/add-domain.ts';
import { checkDomain } from '../../src/senders/check-domain.ts';
import { proveSignature } from '../../src/senders/prove-signature.ts';
import { dkimKeys } from '../../src/senders/queries.ts';
import { readSenderDomain } from '../../src/senders/read-senders.ts';
import { saveTransport } from '../../src/senders/save-transport.ts';
import { testTransport } from '../../src/senders/test-transport.ts';
import { SECRETS, testDatabase } from '../support/database.ts';
import { fakeDns, type Zone } from './fake-dns.ts';
import { mailServer } from './mail-server.ts';

const t = await testDatabase();
const emma = t.ctx(t.cast.emma);
const relayKey = generateKeyPairSync('rsa', { modulusLength: 2048 });
const COVERED = 'from:subject:list-unsubscribe:list-unsubscribe-post';

/** What a relay hands on, signed by it: nodemailer's signer, which is not ours. */
async function relayed(message: Buffer, domainName: string, headerFieldNames = COVERED): Promise<Buffer> {
  const privateKey = relayKey.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const signer = new DKIM({ domainName, keySelector: 's1', privateKey, headerFieldNames });
  return buffer(signer.sign(message));
}
const relayZone = (domain: string): Zone => ({
  txt: {
    [`s1._domainkey.${domain}`]: [
      `v=DKIM1; k=rsa; p=${relayKey.publicKey.export({ type: 'spki', format: 'der' }).toString('base64')}`,
    ],
    '_dmarc.opco.example': ['v=DMARC1; p=none'],
  },
});

const { received, port } = await mailServer();
await saveTransport(emma, { host: '127.0.0.1', port, security: 'none', auth: 'aucune' }, { demo: true });
await testTransport(emma, { to: t.cast.emma.address }, { demo: true });
const trial = received[0]?.raw ?? Buffer.alloc(0);
const { id } = await addDomain(emma, { domain: 'opco.example', signing: 'relais' });
const prove = (message: Buffer, zone: Zone = relayZone('opco.example')) =>
  proveSignature(emma, id, message, fakeDns(zone));
const says = (words: string) => ({ code: 'proof', message: expect.stringContaining(words) });

test('MAIL-02: the trial message that came in, well signed, verifies the domain; the daily check looks for that key', async () => {
  expect((await checkDomain(emma, id, fakeDns(relayZone('opco.example')))).verified).toBe(false);
  expect((await prove(await relayed(trial, 'opco.example'))).verified).toBe(true);
  expect((await readSenderDomain(emma, id)).proof).toMatchObject({ domain: 'opco.example', selector: 's1' });
  expect((await checkDomain(emma, id, fakeDns(relayZone('opco.example')))).verified).toBe(true);
  expect((await checkDomain(emma, id, fakeDns())).verified).toBe(false);
  expect((await acrossOrganisations(t.db, (trx) => dkimKeys(trx, SECRETS))).has('opco.example')).toBe(false);
});

test('saved on the way with bare line ends, it still verifies', async () => {
  const saved = (await relayed(trial, 'opco.example')).toString('latin1').replaceAll('\r\n', '\n');
  expect((await prove(Buffer.from(saved, 'latin1'))).verified).toBe(true);
});

test.each<[string, () => Promise<Buffer>, string]>([
  ['no signature', async () => trial, 'n’est pas signé'],
  [
    'a signature that leaves out the unsubscription',
    () => relayed(trial, 'opco.example', 'from:subject'),
    'list-unsubscribe',
  ],
  ['a signature of the relay’s own name', () => relayed(trial, 'esp.example'), 'esp.example'],
  [
    'a content changed on the way',
    async () =>
      Buffer.from(
        (await relayed(trial, 'opco.example')).toString('latin1').replace('Ce message', 'Ce texte'),
        'latin1',
      ),
    'n’est plus celui qui a été signé',
  ],
  [
    'another mail',
    () => relayed(Buffer.from('From: a@opco.example\r\n\r\nBonjour\r\n'), 'opco.example'),
    'pas le message d’essai',
  ],
  ['no file', async () => Buffer.alloc(0), 'tel qu’il est arrivé'],
])('refused: %s', async (_, message, words) => {
  const zone = relayZone('opco.example');
  zone.txt = { ...zone.txt, ...relayZone('esp.example').txt };
  await expect(prove(await message(), zone)).rejects.toMatchObject(says(words));
});

test('a trial of another organisation proves nothing here', async () => {
  const mark = /essai-([\w-]{22})/.exec(trial.toString('latin1'))?.[1] ?? '';
  const forged = trial.toString('latin1').replace(mark, 'A'.repeat(22));
  await expect(prove(await relayed(Buffer.from(forged, 'latin1'), 'opco.example'))).rejects.toMatchObject(
    says('pas le message d’essai'),
  );
});
