import { z } from 'zod';
import type { Actor, Ctx } from '../base/context.ts';
import { LEVELS, type Level, PUBLICS, type Public, type SizeClass } from '../base/words.ts';
import type { AddressKind } from './addresses.ts';
import { FIELDS, type Mapping } from './headers.ts';

/** Who works on contacts always does so for one organisation: never the clock. */
export type OwnCtx = Ctx<Extract<Actor, { organisationId: number }>>;

export const PURPOSES = ['message', 'mesure_clic', 'mesure_ouverture'] as const;
export type Purpose = (typeof PURPOSES)[number];

export const SUPPRESSION_REASONS = ['desinscrit', 'opposition', 'adresse_invalide', 'plainte'] as const;
export type SuppressionReason = (typeof SUPPRESSION_REASONS)[number];

export const ENCODINGS = ['utf-8', 'utf-8-bom', 'utf-16le', 'utf-16be', 'windows-1252', 'macintosh'] as const;

/** What comes with a file. `level` and `public` serve the rows that do not say theirs. */
export const importOptionsSchema = z.strictObject({
  fileName: z.string().trim().min(1).max(255),
  /** Where the organisation had these contacts from: told to each of them in the first message (PRV-31, PRV-33). */
  source: z.string().trim().min(1, 'Dites d’où viennent ces contacts.').max(200, '200 caractères au plus.'),
  level: z.enum(LEVELS).optional(),
  public: z.enum(PUBLICS).optional(),
  mapping: z.partialRecord(z.enum(FIELDS), z.string().max(200)).optional(),
  encoding: z.enum(ENCODINGS).optional(),
});
export type ImportOptions = z.infer<typeof importOptionsSchema>;

/** One contact as a file gives it, every value already in its stored form. */
export type ContactRow = {
  address: string;
  normalised: string;
  kind: AddressKind;
  civility: string | null;
  firstName: string | null;
  lastName: string | null;
  company: string | null;
  siret: string | null;
  naf: string | null;
  idcc: string | null;
  headcount: number | null;
  sizeClass: SizeClass;
  postalCode: string | null;
  departement: string | null;
  region: string | null;
  job: string | null;
  level: Level;
  public: Public;
  tags: string[];
  note: string | null;
  collectedOn: string | null;
  consents: Consent[];
};
/** `at` null: the day of the import. */
export type Consent = {
  purpose: Purpose;
  value: 'granted' | 'refused';
  at: string | null;
  source: string | null;
  wording: string | null;
};

/** `line` is the physical line, from 1, where the row starts; in a workbook, the row number. */
export type ImportLine = {
  line: number;
  severity: 'rejected' | 'warned';
  code: string;
  column: string;
  message: string;
};

/** rows = created + updated + unchanged + rejected + duplicates; `suppressed` are among the rows kept, `warned` too. */
export type ImportCounts = {
  rows: number;
  created: number;
  updated: number;
  unchanged: number;
  rejected: number;
  duplicates: number;
  suppressed: number;
  warned: number;
};
export type ImportSummary = ImportCounts & { encoding: string; delimiter: string };
/** The answer of `contacts import --json`. */
export type ImportReport = ImportSummary & { lines: ImportLine[] };

export type { Mapping };

/** What was wrong and what was done about it; `{value}` is the cell, shortened. */
export const LINE_MESSAGES: Record<string, string> = {
  email_missing: 'La ligne n’a pas d’adresse électronique : elle n’est pas importée.',
  email_invalid:
    'L’adresse « {value} » n’est pas valable : la ligne n’est pas importée. Corrigez-la dans votre fichier.',
  level_missing:
    'La ligne ne dit pas son niveau : elle n’est pas importée. Remplissez la colonne, ou donnez un niveau pour tout le fichier.',
  level_unknown: 'Le niveau « {value} » n’est pas reconnu : le niveau donné pour le fichier est utilisé.',
  public_unknown: 'Le public « {value} » n’est pas reconnu : il est laissé de côté.',
  siret_scientific:
    'Le SIRET « {value} » a perdu ses chiffres dans un tableur : il est laissé de côté. Mettez la colonne au format texte.',
  siret_invalid: 'Le SIRET « {value} » est faux (14 chiffres, clé de contrôle) : il est laissé de côté.',
  naf_invalid: 'Le code NAF « {value} » n’a pas la forme 43.21A : il est laissé de côté.',
  idcc_invalid: 'L’IDCC « {value} » n’est pas un numéro de 1 à 4 chiffres : il est laissé de côté.',
  idcc_padded: 'L’IDCC « {value} » avait perdu ses zéros : ils sont remis.',
  headcount_invalid: 'L’effectif « {value} » n’est pas compris : il est laissé de côté.',
  postal_code_invalid: 'Le code postal « {value} » n’a pas cinq chiffres : il est laissé de côté.',
  postal_code_padded: 'Le code postal « {value} » avait perdu son zéro : il est remis.',
  departement_invalid: 'Le département « {value} » n’existe pas : il est laissé de côté.',
  departement_padded: 'Le département « {value} » avait perdu son zéro : il est remis.',
  region_invalid: 'La région « {value} » n’existe pas : elle est laissée de côté.',
  date_invalid: 'La date « {value} » n’est pas comprise (attendu : 31/12/2026) : elle est laissée de côté.',
  consent_unclear: 'L’accord « {value} » n’est ni oui ni non : il reste inconnu.',
  consent_without_evidence:
    'Un accord sans sa date, sa source et son texte ne peut pas être prouvé : il reste inconnu.',
  text_too_long: 'Le texte dépasse 2 000 caractères : il est coupé.',
};

export function importLine(
  line: number,
  severity: ImportLine['severity'],
  code: string,
  column: string,
  cell: string,
): ImportLine {
  const value = cell.trim().replace(/\s+/g, ' ');
  // A sign outside the basic plane cut in two is no text: PostgreSQL refuses it, and the import with it.
  const shown = value.length > 60 ? `${value.slice(0, 60).toWellFormed()}…` : value;
  return { line, severity, code, column, message: (LINE_MESSAGES[code] ?? code).replace('{value}', () => shown) };
}
