import { expect, test } from 'vitest';
import { testDatabase } from '../../support/database.ts';
import { browser, house, jointCampaign } from './house.ts';

const t = await testDatabase();
await jointCampaign(t);
const pv = house(t);
const alice = await browser(pv, t.cast.alice);
const bruno = await browser(pv, t.cast.bruno);
const chloe = await browser(pv, t.cast.chloe);
const stranger = await browser(pv, t.cast.etranger);
const push = '/campagnes/commune/envois/lettre';
const seen = (text: string): string => /name="vu" value="([0-9a-f]{64})"/.exec(text)?.[1] ?? '';
const version = (text: string): string => /name="version" value="(\d+)"/.exec(text)?.[1] ?? '';

test('a push is submitted, approved by both organisations, and only then sent', async () => {
  expect((await alice.get(push)).text).toContain('Soumettre à la validation');
  expect((await alice.post(`${push}/depart`, {})).status).toBe(409);

  expect(await alice.post(`${push}/soumission`, {})).toMatchObject({ status: 303, location: push });
  expect(pv.woken).toContainEqual({ kind: 'outbox' });
  expect((await bruno.get('/')).text).toContain('Relire «\u00a0La première lettre\u00a0»');

  const read = await bruno.get(`${push}/validation`);
  expect(read.text).toContain('Trois outils pour vous');
  expect(read.text).toContain('1 de niveau terrain');
  const frame = await bruno.get(`${push}/validation.html?organisation=btp&niveau=terrain`);
  expect(frame.text).toContain('Des outils simples pour vous.');
  expect(frame.headers.get('content-security-policy')).toContain("default-src 'none'");
  expect(
    (await bruno.post(`${push}/validation`, { vu: seen(read.text), decision: 'valide', commentaire: '' })).status,
  ).toBe(303);
  expect((await bruno.get(push)).text).toContain('1\u00a0validation sur 2');
  expect((await alice.get(push)).text).toContain('à valider par votre organisation');

  const own = await alice.get(`${push}/validation`);
  expect(
    (await alice.post(`${push}/validation`, { vu: seen(own.text), decision: 'valide', commentaire: '' })).status,
  ).toBe(303);
  const confirm = await alice.get(`${push}/depart`);
  // Under k, and whoever leads: a list of one address must not find out what a partner holds.
  expect(confirm.text).toContain('moins de 20\u00a0messages');
  expect(pv.woken).not.toContainEqual(expect.objectContaining({ kind: 'drain' }));

  expect((await bruno.post(`${push}/depart`, {})).status).toBe(409);
  expect(await alice.post(`${push}/depart`, {})).toMatchObject({ status: 303, location: push });
  expect(pv.woken.at(-1)).toMatchObject({ kind: 'drain' });
  const sending = await alice.get(push);
  // Its own one; the partner’s one is too few to be told.
  expect(sending.text).toContain('0 messages sur 1');
  expect(sending.text).toContain('Des partenaires écrivent à moins de 20 personnes');
  expect(sending.text).toContain(`data-live="${push}/avancement"`);
  expect((await alice.get(`${push}/avancement`)).text).toMatch(/^<div class="progress"/);
  expect((await alice.get('/')).text).toContain('Une lettre part en ce moment');
});

test('a running push is paused, resumed and cancelled, each after its effect was shown', async () => {
  expect((await alice.get(`${push}/suspension`)).text).toContain('sans rien répéter');
  expect((await alice.post(`${push}/suspension`, {})).status).toBe(303);
  expect((await alice.get(push)).text).toContain('Reprendre l’envoi');
  expect((await alice.post(`${push}/suspension`, {})).status).toBe(409);
  expect((await alice.post(`${push}/reprise`, {})).status).toBe(303);
  expect((await alice.get(`${push}/annulation`)).text).toContain('Ne partiront pas');
  expect((await alice.post(`${push}/annulation`, {})).status).toBe(303);
  const page = await alice.get(push);
  expect(page.text).toContain('Écartés\u00a0: annulés');
  expect((await alice.get(`${push}/contenu/blocs/b2`)).status).toBe(409);
});

test('approving what changed since it was opened is refused with a page, not recorded', async () => {
  const made = await alice.post('/campagnes/commune/envois/nouveau', {
    titre: 'Deuxième lettre',
    audience: 'tous',
    signataires: ['opco', 'btp'],
    date: '',
    echeance: '',
    phase: 'pendant',
    reprendre: 'lettre',
  });
  expect(made).toMatchObject({ status: 303, location: '/campagnes/commune/envois/deuxieme-lettre/contenu' });
  const second = '/campagnes/commune/envois/deuxieme-lettre';
  await alice.post(`${second}/soumission`, {});
  const opened = await bruno.get(`${second}/validation`);
  const block = await alice.get(`${second}/contenu/blocs/b2`);
  expect(
    (await alice.post(`${second}/contenu/blocs/b2`, { version: version(block.text), markdown: 'Un tout autre texte.' }))
      .status,
  ).toBe(303);
  await alice.post(`${second}/soumission`, {});
  const late = await bruno.post(`${second}/validation`, { vu: seen(opened.text), decision: 'valide', commentaire: '' });
  expect(late.status).toBe(409);
  expect(late.text).toContain('Le contenu a changé depuis que vous l’avez ouvert');
  expect((await bruno.get(second)).text).toContain('à valider par votre organisation');

  const again = await bruno.get(`${second}/validation`);
  const silent = await bruno.post(`${second}/validation`, {
    vu: seen(again.text),
    decision: 'changement',
    commentaire: '',
  });
  expect(silent.status).toBe(422);
  expect(silent.text).toContain('Dites ce qu’il faut changer.');
  expect(
    (
      await bruno.post(`${second}/validation`, {
        vu: seen(again.text),
        decision: 'changement',
        commentaire: 'Le titre est trop long.',
      })
    ).status,
  ).toBe(303);
  expect((await alice.get('/')).text).toContain('demande un changement');
  expect((await alice.get(`${second}/validation`)).text).toContain('Le titre est trop long.');
});

test('two people who edit the same push do not undo each other without knowing', async () => {
  const second = '/campagnes/commune/envois/deuxieme-lettre';
  const opened = await alice.get(`${second}/contenu`);
  await alice.post(`${second}/contenu/objet`, {
    version: version(opened.text),
    objet: 'Un nouvel objet',
    accroche: '',
  });
  const stale = await alice.post(`${second}/contenu/objet`, {
    version: version(opened.text),
    objet: 'Un autre objet',
    accroche: '',
  });
  expect(stale.status).toBe(409);
  expect((await alice.get(`${second}/contenu`)).text).toContain('Un nouvel objet');
});

test('blocks are added, moved and removed; a bad one keeps what was typed, beside its error', async () => {
  const second = '/campagnes/commune/envois/deuxieme-lettre';
  const at = async () => version((await alice.get(`${second}/contenu`)).text);
  const bad = await alice.post(`${second}/contenu/blocs/nouveau`, {
    version: await at(),
    type: 'button',
    apres: 'b2',
    label: 'Ouvrir l’outil',
    url: 'outil',
  });
  expect(bad.status).toBe(422);
  expect(bad.text).toContain('Donnez une adresse complète, qui commence par https://.');
  expect(bad.text).toContain('value="Ouvrir l’outil"');
  const added = await alice.post(`${second}/contenu/blocs/nouveau`, {
    version: await at(),
    type: 'button',
    apres: 'b2',
    label: 'Ouvrir l’outil',
    url: 'https://exemple.fr',
    levels: ['terrain'],
  });
  expect(added).toMatchObject({ status: 303, location: `${second}/contenu#b5` });
  await alice.post(`${second}/contenu/blocs/b5/place`, { version: await at(), sens: 'haut' });
  const order = [...(await alice.get(`${second}/contenu`)).text.matchAll(/<li class="row undated" id="(b\d)"/g)].map(
    (m) => m[1],
  );
  expect(order).toEqual(['b1', 'b5', 'b2', 'b3', 'b4']);
  expect((await alice.get(`${second}/contenu/blocs/b5/retrait`)).text).toContain('Retirer ce bloc');
  await alice.post(`${second}/contenu/blocs/b5/retrait`, { version: await at() });
  expect((await alice.get(`${second}/contenu`)).text).not.toContain('Ouvrir l’outil');
});

test('a date in the past is refused beside its field, and what was typed is kept', async () => {
  const second = '/campagnes/commune/envois/deuxieme-lettre';
  const page = await alice.get(second);
  const refused = await alice.post(second, {
    version: version(page.text),
    titre: 'Deuxième lettre, corrigée',
    audience: 'tous',
    signataires: ['opco'],
    date: '2020-01-01T09:00',
    echeance: '',
    phase: 'pendant',
  });
  expect(refused.status).toBe(422);
  expect(refused.text).toContain('Cette date est passée');
  expect(refused.text).toContain('Deuxième lettre, corrigée');
});

test('a test goes to the person who asks for it, and asks the outbox to leave', async () => {
  pv.woken.length = 0;
  const sent = await alice.post('/campagnes/commune/envois/deuxieme-lettre/essai', {
    organisation: 'btp',
    niveau: 'terrain',
  });
  expect(sent.status).toBe(303);
  expect(pv.woken).toEqual([{ kind: 'outbox' }]);
  expect(
    (await alice.get('/campagnes/commune/envois/deuxieme-lettre/apercu?organisation=btp&niveau=terrain&forme=texte'))
      .text,
  ).toContain('Se désinscrire en un clic');
});

test('a form without the token of its page changes nothing', async () => {
  const second = '/campagnes/commune/envois/deuxieme-lettre';
  for (const path of [
    `${second}/soumission`,
    `${second}/annulation`,
    `${second}/validation`,
    `${second}/contenu/objet`,
    '/campagnes/nouvelle',
  ])
    expect((await alice.post(path, {}, 'un autre')).status, path).toBe(403);
});

test('a partner reads the push and may not write or send it', async () => {
  const second = '/campagnes/commune/envois/deuxieme-lettre';
  expect((await bruno.get(second)).status).toBe(200);
  expect((await bruno.get(`${second}/contenu`)).text).not.toContain('Enregistrer l’objet');
  expect((await bruno.get(`${second}/contenu/blocs/b2`)).status).toBe(409);
  expect((await bruno.get('/campagnes/commune/envois/nouveau')).status).toBe(403);
  expect((await chloe.get('/campagnes/commune')).status).toBe(200);
});

test('a stranger gets 404 on every page of a campaign that is not theirs', async () => {
  const gets = [
    '/campagnes/commune',
    '/campagnes/commune/ressources',
    '/campagnes/commune/elements',
    '/campagnes/commune/rapport',
    '/campagnes/commune/rapport.csv',
    '/campagnes/commune/rapport.json',
    '/campagnes/commune/envois/nouveau',
    push,
    `${push}/avancement`,
    `${push}/depart`,
    `${push}/suspension`,
    `${push}/reprise`,
    `${push}/annulation`,
    `${push}/contenu`,
    `${push}/contenu/blocs/nouveau?type=text`,
    `${push}/contenu/blocs/b1`,
    `${push}/contenu/blocs/b1/retrait`,
    `${push}/apercu`,
    `${push}/apercu.html?organisation=opco&niveau=terrain`,
    `${push}/validation`,
    `${push}/validation.html?organisation=opco&niveau=terrain`,
  ];
  for (const path of gets) expect((await stranger.get(path)).status, path).toBe(404);
  const posts = [
    '/campagnes/commune/envois/nouveau',
    push,
    `${push}/soumission`,
    `${push}/depart`,
    `${push}/suspension`,
    `${push}/reprise`,
    `${push}/annulation`,
    `${push}/essai`,
    `${push}/validation`,
    `${push}/contenu/objet`,
    `${push}/contenu/blocs/nouveau`,
    `${push}/contenu/blocs/b1`,
    `${push}/contenu/blocs/b1/place`,
    `${push}/contenu/blocs/b1/retrait`,
  ];
  const fields = {
    titre: 'x',
    audience: 'tous',
    signataires: 'etranger',
    type: 'title',
    text: 'x',
    version: '1',
    vu: 'a'.repeat(64),
    decision: 'valide',
  };
  for (const path of posts) expect((await stranger.post(path, fields)).status, path).toBe(404);
  expect((await stranger.get('/campagnes')).text).not.toContain('La campagne commune');
  expect((await stranger.get('/')).text).toContain('Commençons par une campagne.');
});
