import { diffWordsWithSpace } from 'diff';
import { LEVELS, type Level } from '../base/words.ts';
import { WORDING_FORMATS, type WordingFormat } from './schema.ts';
import type { Said } from './stored.ts';

/** One stretch of a text: in both versions, only in the newer one, only in the older one. */
export type Change = { kind: 'same' | 'added' | 'removed'; text: string };
/** What differs between two versions, where, word by word; `level` and `format` are null for the topic and the days. */
export type Difference = {
  name: 'topic' | 'validity' | 'wording';
  level: Level | null;
  format: WordingFormat | null;
  changes: Change[];
};

/** A comparison that would take longer than a page is shown as one text for another. */
const TIMEOUT_MS = 300;

export function wordChanges(before: string, after: string): Change[] {
  const parts = diffWordsWithSpace(before, after, { timeout: TIMEOUT_MS });
  if (!parts)
    return [
      { kind: 'removed', text: before },
      { kind: 'added', text: after },
    ];
  return joined(parts.map((p) => ({ kind: p.added ? 'added' : p.removed ? 'removed' : 'same', text: p.value })));
}

/** One expression for another reads better than word for word: changes that only spaces part are one change. */
function joined(parts: readonly Change[]): Change[] {
  const changes: Change[] = [];
  let run = { removed: '', added: '' };
  const close = () => {
    for (const kind of ['removed', 'added'] as const) if (run[kind]) changes.push({ kind, text: run[kind] });
    run = { removed: '', added: '' };
  };
  parts.forEach((part, i) => {
    const inside = /^[^\S\n]+$/.test(part.text) && (run.removed || run.added) && parts[i + 1]?.kind !== 'same';
    if (part.kind !== 'same') run[part.kind] += part.text;
    else if (inside && i + 1 < parts.length) {
      run.removed += part.text;
      run.added += part.text;
    } else {
      close();
      changes.push(part);
    }
  });
  close();
  return changes;
}

/** What moved from one version to another, in the order of a page; nothing when they say the same. */
export function compareVersions(before: Said, after: Said): Difference[] {
  const difference = (rest: Omit<Difference, 'changes'>, a: string, b: string): Difference[] =>
    a === b ? [] : [{ ...rest, changes: wordChanges(a, b) }];
  return [
    ...difference({ name: 'topic', level: null, format: null }, before.topic, after.topic),
    ...difference({ name: 'validity', level: null, format: null }, daysOf(before), daysOf(after)),
    ...LEVELS.flatMap((level) =>
      WORDING_FORMATS.flatMap((format) =>
        difference(
          { name: 'wording', level, format },
          before.wordings[level]?.[format] ?? '',
          after.wordings[level]?.[format] ?? '',
        ),
      ),
    ),
  ];
}

const french = (day: string): string => day.split('-').reverse().join('/');
/** « du 01/12/2026 au 31/12/2026 » */
export function daysOf({ validFrom, validTo }: Pick<Said, 'validFrom' | 'validTo'>): string {
  if (validFrom && validTo) return `du ${french(validFrom)} au ${french(validTo)}`;
  if (validFrom) return `à partir du ${french(validFrom)}`;
  return validTo ? `jusqu’au ${french(validTo)}` : 'sans limite';
}
