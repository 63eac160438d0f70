import PostalMime from 'postal-mime';
import { expect, test } from 'vitest';
import { LEVELS } from '../../src/base/words.ts';
import { prepare, type Skeleton, type SlotValues, splice } from '../../src/mail/skeleton.ts';
import { renderNewsletter } from '../../src/rendering/newsletter.ts';
import { fillSample } from '../../src/rendering/sample.ts';
import { renderWebVersion, webVersionHeaders } from '../../src/rendering/web-version.ts';
import { LETTER, variant, withBlocks } from './letter.ts';

const hrefs = (html: string): string[] =>
  [...html.matchAll(/<a\s[^>]*href="([^"]*)"/g)].map((m) => (m[1] ?? '').replaceAll('&amp;', '&'));
const images = (html: string): string[] => [...html.matchAll(/<img[^>]*src="([^"]*)"/g)].map((m) => m[1] ?? '');
const slotsOf = (skeleton: Skeleton, enc: string): Set<string> =>
  new Set(skeleton.pieces.flatMap((p) => (typeof p !== 'string' && p.enc === enc ? [p.slot] : [])));

const VALUES: SlotValues = {
  to: '"Lea Petit" <lea@pme.example>',
  date: 'Thu, 26 Nov 2026 09:00:00 +0100',
  messageId: '42.7@constructys.example',
  greeting: 'Bonjour Léa Petit,',
  unsubscribe: 'https://lettre.afdas.example/d/jeton',
  preferences: 'https://lettre.afdas.example/d/jeton/choix',
  web: 'https://lettre.afdas.example/m/jeton',
  notice: '',
  ...Object.fromEntries([0, 1, 2, 3, 4].map((n) => [`link:${n}`, `https://lettre.afdas.example/r/lien${n}`])),
};
const send = (skeleton: Skeleton, values = VALUES): string => splice(prepare(skeleton), values).toString('latin1');

test.each(LEVELS)('the %s letter reads as it was last read by a person', async (level) => {
  const rendered = await renderNewsletter(variant(level));
  const { html, text } = fillSample(rendered);
  const headers = send(rendered.skeleton).split('\r\n\r\n')[0] ?? '';
  await expect(html).toMatchFileSnapshot(`golden/${level}.html.golden`);
  await expect(text).toMatchFileSnapshot(`golden/${level}.text.golden`);
  await expect(headers.replaceAll('\r\n', '\n')).toMatchFileSnapshot(`golden/${level}.headers.golden`);
});

test('the same variant rendered twice gives the same bytes, so that they can be approved', async () => {
  const [first, second] = await Promise.all([
    renderNewsletter(variant('terrain')),
    renderNewsletter(variant('terrain')),
  ]);
  expect(second).toEqual(first);
});

test('MAIL-40, MAIL-44: what is sent is what was shown, text first, accents and names whole', async () => {
  const rendered = await renderNewsletter(variant('terrain'));
  const message = splice(prepare(rendered.skeleton), VALUES);
  const mail = await PostalMime.parse(message);
  const shown = fillSample(rendered, VALUES);
  expect(mail.html?.trimEnd()).toBe(shown.html);
  expect(mail.text?.trimEnd()).toBe(shown.text.trimEnd());
  expect(mail.subject).toBe('Recruter et garder ses raccordeurs : trois outils prêts à servir');
  expect(mail.from).toMatchObject({ name: 'Constructys', address: 'lettre@constructys.example' });
  const raw = message.toString('latin1');
  expect(raw.indexOf('text/plain')).toBeLessThan(raw.indexOf('text/html'));
});

test.each(LEVELS)('MAIL-40: HTML and plain text hold the same links (%s)', async (level) => {
  const { html, text } = await renderNewsletter(variant(level));
  const inHtml = new Set(hrefs(html).map((href) => href.replace(/^mailto:/, '')));
  const inText = new Set(text.match(/\{\{[\w:]+\}\}|https?:\/\/[^\s>]+|[\w.]+@[\w.]+\w/g));
  inText.delete('{{greeting}}');
  inText.delete('{{notice}}');
  expect(inText).toEqual(inHtml);
});

test('every content link is one slot per address, in order of reading, and none other leaves untracked', async () => {
  const { links, html } = await renderNewsletter(variant('terrain'));
  expect(links).toEqual([
    { url: 'https://www.afdas.example/metiers/fiches', label: '28 fiches métiers' },
    { url: 'https://www.constructys.example/gepp', label: 'Outil GEPP en ligne' },
    { url: 'https://www.constructys.example/gepp?profil=dirigeant&etape=1', label: 'Ouvrir l’outil GEPP' },
    { url: 'https://www.constructys.example/videos/raccordeur', label: 'Deux minutes avec un raccordeur' },
    {
      url: 'https://lettre.afdas.example/questionnaires/essentiels-infranum/vos-usages',
      label: 'Donner mon avis : Que faites-vous de ces outils ?',
    },
  ]);
  expect(hrefs(html).filter((href) => href.startsWith('http'))).toEqual([
    'https://lettre.afdas.example/confidentialite/essentiels-infranum',
  ]);
  const twice = await renderNewsletter(
    withBlocks(
      'terrain',
      { id: 'a', type: 'button', label: 'Lire la fiche', url: 'https://www.afdas.example/fiche' },
      { id: 'b', type: 'text', markdown: 'La même [fiche](https://www.afdas.example/fiche).' },
    ),
  );
  expect(twice.links).toEqual([{ url: 'https://www.afdas.example/fiche', label: 'Lire la fiche' }]);
});

test('MAIL-01, MAIL-06, MAIL-14, MAIL-15: headers are there once each, without personal data', async () => {
  const { skeleton } = await renderNewsletter(variant('terrain'));
  const message = send(skeleton);
  const head = (message.split('\r\n\r\n')[0] ?? '').replaceAll('\r\n ', ' ').split('\r\n');
  const names = head.map((line) => line.slice(0, line.indexOf(':')));
  expect(new Set(names).size).toBe(names.length);
  expect(head).toContain('List-Unsubscribe: <https://lettre.afdas.example/d/jeton>');
  expect(head).toContain('List-Unsubscribe-Post: List-Unsubscribe=One-Click');
  expect(head).toContain('Feedback-ID: recruter-garder:essentiels-infranum:newsletter:constructys');
  expect(head.find((line) => line.startsWith('List-ID:'))).toContain('<list.essentiels-infranum.constructys.example>');
  expect(head).toEqual(
    expect.arrayContaining([
      'Auto-Submitted: auto-generated',
      'Precedence: bulk',
      'Message-ID: <42.7@constructys.example>',
    ]),
  );
  expect(slotsOf(skeleton, 'header')).toEqual(new Set(['to', 'date', 'messageId', 'unsubscribe']));
  expect(Math.max(...message.split('\r\n').map((line) => line.length))).toBeLessThanOrEqual(998);
});

test('MAIL-43: a sender name that hides a second header is refused', async () => {
  const input = variant('terrain');
  input.organisation.senderName = 'Constructys\r\nBcc: tous@exemple.fr';
  await expect(renderNewsletter(input)).rejects.toMatchObject({ name: 'Refusal', code: 'header_control' });
});

test('MAIL-41: twelve blocks weigh far under 80 KB, and one may leave from the very first line', async () => {
  const { html, htmlBytes } = await renderNewsletter(variant('institutionnel'));
  expect(htmlBytes).toBeLessThan(30_000);
  expect(html.indexOf('{{unsubscribe}}')).toBeLessThan(
    html.indexOf('Les essentiels pour la filière', html.indexOf('<table')),
  );
});

test('PRV-06, PRV-32: the foot names the controller and offers three separate choices', async () => {
  const { html, text } = fillSample(await renderNewsletter(variant('terrain')), { unsubscribe: 'U', preferences: 'P' });
  const foot = html.slice(html.lastIndexOf('Constructys</strong>'));
  expect(hrefs(foot)).toEqual([
    'mailto:donnees@constructys.example',
    'U',
    'P',
    'https://lettre.afdas.example/confidentialite/essentiels-infranum',
  ]);
  expect(foot).toContain('32 rue René Boulanger<br>75010 Paris');
  expect(foot).toContain('est portée par AFDAS, Constructys et Fédération des réseaux.');
  expect(text).toContain('Constructys\n32 rue René Boulanger\n75010 Paris\nContact : donnees@constructys.example');
});

test('PRV-33: the notice of a first message is one paragraph, and leaves no space when it is empty', async () => {
  const rendered = await renderNewsletter(variant('terrain'));
  expect(fillSample(rendered).html).toContain('<p style="margin:0"></p>');
  const { html, text } = fillSample(rendered, { notice: 'Votre adresse vient du fichier <adhérents>.' });
  expect(html).toContain('<p style="margin:0">Votre adresse vient du fichier &lt;adhérents&gt;.</p>');
  expect(text).toContain('\nVotre adresse vient du fichier <adhérents>.\n');
  expect(text).not.toContain('{{');
});

test('PRV-01, PRV-02: images are ours and the same for all, and nothing else is fetched', async () => {
  const { html } = await renderNewsletter(variant('terrain'));
  expect(images(html)).toEqual(['https://lettre.afdas.example/fichiers/essentiels/raccordeur.png']);
  expect(html).not.toMatch(/<link|@import|url\(|googleapis/);
});

test('A11Y-20: language, title, headings and tables are said to a screen reader', async () => {
  const { html, subject } = await renderNewsletter(variant('institutionnel'));
  expect(html).toMatch(/<html lang="fr"/);
  expect(html).toMatch(/role="article" lang="fr"/);
  expect(html).toContain(`<title>${subject}</title>`);
  expect(html).toContain('<meta name="color-scheme" content="light dark">');
  expect(html).not.toMatch(/<table(?![^>]*role="presentation")|<th\b/);
  const outline = [...html.matchAll(/<h(\d)/g)].map((m) => Number(m[1]));
  expect(outline).toEqual([1, 2, 3, 2, 3, 3, 3]);
});

test('a smaller title before any title block is of the second level, and an opening title is the headline', async () => {
  const video = { id: 'v', type: 'video', title: 'Le métier', url: 'https://www.afdas.example/v' };
  const bare = await renderNewsletter(withBlocks('terrain', video));
  expect([...bare.html.matchAll(/<h(\d)[^>]*>/g)].map((m) => m[1])).toEqual(['1', '2']);
  const opened = await renderNewsletter(
    withBlocks('terrain', { id: 't', type: 'title', text: 'Bonne nouvelle' }, video),
  );
  expect([...opened.html.matchAll(/<h(\d)[^>]*>/g)].map((m) => m[1])).toEqual(['1', '2']);
  expect(opened.html).toMatch(/<h1[^>]*>Bonne nouvelle<\/h1>/);
});

test('a block shows at its levels and for its organisations only', async () => {
  const only = (id: string, extra: object) => ({ id, type: 'text', markdown: `Passage ${id}.`, ...extra });
  const input = withBlocks(
    'terrain',
    only('commun', {}),
    only('etat', { levels: ['institutionnel'] }),
    only('afdas', { organisations: ['afdas'] }),
    only('ici', { levels: ['terrain'], organisations: ['constructys'] }),
  );
  const { text } = await renderNewsletter(input);
  expect(text.match(/Passage \w+/g)).toEqual(['Passage commun', 'Passage ici']);
});

test('what a variant lacks is said with the block and the remedy', async () => {
  const input = variant('terrain');
  await expect(renderNewsletter({ ...input, keyMessages: {} })).rejects.toThrow(
    'Bloc « edl-gepp » (élément de langage) : l’élément de langage « gepp » n’a pas de paragraphe pour le niveau terrain.',
  );
  await expect(renderNewsletter({ ...input, resources: {} })).rejects.toThrow(
    /Bloc « outil » \(ressource\).*Ajoutez-la/,
  );
  const levels = LETTER.blocks.map((block) => ({ ...block, levels: ['institutionnel' as const] }));
  await expect(renderNewsletter({ ...input, content: { ...LETTER, blocks: levels } })).rejects.toThrow(
    /n’a aucun bloc/,
  );
  const image = {
    id: 'p',
    type: 'image',
    src: '/fichiers/a.png',
    alt: '',
    decorative: true,
    url: 'https://www.afdas.example',
  };
  await expect(renderNewsletter(withBlocks('terrain', image))).rejects.toThrow(
    /Bloc « p » \(image\).*Décrivez l’image/,
  );
});

test('SEC-13: the online version greets nobody by name and cannot unsubscribe the first reader', async () => {
  const rendered = await renderNewsletter(variant('terrain'));
  const page = renderWebVersion(rendered);
  expect(page).toContain('Bonjour,');
  expect(page).not.toContain('{{');
  expect(page).toContain('.mail-only,.personal{display:none!important}');
  expect(renderWebVersion(rendered, { unsubscribe: '/d/a', preferences: '/d/a' })).toContain(
    '<style>.mail-only{display',
  );
  const headers = webVersionHeaders('https://lettre.afdas.example');
  expect(headers['Content-Security-Policy']).toMatch(
    /^default-src 'none'; img-src https:\/\/lettre\.afdas\.example; style-src 'unsafe-inline'/,
  );
  expect(headers['X-Robots-Tag']).toBe('noindex');
});
