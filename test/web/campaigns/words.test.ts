import { beforeAll, describe, expect, test } from 'vitest';
import { testDatabase } from '../../support/database.ts';
import { browser, house, jointCampaign } from './house.ts';

const t = await testDatabase();
const site = house(t);
const AT = '/campagnes/commune/elements';
type Browser = Awaited<ReturnType<typeof browser>>;
let [alice, bruno, chloe, david, stranger]: Browser[] = [];

beforeAll(async () => {
  await jointCampaign(t);
  [alice, bruno, chloe, david, stranger] = await Promise.all(
    (['alice', 'bruno', 'chloe', 'david', 'etranger'] as const).map((name) => browser(site, t.cast[name])),
  );
});

const seen = (text: string): string => /name="vu" value="([0-9a-f]{64})"/.exec(text)?.[1] ?? '';
const words = (text: string): string => text.replace(/<[^>]*>/g, '').replaceAll('\u00a0', ' ');

describe('writing', () => {
  test('a topic is written in one form, each part at its place', async () => {
    const form = await alice!.get(`${AT}/nouveau`);
    expect(form.text).toContain('name="terrain.diapositive.points"');
    const made = await alice!.post(`${AT}/nouveau`, {
      version: '0',
      topic: 'Les métiers de la fibre',
      'terrain.post': 'Un métier.\r\n\r\n#Fibre',
      'terrain.email.objet': 'Vos métiers',
      'terrain.email.texte': 'Bonjour,\r\n\r\nVoici **28 fiches**.',
      'terrain.diapositive.titre': '28 fiches',
      'terrain.diapositive.points': '- une par métier\r\ngratuites',
      'operationnel.faq': 'Q : Pour qui ?\r\nR : Pour tous.',
    });
    expect(made).toMatchObject({ status: 303, location: `${AT}/les-metiers-de-la-fibre` });
    const { text } = await alice!.get(`${AT}/les-metiers-de-la-fibre?niveau=terrain`);
    expect(words(text)).toContain('Un métier.\n\n#Fibre');
    expect(text).toContain('<strong>28 fiches</strong>');
    expect(words(text)).toContain('28 fiches\n- une par métier\n- gratuites');
    expect(words(text)).toContain('18 caractères sur');
    const edit = await alice!.get(`${AT}/les-metiers-de-la-fibre/edition?niveau=terrain`);
    expect(edit.text).toContain('une par métier\ngratuites</textarea>');
    expect(edit.text).toContain('data-count="champ-terrain-post">18</b>');
  });

  test('3 001 characters come back with the text, its count and the place to mend', async () => {
    const refused = await alice!.post(`${AT}/nouveau`, {
      version: '0',
      topic: 'Trop long',
      'terrain.post': 'a'.repeat(3001),
      'institutionnel.email.texte': 'Sans objet',
    });
    expect(refused.status).toBe(422);
    expect(refused.text).toContain('href="#champ-terrain-post"');
    expect(refused.text).toContain('href="#champ-institutionnel-email-objet"');
    expect(refused.text).toContain('a'.repeat(3001));
    expect(refused.text).toContain('data-count="champ-terrain-post">3001</b>');
    expect((await alice!.get(`${AT}/trop-long`)).status).toBe(404);
  });

  test('a word to avoid is shown at once, and kept only on purpose', async () => {
    expect(await alice!.post(`${AT}/glossaire`, { term: 'raccordeur', avoid: 'poseur de fibre' })).toMatchObject({
      status: 303,
    });
    const fields = { version: '0', topic: 'Un métier', 'terrain.titre': 'Devenir poseur de fibre' };
    const shown = await alice!.post(`${AT}/nouveau`, fields);
    expect(shown.status).toBe(422);
    expect(words(shown.text)).toContain('« poseur de fibre » : écrivez « raccordeur »');
    expect(await alice!.post(`${AT}/nouveau`, { ...fields, garder: '1' })).toMatchObject({ status: 303 });
    expect(words((await bruno!.get(`${AT}/un-metier`)).text)).toContain('« poseur de fibre » : écrivez « raccordeur »');
    // Known and kept, it is not asked about again.
    expect(
      await alice!.post(`${AT}/un-metier/edition`, { ...fields, version: '1', note: 'Un mot', 'terrain.post': 'Ici' }),
    ).toMatchObject({ status: 303 });
  });

  test('a version says why, and does not cover another written meanwhile', async () => {
    const path = `${AT}/essentiel/edition`;
    const fields = { topic: 'L’essentiel', 'terrain.paragraphe': 'Des outils pour vous.' };
    const silent = await alice!.post(path, { ...fields, version: '1' });
    expect(silent.text).toContain('href="#champ-note"');
    expect((await alice!.post(path, { ...fields, version: '1', note: 'Plus court' })).status).toBe(303);
    const late = await alice!.post(path, { ...fields, 'terrain.paragraphe': 'Autre.', version: '1', note: 'Autre' });
    expect(late.status).toBe(422);
    expect(words(late.text)).toContain('Quelqu’un a écrit une version');
    expect(late.text).toContain('Autre.</textarea>');
    expect(late.text).toContain('name="version" value="2"');
  });

  test('what changed is shown with words for who sees no colour, and one may come back', async () => {
    const { text } = await chloe!.get(`${AT}/essentiel/histoire`);
    expect(text).toMatch(
      /<del><span class="hidden">\[retiré\u00a0: <\/span>[^<]*simples[^<]*<span class="hidden">\]<\/span><\/del>/,
    );
    expect(text).not.toContain('/retour?version');
    expect((await alice!.get(`${AT}/essentiel/retour?version=1`)).text).toContain('la version 3 redira la version 1');
    expect(await alice!.post(`${AT}/essentiel/retour`, { retour: '1', version: '2', note: 'Mieux' })).toMatchObject({
      status: 303,
    });
    const back = await chloe!.get(`${AT}/essentiel/histoire?de=1&a=3`);
    expect(words(back.text)).toContain('Les deux versions disent la même chose.');
    expect(words(back.text)).toContain('« Retour à la version 1 : Mieux »');
    expect((await chloe!.get(`${AT}/essentiel/histoire?de=9`)).status).toBe(404);
  });
});

describe('approving', () => {
  test('Bruno sees on his first page what waits for him, reads what moved since his yes, and answers', async () => {
    const path = `${AT}/essentiel`;
    expect((await alice!.post(`${path}/demande`, { version: '3' })).status).toBe(303);
    expect(site.woken).toContainEqual({ kind: 'outbox' });
    expect((await bruno!.get('/')).text).toContain(`${path}/validation`);
    const first = await bruno!.get(`${path}/validation`);
    expect(first.text).not.toContain('Ce qui a changé depuis votre accord');
    expect((await bruno!.post(`${path}/validation`, { vu: seen(first.text), decision: 'valide' })).status).toBe(303);
    const mine = await alice!.get(`${path}/validation`);
    await alice!.post(`${path}/validation`, { vu: seen(mine.text), decision: 'valide' });
    expect(words((await chloe!.get(AT)).text)).toContain('validé');
    // Another version: what moved comes first.
    await alice!.post(`${path}/edition`, {
      version: '3',
      topic: 'L’essentiel',
      'terrain.paragraphe': 'Des outils très simples pour vous.',
      note: 'Insister',
    });
    await alice!.post(`${path}/demande`, { version: '4' });
    const second = await bruno!.get(`${path}/validation`);
    const page = words(second.text);
    expect(page.indexOf('Ce qui a changé depuis votre accord')).toBeLessThan(page.indexOf('Niveau terrain'));
    expect(second.text).toMatch(/<ins>.*?très/s);
    expect(words((await chloe!.get(path)).text)).toContain('Les kits des relais disent la version 3');
    expect((await bruno!.post(`${path}/validation`, { vu: seen(first.text), decision: 'valide' })).status).toBe(409);
    const mute = await bruno!.post(`${path}/validation`, { vu: seen(second.text), decision: 'changement' });
    expect(mute.status).toBe(422);
    const asked = await bruno!.post(`${path}/validation`, {
      vu: seen(second.text),
      decision: 'changement',
      'remarque-terrain-paragraphe': 'Ôtez « très ».',
    });
    expect(asked.status).toBe(303);
    expect(words((await alice!.get(path)).text)).toContain('Partenaire BTP demande un changement');
    // Inside guillemets, those of the remark are the inner ones.
    expect(words((await alice!.get(`${path}/validation`)).text)).toContain('Ôtez “très”.');
  });
});

describe('who may', () => {
  const pages = ['', '/nouveau', '/glossaire', '/essentiel', '/essentiel/histoire', '/essentiel/validation'];

  test('a stranger finds nothing', async () => {
    for (const page of pages) expect((await stranger!.get(`${AT}${page}`)).status, page).toBe(404);
    for (const act of ['/nouveau', '/glossaire', '/essentiel/edition', '/essentiel/demande', '/essentiel/retour'])
      expect((await stranger!.post(`${AT}${act}`, { version: '1' })).status, act).toBe(404);
  });

  test('a partner, a relay and an evaluator read; writing is not offered, and is refused', async () => {
    for (const who of [bruno, chloe, david]) {
      const { status, text } = await who!.get(AT);
      expect(status).toBe(200);
      expect(text).not.toContain(`${AT}/nouveau`);
      expect((await who!.get(`${AT}/essentiel`)).text).not.toContain('/edition');
      for (const act of ['/nouveau', '/essentiel/edition', '/essentiel/retour', '/essentiel/demande', '/glossaire'])
        expect((await who!.post(`${AT}${act}`, { version: '4', note: 'x', topic: 'Intrus' })).status, act).toBe(403);
    }
  });

  test('hostile texts are words on every page (SEC-12)', async () => {
    const hostile = '<script>alert(1)</script><img src=x onerror=alert(1)>[là](javascript:alert(1))';
    const forms = ['titre', 'accroche', 'paragraphe', 'post', 'rendez_vous', 'discours'].map((f) => [
      `terrain.${f}`,
      hostile,
    ]);
    const made = await alice!.post(`${AT}/nouveau`, {
      version: '0',
      topic: `Hostile ${hostile}`,
      ...Object.fromEntries(forms),
      'terrain.email.objet': hostile,
      'terrain.email.texte': hostile,
      'terrain.diapositive.titre': hostile,
      'terrain.diapositive.points': hostile,
      'terrain.faq': `Q : ${hostile}\nR : ${hostile}`,
    });
    expect(made.status).toBe(303);
    await alice!.post(`${made.location}/demande`, { version: '1' });
    for (const page of [
      AT,
      made.location,
      `${made.location}/edition`,
      `${made.location}/histoire`,
      `${made.location}/validation`,
      '/',
    ]) {
      const { status, text } = await alice!.get(page);
      expect(status, page).toBe(200);
      expect(text, page).not.toMatch(/<script>|<img src=x|href="javascript/i);
    }
  });

  test('an empty campaign says what to do next', async () => {
    expect(words((await bruno!.get(`${AT}?recherche=introuvable`)).text)).toContain('Aucun sujet ne correspond.');
    expect((await alice!.get(`${AT}?etat=perime&page=x`)).status).toBe(200);
    expect((await alice!.get(`${AT}/absent`)).status).toBe(404);
  });
});
