import { describe, expect, test } from 'vitest';
import { LEVELS } from '../../src/base/words.ts';
import {
  checkContrast,
  checkDarkPalette,
  checkFontSize,
  checkHidden,
  flawsOfPalette,
  inverted,
} from '../../src/proofs/check-look.ts';
import {
  checkHeadings,
  checkLanguage,
  checkPictures,
  checkTables,
  checkTitle,
  checkUnderlines,
} from '../../src/proofs/check-outline.ts';
import { paletteOf } from '../../src/rendering/palette.ts';
import { variant } from '../rendering/letter.ts';
import { codes, letterOf, page, run, text, withBlocks } from './check-cast.ts';

test.each(LEVELS)(
  'the compiled letter of level %s passes every check of its look (A11Y-20, MAIL-45)',
  async (level) => {
    const letter = await letterOf({}, undefined, level);
    for (const check of [
      checkLanguage,
      checkTitle,
      checkHeadings,
      checkTables,
      checkPictures,
      checkUnderlines,
      checkContrast,
      checkDarkPalette,
      checkFontSize,
      checkHidden,
    ])
      expect(run(check, letter), check.name).toEqual([]);
  },
);

describe('how the page is built (A11Y-20)', () => {
  test.each([
    ['the page', /<html lang="fr"/, '<html'],
    ['its frame, which webmails keep', /role="article" lang="fr"/, 'role="article"'],
  ])('French is said on %s', async (_, from, to) => {
    expect(codes(run(checkLanguage, await letterOf({}, page(from, to))))).toEqual(['bloquant langue_absente']);
  });

  test('the title of the page is the subject', async () => {
    expect(codes(run(checkTitle, await letterOf({}, page(/<title>[^<]*/, '<title>Sans titre'))))).toEqual([
      'bloquant titre_objet',
    ]);
  });

  test('headings start at the first level and skip none', async () => {
    const started = await letterOf({}, ({ html }) => ({ html: html.replaceAll(/<(\/?)h1/g, '<$1h2') }));
    expect(run(checkHeadings, started)).toMatchObject([{ code: 'titres_ordre', place: 'Mise en page' }]);
    const skipped = await letterOf({}, ({ html }) => ({ html: html.replaceAll(/<(\/?)h2/g, '<$1h4') }));
    expect(run(checkHeadings, skipped)).toMatchObject([
      { code: 'titres_ordre', level: 'bloquant', place: 'Bloc 2 (titre)', block: { id: 'titre-outils', n: 2 } },
    ]);
  });

  test('a table that only lays out says so', async () => {
    expect(codes(run(checkTables, await letterOf({}, page(/role="presentation"/g, ''))))).toEqual([
      'bloquant tableaux',
    ]);
    expect(codes(run(checkTables, await letterOf({}, page(/<td\b/g, '<th></th><td'))))).toEqual(['bloquant tableaux']);
  });

  test('a link without its line among words is told', async () => {
    const letter = await letterOf(
      {},
      page(/<a href="\{\{link:0\}\}" style="/, '<a href="{{link:0}}" style="text-decoration:none;'),
    );
    expect(run(checkUnderlines, letter)).toMatchObject([
      { code: 'lien_sans_trait', level: 'a_voir', place: 'Bloc 1 (texte)' },
    ]);
  });
});

describe('pictures', () => {
  const described = 'alt="Une raccordeuse ouvre une armoire de rue, à Limoges."';

  test.each([
    ['without a description (A11Y-20)', page(described, ''), 'bloquant image_sans_texte'],
    [
      'with an empty one, though it is not decorative (A11Y-20)',
      page(described, 'alt=""'),
      'bloquant image_sans_texte',
    ],
    ['described by its file name', page(described, 'alt="IMG_2041.jpg"'), 'a_voir image_nom_de_fichier'],
    [
      'of another host (PRV-02)',
      page('https://lettre.afdas.example/fichiers/essentiels', 'https://cdn.example'),
      'bloquant image_tierce',
    ],
    [
      'whose address changes with the reader (PRV-01)',
      page('raccordeur.png', 'raccordeur.png?a={{messageId}}'),
      'bloquant image_personnelle',
    ],
  ])('one %s', async (_, spoil, expected) => {
    const found = run(checkPictures, await letterOf({}, spoil));
    expect(codes(found)).toEqual([expected]);
    if (!expected.endsWith('tierce')) expect(found[0]?.remedy).toMatch(/image/i);
  });

  test('a finding leads to the block of the picture', async () => {
    expect(run(checkPictures, await letterOf({}, page(described, 'alt="photo 12"')))).toMatchObject([
      { place: 'Bloc 9 (image)', block: { id: 'photo', n: 9 } },
    ]);
  });

  test('a decorative one has no description, and needs none', async () => {
    const image = { type: 'image', src: '/fichiers/essentiels/filet.png', alt: '', decorative: true };
    expect(run(checkPictures, await letterOf(withBlocks(image, text('Bonjour.'))))).toEqual([]);
  });
});

describe('contrast (WCAG 2.2, 1.4.3)', () => {
  test('grey on paper blocks, with its figure and its block', async () => {
    const letter = await letterOf(
      withBlocks(text('Une phrase pâle.')),
      page(/<p>Une phrase/, '<p style="color:#999999">Une phrase'),
    );
    expect(run(checkContrast, letter)).toMatchObject([
      {
        code: 'contraste',
        level: 'bloquant',
        place: 'Bloc 1 (texte)',
        message: expect.stringMatching(/Une phrase pâle.*2,\d pour 1/),
        remedy: expect.stringContaining('couleur'),
      },
    ]);
  });

  test('a blue that is lost once colours are turned over is told', async () => {
    const letter = await letterOf(
      withBlocks(text('Une phrase bleue.')),
      page(/<p>Une phrase/, '<p style="color:#0000ff">Une phrase'),
    );
    expect(run(checkContrast, letter)).toMatchObject([
      { code: 'contraste_sombre', level: 'a_voir', place: 'Couleurs' },
    ]);
  });

  test('colours turned over keep their hue', () => {
    expect(inverted('#ffffff')).toBe('#000000');
    expect(inverted('#1a2330')).toBe('#cfd8e5');
  });

  test('the dark sheet of styles is judged on the colours people chose', () => {
    const palette = paletteOf(variant('terrain'));
    expect(flawsOfPalette(palette)).toEqual([]);
    expect(codes(flawsOfPalette({ ...palette, dark_link: '#555555' }))).toEqual(['a_voir contraste_sombre']);
  });
});

test('letters under 14 pixels are told', async () => {
  const letter = await letterOf(
    withBlocks(text('Une phrase fine.')),
    page(/<p>Une phrase/, '<p style="font-size:12px">Une phrase'),
  );
  expect(run(checkFontSize, letter)).toMatchObject([{ code: 'texte_petit', place: 'Bloc 1 (texte)' }]);
});

describe('hidden words (MAIL-45)', () => {
  const hidden = (replacement: string) => page('<p>Une phrase', `${replacement}<p>Une phrase`);

  test.each([
    ['by its display', '<p style="display:none">Mots de trop</p>'],
    ['by its visibility', '<p style="visibility:hidden">Mots de trop</p>'],
    ['by its opacity', '<p style="opacity:0">Mots de trop</p>'],
    ['by its size', '<p style="font-size:0">Mots de trop</p>'],
    ['by its colour', '<p style="color:#ffffff;background:#fff">Mots de trop</p>'],
    ['far away', '<p style="text-indent:-9999px">Mots de trop</p>'],
    ['between letters', '<p>Mo\u200bts de trop</p>'],
    ['in tags of Unicode', '<p>Mots\u{e0041} de trop</p>'],
  ])('a text that hides %s blocks', async (_, replacement) => {
    const letter = await letterOf(withBlocks(text('Une phrase.')), hidden(replacement));
    expect(run(checkHidden, letter)).toMatchObject([
      { code: 'texte_cache', level: 'bloquant', message: expect.stringContaining('de trop') },
    ]);
  });

  test('the line beside the subject may hide, once, first and short', async () => {
    const second = await letterOf(
      {},
      page(/(<body[^>]*>)([\s\S]*?<\/div>)/, '$1$2<div style="display:none">Encore une ligne</div>'),
    );
    expect(codes(run(checkHidden, second))).toEqual(['bloquant texte_cache']);
    const long = await letterOf({}, page(/(<body[^>]*>\s*<div[^>]*>)/, `$1${'Des mots cachés. '.repeat(30)}`));
    expect(codes(run(checkHidden, long))).toEqual(['bloquant texte_cache']);
  });
});
