import type { Measure, Tool } from './schema.ts';

/** What became of a line that is not simply read: refused, set aside and meant so, or read with something left out. */
export type LineNote = {
  line: number;
  /** The last line of a run of lines with the same fate, `n` of them. */
  to?: number;
  n: number;
  severity: 'rejected' | 'aside' | 'warned';
  code: string;
  message: string;
};

/** Days that another file gave already: the same numbers say it twice, others need a word of a person. */
export type Overlap = { same: number; different: number; example: string; files: string[] };

/** rows = read + rejected + aside, whatever the file. */
export type ImportReport = {
  tool: Tool;
  encoding: string;
  delimiter: string;
  rows: number;
  read: number;
  rejected: number;
  aside: number;
  days: number;
  /** First and last day, `2023-11-01`. */
  from: string;
  to: string;
  measures: Measure[];
  lines: LineNote[];
  /** Notes beyond those that are listed; their lines are counted all the same. */
  untold: number;
  overlap: Overlap;
};

const SENTENCES: Record<string, string> = {
  commentaire: 'Commentaire.',
  avant_titres: 'Avant les titres des colonnes.',
  titres: 'Titres des colonnes.',
  total: 'Total ou moyenne, et non un jour.',
  autre_page: 'Une autre page que celle-ci.',
  jour_illisible: '« {value} » n’est pas un jour : la ligne n’est pas lue.',
  jour_a_venir: '« {value} » n’est pas encore passé : vérifiez si c’est le jour ou le mois qui vient en premier.',
  periode: '« {value} » est une période de plusieurs jours : exportez jour par jour.',
  jour_en_double: 'Ce jour est déjà donné plus haut, ligne {value} : la première est gardée.',
  sans_nombre: 'Aucun nombre dans les colonnes utiles : la ligne n’est pas lue.',
  nombre_illisible: '« {value} » n’est pas un nombre entier : il est laissé de côté, le reste de la ligne est lu.',
};

/** Listed one by one; what comes after is only counted, so that a file of a million lines stays a page. */
const LISTED = 300;

export type Notes = {
  add: (line: number, severity: LineNote['severity'], code: string, cell?: string) => void;
  count: Record<LineNote['severity'], number>;
  list: () => { lines: LineNote[]; untold: number };
};

/** Every line that is not simply read: counted exactly, listed as long as a person would read, runs said once. */
export function keepNotes(): Notes {
  const listed: LineNote[] = [];
  const count = { rejected: 0, aside: 0, warned: 0 };
  let untold = 0;
  return {
    count,
    add(line, severity, code, cell = '') {
      count[severity] += 1;
      const last = listed.at(-1);
      if (
        last &&
        severity === 'aside' &&
        last.code === code &&
        last.severity === severity &&
        (last.to ?? last.line) < line
      ) {
        last.to = line;
        last.n += 1;
      } else if (listed.length < LISTED) listed.push({ line, n: 1, severity, code, message: sentenceOf(code, cell) });
      else untold += 1;
    },
    list: () => ({ lines: listed, untold }),
  };
}

function sentenceOf(code: string, cell: string): string {
  const value = cell.trim().replace(/\s+/g, ' ');
  const shown = value.length > 60 ? `${value.slice(0, 60).toWellFormed()}…` : value;
  return (SENTENCES[code] ?? code).replace('{value}', () => shown);
}
