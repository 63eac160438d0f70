import { pipeline } from 'node:stream/promises';
import { type RawBuilder, sql } from 'kysely';
import type pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import type { Trx } from '../db/database.ts';
import type { ContactRow } from './schema.ts';

type Value = string | number | null;

const keep = (column: string) => `coalesce(staged.${column}, contacts.${column})`;
const together = (said: string) => (column: string) =>
  `case when ${said} then staged.${column} else contacts.${column} end`;
const place = together('coalesce(staged.postal_code, staged.departement, staged.region) is not null');
const size = together("staged.size_class <> 'inconnu'");
const given = (column: string) => `staged.${column}`;

/**
 * The columns an import writes: where each value comes from, and what becomes of it in a contact that exists already.
 * An empty or damaged cell never erases what is known; values that only make sense together change together.
 */
const COLUMNS: { name: string; value: (contact: ContactRow) => Value; merged: (column: string) => string }[] = [
  { name: 'address', value: (c) => c.address, merged: given },
  { name: 'civility', value: (c) => c.civility, merged: keep },
  { name: 'first_name', value: (c) => c.firstName, merged: keep },
  { name: 'last_name', value: (c) => c.lastName, merged: keep },
  { name: 'company', value: (c) => c.company, merged: keep },
  { name: 'siret', value: (c) => c.siret, merged: keep },
  { name: 'naf_code', value: (c) => c.naf, merged: keep },
  { name: 'idcc', value: (c) => c.idcc, merged: keep },
  { name: 'headcount', value: (c) => c.headcount, merged: size },
  { name: 'size_class', value: (c) => c.sizeClass, merged: size },
  { name: 'postal_code', value: (c) => c.postalCode, merged: place },
  { name: 'departement', value: (c) => c.departement, merged: place },
  { name: 'region', value: (c) => c.region, merged: place },
  { name: 'job', value: (c) => c.job, merged: keep },
  { name: 'level', value: (c) => c.level, merged: given },
  { name: 'public', value: (c) => c.public, merged: together("staged.public <> 'inconnu'") },
  { name: 'address_kind', value: (c) => c.kind, merged: given },
  { name: 'tags', value: (c) => arrayLiteral(c.tags), merged: together("staged.tags <> '{}'") },
  { name: 'note', value: (c) => c.note, merged: keep },
  { name: 'collected_on', value: (c) => c.collectedOn, merged: keep },
];

/** A company's hash goes with its number. */
const MERGED = [...COLUMNS, { name: 'company_hash', merged: keep }];
const STAGED = `${MERGED.map((c) => c.name).join(', ')}, address_hash`;
const merged = MERGED.map((c) => `(${c.merged(c.name)})`).join(', ');
const CHANGED = `row(${MERGED.map((c) => `contacts.${c.name}`).join(', ')}) is distinct from row(${merged})`;

const arrayLiteral = (items: string[]): string =>
  items.length === 0 ? '{}' : `{${items.map((i) => `"${i.replace(/["\\]/g, '\\$&')}"`).join(',')}}`;

const ESCAPES: Record<string, string> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };
const escaped = (value: Value): Value =>
  typeof value === 'string' ? value.replace(/[\\\t\n\r]/g, (c) => ESCAPES[c]!) : value;

/**
 * One contact as a line of COPY text where nothing is NULL; the hashes in hexadecimal, the company's null without a
 * SIRET. One look at the whole row, its values joined by NUL, which none holds, finds whether there is anything to escape.
 */
export function copyLine(contact: ContactRow, addressHash: string, companyHash: string | null): string {
  const values = COLUMNS.map((column) => column.value(contact));
  const safe = /[\\\t\n\r]/.test(values.join('\0')) ? values.map(escaped) : values;
  return `${safe.join('\t')}\t${companyHash === null ? '' : `\\\\x${companyHash}`}\t\\\\x${addressHash}\n`;
}

/** Of every imported value: what differs is then compared column by column, so that most rows are never read wide. */
const content = (table: string): RawBuilder<string> =>
  sql.raw(`hash_record_extended(row(${MERGED.map((c) => `${table}.${c.name}`).join(', ')}), 0)`);

/**
 * COPY is refused on a table under row-level security, hence a temporary one of the same types; and what the list
 * holds already is read once, narrow, instead of searching the growing table again for each batch.
 */
export async function createStaged(trx: Trx, organisationId: number): Promise<void> {
  // Compiling these wide statements takes longer than running them on one batch.
  await sql`set local jit = off`.execute(trx);
  await sql`create temp table staged_contacts on commit drop as select ${sql.raw(STAGED)} from contacts with no data`.execute(
    trx,
  );
  await sql`create temp table known_contacts on commit drop as
    select id, address_hash, ${content('contacts')} as content from contacts where organisation_id = ${organisationId}`.execute(
    trx,
  );
  await sql`analyze known_contacts`.execute(trx);
}

export const emptyStaged = (trx: Trx) => sql`truncate staged_contacts`.execute(trx);

export async function copyToStaged(client: pg.PoolClient, lines: Buffer): Promise<void> {
  const into = client.query(copyFrom(`copy staged_contacts (${STAGED}) from stdin (null '')`));
  await pipeline([lines], into);
}

export type MergeScope = { organisationId: number; source: string; now: Date; nafNomenclature: string };
/** `suppressed`: staged addresses that this organisation must not write to, new or not. */
export type Merged = { created: number; updated: number; suppressed: number };

/**
 * Inserts the new, updates the changed, leaves the others alone; the caller lets one import at a time into a list.
 * Not ON CONFLICT, which costs three times as much under row-level security and locks even the rows it leaves; and one
 * statement, so that PostgreSQL works through it while the caller reads on.
 */
export async function mergeStaged(trx: Trx, scope: MergeScope): Promise<Merged> {
  const updates = MERGED.map((c) => `${c.name} = ${c.merged(c.name)}`).join(', ');
  const { rows } = await sql<Merged>`
    with differing as materialized (
      select staged.*, known.id as known_id from staged_contacts staged
      join known_contacts known using (address_hash) where known.content <> ${content('staged')}
    ), updated as (
      update contacts set ${sql.raw(updates)}, naf_nomenclature = coalesce(${nomenclature(scope)}, contacts.naf_nomenclature),
        updated_at = ${scope.now}
      from differing staged
      where contacts.id = staged.known_id and contacts.organisation_id = ${scope.organisationId} and ${sql.raw(CHANGED)}
      returning 1
    ), created as (
      insert into contacts (organisation_id, source, created_at, updated_at, naf_nomenclature, ${sql.raw(STAGED)})
      select ${scope.organisationId}::bigint, ${scope.source}, ${scope.now}::timestamptz, ${scope.now}::timestamptz,
        ${nomenclature(scope)}, ${sql.raw(STAGED)} from staged_contacts staged
      where not exists (select from known_contacts known where known.address_hash = staged.address_hash)
      returning 1
    )
    select (select count(*) from created) as created, (select count(*) from updated) as updated, ${suppressed(scope)} as suppressed`.execute(
    trx,
  );
  return rows[0]!;
}

/** Instance-wide refusals stay unseen: another organisation may have caused them (no oracle). */
const suppressed = (
  scope: MergeScope,
) => sql`(select count(*) from staged_contacts s where exists (select from suppressions x
  where x.address_hash = s.address_hash and x.organisation_id = ${scope.organisationId} and x.scope = 'organisation'))`;

const nomenclature = (scope: MergeScope): RawBuilder<string> =>
  sql`case when staged.naf_code is not null then ${scope.nafNomenclature} end`;

/** What `mergeStaged` would answer, writing nothing. */
export async function forecastStaged(trx: Trx, scope: MergeScope): Promise<Merged> {
  const { rows } = await sql<Merged>`
    select count(*) filter (where known.id is null) as created, count(contacts.id) as updated, ${suppressed(scope)} as suppressed
    from staged_contacts staged left join known_contacts known using (address_hash)
    left join contacts on contacts.id = known.id and contacts.organisation_id = ${scope.organisationId} and ${sql.raw(CHANGED)}`.execute(
    trx,
  );
  return rows[0]!;
}
