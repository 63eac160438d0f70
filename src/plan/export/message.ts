import { LEVEL_NAMES, LEVELS } from '../../base/words.ts';
import { type KeyMessageInput, WORDING_FORMAT_NAMES, WORDING_FORMATS } from '../../key-messages/schema.ts';
import { KEEPS_LINES } from '../message-file.ts';
import { keepingLines } from '../prose.ts';
import { yamlOf } from './yaml.ts';

/** `messages/<slug>.md`: its subject, then one `# Niveau` per level and one `## Forme` per form. */
export function messageWritten({ topic, wordings, validFrom, validTo, note }: KeyMessageInput): string {
  const levels = LEVELS.flatMap((level) => {
    const forms = wordings[level] ?? {};
    const said = WORDING_FORMATS.flatMap((format) => {
      const text = forms[format];
      if (text === undefined) return [];
      const lines = KEEPS_LINES.has(format) ? text : keepingLines(text);
      return [`## ${capital(WORDING_FORMAT_NAMES[format])}\n\n${protectedTitles(lines)}\n`];
    });
    return said.length ? [`# ${capital(LEVEL_NAMES[level])}\n\n${said.join('\n')}`] : [];
  });
  return `---\n${yamlOf({ sujet: topic, 'valable du': validFrom ?? undefined, 'valable jusqu’au': validTo ?? undefined, pourquoi: note })}---\n\n${levels.join('\n')}`;
}

const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);

/** A line of a text that would read as a title of the file. */
const protectedTitles = (text: string): string => text.replace(/^(?=\\*#{1,2} )/gm, '\\');
