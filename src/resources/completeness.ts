import { sql } from 'kysely';
import { LEVEL_NAMES, LEVELS, type Level } from '../base/words.ts';
import { RESOURCE_FORMAT_NAMES, SIMPLE_FORMATS } from './schema.ts';

/** What a deliverable lacks before somebody who never heard of it can use it. */
export type Lack = 'resume' | `usage-${Level}` | 'format-simple' | 'acces' | 'porteur' | 'revue';

/**
 * What each resource lacks, as a text[]: the one definition, for the list, its counts and the page. Needs the resource
 * as `r`, and beside it `s`: `opened` (the formats that can be opened, null when none).
 */
export const LACKS = sql<Lack[]>`array_remove(array[
  case when r.summary = '' then 'resume' end,
  ${sql.join(LEVELS.map((level) => sql`case when not r.level_uses ? ${sql.lit(level)} then ${sql.lit(`usage-${level}`)} end`))},
  case when not (r.formats || coalesce(s.opened, '{}')) && ${sql.lit(`{${SIMPLE_FORMATS.join(',')}}`)}::text[] then 'format-simple' end,
  case when r.url is null and s.opened is null then 'acces' end,
  case when r.carried_by = '' then 'porteur' end,
  case when r.review_on is null then 'revue' end
], null)`;

/** To be joined beside `LACKS`. */
export const OPENED = sql`left join lateral (
    select array_agg(distinct f.format) as opened from resource_files f
    where f.resource_id = r.id and f.removed_at is null
  ) s on true`;

const simple = new Intl.ListFormat('fr', { type: 'disjunction' }).format(
  SIMPLE_FORMATS.map((f) => RESOURCE_FORMAT_NAMES[f]),
);

/** As a sentence, and the field of the form where it is mended (`supports`: where formats are added). */
export function lackSentence(lack: Lack): { text: string; field: string } {
  if (lack.startsWith('usage-')) {
    const level = lack.slice('usage-'.length) as Level;
    return { text: `L’usage visé au niveau ${LEVEL_NAMES[level]} n’est pas dit.`, field: `levelUses.${level}` };
  }
  return OTHERS[lack as keyof typeof OTHERS];
}

const OTHERS = {
  resume: { text: 'Le résumé manque : deux phrases suffisent.', field: 'summary' },
  'format-simple': { text: `Il manque un format simple : ${simple}.`, field: 'supports' },
  acces: { text: 'Rien ne peut être ouvert : ni adresse, ni fichier.', field: 'supports' },
  porteur: { text: 'Qui l’a portée n’est pas dit.', field: 'carriedBy' },
  revue: { text: 'Aucune date de relecture : elle vieillira sans que personne ne le voie.', field: 'reviewOn' },
} as const;

/** « résumé, usage terrain »; a level that is not told apart from the others is not named: « usage par niveau ». */
export function lackNames(lacks: readonly Lack[]): string {
  const uses = lacks.filter((lack) => lack.startsWith('usage-'));
  const others = lacks.filter((lack) => !lack.startsWith('usage-')).map(lackName);
  return (uses.length === LEVELS.length ? ['usage par niveau', ...others] : lacks.map(lackName)).join(', ');
}

const lackName = (lack: Lack): string =>
  lack.startsWith('usage-')
    ? `usage ${LEVEL_NAMES[lack.slice('usage-'.length) as Level]}`
    : NAMES[lack as keyof typeof NAMES];

const NAMES = {
  resume: 'résumé',
  'format-simple': 'format simple',
  acces: 'adresse ou fichier',
  porteur: 'porteur',
  revue: 'date de relecture',
} as const;
