import type { Level, Public } from '../base/words.ts';
import { addressKind, normaliseAddress } from './addresses.ts';
import {
  departementOfPostalCode,
  readDepartement,
  readPostalCode,
  readRegion,
  regionOfDepartement,
} from './geography.ts';
import { readHeadcount } from './headcount.ts';
import { FIELD_NAMES, type Field, type Mapping } from './headers.ts';
import { type Read, readIdcc, readNaf, readSiret } from './identifiers.ts';
import { publicOfJob, readLevel, readPublic } from './level-and-public.ts';
import { readCivility, readConsent, readDay, readTags, splitName } from './person-values.ts';
import type { FileRecord } from './records.ts';
import { type Consent, type ContactRow, type ImportLine, importLine, type Purpose } from './schema.ts';

export type RowReading = { columns: Partial<Record<Field, number>>; mapping: Mapping; level?: Level; public?: Public };
export type ReadRow = { contact: ContactRow | null; lines: ImportLine[] };

const MAX_TEXT = 2000;

/**
 * A reader for the rows of one file. A row without a usable address or without any level is refused; a damaged
 * optional value is left out and said. Values that repeat (codes, functions, départements) are read once.
 */
export function rowReader(file: RowReading): (record: FileRecord) => ReadRow {
  const { columns, mapping } = file;
  const naf = remember(readNaf);
  const idcc = remember(readIdcc);
  const headcount = remember(readHeadcount);
  const departement = remember(readDepartement);
  const postalCode = remember(readPostalCode);
  const region = remember(readRegion);
  const level = remember(readLevel);
  const readPublicOnce = remember(readPublic);
  const jobPublic = remember(publicOfJob);
  const day = remember(readDay);
  const civility = remember(readCivility);
  const columnName = (field: Field): string => mapping[field] ?? FIELD_NAMES[field];

  const hasConsents = CONSENT_FIELDS.some(([field]) => columns[field] !== undefined);
  // The row being read: the helpers below are made once per file, not once per row.
  let cells: string[] = [];
  let line = 0;
  let lines: ImportLine[] = [];
  const cell = (field: Field): string => {
    const at = columns[field];
    return at === undefined ? '' : (cells[at] ?? '');
  };
  const say = (severity: ImportLine['severity'], code: string, field: Field, shown = cell(field)): void => {
    lines.push(importLine(line, severity, code, columnName(field), shown));
  };
  const take = <T>(field: Field, read: (raw: string) => Read<T>): T | null => {
    const raw = cell(field);
    if (raw === '') return null;
    const { value, code } = read(raw);
    if (code) say('warned', code, field, raw);
    return value;
  };
  const text = (field: Field): string | null => {
    const value = unquoted(cell(field).trim());
    if (value.length <= MAX_TEXT) return value || null;
    say('warned', 'text_too_long', field, value);
    return value.slice(0, MAX_TEXT);
  };

  return (record) => {
    ({ cells, line } = record);
    lines = [];
    const address = normaliseAddress(cell('email'));
    if ('code' in address) {
      say('rejected', address.code, 'email');
      return { contact: null, lines };
    }
    const own = level(cell('level'));
    const placed = own.value ?? file.level;
    if (!placed) {
      say('rejected', 'level_missing', 'level');
      return { contact: null, lines };
    }
    if (own.code) say('warned', own.code, 'level');

    const job = text('job');
    const named = columns.fullName === undefined ? null : splitName(text('fullName') ?? '');
    const size = take('headcount', headcount);
    const code = take('postalCode', postalCode);
    const where = take('departement', departement) ?? (code ? departementOfPostalCode(code) : null);
    const writtenRegion = take('region', region);
    return {
      contact: {
        ...address,
        kind: addressKind(address.normalised),
        civility: civility(cell('civility')),
        firstName: text('firstName') ?? named?.firstName ?? null,
        lastName: text('lastName') ?? named?.lastName ?? null,
        company: text('company'),
        siret: take('siret', readSiret),
        naf: take('naf', naf),
        idcc: take('idcc', idcc),
        headcount: size?.headcount ?? null,
        sizeClass: size?.sizeClass ?? 'inconnu',
        postalCode: code,
        departement: where,
        region: (where && regionOfDepartement(where)) ?? writtenRegion,
        job,
        level: placed,
        public: take('public', readPublicOnce) ?? (job ? jobPublic(job) : null) ?? file.public ?? 'inconnu',
        tags: columns.tags === undefined ? [] : readTags(cell('tags')),
        note: text('note'),
        collectedOn: take('collectedOn', day),
        consents: hasConsents ? consentsOf(take, text, say) : [],
      },
      lines,
    };
  };
}

/** The apostrophe that our own export, or Excel, puts before a text that begins like a formula. */
const unquoted = (text: string): string => (text.startsWith("'") && /^'[=+\-@]/.test(text) ? text.slice(1) : text);

const CONSENT_FIELDS: readonly [Field, Purpose][] = [
  ['consentMessage', 'message'],
  ['consentClicks', 'mesure_clic'],
];

/** PRV-04: an agreement counts only with its date, source and wording; a refusal needs no proof. */
function consentsOf(
  take: <T>(field: Field, read: (raw: string) => Read<T>) => T | null,
  text: (field: Field) => string | null,
  say: (severity: 'warned', code: string, field: Field) => void,
): Consent[] {
  const said = CONSENT_FIELDS.flatMap(([field, purpose]) => {
    const value = take(field, readConsent);
    return value ? [{ field, purpose, value }] : [];
  });
  if (said.length === 0) return [];
  const evidence = { at: take('consentDate', readDay), source: text('consentSource'), wording: text('consentWording') };
  const proven = evidence.at && evidence.source && evidence.wording;
  return said.flatMap(({ field, purpose, value }) => {
    if (value === 'refused' || proven) return [{ purpose, value, ...evidence }];
    say('warned', 'consent_without_evidence', field);
    return [];
  });
}

/** Few distinct, short values fill most columns; past the bounds, a value is simply read each time. */
function remember<T>(read: (raw: string) => T): (raw: string) => T {
  const known = new Map<string, T>();
  return (raw) => {
    const found = known.get(raw);
    if (found !== undefined) return found;
    const value = read(raw);
    if (known.size < 10_000 && raw.length < 100) known.set(raw, value);
    return value;
  };
}
