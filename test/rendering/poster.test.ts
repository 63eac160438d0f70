import { describe, expect, test } from 'vitest';
import { contrast } from '../../src/rendering/colours.ts';
import { drawable } from '../../src/rendering/lettering.ts';
import { paintOf } from '../../src/rendering/paint.ts';
import { type Poster, renderPoster } from '../../src/rendering/poster.ts';
import { SHEETS } from '../../src/rendering/poster-sheets.ts';
import { codeIn, hexAt, infoOf, pictureOf, poster, structureOf, textOf, type Word, wordsOf } from './paper.ts';

const FORMATS = Object.keys(SHEETS) as Poster['format'][];
const PAPER = { a4: '595.276 x 841.89 pts (A4)', a3: '841.89 x 1190.55 pts (A3)', carte: '283.465 x 595.276 pts' };

describe.each(FORMATS)('a poster on %s', (format) => {
  const ordinary = renderPoster(poster({ format }));

  test('is one page of real paper', async () => {
    const info = infoOf(await ordinary);
    expect(info['Page size']).toBe(PAPER[format]);
    expect(info.Pages).toBe('1');
  });

  test('leads a phone to the relay’s own link, from paper and from a screen (72 dots an inch)', async () => {
    const { link } = poster();
    expect(codeIn(pictureOf(await ordinary, 72))).toBe(link);
    expect(codeIn(pictureOf(await ordinary, format === 'a3' ? 100 : 150))).toBe(link);
  });

  test('is tagged, in French, with a title, and is read in the order it is seen (A11Y-40)', async () => {
    const pdf = await ordinary;
    expect(infoOf(pdf)).toMatchObject({ Tagged: 'yes', Title: poster().title, Author: 'Les essentiels' });
    expect(pdf.toString('latin1')).toContain('/Lang (fr-FR)');
    const structure = structureOf(pdf);
    expect([...structure.matchAll(/^ +(H1|P|Figure|Link)\b/gm)].map(([, tag]) => tag)).toEqual(
      'P P H1 P P Figure P P Link P P P'.split(' '),
    );
    expect(pdf.toString('latin1')).toMatch(/\/S \/Figure\s+\/Alt \(/);
    const order = ['essentiels', '#LesEssentiels', 'métiers', 'filière', 'Vingt-huit', 'tapez', 'Relayé', 'portée'];
    const places = order.map((word) => structure.indexOf(word));
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect(Math.min(...places)).toBeGreaterThan(0);
  });

  test.each(hostile())(
    'holds %s: one page, nothing over anything else, nothing outside',
    async (_, changes, campaign) => {
      const pdf = await renderPoster(poster({ format, ...changes }, campaign));
      const { width, height } = SHEETS[format];
      expect(infoOf(pdf).Pages).toBe('1');
      const words = wordsOf(pdf);
      expect(words.length).toBeGreaterThan(5);
      const points = 72 / 25.4;
      for (const word of words) {
        expect(word.left, word.text).toBeGreaterThan(5 * points);
        expect(word.top, word.text).toBeGreaterThan(3 * points);
        expect(word.right, word.text).toBeLessThan((width - 5) * points);
        expect(word.bottom, word.text).toBeLessThan((height - 4) * points);
      }
      expect(overlaps(words)).toEqual([]);
      expect(codeIn(pictureOf(pdf, 110))).toBe(changes.link ?? poster().link);
    },
  );
});

function hostile(): [string, Partial<Poster>, Partial<Poster['campaign']>][] {
  const sentence = 'Fédération régionale interprofessionnelle des entreprises de réseaux d’Auvergne-Rhône-Alpes ';
  const word = 'Anticonstitutionnellementindubitablementextraordinairementinterdépartementalisation';
  return [
    ['a name of 200 characters', { relay: sentence.repeat(3).slice(0, 200) }, {}],
    ['a title of 300 characters', { title: sentence.repeat(4).slice(0, 300) }, {}],
    [
      'words of 80 characters everywhere',
      { title: word, text: word, relay: word, partners: [word, word] },
      { name: word, tagline: word, hashtag: `#${word}` },
    ],
    ['300 wide letters without a space', { title: 'W'.repeat(300), relay: 'W'.repeat(200) }, {}],
    ['thirty partners', { partners: Array.from({ length: 30 }, (_, i) => `Union nationale des réseaux ${i + 1}`) }, {}],
    ['a text of 4 000 characters', { text: sentence.repeat(44) }, {}],
    [
      'a link of 300 characters',
      {
        link: `https://porte-voix.example.fr/r/${'a1B2'.repeat(66)}`,
        shownLink: `porte-voix.example.fr/r/${'a1B2'.repeat(66)}`,
      },
      {},
    ],
    ['emoji and marks of direction', { title: 'On \u202erecrute 🎉👩🏽‍🔧 !', relay: '\u200fكلمة Relais 🇫🇷\u200e' }, {}],
  ];
}

/** Pairs of words whose letters touch; a line's box is taller than its letters, so a third of it does not count. */
function overlaps(words: Word[]): string[] {
  const core = (w: Word) => ({
    ...w,
    top: w.top + (w.bottom - w.top) * 0.2,
    bottom: w.bottom - (w.bottom - w.top) * 0.2,
  });
  return words.flatMap((one, i) =>
    words.slice(i + 1).flatMap((two) => {
      const [a, b] = [core(one), core(two)];
      const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
      const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
      return across > 0.5 && down > 0.5 ? [`${one.text} / ${two.text}`] : [];
    }),
  );
}

test('a name of 200 characters is on the poster to its last letter', async () => {
  const relay = `${'Fédération des réseaux '.repeat(9).slice(0, 196)} Fin`;
  expect(relay).toHaveLength(200);
  for (const format of FORMATS) expect(textOf(await renderPoster(poster({ format, relay })))).toContain(relay);
});

test('letters no font has are dropped, never drawn as squares; French ones and Łódź are kept', async () => {
  expect(drawable('Cœur « fibre » 🎉 – l’été\u202e !')).toBe('Cœur «\u00a0fibre\u00a0» – l’été\u00a0!');
  const text = textOf(await renderPoster(poster({ title: 'Œuvre, façade, Łódź 🎉 office', text: '' })));
  expect(text).toContain('Œuvre, façade, Łódź office');
});

test('a title of emoji alone leaves the campaign’s name in its place, never an empty poster', async () => {
  const pdf = await renderPoster(poster({ title: '🎉🎉' }));
  expect(infoOf(pdf).Title).toBe('Les essentiels');
});

test.each(['#fff3a3', '#ffffff', '#000000', '#ff8fab', '#7f7f7f', '#2b8a3e', '#e8590c'])(
  'letters on a field of %s are read, over its ornament too (A11Y-05)',
  async (colour) => {
    const paint = paintOf(colour, '#ffd43b');
    expect(contrast(paint.fieldInk, paint.field)).toBeGreaterThanOrEqual(4.5);
    expect(contrast(paint.fieldInk, paint.ornament)).toBeGreaterThanOrEqual(4.5);
    expect(contrast(paint.mark, paint.paper)).toBeGreaterThanOrEqual(4.5);
    // The field is the campaign’s colour itself, not a shade of it: identity comes first, letters adapt.
    const picture = pictureOf(await renderPoster(poster({}, { colour })), 36);
    expect(hexAt(picture, 30, 60)).toBe(colour);
  },
);

test('the code is 35 mm wide or more on A4, without its white border', async () => {
  const picture = pictureOf(await renderPoster(poster()), 254);
  const dark = (x: number, y: number): boolean => hexAt(picture, x, y) === '#000000';
  const columns = Array.from({ length: picture.width }, (_, x) => x).filter((x) =>
    [1900, 2000, 2100, 2300].some((y) => dark(x, y)),
  );
  const code = columns.filter((x) => x > 1300);
  expect((code.at(-1)! - code[0]!) / 10).toBeGreaterThanOrEqual(35);
});

test('a logo is a figure with its alternative; one that no reader opens is refused in a sentence', async () => {
  const dot = Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==',
    'base64',
  );
  const pdf = await renderPoster(poster({}, { logo: { bytes: dot, type: 'image/png' } }));
  expect(structureOf(pdf).match(/Figure/g)).toHaveLength(2);
  await expect(
    renderPoster(poster({}, { logo: { bytes: Buffer.from('<svg onload="x"/>'), type: 'image/png' } })),
  ).rejects.toMatchObject({ code: 'logo_illisible' });
});

test('a link no code can hold is refused in a sentence', async () => {
  await expect(renderPoster(poster({ link: `https://x.fr/${'a'.repeat(3000)}` }))).rejects.toMatchObject({
    code: 'lien_trop_long',
  });
});
