import { fileTypeFromFile } from 'file-type';
import { invalid } from '../base/errors.ts';

/** What may be put in the inventory: by what the content is, whatever the name says. `inline`: a browser shows it itself. */
const ALLOWED: Record<string, { extensions: readonly [string, ...string[]]; type: string; inline?: true }> = {
  'application/pdf': { extensions: ['pdf'], type: 'application/pdf' },
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document': office(
    'docx',
    'wordprocessingml.document',
  ),
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': office('xlsx', 'spreadsheetml.sheet'),
  'application/vnd.openxmlformats-officedocument.presentationml.presentation': office(
    'pptx',
    'presentationml.presentation',
  ),
  'application/vnd.oasis.opendocument.text': openDocument('odt', 'text'),
  'application/vnd.oasis.opendocument.spreadsheet': openDocument('ods', 'spreadsheet'),
  'application/vnd.oasis.opendocument.presentation': openDocument('odp', 'presentation'),
  'application/epub+zip': { extensions: ['epub'], type: 'application/epub+zip' },
  'image/png': { extensions: ['png'], type: 'image/png', inline: true },
  'image/jpeg': { extensions: ['jpg', 'jpeg'], type: 'image/jpeg', inline: true },
  'image/webp': { extensions: ['webp'], type: 'image/webp', inline: true },
  'image/gif': { extensions: ['gif'], type: 'image/gif', inline: true },
  'video/mp4': { extensions: ['mp4'], type: 'video/mp4', inline: true },
  'video/webm': { extensions: ['webm'], type: 'video/webm', inline: true },
  'audio/mpeg': { extensions: ['mp3'], type: 'audio/mpeg', inline: true },
  'audio/x-m4a': { extensions: ['m4a'], type: 'audio/mp4', inline: true },
};

function office(extension: string, name: string) {
  return { extensions: [extension] as const, type: `application/vnd.openxmlformats-officedocument.${name}` };
}
function openDocument(extension: string, name: string) {
  return { extensions: [extension] as const, type: `application/vnd.oasis.opendocument.${name}` };
}

const EXTENSIONS = Object.values(ALLOWED).flatMap((a) => a.extensions);
/** For the form: what a browser offers to choose. */
export const ACCEPTED = EXTENSIONS.map((e) => `.${e}`).join(',');
export const ACCEPTED_WORDS =
  'PDF, Word, Excel, PowerPoint, LibreOffice, EPUB, image (PNG, JPEG, WebP, GIF), vidéo (MP4, WebM), son (MP3, M4A)';

/** A document is downloaded; a picture, a film or a sound is shown. */
export const isInline = (type: string): boolean =>
  Object.values(ALLOWED).some((a) => a.type === type && a.inline === true);

/** Files that run or that hide others, each with the sentence that says what to do instead. */
const REFUSED: Record<string, string> = {
  svg: 'Un fichier SVG peut contenir un programme : exportez-le en PNG ou en PDF.',
  html: 'Une page HTML peut contenir un programme : donnez son adresse, ou exportez-la en PDF.',
  htm: 'Une page HTML peut contenir un programme : donnez son adresse, ou exportez-la en PDF.',
  zip: 'Une archive cache ce qu’elle contient : ajoutez ses fichiers un par un.',
  docm: 'Ce document contient des macros : enregistrez-le sans elles (.docx).',
  xlsm: 'Ce classeur contient des macros : enregistrez-le sans elles (.xlsx).',
  pptm: 'Cette présentation contient des macros : enregistrez-la sans elles (.pptx).',
  doc: 'Ce format est ancien : enregistrez le document en .docx ou en PDF.',
  xls: 'Ce format est ancien : enregistrez le classeur en .xlsx ou en PDF.',
  ppt: 'Ce format est ancien : enregistrez la présentation en .pptx ou en PDF.',
};

export const refuseFile = (message: string) =>
  invalid('fichier_refuse', 'Le fichier n’est pas ajouté : lisez pourquoi sous son champ.', [
    { field: 'file', message },
  ]);

/** « Synthèse.PDF » → `pdf`; what has none gives an empty text. */
export const extensionOf = (name: string): string => /\.([a-z0-9]{1,8})\s*$/i.exec(name)?.[1]?.toLowerCase() ?? '';

/**
 * What a file truly is, by its content, when that is allowed and when its name says the same; else refuses, with the
 * reason and the remedy. `path` is where it lies now, `name` what the person called it.
 */
export async function fileTypeOf(path: string, name: string): Promise<{ type: string; extension: string }> {
  const said = extensionOf(name);
  if (REFUSED[said]) throw refuseFile(REFUSED[said]);
  const found = await detect(path);
  const allowed = found && Object.hasOwn(ALLOWED, found.mime) ? ALLOWED[found.mime] : undefined;
  if (!allowed)
    throw refuseFile(
      (found && REFUSED[found.ext]) ?? `Ce fichier n’est pas d’un type accepté. Types acceptés : ${ACCEPTED_WORDS}.`,
    );
  if (!allowed.extensions.includes(said))
    throw refuseFile(
      said === ''
        ? `Ce fichier n’a pas d’extension, et son contenu est celui d’un .${allowed.extensions[0]} : renommez-le.`
        : `Ce fichier s’appelle .${said} mais son contenu est celui d’un .${allowed.extensions[0]} : renommez-le, ou choisissez le bon fichier.`,
    );
  return { type: allowed.type, extension: allowed.extensions[0] };
}

/** A file cut short is of no type at all. */
async function detect(path: string): Promise<{ ext: string; mime: string } | undefined> {
  try {
    return await fileTypeFromFile(path);
  } catch {
    return undefined;
  }
}
