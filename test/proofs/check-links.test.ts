import { describe, expect, test } from 'vitest';
import { checkTracking, checkWrittenLinks, flawsOf } from '../../src/proofs/check-links.ts';
import { codes, letterOf, page, run, text, withBlocks } from './check-cast.ts';

const flaws = (url: string, demo = false): string[] =>
  flawsOf({ url, label: 'Lire l’étude' }, demo).map((f) => `${f.level} ${f.code}`);

test.each([
  ['a page', 'https://www.constructys.fr/gepp?profil=dirigeant#suite'],
  ['a site whose name holds « dev »', 'https://developpement-durable.gouv.fr/page'],
  ['a site at « dev.to »', 'https://dev.to/article'],
  ['a site with an accent', 'https://métiers.example.fr/'],
  ['a public address with a port', 'https://www.constructys.fr:443/'],
  ['an e-mail address', 'mailto:essentiels@afdas.fr?subject=Une%20question'],
  ['a telephone', 'tel:+33123456789'],
])('%s is a link like another', (_, url) => {
  expect(flaws(url)).toEqual([]);
});

test.each([
  ['without its scheme', 'www.constructys.fr/gepp'],
  ['with a broken scheme', 'https//www.constructys.fr'],
  ['with one slash', 'https:/www.constructys.fr'],
  ['with a space in its name', 'https://www constructys.fr'],
  ['that runs a program', 'javascript:alert(1)'],
  ['with a password', 'https://moi:secret@constructys.fr/'],
  ['to half an e-mail address', 'mailto:essentiels'],
  ['to no telephone', 'tel:standard'],
])('an address %s is malformed, and blocks', (_, url) => {
  expect(flaws(url)).toEqual(['bloquant lien_mal_forme']);
});

test('a password in an address is not repeated in the finding', () => {
  expect(JSON.stringify(flawsOf({ url: 'https://moi:secret@constructys.fr/', label: '' }, false))).not.toContain(
    'secret',
  );
});

test.each([
  'http://localhost:3000/etude',
  'http://localhost./etude',
  'https://app.localhost/',
  'https://intranet/rh',
  'https://serveur.local/etude',
  'https://rh.afdas.internal/',
  'https://192.168.1.12/etude',
  'https://10.0.0.4/',
  'https://172.20.3.4/',
  'https://169.254.169.254/latest/meta-data',
  'https://2130706433/',
  'https://0x7f.1/',
  'https://[::1]/',
  'https://[fd00::1]/',
  'https://[::ffff:10.0.0.1]/',
  'https://nimporte.invalid/',
  'file:///C:/Users/camille/etude.pdf',
  'C:\\Partage\\etude.pdf',
  'https://preprod.constructys.fr/gepp',
  'https://recette.afdas.fr/',
  'https://staging-gepp.constructys.fr/',
  'https://deploy-preview-3--essentiels.netlify.app/',
  'https://abc.ngrok-free.app/',
  'https://www.afdas.fr/?page_id=12&preview=true',
])('nobody outside can open %s: it blocks', (url) => {
  expect(flaws(url)).toContain('bloquant lien_interne');
});

test('http without protection, a shortener and a bare address are to be looked at', () => {
  expect(flaws('http://www.constructys.fr/')).toEqual(['a_voir lien_http']);
  expect(flaws('https://bit.ly/abc')).toEqual(['a_voir lien_raccourci']);
  expect(flaws('https://93.184.216.34/')).toEqual(['a_voir lien_provisoire']);
});

test('an address in .example stands for a real one in the demonstration only', () => {
  expect(flaws('https://ressources.example/etude')).toEqual(['a_voir lien_provisoire']);
  expect(flaws('https://ressources.example/etude', true)).toEqual([]);
});

describe('in a message', () => {
  test('each finding names the block as a reader counts, and leads to it', async () => {
    const letter = await letterOf(
      withBlocks(
        { type: 'title', text: 'Les outils' },
        text('Lisez [la note interne](https://intranet/note) avant jeudi.'),
        { type: 'button', label: 'Ouvrir', url: 'https://192.168.0.7/gepp' },
      ),
    );
    expect(run(checkWrittenLinks(false), letter)).toMatchObject([
      {
        code: 'lien_interne',
        level: 'bloquant',
        place: 'Bloc 2 (texte)',
        block: { id: 'b2', n: 2 },
        message: expect.stringContaining('la note interne'),
        remedy: expect.stringContaining('adresse publique'),
      },
      { code: 'lien_interne', place: 'Bloc 3 (bouton)', block: { id: 'b3', n: 3 } },
    ]);
  });

  test('a link that the compiler would silently drop blocks', async () => {
    const letter = await letterOf(
      withBlocks(text('Lisez [le guide](www.afdas.fr/guide) et [la note](file:///note.pdf).')),
    );
    expect(codes(run(checkWrittenLinks(false), letter))).toEqual(['bloquant lien_mal_forme', 'bloquant lien_interne']);
  });

  test.each(['cliquez ici', 'Ici', 'En savoir plus', 'en savoir plus →', 'Lire la suite…', '**Cliquez ici**'])(
    'the words « %s » do not say where the link leads (A11Y-20)',
    async (label) => {
      const letter = await letterOf(withBlocks(text(`Le guide est paru : [${label}](https://www.afdas.fr/guide).`)));
      expect(run(checkWrittenLinks(false), letter)).toMatchObject([
        { code: 'lien_texte_vague', level: 'a_voir', place: 'Bloc 1 (texte)' },
      ]);
    },
  );

  test('words that name the page do (A11Y-20)', async () => {
    const letter = await letterOf(
      withBlocks(text('Pour en savoir plus, lisez [le guide du tutorat](https://www.afdas.fr/guide).')),
    );
    expect(run(checkWrittenLinks(false), letter)).toEqual([]);
  });

  test('compiled links are all tracked where the campaign counts clicks', async () => {
    expect(run(checkTracking, await letterOf())).toEqual([]);
  });

  test('a link that leaves as it is, is told, unless the campaign counts nothing', async () => {
    const letter = await letterOf({}, page('{{link:1}}', 'https://www.constructys.fr/gepp'));
    expect(run(checkTracking, letter)).toMatchObject([
      { code: 'lien_non_suivi', level: 'a_voir', place: expect.stringMatching(/^Bloc \d+/) },
    ]);
    expect(run(checkTracking, letter, 'direct')).toEqual([]);
  });
});
