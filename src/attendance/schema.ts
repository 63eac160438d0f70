import type { Platform } from '../webinars/schema.ts';

/** What a line of a platform's file may tell; `name` stands for first and last name in one column. */
export const ATTENDANCE_FIELDS = [
  'name',
  'firstName',
  'lastName',
  'address',
  'joinedAt',
  'leftAt',
  'minutes',
  'attended',
] as const;
export type AttendanceField = (typeof ATTENDANCE_FIELDS)[number];
export const ATTENDANCE_FIELD_NAMES: Record<AttendanceField, string> = {
  name: 'prénom et nom',
  firstName: 'prénom',
  lastName: 'nom',
  address: 'adresse électronique',
  joinedAt: 'heure d’arrivée',
  leftAt: 'heure de départ',
  minutes: 'durée de présence',
  attended: 'est venu (oui ou non)',
};
/** Which column (its title, as the file writes it) holds which field. */
export type AttendanceMapping = Partial<Record<AttendanceField, string>>;

/** How a file writes its days where both readings exist: 03/12 is the third of December, or March the twelfth. */
export const DATE_ORDERS = ['jour', 'mois'] as const;
export type DateOrder = (typeof DATE_ORDERS)[number];

/** One presence that a file tells of. `minutes` as told, else from the times; 0: the file does not say how long. */
export type Stay = {
  line: number;
  name: string;
  address: string | null;
  joinedAt: Date | null;
  leftAt: Date | null;
  minutes: number;
};

/**
 * What became of a line that is not simply read. `aside`: no presence, and meant so (titles, totals, who did not come);
 * `warned`: read, with something left out. `to`: the last line of a run of lines with the same fate, `n` of them.
 */
export type LineNote = {
  line: number;
  to?: number;
  n: number;
  severity: 'rejected' | 'aside' | 'warned';
  code: string;
  message: string;
};

/** What a reader of one platform answers: each record is read, rejected or aside, and none of them twice. */
export type Reading = { stays: Stay[]; read: number; notes: LineNote[] };

/** About the whole file: said before it is imported, and kept with it. */
export type FileWarning = { code: string; message: string };

/** rows = read + rejected + aside. `minutes` of all people together; `anonymous` of them have no name. */
export type AttendanceReport = {
  platform: Platform;
  encoding: string;
  delimiter: string;
  rows: number;
  read: number;
  rejected: number;
  aside: number;
  people: number;
  anonymous: number;
  minutes: number;
  /** First arrival and last departure, ISO; null when the file gives no time. */
  from: string | null;
  to: string | null;
  lines: LineNote[];
  warnings: FileWarning[];
};

/** What becomes of a line; `{value}` is what stands in it, shortened, and never says who: these sentences outlive the names. */
const SENTENCES: Record<string, string> = {
  resume: 'Résumé de la réunion, rien sur une personne.',
  titre: 'Titre d’une partie du fichier.',
  titres: 'Titres des colonnes.',
  total: 'Total d’une personne, dont chaque présence est lue plus bas.',
  autre_partie: 'Partie du fichier qui ne dit pas qui est venu.',
  salle_attente: 'Resté en salle d’attente : ce n’est pas une présence.',
  absent: 'Inscrit sur la plateforme, et pas venu.',
  sondage: 'Réponses anonymes à un sondage.',
  ligne_sans_rien: 'La ligne ne donne ni nom, ni adresse, ni heure : elle n’est pas lue.',
  action_inconnue: '« {value} » n’est ni une arrivée ni un départ : la ligne n’est pas lue.',
  presence_inconnue: '« {value} » n’est ni oui ni non : la ligne n’est pas lue. Corrigez-la dans votre fichier.',
  heure_illisible: 'L’heure « {value} » n’est pas comprise : la présence est gardée, sans cette heure.',
  duree_illisible: 'La durée « {value} » n’est pas comprise : la présence est gardée, sans durée.',
  adresse_illisible: 'L’adresse n’est pas valable : la présence est gardée sous son nom.',
  duree_invraisemblable: 'La durée « {value} » dépasse une journée : la présence est gardée, sans durée.',
  presence_trop_longue: 'Plus d’une journée sépare l’arrivée du départ : la présence est gardée, sans ses heures.',
  depart_avant: 'Le départ précède l’arrivée : la présence est gardée, sans ses heures.',
  depart_seul: 'Un départ sans arrivée : la présence est gardée, sans durée.',
  depart_absent: 'Une arrivée sans départ : la présence est gardée, sans durée.',
};

export function lineNote(line: number, severity: LineNote['severity'], code: string, cell = ''): LineNote {
  const value = cell.trim().replace(/\s+/g, ' ');
  const shown = value.length > 60 ? `${value.slice(0, 60).toWellFormed()}…` : value;
  return { line, n: 1, severity, code, message: (SENTENCES[code] ?? code).replace('{value}', () => shown) };
}

/** Lines set aside one under the other for the same reason, said once: three thousand totals are one sentence. */
export function inRuns(notes: readonly LineNote[]): LineNote[] {
  const runs: LineNote[] = [];
  for (const note of notes.toSorted((a, b) => a.line - b.line)) {
    const last = runs.at(-1);
    if (last && note.severity === 'aside' && last.code === note.code && note.line === (last.to ?? last.line) + 1)
      runs[runs.length - 1] = { ...last, to: note.to ?? note.line, n: last.n + note.n };
    else runs.push(note);
  }
  return runs;
}
