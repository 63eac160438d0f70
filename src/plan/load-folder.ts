import { createReadStream, existsSync } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { invalid } from '../base/errors.ts';
import type { OrganisationData } from '../organisations/schema.ts';
import type { PushInput } from '../pushes/schema.ts';
import type { Bundle } from './bundle.ts';
import { campaignOf } from './campaign-file.ts';
import { type Images, imagesOf } from './images-folder.ts';
import { KINDS } from './kinds/all.ts';
import { messageOf } from './message-file.ts';
import { organisationsOf } from './organisations-file.ts';
import { type Problem, problemLine } from './problems.ts';
import { pushOf } from './push-file.ts';
import { checkReferences } from './references.ts';
import { resourcesOf } from './resources-file.ts';
import { readYaml, type YamlSource } from './yaml-source.ts';

/** Demonstration organisations stand beside the campaign: only the demonstration creates them. */
export type Loaded =
  | { bundle: Bundle; organisations: OrganisationData[]; problems: [] }
  | { bundle: null; problems: Problem[] };

/** A push with the place of each of its parts, for what can only be judged once everything is read. */
export type PushInFile = { push: PushInput; source: YamlSource };

const KNOWN = new Set([
  'campagne.yaml',
  'organisations.yaml',
  'ressources.yaml',
  'messages',
  'envois',
  'images',
  'contacts',
  ...KINDS.map((k) => k.file),
]);
const MOST_FILES = 300;

/** Whether a name has its place in a campaign's folder; notes to oneself (`.md`, `.txt`) do. */
export const isCampaignEntry = (name: string): boolean =>
  KNOWN.has(name) || name.startsWith('.') || /\.(md|txt)$/i.test(name);

/**
 * Reads a campaign's folder, whose name is the campaign's slug, into one checked value; or everything that is wrong
 * with it, each thing with its file, line and column. Touches no database and changes nothing.
 */
export async function loadFolder(dir: string): Promise<Loaded> {
  const slug = basename(resolve(dir));
  const problem = (file: string, message: string): Problem => ({ file, line: 1, column: 1, message });
  const isFolder = await stat(dir).then(
    (s) => s.isDirectory(),
    () => false,
  );
  if (!isFolder) return { bundle: null, problems: [problem(dir, 'Ce dossier n’existe pas : vérifiez son chemin.')] };
  const problems: Problem[] = [];
  if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(slug))
    problems.push(
      problem(slug, 'Le nom du dossier est l’identifiant de la campagne : minuscules sans accent, chiffres et tirets.'),
    );
  for (const name of await readdir(dir))
    if (!isCampaignEntry(name))
      problems.push(
        problem(
          name,
          `Ce nom n’a pas de sens dans un dossier de campagne. On y trouve : campagne.yaml, ressources.yaml, organisations.yaml, messages/, envois/, images/, contacts/, et au besoin ${KINDS.map((k) => k.file).join(', ')}.`,
        ),
      );

  const yaml = async (file: string): Promise<YamlSource | null> => {
    const { source, problems: unreadable } = readYaml(file, await readText(join(dir, file)));
    problems.push(...unreadable);
    return unreadable.length ? null : source;
  };
  const take = <T>(read: { value: T; problems: Problem[] }): T => {
    problems.push(...read.problems);
    return read.value;
  };

  if (!existsSync(join(dir, 'campagne.yaml'))) {
    const missing = problem('campagne.yaml', 'Il manque ce fichier : c’est lui qui décrit la campagne.');
    return { bundle: null, problems: [...problems, missing] };
  }
  const images: Images = existsSync(join(dir, 'images')) ? take(await imagesOf(join(dir, 'images'))) : new Map();

  const main = await yaml('campagne.yaml');
  const campaign = main && take(campaignOf(main, slug, images));

  const inventory = existsSync(join(dir, 'ressources.yaml')) ? await yaml('ressources.yaml') : null;
  const resources = inventory ? take(resourcesOf(inventory)) : [];

  const cast = existsSync(join(dir, 'organisations.yaml')) ? await yaml('organisations.yaml') : null;
  const organisations = cast ? take(organisationsOf(cast)) : [];

  const keyMessages = [];
  for (const file of await filesIn(dir, 'messages', '.md', problems)) {
    const message = take(messageOf(file, basename(file, '.md'), await readText(join(dir, file))));
    if (message) keyMessages.push(message);
  }

  const pushes: PushInFile[] = [];
  for (const file of await filesIn(dir, 'envois', '.yaml', problems)) {
    const source = await yaml(file);
    const push = source && take(pushOf(source, basename(file, '.yaml'), { slug, images }));
    if (push) pushes.push({ push, source });
  }

  const lead = campaign?.campaign.partners.find((p) => p.role === 'pilote')?.organisation ?? '';
  const more: Record<string, unknown[]> = {};
  for (const kind of KINDS) {
    if (!existsSync(join(dir, kind.file))) continue;
    const bytes = await readSmall(join(dir, kind.file));
    if (bytes === null) problems.push(problem(kind.file, 'Ce fichier est trop long : 5 Mo au plus.'));
    else more[kind.file] = take(await kind.read(kind.file, bytes, { lead }));
  }

  // What a missing file would have brought must not be told again as an unknown reference.
  if (problems.length || !campaign || !main) return { bundle: null, problems: inOrder(problems) };
  // Two files of one content and one name, `plan.png` and `plan.jpeg`, are one image.
  const kept = new Map([...images.values()].flatMap((image) => (image ? [[image.name, image] as const] : [])));
  const bundle = {
    ...campaign,
    resources,
    images: [...kept.values()],
    keyMessages,
    pushes: pushes.map((p) => p.push),
    more,
  };
  const dangling = checkReferences(bundle, { campaign: main, pushes });
  return dangling.length ? { bundle: null, problems: inOrder(dangling) } : { bundle, organisations, problems: [] };
}

/** The same for whoever cannot go on without it: refuses with every line to correct. */
export async function loadOrRefuse(dir: string): Promise<Extract<Loaded, { organisations: unknown }>> {
  const loaded = await loadFolder(dir);
  if (loaded.bundle) return loaded;
  const { problems } = loaded;
  throw invalid(
    'dossier_invalide',
    `Le dossier de campagne est à corriger :\n${problems.map(problemLine).join('\n')}`,
    problems.map((p) => ({ field: `${p.file}:${p.line}:${p.column}`, message: p.message })),
  );
}

/** Composed accents whatever the machine that wrote the file, and no byte-order mark. */
const readText = async (path: string): Promise<string> =>
  (await readFile(path, 'utf8')).replace(/^\ufeff/, '').normalize('NFC');

const LONGEST = 5 * 1024 * 1024;

/** One byte more than a file may weigh is enough to refuse it without reading the rest. */
async function readSmall(path: string): Promise<Buffer | null> {
  const bytes = await buffer(createReadStream(path, { end: LONGEST }));
  return bytes.length > LONGEST ? null : bytes;
}

async function filesIn(dir: string, folder: string, extension: string, problems: Problem[]): Promise<string[]> {
  if (!existsSync(join(dir, folder))) return [];
  const names = (await readdir(join(dir, folder))).filter((n) => !n.startsWith('.')).sort();
  const refuse = (name: string, message: string) =>
    problems.push({ file: `${folder}/${name}`, line: 1, column: 1, message });
  if (names.length > MOST_FILES)
    refuse('', `Ce dossier contient plus de ${MOST_FILES} fichiers : répartissez la campagne.`);
  const good = /^[a-z0-9]+(-[a-z0-9]+)*$/;
  return names.slice(0, MOST_FILES).flatMap((name) => {
    if (!name.endsWith(extension))
      refuse(name, `Ce dossier ne contient que des fichiers ${extension} : renommez celui-ci ou déplacez-le.`);
    else if (!good.test(basename(name, extension)))
      refuse(name, 'Le nom du fichier est un identifiant : minuscules sans accent, chiffres et tirets.');
    else return [`${folder}/${name}`];
    return [];
  });
}

const inOrder = (problems: Problem[]): Problem[] =>
  problems.toSorted((a, b) => a.file.localeCompare(b.file) || a.line - b.line || a.column - b.column);
