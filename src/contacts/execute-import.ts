import { sql } from 'kysely';
import type pg from 'pg';
import type { Secrets } from '../base/context.ts';
import type { Trx } from '../db/database.ts';
import { addressHasher } from './addresses.ts';
import { type ConsentRow, recordConsents } from './consents.ts';
import { nafNomenclature } from './identifiers.ts';
import { rememberedMapping, rememberMapping } from './import-mappings.ts';
import { onClient } from './on-client.ts';
import { type ContactFile, readContacts } from './read-contacts.ts';
import type { ContactRow, ImportOptions, ImportReport } from './schema.ts';
import { copyLine, copyToStaged, countSuppressed, createStaged, emptyStaged, forecastStaged, mergeStaged } from './staged-contacts.ts';

export type ImportJob = {
  organisationId: number;
  file: Uint8Array;
  options: ImportOptions;
  secrets: Secrets;
  now: Date;
  /** Who is written beside each consent: `user:12`. */
  actor: string;
  /** Counts what an import would do, and writes nothing. */
  dryRun: boolean;
};
export type ImportResult = { report: ImportReport; file: ContactFile; sample: ContactRow[]; personal: number };

/** Small enough to show progress, large enough for PostgreSQL to merge one batch while the next one is read. */
const BATCH = 25_000;
const SAMPLE = 20;

/**
 * Reads the file and brings it into the organisation's contacts, inside the caller's transaction (SEC-21 scope set).
 * `onRows` is told how many rows of the file are done; it must not wait.
 */
export async function executeImport(client: pg.PoolClient, job: ImportJob, onRows: (rows: number) => void = () => {}): Promise<ImportResult> {
  const { organisationId, options, now } = job;
  const trx = onClient(client);
  if (!job.dryRun) await oneAtATime(trx, organisationId);
  const file = await readContacts(job.file, options, (header) => rememberedMapping(trx, organisationId, header));
  await createStaged(trx, organisationId);
  const scope = { organisationId, source: options.source, now, nafNomenclature: nafNomenclature(now) };
  const hashOf = addressHasher(job.secrets);
  const counts = { created: 0, updated: 0, suppressed: 0 };
  const result: ImportResult = { report: emptyReport(file), file, sample: [], personal: 0 };
  let kept = 0;

  const merge = async (consents: ConsentRow[], rowsRead: number): Promise<void> => {
    const merged = await (job.dryRun ? forecastStaged : mergeStaged)(trx, scope);
    counts.created += merged.created;
    counts.updated += merged.updated;
    counts.suppressed += await countSuppressed(trx, organisationId);
    if (!job.dryRun && consents.length > 0) await recordConsents(trx, consents);
    await emptyStaged(trx);
    onRows(rowsRead);
  };

  let merging = Promise.resolve();
  for (const batch of batches(file.contacts)) {
    let lines = '';
    const consents: ConsentRow[] = [];
    for (const contact of batch) {
      const hash = hashOf(contact.normalised);
      lines += copyLine(contact, hash);
      for (const consent of contact.consents)
        consents.push({ ...consent, organisationId, hash, source: consent.source ?? options.source, actor: job.actor, at: consent.at ?? now.toISOString() });
      if (contact.kind === 'personnelle') result.personal++;
      if (result.sample.length < SAMPLE) result.sample.push(contact);
    }
    kept += batch.length;
    await merging;
    await copyToStaged(client, lines);
    // Not awaited here: the next batch is read while PostgreSQL merges this one.
    merging = merge(consents, file.tally.rows);
    merging.catch(() => {});
  }
  await merging;
  if (!job.dryRun && options.mapping) await rememberMapping(trx, organisationId, file.header, file.mapping, now);

  const { rows, rejected, duplicates, warned, lines } = file.tally;
  Object.assign(result.report, { rows, ...counts, unchanged: kept - counts.created - counts.updated, rejected, duplicates, warned, lines });
  return result;
}

const emptyReport = (file: ContactFile): ImportReport => ({
  rows: 0, created: 0, updated: 0, unchanged: 0, rejected: 0, duplicates: 0, suppressed: 0, warned: 0,
  encoding: file.encoding, delimiter: file.delimiter, lines: [],
});

/** Two imports into one list would wait for each other row by row, in both directions: the second waits here instead. */
const oneAtATime = (trx: Trx, organisationId: number) =>
  sql`select from organisations where id = ${organisationId} for no key update`.execute(trx);

function* batches(contacts: Iterable<ContactRow>): Generator<ContactRow[]> {
  let batch: ContactRow[] = [];
  for (const contact of contacts) {
    batch.push(contact);
    if (batch.length === BATCH) {
      yield batch;
      batch = [];
    }
  }
  if (batch.length > 0) yield batch;
}
