import { LEVEL_NAMES, LEVELS, type Level } from '../base/words.ts';
import {
  type KeyMessageInput,
  keyMessageSchema,
  WORDING_FORMAT_NAMES,
  WORDING_FORMATS,
  type WordingFormat,
  type Wordings,
} from '../key-messages/schema.ts';
import { check, fields, sentence, text } from './fields.ts';
import { fold, type Problem, suggestion } from './problems.ts';
import { unfolded } from './prose.ts';
import { readYaml } from './yaml-source.ts';

/** The days on which it may be said, and why this version was written: of the whole file. */
const header = fields({
  sujet: text,
  'valable du': text.optional(),
  'valable jusqu’au': text.optional(),
  pourquoi: text.optional(),
});
export const HEADER: Record<string, string> = {
  topic: 'sujet',
  validFrom: 'valable du',
  validTo: 'valable jusqu’au',
  note: 'pourquoi',
};

/** How older files call a form. */
const FORMER_NAMES: Record<string, WordingFormat> = { 'post pour les réseaux sociaux': 'post', 'post social': 'post' };

const formatOf = (name: string): WordingFormat | undefined =>
  WORDING_FORMATS.find((f) => fold(f) === fold(name) || fold(WORDING_FORMAT_NAMES[f]) === fold(name)) ??
  Object.entries(FORMER_NAMES).find(([former]) => fold(former) === fold(name))?.[1];

/** Forms whose lines stay as they are: each is a breath where it is published, or a part of a shape (an e-mail's subject). */
export const KEEPS_LINES: ReadonlySet<WordingFormat> = new Set([
  'post',
  'email',
  'diapositive',
  'rendez_vous',
  'discours',
  'faq',
]);

type Section = { level: Level; format: WordingFormat; line: number; lines: string[] };

/**
 * `messages/<slug>.md`: an élément de langage. A header (`sujet`, and the days on which it may be said), then one
 * `# Niveau` per level and, under it, one `## Forme` per form, each followed by its text (key-messages/shapes.ts).
 */
export function messageOf(
  file: string,
  slug: string,
  content: string,
): { value: KeyMessageInput | null; problems: Problem[] } {
  const lines = content.split(/\r?\n/);
  const end = lines.findIndex((line, i) => i > 0 && line.trim() === '---');
  if (lines[0]?.trim() !== '---' || end < 0) {
    const message = 'Le fichier commence par son sujet, entre deux lignes « --- » : « sujet: Les métiers ».';
    return { value: null, problems: [{ file, line: 1, column: 1, message }] };
  }
  // The opening line is blanked, not cut, so that the places in the header are those of the file.
  const yaml = readYaml(file, ['', ...lines.slice(1, end)].join('\n'));
  if (yaml.problems.length) return { value: null, problems: yaml.problems };
  const { data, problems } = check(yaml.source, header);
  const { sections, problems: misplaced } = sectionsOf(file, lines, end + 1);
  if (!data) return { value: null, problems: [...problems, ...misplaced] };

  const wordings: Wordings = {};
  for (const s of sections) wordings[s.level] = { ...wordings[s.level], [s.format]: written(s) };
  const given = {
    slug,
    topic: data.sujet,
    wordings,
    ...(data['valable du'] === undefined ? {} : { validFrom: data['valable du'] }),
    ...(data['valable jusqu’au'] === undefined ? {} : { validTo: data['valable jusqu’au'] }),
    ...(data.pourquoi === undefined ? {} : { note: data.pourquoi }),
  };
  const parsed = keyMessageSchema.safeParse(given, { error: sentence });
  if (parsed.success) return { value: misplaced.length ? null : parsed.data, problems: misplaced };
  const refused = parsed.error.issues.map((issue): Problem => {
    const [part, level, format] = issue.path;
    const key = HEADER[String(part)];
    if (key) return yaml.source.at([key], issue.message);
    const section = sections.find((s) => s.level === level && s.format === format);
    return { file, line: section?.line ?? end + 1, column: 1, message: issue.message };
  });
  return { value: null, problems: [...misplaced, ...refused] };
}

const written = ({ format, lines }: Section): string => {
  // A backslash protects a line that would read as a title of the file.
  const text = lines
    .join('\n')
    .trim()
    .replace(/^\\(?=\\*#{1,2} )/gm, '');
  return KEEPS_LINES.has(format) ? text : unfolded(text);
};

function sectionsOf(
  file: string,
  lines: readonly string[],
  from: number,
): { sections: Section[]; problems: Problem[] } {
  const sections: Section[] = [];
  const problems: Problem[] = [];
  let level: Level | null = null;
  let section: Section | null = null;
  for (let i = from; i < lines.length; i++) {
    const line = lines[i] ?? '';
    const title = /^(#{1,2}) +(.+?)\s*$/.exec(line);
    const problem = (message: string) =>
      problems.push({ file, line: i + 1, column: title?.[1] ? title[1].length + 2 : 1, message });
    if (!title) {
      if (section) section.lines.push(line);
      else if (line.trim())
        problem('Ce texte n’est sous aucune forme : écrivez-le sous un niveau (# Terrain) et une forme (## Accroche).');
      continue;
    }
    const name = title[2] ?? '';
    section = null;
    if (title[1] === '#') {
      level = LEVELS.find((l) => fold(l) === fold(name)) ?? null;
      if (!level)
        problem(
          `« ${name} » n’est pas un niveau. ${suggestion(
            name,
            LEVELS.map((l) => LEVEL_NAMES[l]),
          )}`,
        );
      continue;
    }
    const format = formatOf(name);
    if (!format)
      problem(
        `« ${name} » n’est pas une forme connue. ${suggestion(
          name,
          WORDING_FORMATS.map((f) => WORDING_FORMAT_NAMES[f]),
        )}`,
      );
    else if (!level)
      problem(
        'Cette forme n’est sous aucun niveau : écrivez d’abord « # Institutionnel », « # Opérationnel » ou « # Terrain ».',
      );
    else if (sections.some((s) => s.level === level && s.format === format))
      problem('Cette forme est déjà écrite pour ce niveau : gardez-en une seule.');
    // Kept even when refused, so that the text under it is not refused in its turn.
    section = { level: level ?? 'terrain', format: format ?? 'accroche', line: i + 1, lines: [] };
    if (format && level && !problems.some((p) => p.line === i + 1)) sections.push(section);
  }
  return { sections, problems };
}
