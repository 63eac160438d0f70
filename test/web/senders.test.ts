import { expect, test } from 'vitest';
import { signedIn } from '../../src/server.ts';
import { errorPage, missingPage } from '../../src/web/errors.tsx';
import { fakeDns, type Zone } from '../senders/fake-dns.ts';
import { mailServer } from '../senders/mail-server.ts';
import { testDatabase } from '../support/database.ts';
import { house } from './campaigns/house.ts';
import { idIn, visit } from './contacts/visit.ts';

const t = await testDatabase();
const zone: Zone = {};
const { deps } = house(t);
const app = signedIn({ ...deps, resolver: fakeDns(zone) });
app.onError(errorPage);
app.notFound(missingPage);
const served = { app, deps };
const alice = await visit(served, t.cast.alice);
const emma = await visit(served, t.cast.emma);
const etranger = await visit(served, t.cast.etranger);
const server = await mailServer();

const SECRET = 'phrase-qui-ne-se-montre-pas';
const ENVOI = '/organisation/envoi';
const settings = {
  host: '127.0.0.1',
  port: String(server.port),
  security: 'none',
  auth: 'aucune',
  username: '',
  secret: '',
  connections: '2',
  perMinute: '',
  perDay: '500',
};

test('before anything is set, the page says by which server mail leaves and what to do', async () => {
  const page = await emma.get(ENVOI);
  expect(page.status).toBe(200);
  expect(page.text).toContain('serveur commun');
  expect(page.text).toContain('Décrire votre serveur');
  expect(page.text).toContain('Déclarez opco.example');
  expect((await emma.get('/organisation')).text).toContain('href="/organisation/envoi"');
});

test('the other roles read, and change nothing', async () => {
  const page = await alice.get(ENVOI);
  expect(page.status).toBe(200);
  expect(page.text).not.toContain('<form method="post" action="/organisation/envoi');
  expect(page.text).not.toContain('Décrire votre serveur');
  expect((await alice.get(`${ENVOI}/serveur`)).status).toBe(403);
  for (const [path, fields] of [
    ['serveur', settings],
    ['essai', {}],
    ['usage', { usage: 'propre' }],
    ['domaines/nouveau', { domain: 'a.example', signing: 'ici' }],
  ] as const)
    expect((await alice.post(`${ENVOI}/${path}`, fields)).status).toBe(403);
});

test('a server is described, tried with its words in order, then put in service', async () => {
  expect((await emma.post(`${ENVOI}/serveur`, settings)).location).toBe(ENVOI);
  expect((await emma.get(ENVOI)).text).toContain('à essayer');
  expect((await emma.post(`${ENVOI}/usage`, { usage: 'propre' })).status).toBe(409);
  expect((await emma.post(`${ENVOI}/essai`)).location).toBe(`${ENVOI}#essai`);
  expect(server.received.map((m) => m.to)).toEqual([t.cast.emma.address]);
  const { text } = await emma.get(ENVOI);
  const places = [
    'Connexion',
    'Accueil du serveur',
    'bienvenue a l essai',
    'Expéditeur',
    'Destinataire',
    'Message remis',
  ];
  expect(places.map((words) => text.indexOf(words))).toEqual(
    places.map((words) => text.indexOf(words)).sort((a, b) => a - b),
  );
  expect(text.indexOf('Connexion')).toBeGreaterThan(0);
  expect((await emma.post(`${ENVOI}/usage`, { usage: 'propre' })).status).toBe(303);
  expect((await emma.get(ENVOI)).text).toContain('Vos messages partent par 127.0.0.1.');
  expect((await emma.post(`${ENVOI}/usage`, { usage: 'commun' })).status).toBe(303);
});

test('a refused server comes back with what was typed but the password, and each error in its place', async () => {
  const page = await emma.post(`${ENVOI}/serveur`, {
    ...settings,
    host: 'smtp.ailleurs.example',
    auth: 'mot_de_passe',
    secret: SECRET,
  });
  expect(page.status).toBe(422);
  for (const field of ['host', 'username']) expect(page.text).toContain(`id="champ-${field}-erreur"`);
  expect(page.text).toContain('value="smtp.ailleurs.example"');
  expect(page.text).not.toContain(SECRET);
});

test('a kept password is never in a page', async () => {
  await emma.post(`${ENVOI}/serveur`, { ...settings, auth: 'mot_de_passe', username: 'envoi', secret: SECRET });
  await emma.post(`${ENVOI}/essai`);
  for (const path of [ENVOI, `${ENVOI}/serveur`]) {
    const { text, status } = await emma.get(path);
    expect(status).toBe(200);
    expect(text).not.toContain(SECRET);
  }
  expect((await emma.get(`${ENVOI}/serveur`)).text).toContain('n’est plus montré');
});

test('a domain: added, its records shown, verified once they are published, removed', async () => {
  expect((await emma.get(`${ENVOI}/domaines/nouveau`)).text).toContain('value="opco.example"');
  const wrong = await emma.post(`${ENVOI}/domaines/nouveau`, { domain: 'gmail.com', signing: 'ici' });
  expect(wrong.status).toBe(422);
  expect(wrong.text).toContain('id="champ-domain-erreur"');
  const { location } = await emma.post(`${ENVOI}/domaines/nouveau`, { domain: 'opco.example', signing: 'ici' });
  const page = await emma.get(location);
  const [name = '', record = ''] = [...page.text.matchAll(/<pre[^>]*>([^<]+)<\/pre>/g)].map((m) => m[1] ?? '');
  expect(name).toMatch(/^pv\w+\._domainkey\.opco\.example$/);
  expect(record).toMatch(/^v=DKIM1; k=rsa; p=[\w+/=]{300,}$/);

  await emma.post(`${location}/verification`);
  expect((await emma.get(location)).text).toContain('opco.example n’est pas en règle');
  zone.txt = { [name]: [record] };
  expect((await emma.post(`${location}/verification`)).location).toBe(location);
  const verified = await emma.get(location);
  expect(verified.text).toContain('opco.example est vérifié.');
  expect(verified.text).toContain('À faire : ');
  expect((await alice.get(location)).text).not.toContain('Vérifier maintenant');

  expect((await emma.post(`${location}/retours`, { bounceAddress: 'pas une adresse' })).status).toBe(422);
  expect((await emma.post(`${location}/retours`, { bounceAddress: 'retours@opco.example' })).status).toBe(303);
  expect((await emma.get(location)).text).toContain('value="retours@opco.example"');

  for (const path of ['', '/retrait']) expect((await etranger.get(`${location}${path}`)).status).toBe(404);
  for (const act of ['verification', 'retours', 'signature', 'retrait'])
    expect((await etranger.post(`${location}/${act}`)).status).toBe(404);
  expect((await alice.post(`${location}/retrait`)).status).toBe(403);
  expect((await emma.get(`${location}/retrait`)).text).toContain('Plus aucun envoi');
  expect((await emma.post(`${location}/retrait`)).location).toBe(ENVOI);
  expect((await emma.get(location)).status).toBe(404);
});

test('a domain signed by the relay asks for the message that came in, and refuses another', async () => {
  const { location } = await emma.post(`${ENVOI}/domaines/nouveau`, { domain: 'opco.example', signing: 'relais' });
  expect(idIn(location)).toBeGreaterThan(0);
  expect((await emma.get(location)).text).toContain('Le message d’essai reçu');
  const message = new File(['From: a@opco.example\r\n\r\nBonjour\r\n'], 'essai.eml', { type: 'message/rfc822' });
  const refused = await emma.post(`${location}/signature`, { message });
  expect(refused.status).toBe(422);
  expect(refused.text).toContain('id="champ-message-erreur"');
});

test('a form without its token changes nothing (ASVS 3.5.1)', async () => {
  expect((await emma.post(`${ENVOI}/serveur`, settings, 'autre')).status).toBe(403);
});
