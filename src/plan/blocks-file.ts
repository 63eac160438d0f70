import { imagePath } from '../campaigns/image-file.ts';
import type { Block } from '../pushes/schema.ts';
import { levelWord } from './campaign-file.ts';
import { listOf, sentence, text, withKnownKeys, yesNo } from './fields.ts';
import type { Images } from './images-folder.ts';
import { fold, suggestion } from './problems.ts';
import { unfolded } from './prose.ts';
import type { Path } from './yaml-source.ts';

/** How a block is written: its name, then a bare text (`bare` says which part it is) or a map of parts. */
type Shape = { type: Block['type']; bare?: string; parts: Record<string, string> };

export const SHAPES: Record<string, Shape> = {
  titre: { type: 'title', bare: 'text', parts: {} },
  texte: { type: 'text', bare: 'markdown', parts: {} },
  bouton: { type: 'button', parts: { texte: 'label', lien: 'url' } },
  ressource: { type: 'resource', bare: 'resource', parts: {} },
  edl: { type: 'key-message', bare: 'keyMessage', parts: { sujet: 'keyMessage', format: 'format' } },
  témoignage: { type: 'testimony', parts: { citation: 'quote', auteur: 'author', fonction: 'role' } },
  vidéo: { type: 'video', parts: { titre: 'title', lien: 'url', durée: 'duration' } },
  questionnaire: { type: 'survey', bare: 'survey', parts: {} },
  séparateur: { type: 'separator', parts: {} },
  image: { type: 'image', parts: { fichier: 'src', alternative: 'alt', décorative: 'decorative', lien: 'url' } },
};
const KINDS = Object.keys(SHAPES);
const FOR_WHOM = ['niveaux', 'organisations', 'identifiant'];

const readers = { niveaux: listOf(levelWord), organisations: listOf(text) };

/** The campaign a block belongs to, and the images of its folder. */
export type Place = { slug: string; images: Images };

/** A problem in a block: where in the block, as it is written. */
export type BlockIssue = { path: Path; message: string; key?: string };

/** What a block of a file becomes (unchecked: the channel's own schema judges it), or why it cannot be read. */
export function blockOf(
  written: unknown,
  position: number,
  campaign: Place,
): { block: Record<string, unknown>; issues: [] } | { block: null; issues: BlockIssue[] } {
  const refuse = (message: string, path: Path = [], key?: string) => ({
    block: null,
    issues: [{ path, message, ...(key ? { key } : {}) }],
  });
  if (typeof written !== 'object' || written === null || Array.isArray(written))
    return refuse(
      `Un bloc s’écrit « nom: contenu », par exemple « titre: Bonjour ». ${suggestion(String(written), KINDS)}`,
    );
  const map = withKnownKeys(written, [...KINDS, ...FOR_WHOM]) as Record<string, unknown>;
  const kinds = Object.keys(map).filter((k) => !FOR_WHOM.includes(k));
  const unknown = kinds.find((k) => !KINDS.includes(k));
  if (unknown !== undefined)
    return refuse(`« ${unknown} » n’est pas un bloc connu. ${suggestion(unknown, KINDS)}`, [], unknown);
  const [kind, second] = kinds;
  if (kind === undefined) return refuse('Ce bloc ne dit pas ce qu’il contient : ajoutez par exemple « texte: … ».');
  if (second !== undefined)
    return refuse(
      `Un bloc contient une seule chose : mettez « ${second} » dans un autre bloc, avec son propre tiret.`,
      [],
      second,
    );

  const shape = SHAPES[kind] as Shape;
  const content = partsOf(kind, shape, map[kind]);
  if ('issue' in content) return { block: null, issues: [content.issue] };
  const forWhom: Record<string, unknown> = {};
  for (const [key, name] of [
    ['niveaux', 'levels'],
    ['organisations', 'organisations'],
  ] as const) {
    if (map[key] === undefined) continue;
    const read = readers[key].safeParse(map[key], { error: sentence });
    if (!read.success)
      return { block: null, issues: read.error.issues.map((i) => ({ path: [key, ...i.path], message: i.message })) };
    forWhom[name] = read.data;
  }
  const { parts } = content;
  // A file of the folder's own `images/`; served under the campaign's name, never from another host (PRV-02).
  if (shape.type === 'image' && typeof parts.src === 'string') {
    const image = campaign.images.get(parts.src.normalize('NFC'));
    if (image === undefined)
      return refuse(`Le fichier images/${parts.src} n’est pas dans le dossier : ajoutez-le ou corrigez son nom.`, [
        kind,
        'fichier',
      ]);
    // One that cannot be kept is told at the file itself; here any name will do.
    parts.src = imagePath(campaign.slug, image?.name ?? 'image.png');
  }
  // A name of its own is kept: remarks of those who read it, and what changed since, are told by it.
  const id = map.identifiant === undefined ? `b${position + 1}` : String(map.identifiant);
  return { block: { id, ...forWhom, type: shape.type, ...parts }, issues: [] };
}

/** Where a part of a block, named as the channel's schema names it, is written in the file. */
export function writtenPath(written: unknown, path: Path): Path {
  const key = typeof written === 'object' && written !== null ? Object.keys(written) : [];
  const kind = KINDS.find((k) => key.some((w) => fold(w) === fold(k)));
  const [first, ...rest] = path;
  if (first === 'levels') return ['niveaux', ...rest];
  if (first === 'id') return ['identifiant'];
  if (first === 'organisations' || kind === undefined) return path;
  const part = Object.entries(SHAPES[kind]?.parts ?? {}).find(([, name]) => name === first)?.[0];
  return part === undefined ? [kind] : [kind, part];
}

function partsOf(
  kind: string,
  shape: Shape,
  value: unknown,
): { parts: Record<string, unknown> } | { issue: BlockIssue } {
  const names = Object.keys(shape.parts);
  if (typeof value !== 'object' || value === null) {
    if (shape.type === 'separator' && value === null) return { parts: {} };
    if (shape.bare !== undefined) return { parts: { [shape.bare]: value === null ? '' : unfolded(String(value)) } };
    const message = names.length
      ? `« ${kind} » s’écrit avec ses parties : ${names.join(', ')}.`
      : `« ${kind} » s’écrit seul, sans rien après.`;
    return { issue: { path: [kind], message } };
  }
  if (!names.length || Array.isArray(value))
    return {
      issue: {
        path: [kind],
        message: `« ${kind} » est suivi d’un texte${names.length ? ` ou de : ${names.join(', ')}` : ''}.`,
      },
    };
  const parts: Record<string, unknown> = {};
  for (const [key, part] of Object.entries(withKnownKeys(value, names) as Record<string, unknown>)) {
    const name = shape.parts[key];
    if (name === undefined)
      return {
        issue: {
          path: [kind],
          key,
          message: `« ${key} » n’est pas une partie de « ${kind} ». ${suggestion(key, names)}`,
        },
      };
    parts[name] = name === 'decorative' ? (yesNo.safeParse(part).data ?? part) : asText(part);
  }
  return { parts };
}

/** YAML reads `durée: 12` as a number and `auteur:` as nothing; anything else is the schema's to refuse. */
const asText = (value: unknown): unknown => (value === null ? '' : typeof value === 'number' ? String(value) : value);
