import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { loadFolder } from '../../src/plan/load-folder.ts';
import { problemLine } from '../../src/plan/problems.ts';
import { copyOfPetite, type Folder, PETITE } from './folders.ts';

const CAMPAIGNS = fileURLToPath(new URL('../../campaigns/', import.meta.url));

test('a folder becomes one typed value', async () => {
  const { bundle } = await loadFolder(PETITE);
  expect(bundle?.campaign).toMatchObject({
    slug: 'petite-campagne',
    startsOn: '2026-11-02',
    k: 20,
    partners: [
      { organisation: 'opco', role: 'pilote' },
      { organisation: 'btp', role: 'signataire' },
      { organisation: 'federation', role: 'relais' },
    ],
    targets: [{ measure: 'touches', level: 'terrain', value: 500, note: '' }],
  });
  expect(bundle?.audiences[1]).toEqual({
    slug: 'terrain',
    name: 'Le terrain',
    placedLevel: null,
    rule: { level: ['terrain'], organisation: ['opco', 'btp'] },
  });
  expect(bundle?.resources[0]).toMatchObject({
    slug: 'guide',
    formats: ['fiche', 'video'],
    uses: { entreprise: 'Commencer.' },
  });
  expect(bundle?.keyMessages[0]?.wordings).toEqual({
    operationnel: { accroche: 'Accompagner, mode d’emploi.' },
    terrain: { accroche: 'On vous aide.', paragraphe: 'Un guide **court**, pour commencer.' },
  });
  const push = bundle?.pushes.find((p) => p.slug === 'premiere');
  // Nine o'clock in Paris, in winter.
  expect(push?.scheduledAt).toEqual(new Date('2026-12-01T08:00:00Z'));
  expect(push?.signatories).toEqual(['btp', 'opco']);
  expect(push?.content.blocks.map((b) => b.type)).toEqual([
    'title',
    'text',
    'key-message',
    'key-message',
    'resource',
    'image',
    'button',
    'separator',
    'testimony',
    'video',
  ]);
  expect(push?.content.blocks[5]).toMatchObject({
    src: '/fichiers/petite-campagne/atelier-61a310a0.png',
    alt: 'Un atelier',
  });
});

test('a key written without its accents, or a file of another system, reads the same', async () => {
  const folder = copyOfPetite()
    .edit('campagne.yaml', 'identité:', 'identite:')
    .edit('campagne.yaml', 'mot-dièse', 'Mot dièse')
    .edit('campagne.yaml', 'période', 'pe\u0301riode')
    .edit('campagne.yaml', 'nom: ', '\ufeffnom: ');
  expect(await loadFolder(folder.dir)).toEqual(await loadFolder(PETITE));
});

const bundled = readdirSync(CAMPAIGNS).filter((name) => existsSync(join(CAMPAIGNS, name, 'campagne.yaml')));

test('there is a bundled campaign', () => expect(bundled).toContain('essentiels-infranum'));

test.each(bundled)('the bundled campaign %s loads without a single problem', async (name) => {
  const loaded = await loadFolder(join(CAMPAIGNS, name));
  expect(loaded.problems.map(problemLine)).toEqual([]);
});

test('the demonstration campaign speaks to the three levels and writes from addresses that do not exist', async () => {
  const { bundle, organisations } = (await loadFolder(join(CAMPAIGNS, 'essentiels-infranum'))) as Extract<
    Awaited<ReturnType<typeof loadFolder>>,
    { organisations: unknown }
  >;
  expect(organisations.map((o) => o.slug)).toEqual(['afdas', 'constructys', 'federation']);
  for (const o of organisations) expect(o.senderAddress).toMatch(/@[a-z]+\.example$/);
  expect(bundle.keyMessages.length).toBeGreaterThanOrEqual(5);
  for (const message of bundle.keyMessages)
    for (const level of ['institutionnel', 'operationnel', 'terrain'] as const)
      expect(Object.keys(message.wordings[level] ?? {}), `${message.slug} ${level}`).toEqual(
        expect.arrayContaining(['accroche', 'paragraphe', 'post']),
      );
  const urls = JSON.stringify(bundle).match(/https?:\/\/[^/"]+/g) ?? [];
  expect([...new Set(urls)]).toEqual(['https://ressources.example']);
  expect(bundle.pushes.filter((p) => p.recurrence)).toHaveLength(1);
});

/** One broken folder per kind of mistake, and exactly where it is shown. */
const BROKEN: [name: string, breakIt: (f: Folder) => Folder, place: string, says: RegExp][] = [
  ['a tab', (f) => f.edit('campagne.yaml', '  couleur', '\tcouleur'), 'campagne.yaml:10:1', /tabulation/],
  [
    'a duplicate key',
    (f) => f.edit('campagne.yaml', 'nature:', 'nom: Encore\nnature:'),
    'campagne.yaml:16:1',
    /déjà donnée/,
  ],
  [
    'a key given with and without accents',
    (f) => f.edit('campagne.yaml', 'nature:', 'periode: x\nnature:'),
    'campagne.yaml:16:1',
    /déjà donné/,
  ],
  [
    'an unknown key',
    (f) => f.edit('campagne.yaml', 'nature:', 'sloggan: x\nnature:'),
    'campagne.yaml:16:1',
    /« slogan »/,
  ],
  [
    'an unknown key deep inside',
    (f) => f.edit('campagne.yaml', '  mot-dièse:', '  mot-dièze:'),
    'campagne.yaml:12:3',
    /« mot-dièse »/,
  ],
  ['an alias', (f) => f.edit('campagne.yaml', 'Petite campagne', '&a Petite'), 'campagne.yaml:1:6', /ancres/],
  [
    'an alias bomb',
    (f) =>
      f.write(
        'ressources.yaml',
        `a: &a [x,x]\n${'bcdefghij'
          .split('')
          .map((c, i) => `${c}: &${c} [*${'abcdefghi'[i]},*${'abcdefghi'[i]}]`)
          .join('\n')}\n`,
      ),
    'ressources.yaml:1:4',
    /ancres/,
  ],
  ['a tag', (f) => f.edit('campagne.yaml', 'Petite campagne', '!!js/function x'), 'campagne.yaml:1:6', /étiquettes/],
  ['two documents', (f) => f.edit('ressources.yaml', /$/, '---\nautre: 1\n'), 'ressources.yaml:9:1', /un document/],
  [
    'a colon in a bare text',
    (f) => f.edit('envois/lettre.yaml', 'objet: La lettre', 'objet: La lettre: un'),
    'envois/lettre.yaml:7:8',
    /guillemets/,
  ],
  ['a missing key', (f) => f.edit('campagne.yaml', /nature: .*\n/, ''), 'campagne.yaml:1:1', /Il manque « nature »/],
  [
    'a wrong kind of value',
    (f) => f.edit('campagne.yaml', 'valeur: 500', 'valeur: beaucoup'),
    'campagne.yaml:23:13',
    /un nombre/,
  ],
  [
    'a colour taken for a comment',
    (f) => f.edit('campagne.yaml', "'#12355b'", '#12355b'),
    'campagne.yaml:10:12',
    /guillemets/,
  ],
  [
    'an unknown word',
    (f) => f.edit('campagne.yaml', 'niveau: terrain', 'niveau: terain'),
    'campagne.yaml:22:13',
    /« terrain »/,
  ],
  [
    'a date that does not exist',
    (f) => f.edit('campagne.yaml', '2027-06-30', '2027-06-31'),
    'campagne.yaml:14:3',
    /date qui existe/,
  ],
  [
    'a departure that does not exist',
    (f) => f.edit('envois/premiere.yaml', '2026-12-01', '2026-02-30'),
    'envois/premiere.yaml:6:7',
    /n’est pas une date/,
  ],
  [
    'a departure outside the campaign',
    (f) => f.edit('envois/premiere.yaml', '2026-12-01', '2026-10-01'),
    'envois/premiere.yaml:6:7',
    /hors de la campagne/,
  ],
  [
    'a deadline before the departure',
    (f) => f.edit('envois/premiere.yaml', '2026-12-10', '2026-11-30'),
    'envois/premiere.yaml:7:11',
    /avant le départ/,
  ],
  [
    'a wrong recurrence',
    (f) => f.edit('envois/lettre.yaml', '0 9 1 * *', '0 9 1 *'),
    'envois/lettre.yaml:6:13',
    /0 9 1 \* \*/,
  ],
  [
    'a date and a recurrence',
    (f) => f.edit('envois/lettre.yaml', 'objet:', 'date: 2026-12-01\nobjet:'),
    'envois/lettre.yaml:6:13',
    /pas les deux/,
  ],
  [
    'two leads',
    (f) => f.edit('campagne.yaml', 'rôle: signataire', 'rôle: pilote'),
    'campagne.yaml:3:3',
    /un pilote et un seul/,
  ],
  [
    'no arrangement between partners (PRV-52)',
    (f) => f.edit('campagne.yaml', /accord: .*\n/, ''),
    'campagne.yaml:1:1',
    /article 26/,
  ],
  [
    'an unknown audience',
    (f) => f.edit('envois/lettre.yaml', 'audience: terrain', 'audience: terain'),
    'envois/lettre.yaml:4:11',
    /« terrain »/,
  ],
  [
    'an unknown resource',
    (f) => f.edit('envois/premiere.yaml', 'ressource: guide', 'ressource: guides'),
    'envois/premiere.yaml:16:16',
    /« guide »/,
  ],
  [
    'an unknown EDL',
    (f) => f.edit('envois/premiere.yaml', 'edl: bienvenue\n', 'edl: bienvenu\n'),
    'envois/premiere.yaml:14:10',
    /« bienvenue »/,
  ],
  [
    'a signatory who only relays',
    (f) => f.edit('envois/premiere.yaml', '[opco, btp]', '[opco, federation]'),
    'envois/premiere.yaml:5:21',
    /ni le pilote ni un signataire/,
  ],
  [
    'an audience of a stranger',
    (f) => f.edit('campagne.yaml', '[opco, btp]', '[opco, inconnue]'),
    'campagne.yaml:31:29',
    /pas partenaire/,
  ],
  [
    'a wording missing for a level that is read',
    (f) =>
      f
        .edit('envois/premiere.yaml', 'audience: terrain', 'audience: tous')
        .edit('messages/bienvenue.md', '# Opérationnel\n## Accroche\nAccompagner, mode d’emploi.\n', ''),
    'envois/premiere.yaml:14:10',
    /institutionnel, opérationnel/,
  ],
  [
    'an image that is not there',
    (f) => f.remove('images/atelier.png'),
    'envois/premiere.yaml:17:23',
    /images\/atelier\.png/,
  ],
  [
    'an image that leads out of its folder',
    (f) => f.edit('envois/premiere.yaml', 'atelier.png', '../images/atelier.png'),
    'envois/premiere.yaml:17:23',
    /n’est pas dans le dossier/,
  ],
  [
    'a drawing that holds a program, under the name of an image',
    (f) => f.write('images/atelier.png', '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'),
    'images/atelier.png:1:1',
    /SVG/,
  ],
  [
    'an image too heavy for a message',
    (f) => f.write('images/affiche.png', 'x'.repeat(1024 * 1024 + 1)),
    'images/affiche.png:1:1',
    /dépasse 1 Mo/,
  ],
  [
    'an image with no description',
    (f) => f.edit('envois/premiere.yaml', 'Un atelier', "''"),
    'envois/premiere.yaml:17:49',
    /Décrivez/,
  ],
  [
    'an unknown block',
    (f) => f.edit('envois/premiere.yaml', '- bouton:', '- boutton:'),
    'envois/premiere.yaml:18:5',
    /« bouton »/,
  ],
  [
    'two things in one block',
    (f) => f.edit('envois/premiere.yaml', '  - ressource: guide', '    ressource: guide'),
    'envois/premiere.yaml:16:5',
    /une seule chose/,
  ],
  [
    'an unknown part of a block',
    (f) => f.edit('envois/premiere.yaml', "lien: 'https://ressources.example/guide'", 'url: x'),
    'envois/premiere.yaml:18:37',
    /partie de « bouton »/,
  ],
  [
    'a wrong address in a block',
    (f) => f.edit('envois/premiere.yaml', "'https://ressources.example/guide'", "'javascript:alert(1)'"),
    'envois/premiere.yaml:18:43',
    /https:\/\//,
  ],
  [
    'an unknown level in a block',
    (f) => f.edit('envois/premiere.yaml', 'niveaux: terrain', 'niveaux: [terrain, terain]'),
    'envois/premiere.yaml:13:24',
    /« terrain »/,
  ],
  [
    'no block',
    (f) => f.edit('envois/lettre.yaml', /blocs:\n.*\n/, 'blocs: []\n'),
    'envois/lettre.yaml:8:8',
    /au moins un bloc/,
  ],
  [
    'an EDL without its header',
    (f) => f.edit('messages/bienvenue.md', '---\nsujet: Bienvenue\n---\n', ''),
    'messages/bienvenue.md:1:1',
    /sujet/,
  ],
  [
    'a mistake in the header of an EDL',
    (f) => f.edit('messages/bienvenue.md', 'sujet: ', 'sujets: '),
    'messages/bienvenue.md:2:1',
    /« sujet »/,
  ],
  [
    'an EDL for an unknown level',
    (f) => f.edit('messages/bienvenue.md', '# Opérationnel', '# Operationel'),
    'messages/bienvenue.md:4:3',
    /« opérationnel »/,
  ],
  [
    'an EDL in an unknown form',
    (f) => f.edit('messages/bienvenue.md', '## Paragraphe', '## Paragrafe'),
    'messages/bienvenue.md:10:4',
    /« paragraphe »/,
  ],
  [
    'an EDL form that is empty',
    (f) => f.edit('messages/bienvenue.md', 'On vous aide.\n', ''),
    'messages/bienvenue.md:8:1',
    /Écrivez ce texte/,
  ],
  [
    'an EDL form too long',
    (f) => f.edit('messages/bienvenue.md', 'On vous aide.', 'a'.repeat(161)),
    'messages/bienvenue.md:8:1',
    /160 caractères/,
  ],
  [
    'a text under no form',
    (f) => f.edit('messages/bienvenue.md', '## Paragraphe\n', '# Terrain\n'),
    'messages/bienvenue.md:11:1',
    /sous aucune forme/,
  ],
  [
    'two resources of one name',
    (f) => f.edit('ressources.yaml', /$/, '- {identifiant: guide, titre: b, résumé: c, type: guide}\n'),
    'ressources.yaml:9:17',
    /déjà/,
  ],
  [
    'a file with a name that is not one',
    (f) => f.write('envois/Lettre n°2.yaml', 'titre: x\n'),
    'envois/Lettre n°2.yaml:1:1',
    /identifiant/,
  ],
  [
    'a file that does not belong here',
    (f) => f.write('campagnes.yaml', 'nom: x\n'),
    'campagnes.yaml:1:1',
    /On y trouve/,
  ],
  ['no campagne.yaml', (f) => f.remove('campagne.yaml'), 'campagne.yaml:1:1', /Il manque ce fichier/],
];

test.each(BROKEN)('%s is refused at its place, in French', async (_, breakIt, place, says) => {
  const { problems, bundle } = await loadFolder(breakIt(copyOfPetite()).dir);
  expect(bundle).toBeNull();
  const [first] = problems;
  expect(first && `${first.file}:${first.line}:${first.column}`, problems.map(problemLine).join('\n')).toBe(place);
  expect(first?.message).toMatch(says);
});

test('a folder that does not exist is one sentence, not a crash', async () => {
  const { problems } = await loadFolder('/nulle/part');
  expect(problems).toHaveLength(1);
  expect(problems[0]?.message).toMatch(/n’existe pas/);
});

test('every mistake is told at once, in the order of the files', async () => {
  const folder = copyOfPetite()
    .edit('envois/lettre.yaml', 'phase: pendant', 'phase: jamais')
    .edit('campagne.yaml', 'nature: information_de_mission', 'nature: réclame')
    .edit('envois/lettre.yaml', 'canal: newsletter', 'canal: pigeon');
  const { problems } = await loadFolder(folder.dir);
  expect(problems.map((p) => `${p.file}:${p.line}`)).toEqual([
    'campagne.yaml:16',
    'envois/lettre.yaml:2',
    'envois/lettre.yaml:3',
  ]);
});
