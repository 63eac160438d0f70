import { expect, test } from 'vitest';
import { newsletterSchema } from '../../src/pushes/schema.ts';
import { renderNewsletter } from '../../src/rendering/newsletter.ts';
import { fillSample } from '../../src/rendering/sample.ts';
import { refuseUnsafeHtml } from '../../src/rendering/sanitise.ts';
import type { VariantInput } from '../../src/rendering/schema.ts';
import { variant, withBlocks } from './letter.ts';

const text = (markdown: string) => withBlocks('terrain', { id: 'a', type: 'text', markdown });
const render = async (input: VariantInput) => fillSample(await renderNewsletter(input));

test.each([
  '<script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '<p onclick="alert(1)">mot</p>',
  '<a href="javascript:alert(1)">mot</a>',
  '[mot](javascript:alert(1))',
  '[mot](data:text/html;base64,PHNjcmlwdD4=)',
  '[mot](java&#115;cript:alert(1))',
  '![mot](https://pixel.exemple.com/a.png)',
  '<iframe src="https://exemple.com"></iframe>',
  '<form action="https://exemple.com"><input name="a"></form>',
  '<style>*{background:url(https://exemple.com)}</style>',
  '<mj-raw><script>alert(1)</script></mj-raw>',
  '</mj-text><mj-raw><script>alert(1)</script></mj-raw><mj-text>',
  '<mj-include path="/etc/passwd" />',
  '<!--[if mso]><script>alert(1)</script><![endif]-->',
  '<svg onload=alert(1)>',
  '<a href="https://user:secret@exemple.com">mot</a>',
])('SEC-12: a text block with %s leaves nothing that acts', async (hostile) => {
  const { html } = await render(text(`Avant.\n\n${hostile}\n\nAprès.`));
  expect(html).toContain('Avant.');
  expect(html).toContain('Après.');
  expect(html).not.toMatch(/<script|<iframe|<form|<svg|<mj-|<img|\son\w+=|javascript:|data:|exemple\.com|passwd/i);
});

test.each([
  ['subject', (hostile: string) => withSubject(hostile)],
  [
    'title',
    (hostile: string) =>
      withBlocks('terrain', { id: 'x', type: 'separator' }, { id: 'a', type: 'title', text: hostile }),
  ],
  [
    'button',
    (hostile: string) =>
      withBlocks('terrain', { id: 'a', type: 'button', label: hostile, url: 'https://www.afdas.example' }),
  ],
  ['alt', (hostile: string) => withBlocks('terrain', { id: 'a', type: 'image', src: '/fichiers/a.png', alt: hostile })],
  [
    'testimony',
    (hostile: string) =>
      withBlocks('terrain', { id: 'a', type: 'testimony', quote: hostile, author: hostile, role: hostile }),
  ],
  [
    'video',
    (hostile: string) =>
      withBlocks('terrain', {
        id: 'a',
        type: 'video',
        title: hostile,
        duration: '2 min',
        url: 'https://www.afdas.example',
      }),
  ],
  ['campaign', (hostile: string) => withCampaign(hostile)],
])('SEC-12: markup typed in a %s is shown, never obeyed', async (_, input) => {
  const hostile = '</title></mj-text><script>x</script><b onclick="y">"&amp;\'';
  const { html } = await render(input(hostile));
  expect(html).not.toMatch(/<script|<b |<\/mj-/i);
  expect(html).toContain('&lt;script&gt;x&lt;/script&gt;&lt;b onclick=&quot;y&quot;&gt;&quot;&amp;amp;&#39;');
  expect(html.match(/<title>/g)).toHaveLength(1);
});

const withSubject = (subject: string): VariantInput =>
  variant('terrain', { content: newsletterSchema.parse({ subject, blocks: [{ id: 'a', type: 'separator' }] }) });
const withCampaign = (hostile: string): VariantInput => {
  const input = withBlocks('terrain', { id: 'a', type: 'separator' });
  return { ...input, campaign: { ...input.campaign, name: hostile, tagline: hostile, hashtag: hostile } };
};

test('a colour that is not one never enters a style', async () => {
  const input = variant('terrain');
  input.campaign.colour = 'red;background:url(https://exemple.com)';
  input.organisation.colour = '"><script>';
  const { html } = await render(input);
  expect(html).not.toMatch(/exemple\.com|<script/);
});

test('SEC-12: braces typed by an author stay braces, even those of a template or of a place', async () => {
  const typed = '{{constructor}} {{subject}} {{toString}}';
  const rendered = await renderNewsletter(text(`${typed} {{unsubscribe}} {{gree**t**ing}} {{{link:0}}}`));
  const { html, text: plain } = fillSample(rendered, { unsubscribe: 'JETON', greeting: 'SALUT' });
  expect(html).toContain(typed);
  expect(plain).toContain(`${typed} [unsubscribe] [greeting] {[link:0]}`);
  // Once in the header of the page, once in its foot: the author's makes no third.
  expect(html.match(/JETON/g)).toHaveLength(2);
  expect(plain.match(/SALUT/g)).toHaveLength(1);
});

test('MAIL-45: zero-width, bidirectional and tag characters are taken out, typed or written as a reference', async () => {
  const { html, text: plain } = await render(text('in\u200bvi\u202es&#8203;i&ZeroWidthSpace;b\u{e0041}le, 5\u00a0%'));
  expect(html).toContain('invisible, 5\u00a0%');
  expect(plain).toContain('invisible, 5\u00a0%');
});

test('MAIL-43: a line break in a subject is refused by the schema', () => {
  const parsed = newsletterSchema.safeParse({
    subject: 'Bonjour\r\nBcc: tous@exemple.fr',
    blocks: [{ id: 'a', type: 'separator' }],
  });
  expect(parsed.success).toBe(false);
});

test('a link that leads nowhere is removed, keeps its words, and the author is told which', async () => {
  const { warnings, html } = await renderNewsletter(
    text('Voir [la fiche](fiches/raccordeur) et [le site](https://www.afdas.example).'),
  );
  expect(warnings).toEqual([
    'Bloc « a » (texte) : le lien « la fiche » est retiré, car il ne mène pas à une page. Donnez une adresse complète, qui commence par https://.',
  ]);
  expect(html).toContain('Voir la fiche et <a href="{{link:0}}"');
});

test('a link without words takes its address as a name', async () => {
  const { html } = await render(text('Voir [](https://www.afdas.example/fiche).'));
  expect(html).toMatch(/<a [^>]*>https:\/\/www\.afdas\.example\/fiche<\/a>/);
});

test('content that passed around its schema is refused with the name of its block', async () => {
  const block = { id: 'mal', type: 'button' as const, label: 'Ouvrir', url: 'javascript:alert(1)' };
  await expect(
    renderNewsletter({
      ...variant('terrain'),
      content: { subject: 'a', subjects: {}, preheader: '', blocks: [block] },
    }),
  ).rejects.toThrow(/^Bloc « mal » \(bouton\) : le lien « Ouvrir » mène à « javascript:alert\(1\) »/);
  const image = { id: 'img', type: 'image' as const, src: '.exemple.com/a.png', alt: 'a', decorative: false };
  await expect(
    renderNewsletter({
      ...variant('terrain'),
      content: { subject: 'a', subjects: {}, preheader: '', blocks: [image] },
    }),
  ).rejects.toThrow(/^Bloc « img » \(image\) : l’image/);
});

test.each([
  '<script>x</script>',
  '<p onclick="x">a</p>',
  '<a href="javascript:x">a</a>',
  '<a href="JAVA&#115;CRIPT:x">a</a>',
  '<img src="https://autre.example/fichiers/a.png">',
  '<img src="https://nous.example/fichiers/../r/jeton">',
  '<img src="https://nous.example/fichiers/a.png" srcset="https://autre.example/a.png 2x">',
  '<table background="https://autre.example/a.png"></table>',
  '<td style="background:url(https://autre.example/a.png)"></td>',
  '<style>@import "https://autre.example/a.css";</style>',
  '<link rel="stylesheet" href="https://autre.example/a.css">',
  '<meta http-equiv="refresh" content="0;url=https://autre.example">',
  '<form></form>',
  '<iframe></iframe>',
  '<!--[if mso]><script>x</script><![endif]-->',
])('SEC-12: the last look refuses %s', (html) => {
  expect(() => refuseUnsafeHtml(html, 'https://nous.example', 'Message')).toThrow(/^Message : .*Retirez ce contenu/);
});

test('the last look lets through what a letter is made of', () => {
  const html =
    '<p><a href="https://a.example">a</a> <a href="mailto:a@b.example">b</a> <a href="tel:+33102030405">c</a></p><img src="https://nous.example/fichiers/a.png" alt="">';
  expect(() => refuseUnsafeHtml(html, 'https://nous.example', 'Message')).not.toThrow();
});
