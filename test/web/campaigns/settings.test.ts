import { beforeAll, describe, expect, test } from 'vitest';
import { campaignInput, getCampaign } from '../../../src/campaigns/queries.ts';
import { saveAudience } from '../../../src/contacts/save-audience.ts';
import { withOrganisation } from '../../../src/db/database.ts';
import { previewPush } from '../../../src/proofs/preview-push.ts';
import { filePages } from '../../../src/public/files.ts';
import { noticePages } from '../../../src/public/notices.tsx';
import { NOW, testDatabase } from '../../support/database.ts';
import { approve, makePush, submit } from '../../support/factories.ts';
import { GIF, JPEG, png } from '../../support/images.ts';
import { type Visitor, visit } from '../contacts/visit.ts';
import { house } from './house.ts';

const t = await testDatabase();
const pv = house(t);
let alice: Visitor;
let bruno: Visitor;
let stranger: Visitor;
beforeAll(async () => {
  alice = await visit(pv, t.cast.alice);
  bruno = await visit(pv, t.cast.bruno);
  stranger = await visit(pv, t.cast.etranger);
});

const settings = (campaign: string, part = '') => `/campagnes/${campaign}/reglages${part}`;
const stored = (slug: string) =>
  withOrganisation(t.db, t.cast.organisations.opco, async (trx) => campaignInput(trx, await getCampaign(trx, slug)));
const file = (name: string, bytes: Buffer): File => new File([new Uint8Array(bytes)], name);
const notice = async (slug: string) => {
  const response = await noticePages({ db: t.db, now: () => NOW }).request(`/confidentialite/${slug}`);
  return { status: response.status, text: (await response.text()).replace(/[\u00a0\u202f]/g, ' ') };
};

const IDENTITY = {
  nom: 'Une campagne commune',
  slogan: 'Ensemble',
  resume: 'Court.',
  debut: '2026-11-02',
  fin: '2027-06-30',
  couleur: '#12355b',
  accent: '#c2410c',
  motdiese: '#Commune',
  logoGarde: '',
};
const MEASURE = {
  liens: 'cellule',
  dimensions: ['level', 'region', 'size_class'],
  k: '20',
  personne: '2',
  jours: '7',
  entreprise: '6',
  joursEntreprise: '90',
};
const PARTS = ['/identite', '/partenaires', '/cibles', '/cadre', '/mesure'];

describe('who reads, who changes', () => {
  test('a partner reads everything without a form, a stranger finds nothing', async () => {
    const { campaign } = await makePush(t);
    expect((await alice.get(settings(campaign))).text).toContain('Modifier l’identité');
    const seen = await bruno.get(settings(campaign));
    expect(seen.status).toBe(200);
    expect(seen.text).toContain('Mission d’intérêt public.');
    expect(seen.text).not.toMatch(/Modifier|reglages\//);
    expect((await stranger.get(settings(campaign))).status).toBe(404);
  });

  test.each(PARTS)('%s opens for the lead only', async (part) => {
    const { campaign } = await makePush(t);
    expect((await alice.get(settings(campaign, part))).status).toBe(200);
    for (const [visitor, status] of [
      [bruno, 403],
      [stranger, 404],
    ] as const) {
      expect((await visitor.get(settings(campaign, part))).status).toBe(status);
      expect((await visitor.post(settings(campaign, part), { acte: 'enregistrer' })).status).toBe(status);
    }
  });
});

describe('the identity', () => {
  test('is saved and stands where it is read: settings, letter, public page', async () => {
    const push = await makePush(t);
    const answer = await alice.post(settings(push.campaign, '/identite'), {
      ...IDENTITY,
      nom: 'Le nouveau nom',
      logo: file('Notre logo.PNG', png(200, 100)),
    });
    expect(answer).toMatchObject({ status: 303, location: settings(push.campaign) });
    const after = await stored(push.campaign);
    expect(after).toMatchObject({ name: 'Le nouveau nom', tagline: 'Ensemble', summary: 'Court.' });
    expect(after.identity).toMatchObject({ colour: '#12355b', accent: '#c2410c', hashtag: 'Commune' });
    const src = `/fichiers/${push.campaign}/${after.identity.logo}`;
    expect(src).toMatch(/notre-logo-[0-9a-f]{8}\.png$/);
    expect((await filePages({ db: t.db }).request(src)).headers.get('content-type')).toBe('image/png');
    expect((await bruno.get(settings(push.campaign))).text).toContain(`src="${src}"`);
    expect((await notice(push.campaign)).text).toContain(`src="${src}" alt="" width="144" height="72"`);
    const { html } = await previewPush(t.ctx(t.cast.alice), push.id, 'opco', 'terrain');
    expect(html).toContain(`<img src="https://pv.example${src}" alt="Logo de la campagne" width="144" height="72"`);

    await alice.post(settings(push.campaign, '/identite'), {
      ...IDENTITY,
      logoGarde: after.identity.logo ?? '',
      retirerLogo: '1',
    });
    expect((await stored(push.campaign)).identity.logo).toBeNull();
  });

  test('A11Y: colours that cannot be read are told in words with the nearest ones, and saved when that is settled', async () => {
    const { campaign } = await makePush(t);
    const pale = { ...IDENTITY, couleur: '#f2c14e', accent: '#ffd9a0' };
    const asked = await alice.post(settings(campaign, '/identite'), pale);
    expect(asked.status).toBe(422);
    expect(asked.text).toMatch(/href="#champ-couleur">Le nom de la campagne[^<]*contraste de 1,6 pour 1/);
    expect(asked.text).toMatch(/href="#champ-accent">Un lien de cette couleur/);
    const nearest = /nuance lisible la plus proche est (#[0-9a-f]{6})/.exec(asked.text)?.[1];
    await alice.post(settings(campaign, '/identite'), { ...pale, nuances: 'proposees' });
    expect((await stored(campaign)).identity.colour).toBe(nearest);
    await alice.post(settings(campaign, '/identite'), { ...pale, nuances: 'gardees' });
    expect((await stored(campaign)).identity).toMatchObject({ colour: '#f2c14e', accent: '#ffd9a0' });
    // Kept knowingly: nobody is asked about it again.
    expect((await alice.post(settings(campaign, '/identite'), pale)).status).toBe(303);
  });

  test.each([
    ['an animation', file('logo.gif', GIF), 'PNG ou JPEG'],
    ['a drawing that may hold a program', file('logo.svg', Buffer.from('<svg onload="alert(1)"/>')), 'SVG'],
    ['a page under an image’s name', file('logo.png', Buffer.from('<html>')), 'image'],
    ['a dot', file('logo.jpg', JPEG), 'plus grand côté'],
    ['more than 1 MB', file('logo.png', Buffer.alloc(1_100_000, 1)), '1 Mo'],
  ])('a logo that is %s is refused beside its field, and what was typed stays', async (_, logo, words) => {
    const { campaign } = await makePush(t);
    const answer = await alice.post(settings(campaign, '/identite'), { ...IDENTITY, nom: 'Gardé', logo });
    expect(answer.status).toBe(422);
    expect(answer.text).toMatch(new RegExp(`id="champ-logo-erreur"[\\s\\S]{0,80}Erreur[\\s\\S]{0,300}${words}`));
    expect(answer.text).toContain('value="Gardé"');
    expect((await stored(campaign)).name).toBe('Une campagne commune');
  });

  test('a logo is kept while something else is to correct, and no file of another campaign becomes one', async () => {
    const { campaign } = await makePush(t);
    const late = { ...IDENTITY, fin: '2026-01-01', logo: file('logo.png', png(64, 64)) };
    const refused = await alice.post(settings(campaign, '/identite'), late);
    expect(refused.status).toBe(422);
    expect(refused.text).toContain('href="#champ-fin"');
    const logoGarde = /name="logoGarde" value="([^"]+)"/.exec(refused.text)?.[1] ?? '';
    expect((await alice.post(settings(campaign, '/identite'), { ...IDENTITY, logoGarde })).status).toBe(303);
    expect((await stored(campaign)).identity.logo).toBe(logoGarde);
    const other = await makePush(t);
    const stolen = await alice.post(settings(other.campaign, '/identite'), { ...IDENTITY, logoGarde });
    expect(stolen.status).toBe(422);
    expect(stolen.text).toContain('n’est pas une image de la campagne');
  });
});

describe('the law and the measure', () => {
  test('PRV-30, PRV-52: are saved, and a joint campaign without an arrangement is refused beside the field', async () => {
    const { campaign } = await makePush(t);
    const law = {
      nature: 'prospection_b2b',
      baseLegale: 'Intérêt légitime',
      accord: 'Un.\r\n\r\nDeux.',
      contact: 'dpo@opco.example',
    };
    expect((await alice.post(settings(campaign, '/cadre'), law)).status).toBe(303);
    expect(await stored(campaign)).toMatchObject({
      nature: 'prospection_b2b',
      legalBasis: 'Intérêt légitime',
      arrangement: 'Un.\n\nDeux.',
      contactPoint: 'dpo@opco.example',
    });
    const refused = await alice.post(settings(campaign, '/cadre'), { ...law, accord: '', baseLegale: '' });
    expect(refused.status).toBe(422);
    expect(refused.text).toContain('href="#champ-baseLegale"');
    expect(refused.text).toMatch(/aria-describedby="[^"]*champ-baseLegale-erreur"/);
  });

  test('what approvals cover asks for them again, and the page says so before', async () => {
    const push = await makePush(t);
    await submit(t, push.id);
    await approve(t, push.id, t.cast.alice);
    const page = (await alice.get(settings(push.campaign, '/mesure'))).text;
    expect(page).toMatch(/Si vous changez l’un de ces réglages, 1 envoi devra\s+être validé de nouveau/);
    expect(page).toContain('« La lettre »');
    // Ticked in another order: nothing changes.
    await alice.post(settings(push.campaign, '/mesure'), { ...MEASURE, dimensions: ['region', 'level', 'size_class'] });
    expect((await alice.get(settings(push.campaign, '/mesure'))).text).toContain('1 envoi devra');
    await alice.post(settings(push.campaign, '/mesure'), { ...MEASURE, k: '30' });
    expect((await alice.get(settings(push.campaign, '/mesure'))).text).not.toContain('de nouveau');
    expect((await stored(push.campaign)).k).toBe(30);
    await expect(approve(t, push.id, t.cast.bruno)).rejects.toMatchObject({ code: 'nothing_asked' });
  });

  test('its name and its look do not: the letters that were read keep theirs', async () => {
    const push = await makePush(t);
    await submit(t, push.id);
    await alice.post(settings(push.campaign, '/identite'), { ...IDENTITY, nom: 'Autrement' });
    expect((await stored(push.campaign)).name).toBe('Autrement');
    expect((await alice.get(settings(push.campaign, '/mesure'))).text).toContain('1 envoi devra');
  });

  test.each([
    ['k', { k: '5' }, 'k'],
    ['a cap', { personne: '' }, 'personne'],
    ['four dimensions', { dimensions: ['level', 'region', 'size_class', 'idcc'] }, 'dimensions'],
  ])('%s is refused beside its field', async (_, over, field) => {
    const { campaign } = await makePush(t);
    const answer = await alice.post(settings(campaign, '/mesure'), { ...MEASURE, ...over });
    expect(answer.status).toBe(422);
    expect(answer.text).toContain(`href="#champ-${field}"`);
  });
});

test('targets are added, changed and taken off, row by row', async () => {
  const { campaign } = await makePush(t);
  const row = (i: number, valeur: string, niveau = '') => ({
    [`mesure-${i}`]: 'clics',
    [`niveau-${i}`]: niveau,
    [`valeur-${i}`]: valeur,
    [`note-${i}`]: '',
  });
  const wrong = await alice.post(settings(campaign, '/cibles'), { lignes: '3', ...row(0, ''), ...row(1, '12,5') });
  expect(wrong.status).toBe(422);
  expect(wrong.text).toContain('href="#champ-valeur-1"');
  const departures = { ...row(0, '80', 'terrain'), 'mesure-0': 'departs' };
  const levelled = await alice.post(settings(campaign, '/cibles'), { lignes: '1', ...departures });
  expect(levelled.status).toBe(422);
  expect(levelled.text).toContain('href="#champ-niveau-0"');
  await alice.post(settings(campaign, '/cibles'), {
    lignes: '3',
    ...row(0, '300', 'terrain'),
    ...row(1, ''),
    ...row(2, '900'),
  });
  expect((await stored(campaign)).targets).toEqual([
    { measure: 'clics', level: 'terrain', value: 300, note: '' },
    { measure: 'clics', level: null, value: 900, note: '' },
  ]);
  await alice.post(settings(campaign, '/cibles'), { lignes: '2', ...row(0, '300'), 'oter-0': '1', ...row(1, '901') });
  expect((await stored(campaign)).targets).toEqual([{ measure: 'clics', level: null, value: 901, note: '' }]);
});

describe('the partners', () => {
  const LIST = {
    partenaire: ['opco', 'btp', 'federation'],
    'role-opco': 'pilote',
    'role-btp': 'signataire',
    'role-federation': 'relais',
  };
  const order = async (campaign: string) => (await stored(campaign)).partners.map((p) => `${p.organisation} ${p.role}`);

  test('are put in order, added and taken off without being stored, then saved at once', async () => {
    const push = await makePush(t, { push: { signatories: ['opco'] } });
    await submit(t, push.id);
    const path = settings(push.campaign, '/partenaires');
    const moved = await alice.post(path, { ...LIST, acte: 'monter:btp' });
    expect(moved.status).toBe(303);
    expect((await order(push.campaign))[0]).toBe('opco pilote');
    const draft = await alice.get(moved.location);
    expect(draft.text).toContain('pas encore enregistrée');
    expect(draft.text).toMatch(/En enregistrant cette liste, 1 envoi devra\s+être validé de nouveau/);
    const added = await alice.post(path, { ...LIST, acte: 'ajouter', nouvelle: 'etranger', 'nouveau-role': 'relais' });
    const relay = await alice.get(added.location);
    expect(relay.text).toContain('4. Organisation étrangère');
    // A relay writes to nobody: its coming asks nobody again.
    expect(relay.text).not.toContain('En enregistrant cette liste');
    const all = {
      ...LIST,
      partenaire: ['btp', 'opco', 'etranger'],
      'role-etranger': 'relais',
      acte: 'enregistrer',
    };
    expect((await alice.post(path, all)).status).toBe(303);
    expect(await order(push.campaign)).toEqual(['btp signataire', 'opco pilote', 'etranger relais']);
    expect((await stranger.get(settings(push.campaign))).status).toBe(200);
  });

  test('one that signs stays, one whose name messages left under leaves with a date, and the lead stays the lead', async () => {
    const push = await makePush(t);
    const path = settings(push.campaign, '/partenaires');
    const without = { ...LIST, partenaire: ['opco', 'federation'], acte: 'enregistrer' };
    const refused = await alice.post(path, without);
    expect(refused.status).toBe(422);
    expect(refused.text).toContain('signe encore « La lettre »');
    const demoted = await alice.post(path, { ...LIST, 'role-btp': 'relais', acte: 'enregistrer' });
    expect(demoted.status).toBe(422);
    expect(demoted.text).toContain('href="#champ-role-btp"');
    const crowned = await alice.post(path, {
      ...LIST,
      'role-opco': 'signataire',
      'role-btp': 'pilote',
      acte: 'enregistrer',
    });
    expect(crowned.status).toBe(422);
    expect(crowned.text).toContain('garde son pilote');
  });
});

describe('a withdrawal, on its pages', () => {
  const path = (campaign: string) => `/campagnes/${campaign}/partenaires/btp/retrait`;

  test('shows what it would do, asks for a day and a reason, then says it wherever the name stands', async () => {
    const push = await makePush(t);
    await submit(t, push.id);
    await approve(t, push.id, t.cast.alice);
    const preview = (await bruno.get(path(push.campaign))).text;
    expect(preview).toContain('Retirer votre organisation de la campagne ?');
    expect(preview).toContain('La validation de Partenaire BTP n’est plus attendue pour « La lettre »');
    expect(preview).toContain('il pourra partir vers les contacts des autres');
    const empty = await bruno.post(path(push.campaign), { jour: '2026-11-01', raison: '' });
    expect(empty.status).toBe(422);
    expect(empty.text).toContain('href="#champ-raison"');
    const done = await bruno.post(path(push.campaign), { jour: '2026-11-22', raison: 'Fin de l’accord.' });
    expect(done).toMatchObject({ status: 303, location: settings(push.campaign) });
    for (const page of [settings(push.campaign), `/campagnes/${push.campaign}`])
      expect((await alice.get(page)).text).toContain('s’est retirée le dimanche 22 novembre 2026');
    const own = await bruno.get(`/campagnes/${push.campaign}`);
    expect(own.text).toContain('Votre organisation s’est retirée le dimanche 22 novembre 2026');
    expect((await notice(push.campaign)).text).toContain(
      'Cette organisation s’est retirée le dimanche 22 novembre 2026 : elle n’écrit plus',
    );
  });

  test('whoever has left reads on, and is told in a sentence why nothing more is written', async () => {
    const push = await makePush(t);
    await bruno.post(path(push.campaign), { jour: '2026-11-22', raison: 'Fin de l’accord.' });
    expect((await bruno.get(`/campagnes/${push.campaign}/ressources`)).status).toBe(200);
    for (const act of [`/campagnes/${push.campaign}/envois/${push.slug}/validation`, path(push.campaign)]) {
      const answer = await bruno.post(act, { decision: 'valide' });
      expect(answer.status).toBe(403);
      expect(answer.text).toContain('Votre organisation s’est retirée de la campagne');
    }
  });

  test('the same sentence where the address names no campaign: a solicitation declared for it', async () => {
    const push = await makePush(t);
    const { id } = await saveAudience(t.ctx(t.cast.bruno), {
      slug: push.slug,
      name: 'À nous',
      campaignId: null,
      rule: {},
    });
    await bruno.post(path(push.campaign), { jour: '2026-11-22', raison: 'Fin de l’accord.' });
    const answer = await bruno.post('/sollicitations', {
      kind: 'enquete',
      label: 'Enquête',
      at: '2026-11-20',
      audienceId: String(id),
      campaignId: String(push.campaignId),
    });
    expect(answer.status).toBe(403);
    expect(answer.text).toContain('ne prend plus part à cette campagne');
  });

  test('a push offers it as a signatory no more, but for what it had signed, where its leaving is told', async () => {
    const push = await makePush(t);
    await bruno.post(path(push.campaign), { jour: '2026-11-22', raison: 'Fin de l’accord.' });
    const signed = await alice.get(`/campagnes/${push.campaign}/envois/${push.slug}`);
    expect(signed.text).toContain('Retrait de la campagne le dimanche 22 novembre 2026.');
    const blank = await alice.get(`/campagnes/${push.campaign}/envois/nouveau`);
    expect(blank.text).toContain('OPCO de test');
    expect(blank.text).not.toContain('Partenaire BTP');
  });

  test('is nobody else’s to open: a relay, a stranger, the lead for itself', async () => {
    const push = await makePush(t);
    const chloe = await visit(pv, t.cast.chloe);
    expect((await chloe.get(path(push.campaign))).status).toBe(403);
    expect((await stranger.get(path(push.campaign))).status).toBe(404);
    expect((await alice.get(`/campagnes/${push.campaign}/partenaires/opco/retrait`)).status).toBe(409);
    expect((await alice.get(path(push.campaign))).text).toContain('Retirer Partenaire BTP de la campagne ?');
  });
});

describe('the public page of personal data (PRV-30, PRV-52)', () => {
  test('says who answers, on what ground, the arrangement, and the measure of this very campaign', async () => {
    const push = await makePush(t, { campaign: { k: 45, arrangement: 'Premier point.\n\nSecond point.' } });
    const { status, text } = await notice(push.campaign);
    expect(status).toBe(200);
    for (const words of [
      'Mission d’intérêt public.',
      '<a href="mailto:contact@opco.example">',
      '<a href="mailto:dpo@btp.example">',
      '1 rue de l’Essai, 75001 Paris',
      '<p>Premier point.</p><p>Second point.</p>',
      'groupes d’au moins 45 destinataires',
      'Au plus 2 fois en 7 jours à une même personne',
      'CNIL',
    ])
      expect(text).toContain(words);
    expect(text).not.toContain('vingt');
  });

  test('a campaign whose links are direct counts no click, and says so', async () => {
    const push = await makePush(t, { campaign: { linkMode: 'direct' } });
    const { text } = await notice(push.campaign);
    expect(text).toContain('aucun clic n’est compté');
    expect(text).not.toContain('groupes d’au moins');
  });

  test('of a campaign that does not exist there is none', async () => {
    expect((await notice('inconnue')).status).toBe(404);
  });
});
