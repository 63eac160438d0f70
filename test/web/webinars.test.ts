import { beforeAll, describe, expect, test } from 'vitest';
import { acrossOrganisations } from '../../src/db/database.ts';
import { getWebinarById } from '../../src/webinars/queries.ts';
import { NOW, testDatabase } from '../support/database.ts';
import { makeCampaign } from '../support/factories.ts';
import { madeWebinar, registered } from '../webinars/made-webinar.ts';
import { house } from './campaigns/house.ts';
import { visit } from './contacts/visit.ts';

const t = await testDatabase();
const served = house(t);
const alice = await visit(served, t.cast.alice);
const bruno = await visit(served, t.cast.bruno);
const david = await visit(served, t.cast.david);
const etranger = await visit(served, t.cast.etranger);

let campaign: { id: number; slug: string };
let all: string;
beforeAll(async () => {
  campaign = await makeCampaign(t);
  all = `/campagnes/${campaign.slug}/webinaires`;
});

const typed = {
  title: 'Un webinaire écrit à l’écran',
  startsAt: '2027-01-14',
  startHour: '14:00',
  endsAt: '15:15',
  organisers: 'opco',
  platform: 'zoom',
  keepDays: '180',
};
const rowOf = (slug: string) =>
  acrossOrganisations(t.db, async (trx) => {
    const { id } = await trx.selectFrom('webinars').select('id').where('slug', '=', slug).executeTakeFirstOrThrow();
    return getWebinarById(trx, id);
  });

describe('the form', () => {
  test('of an empty list, says what to do; then writes a webinar that nobody may register to yet', async () => {
    expect((await alice.get(all)).text).toContain('Préparer le premier webinaire');
    expect((await david.get(all)).text).not.toContain('Préparer le premier webinaire');
    expect((await alice.get(`${all}/nouveau`)).status).toBe(200);
    const { status, location } = await alice.post(`${all}/nouveau`, {
      ...typed,
      'speakers.0.name': 'Nadia Ferrand',
      'speakers.2.name': 'Karim Benali',
    });
    expect([status, location]).toEqual([303, `${all}/un-webinaire-ecrit-a-l-ecran`]);
    const page = await alice.get(location);
    expect(page.text).toContain('Ouvrir les inscriptions');
    expect(page.text).toContain('Jeudi 14 janvier 2027, de 14 h à 15 h 15');
    // A row left empty between two others is nobody.
    expect((await rowOf('un-webinaire-ecrit-a-l-ecran')).speakers.map((s) => s.name)).toEqual([
      'Nadia Ferrand',
      'Karim Benali',
    ]);
  });

  test('adds and removes rows without a script, and keeps what was typed', async () => {
    const given = { ...typed, 'speakers.0.name': 'Une', 'speakers.1.name': 'Deux' };
    const added = await alice.post(`${all}/nouveau`, { ...given, act: 'add' });
    expect(added.status).toBe(422);
    expect(added.text).toContain('name="speakers.2.name"');
    expect(added.text).toContain('value="Un webinaire écrit à l’écran"');
    const removed = await alice.post(`${all}/nouveau`, { ...given, act: 'remove-0' });
    expect(removed.text).not.toContain('value="Une"');
    expect(removed.text).toContain('value="Deux"');
  });

  test.each([
    [{ startsAt: '2027-03-28', startHour: '02:30', endsAt: '04:00' }, '2 h 30 n’existe pas', 'champ-startsAt'],
    [{ startsAt: '2027-03-28', startHour: '01:30', endsAt: '02:45' }, '2 h 45 n’existe pas', 'champ-endsAt'],
    [{ endsAt: '13:00' }, 'finit avant d’avoir commencé', 'champ-endsAt'],
    [{ startsAt: '2026-11-02' }, 'déjà passée', 'champ-startsAt'],
    [{ startHour: '' }, 'Donnez une date et une heure qui existent', 'champ-startsAt'],
    [{ capacity: 'beaucoup' }, 'nombre entier de places', 'champ-capacity'],
    [{ joinUrl: 'reunion' }, 'qui commence par https://', 'champ-joinUrl'],
    [{ title: '' }, 'Donnez un titre', 'champ-title'],
  ])('comes back with its words when %j is refused', async (over, words, place) => {
    const page = await alice.post(`${all}/nouveau`, { ...typed, ...over });
    expect(page.status).toBe(422);
    expect(page.text).toContain(words);
    expect(page.text).toContain(`href="#${place}"`);
  });

  test('says what a move does before doing it, and asks again when that has changed', async () => {
    const w = await madeWebinar(t, campaign.slug, { title: 'Bientôt déplacé' });
    await registered(t, w, 'opco', 3);
    const path = `${all}/${w.slug}/modifier`;
    expect((await alice.get(path)).text).toContain('value="14:00"');
    const moved = {
      ...typed,
      title: w.title,
      summary: w.summary,
      startHour: '16:00',
      endsAt: '17:30',
      joinUrl: w.joinUrl ?? '',
      organisers: 'opco',
    };
    const asked = await alice.post(path, moved);
    expect(asked.status).toBe(422);
    expect(asked.text).toContain('3 personnes');
    expect((await rowOf(w.slug)).sequence).toBe(0);
    const sure = /name="sure" value="([^"]*)"/.exec(asked.text)?.[1]?.replaceAll('&quot;', '"') ?? '';
    await registered(t, w, 'opco', 1);
    const again = await alice.post(path, { ...moved, sure });
    expect(again.status).toBe(422);
    expect(again.text).toContain('4 personnes');
    const now = /name="sure" value="([^"]*)"/.exec(again.text)?.[1]?.replaceAll('&quot;', '"') ?? '';
    expect((await alice.post(path, { ...moved, sure: now })).location).toBe(`${all}/${w.slug}`);
    expect(await rowOf(w.slug)).toMatchObject({ sequence: 1, organisers: ['opco'] });
  });
});

test('somebody who came through a partner that is no longer named is still counted, and asked about', async () => {
  const w = await madeWebinar(t, campaign.slug, { title: 'Devenu seul', capacity: 2, organisers: ['opco', 'btp'] });
  await registered(t, w, 'opco', 1);
  await registered(t, w, 'btp', 1);
  const path = `${all}/${w.slug}/modifier`;
  const alone = { ...typed, title: w.title, summary: w.summary, endsAt: '15:30', joinUrl: w.joinUrl ?? '' };
  expect((await alice.post(path, { ...alone, capacity: '2' })).status).toBe(303);
  expect((await rowOf(w.slug)).organisers).toEqual(['opco']);
  const page = await alice.get(`${all}/${w.slug}`);
  expect(page.text).toContain('moins de 20 chez les autres');
  expect(page.text).not.toContain('il reste');
  // Of one's own registrants there would be one to tell: the partner's has a letter all the same.
  expect((await alice.get(`${all}/${w.slug}/annulation`)).text).toContain('moins de 20');
  const moved = await alice.post(path, { ...alone, capacity: '2', startHour: '09:00', endsAt: '10:30' });
  expect(moved.status).toBe(422);
});

describe('the page', () => {
  test('is the same for a partner, to read, with its own registrants and the others as a number from k up', async () => {
    const w = await madeWebinar(t, campaign.slug, { title: 'À plusieurs', capacity: 60 });
    await registered(t, w, 'opco', 2, { lastName: 'Discrète' });
    await registered(t, w, 'btp', 21, { lastName: 'Bâtisseur' });
    const one = `${all}/${w.slug}`;
    const [mine, theirs] = [await alice.get(one), await bruno.get(one)];
    expect(mine.text).toContain('23 sur 60');
    expect(mine.text).toContain(`action="${one}/cloture"`);
    expect(theirs.text).toContain('moins de 20 chez les autres');
    expect(theirs.text).not.toContain('/cloture"');
    expect(theirs.text).not.toContain('/modifier');
    expect((await bruno.get(`${one}/modifier`)).status).toBe(403);
    expect((await bruno.post(`${one}/cloture`)).status).toBe(403);
    const list = await bruno.get(`${one}/inscriptions`);
    expect(list.text).toContain('Bâtisseur');
    expect(list.text).not.toContain('Discrète');
    expect((await bruno.get(`${one}/inscriptions?recherche=Discrète`)).text).toContain('Personne ne correspond');
    // The évaluateur reads no name, nor the way into the meeting.
    const read = await david.get(one);
    expect(read.text).not.toContain('reunion.example');
    expect((await david.get(`${one}/inscriptions`)).status).toBe(403);
    for (const path of [all, one, `${one}/inscriptions`, `${one}/intervenants.csv`])
      expect((await etranger.get(path)).status, path).toBe(404);
  });

  test('opens, closes, holds and cancels, each with one button', async () => {
    const w = await madeWebinar(t, campaign.slug, { title: 'Ses états' });
    const one = `${all}/${w.slug}`;
    expect((await alice.post(`${one}/cloture`)).location).toBe(one);
    expect((await alice.get(one)).text).toContain('Rouvrir les inscriptions');
    expect((await alice.post(`${one}/tenue`)).status).toBe(409);
    const refused = await alice.post(`${one}/annulation`, { reason: '' });
    expect(refused.status).toBe(422);
    expect(refused.text).toContain('Dites pourquoi');
    expect((await alice.post(`${one}/annulation`, { reason: 'Salle indisponible.' })).location).toBe(one);
    const page = await alice.get(one);
    expect(page.text).toContain('Salle indisponible.');
    expect(page.text).not.toContain('Modifier ou déplacer');
  });
});

describe('the people', () => {
  test('thirty a page, found by any word, and asked about before anything is cancelled', async () => {
    const w = await madeWebinar(t, campaign.slug, { title: 'Beaucoup de monde' });
    await registered(t, w, 'opco', 34);
    const [one] = await registered(t, w, 'opco', 1, { firstName: 'Zélie', lastName: 'Unique' });
    const list = `${all}/${w.slug}/inscriptions`;
    const first = await alice.get(list);
    expect(first.text.match(/href="[^"]*\/inscriptions\/\d+"/g)).toHaveLength(30);
    const next = /href="([^"]*apres=\d+)"/.exec(first.text)?.[1]?.replaceAll('&amp;', '&') ?? '';
    expect((await alice.get(next)).text.match(/href="[^"]*\/inscriptions\/\d+"/g)).toHaveLength(5);
    const found = await alice.get(`${list}?recherche=zélie unique`);
    expect(found.text.match(/href="[^"]*\/inscriptions\/\d+"/g)).toEqual([`href="${list}/${one}"`]);
    expect((await alice.get(`${list}/${one}`)).text).toContain('Renvoyer sa confirmation');
    expect((await bruno.get(`${list}/${one}`)).status).toBe(404);
    expect((await bruno.post(`${list}/${one}/annulation`)).status).toBe(404);
    expect((await alice.get(`${list}/${one}/annulation`)).text).toContain('Annuler l’inscription de Zélie Unique');
    expect((await alice.post(`${list}/${one}/annulation`)).location).toBe(list);
    expect((await alice.get(`${list}/${one}`)).text).toContain('annulée par l’organisation');
    expect((await alice.post(`${list}/${one}/oubli`)).location).toBe(list);
    expect((await alice.get(`${list}/${one}`)).text).toContain('personne oubliée');
  });

  test('the speakers’ list holds no address, runs no formula, and tells the others as a number from k up', async () => {
    const w = await madeWebinar(t, campaign.slug, { title: 'Pour les intervenants' });
    await registered(t, w, 'opco', 1, {
      firstName: '=HYPERLINK("http://x")',
      lastName: '@SUM(1)',
      question: 'Écrivez-moi : zoe@prive.example ; merci\n+33 1',
    });
    await registered(t, w, 'opco', 1, { place: 'attente', lastName: 'En attente' });
    await registered(t, w, 'btp', 20);
    const { status, text } = await alice.get(`${all}/${w.slug}/intervenants.csv`);
    expect(status).toBe(200);
    const lines = text.split('\r\n');
    expect(lines[0]).toBe('Prénom;Nom;Entreprise;Public;Département;Question');
    expect(lines[1]).toBe(
      '"\'=HYPERLINK(""http://x"")";\'@SUM(1);Fibre & Fils;entreprise;;"Écrivez-moi : …@… ; merci +33 1"',
    );
    expect(lines.slice(2)).toEqual(['Et 20 personnes inscrites auprès des autres organisations', '']);
    expect(text).not.toMatch(/[\w.]+@[\w.]+\.\w+/);
    expect((await bruno.get(`${all}/${w.slug}/intervenants.csv`)).text).not.toContain('Et 1 personne');
    expect((await david.get(`${all}/${w.slug}/intervenants.csv`)).status).toBe(403);
  });
});

test('the plan of the campaign and the first page show what is coming', async () => {
  const w = await madeWebinar(t, campaign.slug, { title: 'Au calendrier' });
  expect((await bruno.get(`/campagnes/${campaign.slug}/calendrier?mois=2027-01&vue=liste`)).text).toContain(w.title);
  expect((await bruno.get(`/campagnes/${campaign.slug}/calendrier?mois=2027-01&canal=webinaires`)).text).toContain(
    w.title,
  );
  const ics = (await bruno.get(`/campagnes/${campaign.slug}/calendrier.ics`)).text;
  expect(ics).toContain(`SUMMARY:Webinaire : ${w.title}`);
  expect((await bruno.get('/')).text).toContain('En direct');
  expect(NOW < w.startsAt).toBe(true);
});
