import { marked } from 'marked';
import { beforeAll, describe, expect, test } from 'vitest';
import { recordDecision } from '../../src/decisions/record-decision.ts';
import { recordWatchNote } from '../../src/decisions/watch-notes.ts';
import { noteHtml } from '../../src/web/memory-words.tsx';
import { testDatabase } from '../support/database.ts';
import { browser, house } from './campaigns/house.ts';
import { rememberedCampaign } from './memory-world.ts';

const t = await testDatabase();
const served = house(t);
const { campaignId } = await rememberedCampaign(t);
const alice = await browser(served, t.cast.alice);
const bruno = await browser(served, t.cast.bruno);
const david = await browser(served, t.cast.david);
const etranger = await browser(served, t.cast.etranger);

const MEMORY = '/campagnes/commune/memoire';
const filled = {
  instance: 'copil',
  date: '2026-11-16',
  subject: 'Le rythme de la lettre',
  decision: 'Une par mois.',
  why: 'On nous dit : trop.',
  options: '',
  due: '2026-12-01',
  push: 'lettre',
  present: ['OPCO de test', 'Partenaire BTP'],
  'people.OPCO de test': 'Alice Roux, Marc Petit',
  'other.0.organisation': 'Cabinet',
  'other.0.people': 'Mme Vidal',
};

describe('a memory in use', () => {
  let decision = '';

  test('before anything is noted, the page says what to do', async () => {
    const page = await alice.get(MEMORY);
    expect(page.status).toBe(200);
    expect(page.text).toContain('Noter la première décision');
    expect((await david.get(MEMORY)).text).not.toContain('Noter la première décision');
    expect((await alice.get('/memoire')).status).toBe(200);
  });

  test('a decision is noted in a form, and read by a partner with who was there', async () => {
    const form = await alice.get(`${MEMORY}/decisions/nouvelle?envoi=lettre`);
    expect(form.text).toContain('<option value="lettre" selected="">');
    const done = await alice.post(`${MEMORY}/decisions`, filled);
    expect(done.status, done.text).toBe(303);
    decision = done.location;
    const page = await bruno.get(decision);
    for (const words of [
      'Le rythme de la lettre',
      'OPCO de test (Alice Roux, Marc Petit)',
      'Partenaire BTP',
      'Cabinet (Mme Vidal)',
      'en vigueur',
    ])
      expect(page.text).toContain(words);
    expect(page.text).toContain('href="/campagnes/commune/envois/lettre"');
  });

  test('an évaluateur reads how many people, not who', async () => {
    const page = await david.get(decision);
    expect(page.text).toContain('OPCO de test (2');
    expect(page.text).not.toContain('Roux');
    expect(page.text).not.toContain('Corriger ou remplacer');
    for (const path of [
      MEMORY,
      `${MEMORY}/document`,
      `${MEMORY}/document.md`,
      `${MEMORY}/document.html`,
      '/campagnes/commune/passation',
    ])
      expect((await david.get(path)).text, path).not.toMatch(/Roux|Vidal/);
    expect((await david.get(`${MEMORY}/compte-rendu`)).status).toBe(403);
    expect((await david.get(`${MEMORY}/decisions/nouvelle`)).status).toBe(403);
    expect((await david.post(`${MEMORY}/decisions`, filled)).status).toBe(403);
  });

  test('a refused form comes back whole, with its errors', async () => {
    const back = await alice.post(`${MEMORY}/decisions`, {
      ...filled,
      subject: '',
      date: '2026-02-30',
      'other.1.organisation': '',
      'other.1.people': 'Personne sans organisation',
    });
    expect(back.status).toBe(422);
    expect(back.text).toContain('Dites de quoi il s’agit.');
    expect(back.text).toContain('Donnez une date qui existe.');
    expect(back.text).toContain('href="#champ-other-1-organisation"');
    expect(back.text).toContain('value="Alice Roux, Marc Petit"');
    expect(back.text).toContain('value="Personne sans organisation"');
  });

  test('it is replaced by another one, and both say so', async () => {
    const id = Number(decision.split('/').at(-1));
    const form = await bruno.get(`${MEMORY}/decisions/nouvelle?remplace=${id}`);
    expect(form.text).toContain('Remplacer une décision');
    expect(form.text).toContain('Alice Roux, Marc Petit');
    const done = await bruno.post(`${MEMORY}/decisions`, {
      ...filled,
      decision: 'Deux par mois.',
      supersedes: String(id),
    });
    expect(done.status).toBe(303);
    expect((await alice.get(decision)).text).toContain(`href="${done.location}"`);
    expect((await alice.get(done.location)).text).toContain(`href="${decision}"`);
    const again = await alice.post(`${MEMORY}/decisions`, { ...filled, decision: 'Trois.', supersedes: String(id) });
    expect(again.status).toBe(409);
    expect(again.text).toContain('déjà été remplacée');
  });

  test('it is found with its words marked, whatever their accents', async () => {
    const page = await bruno.get(`${MEMORY}?recherche=RYTHMES`);
    expect(page.text).toContain('Le <mark>rythme</mark> de la lettre');
    expect((await bruno.get(`${MEMORY}?recherche=satellite`)).text).toContain('Aucune décision ne répond');
    expect((await bruno.get(`${MEMORY}?etat=remplacee&instance=copil&envoi=lettre&organisation=btp`)).text).toContain(
      'remplacée',
    );
  });

  test.each([
    '?avant=2026-02-31.1',
    '?avant=x',
    '?avant=2026-11-16.999999999999999',
    '?instance=x&etat=y',
    '?veille=0001-01-01.1',
    '?envoi=%22',
    `?recherche=${'%C3%A9'.repeat(300)}`,
  ])('an address that was cut or invented shows a page all the same: %s', async (query) => {
    expect((await alice.get(MEMORY + query)).status).toBe(200);
  });

  test.each(['?remplace=0', '?remplace=abc', '?remplace=1e99', '?envoi=inconnu'])(
    'and so does the form: %s',
    async (query) => {
      expect((await alice.get(`${MEMORY}/decisions/nouvelle${query}`)).status).toBe(200);
    },
  );

  test('a stranger finds nothing (SEC-23)', async () => {
    for (const path of [
      MEMORY,
      `${MEMORY}/document`,
      `${MEMORY}/document.md`,
      `${MEMORY}/compte-rendu`,
      '/campagnes/commune/passation',
      decision,
      `${MEMORY}/decisions/nouvelle`,
      '/memoire/decisions/999999',
      '/memoire/decisions/nouvelle?remplace=1',
    ])
      expect((await etranger.get(path)).status, path).toBe(404);
    expect((await etranger.post(`${MEMORY}/decisions`, filled)).status).toBe(404);
    expect((await etranger.post('/memoire/decisions', { ...filled, push: '', supersedes: '1' })).status).toBe(404);
    expect((await etranger.get('/memoire?recherche=rythme')).text).not.toContain('Le rythme');
  });
});

describe('what people paste', () => {
  const HOSTILE = `<script>alert(1)</script><img src=x onerror=alert(2)> [clic](javascript:alert(3)) ![i](https://tiers.example/i.png)
# titre
</textarea></title><style>*{display:none}</style>| a | b |
[ref]: javascript:alert(4) "t"
<https://exemple.fr> &lt;b&gt; \`code\` ~~x~~ *e* _s_ =1+1`;
  let hostile = 0;
  let note = 0;

  beforeAll(async () => {
    const ctx = t.ctx(t.cast.bruno);
    const line = HOSTILE.replaceAll('\n', ' ').slice(0, 118);
    hostile = (
      await recordDecision(ctx, campaignId, {
        instance: 'gt',
        date: '2026-11-17',
        subject: line,
        participants: [{ organisation: line, people: [line] }],
        options: HOSTILE,
        decision: HOSTILE,
        why: HOSTILE,
        due: '2026-11-18',
      })
    ).id;
    note = (
      await recordWatchNote(ctx, campaignId, {
        date: '2026-11-17',
        title: line,
        body: HOSTILE,
        sourceName: line,
        sourceUrl: 'https://exemple.fr/"><script>alert(5)</script>',
      })
    ).id;
  });

  const PAGES = () => [
    MEMORY,
    `${MEMORY}?recherche=titre`,
    `${MEMORY}?recherche=script`,
    `/memoire/decisions/${hostile}`,
    `/memoire/veille/${note}`,
    `${MEMORY}/document`,
    `${MEMORY}/document.html`,
    `${MEMORY}/compte-rendu?instance=gt&date=2026-12-01`,
    `${MEMORY}/compte-rendu.html?instance=gt&date=2026-12-01`,
    '/campagnes/commune/passation',
    `${MEMORY}/decisions/nouvelle?remplace=${hostile}`,
  ];

  test('stays text on every page and in every HTML file (SEC-12)', async () => {
    for (const path of PAGES()) {
      const { status, text } = await alice.get(path);
      expect(status, path).toBe(200);
      expect(text, path).not.toMatch(
        /<script>|<img|onerror=alert\(2\)>|href="javascript:|tiers\.example\/i\.png"|\*\{display:none\}<\/style/i,
      );
      expect(text.match(/<style/gi) ?? [], path).toHaveLength(path.includes('.html') ? 1 : 0);
    }
  });

  test('stays text in Markdown: no tag, no link, no title, no image of theirs', async () => {
    const { text, headers } = await alice.get(`${MEMORY}/document.md`);
    expect(headers.get('content-type')).toBe('text/markdown; charset=utf-8');
    expect(headers.get('content-disposition')).toBe('attachment; filename="memoire-commune.md"');
    // What a reader of Markdown makes of it.
    const html = await marked.parse(text, { gfm: true });
    expect(html).not.toMatch(/<script|<img|<style|<textarea|<em>|<del>|<code>|href="javascript:/i);
    expect(html.match(/<h1>/g)).toHaveLength(1);
    expect(html).not.toMatch(/<h\d>titre/);
    expect(html.match(/<table/g)).toBeNull();
    expect(html).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(html.match(/href="(?!https?:|#)[^"]*"/g)).toBeNull();
  });

  test('a note keeps the safe part of Markdown only', () => {
    expect(noteHtml('Un **mot**, une [page](https://exemple.fr/a?b=1).\n\n- un\n- deux')).toBe(
      '<p>Un <strong>mot</strong>, une <a href="https://exemple.fr/a?b=1" rel="noopener noreferrer">page</a>.</p>\n<ul>\n<li>un</li>\n<li>deux</li>\n</ul>\n',
    );
    for (const bad of [
      '[x](javascript:alert(1))',
      '[x](JaVaScRiPt:alert(1))',
      '[x](data:text/html;base64,xx)',
      '[x](//tiers.example)',
      '[x](vbscript:x)',
      '<a href="&#106;avascript:alert(1)">x</a>',
      '<svg onload=alert(1)>',
      '<iframe src=//x>',
      '![x](https://tiers.example/x.png)',
      '<p style="x" onclick=y>x</p>',
    ])
      expect(noteHtml(bad), bad).not.toMatch(/href|src|on\w+=|style|<svg|<iframe|<img/i);
  });

  test('a file opened from this address can run nothing', async () => {
    const { headers } = await alice.get(`${MEMORY}/document.html`);
    expect(headers.get('content-security-policy')).toContain('sandbox');
    expect(headers.get('content-disposition')).toContain('attachment');
  });
});

describe('watch notes', () => {
  test('are noted, shown beside the decisions, and archived by their author only', async () => {
    const done = await alice.post(`${MEMORY}/veille`, {
      date: '2026-11-18',
      title: 'Une étude à lire',
      body: 'Les **besoins** changent.',
      sourceName: 'Observatoire',
      sourceUrl: 'https://exemple.fr/etude',
      resources: ['outil'],
    });
    expect(done.status, done.text).toBe(303);
    const list = await bruno.get(MEMORY);
    const path = /href="(\/memoire\/veille\/\d+)">Une étude à lire/.exec(list.text)?.[1] ?? '';
    const page = await bruno.get(path);
    expect(page.text).toContain('<strong>besoins</strong>');
    expect(page.text).toContain('L’outil GEPP');
    expect(page.text).not.toContain('Archiver');
    expect((await bruno.post(`${path}/archive`, {})).status).toBe(404);
    expect((await etranger.get(path)).status).toBe(404);
    expect((await etranger.post(`${path}/archive`, {})).status).toBe(404);
    expect((await alice.post(`${path}/archive`, {})).status).toBe(303);
    expect((await bruno.get(MEMORY)).text).not.toContain('Une étude à lire');
    expect((await bruno.get(`${MEMORY}/document`)).text).toContain('Une étude à lire');
  });

  test('a refused note comes back with its errors', async () => {
    const back = await alice.post(`${MEMORY}/veille`, {
      date: '2026-11-18',
      title: 'T',
      body: '',
      sourceUrl: 'javascript:alert(1)',
    });
    expect(back.status).toBe(422);
    expect(back.text).toContain('Dites ce qu’il y a à retenir.');
    expect(back.text).toContain('commence par https://');
  });

  test('what one organisation notes for itself stays there', async () => {
    const done = await alice.post('/memoire/decisions', { ...filled, subject: 'Notre secret', push: '' });
    expect(done.status).toBe(303);
    expect((await alice.get('/memoire')).text).toContain('Notre secret');
    expect((await bruno.get('/memoire')).text).not.toContain('Notre secret');
    expect((await bruno.get(done.location)).status).toBe(404);
    expect((await alice.get(MEMORY)).text).not.toContain('Notre secret');
  });
});
