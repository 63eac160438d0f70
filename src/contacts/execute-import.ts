import { setImmediate } from 'node:timers/promises';
import { sql } from 'kysely';
import type pg from 'pg';
import type { Secrets } from '../base/context.ts';
import { crossing, type Database, type Trx } from '../db/database.ts';
import { addressHasher } from './addresses.ts';
import { takeNamesOff } from './click-names.ts';
import { companyHasher } from './company-hash.ts';
import { type ConsentRow, recordConsents } from './consents.ts';
import { nafNomenclature } from './identifiers.ts';
import { rememberedMapping, rememberMapping } from './import-mappings.ts';
import { onClient } from './on-client.ts';
import { type ContactFile, readContacts } from './read-contacts.ts';
import type { ContactRow, ImportOptions, ImportReport } from './schema.ts';
import { copyLine, copyToStaged, createStaged, emptyStaged, forecastStaged, mergeStaged } from './staged-contacts.ts';

export type ImportJob = {
  db: Pick<Database, 'roles'>;
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

/** Rows written to the database at a time: progress is told after each. */
const BATCH = 8_000;
/** Bytes of a batch: one more that might not fit goes into the next. */
const ROOM = 4 * 1024 * 1024;
/** Rows read before the event loop turns (half a millisecond): PostgreSQL must never wait for the next word of ours. */
const SLICE = 60;
const SAMPLE = 20;

/**
 * Reads the file and brings it into the organisation's contacts, inside the caller's transaction (SEC-21 scope set).
 * `onRows` is told how many rows of the file are done; it must not wait.
 */
export async function executeImport(
  client: pg.PoolClient,
  job: ImportJob,
  onRows: (rows: number) => void = () => {},
): Promise<ImportResult> {
  const { organisationId, options, now } = job;
  const trx = onClient(client);
  if (!job.dryRun) await oneAtATime(trx, organisationId);
  const file = await readContacts(job.file, options, (header) => rememberedMapping(trx, organisationId, header));
  await createStaged(trx, organisationId);
  const scope = { organisationId, source: options.source, now, nafNomenclature: nafNomenclature(now) };
  const hashOf = addressHasher(job.secrets);
  const companyOf = companyHasher(job.secrets);
  const counts = { created: 0, updated: 0, suppressed: 0 };
  const result: ImportResult = { report: emptyReport(file), file, sample: [], personal: 0 };
  let kept = 0;
  const refusals: Buffer[] = [];

  const write = async (lines: Buffer, consents: ConsentRow[], rowsRead: number): Promise<void> => {
    await emptyStaged(trx);
    await copyToStaged(client, lines);
    const merged = await (job.dryRun ? forecastStaged : mergeStaged)(trx, scope);
    counts.created += merged.created;
    counts.updated += merged.updated;
    counts.suppressed += merged.suppressed;
    if (!job.dryRun && consents.length > 0) await recordConsents(trx, consents);
    onRows(rowsRead);
  };

  let writing = Promise.resolve();
  let before = writing;
  // As bytes from the start: thousands of strings kept until they are joined cost more to collect than to write.
  let lines = Buffer.allocUnsafe(ROOM);
  let used = 0;
  let consents: ConsentRow[] = [];
  /** One batch is merged, one waits, one is read: neither side waits for the other at each turn. */
  const handOver = async (): Promise<void> => {
    await before;
    before = writing;
    const [batch, agreed, rows] = [lines.subarray(0, used), consents, file.tally.rows];
    writing = writing.then(() => write(batch, agreed, rows));
    // Awaited later or at the end; until then its failure is not an unhandled one.
    writing.catch(() => {});
    lines = Buffer.allocUnsafe(ROOM);
    used = 0;
    consents = [];
  };

  try {
    for (const contact of file.contacts) {
      const hash = hashOf(contact.normalised);
      const line = copyLine(contact, hash, contact.siret === null ? null : companyOf(contact.siret));
      // UTF-8 takes three bytes a character at most.
      if (used + line.length * 3 > lines.length) await handOver();
      used += lines.write(line, used);
      for (const consent of contact.consents) {
        if (consent.purpose === 'mesure_clic' && consent.value === 'refused') refusals.push(Buffer.from(hash, 'hex'));
        consents.push({
          ...consent,
          organisationId,
          hash,
          source: consent.source ?? options.source,
          actor: job.actor,
          at: consent.at ?? now.toISOString(),
        });
      }
      if (contact.kind === 'personnelle') result.personal++;
      if (result.sample.length < SAMPLE) result.sample.push(contact);
      kept++;
      if (kept % SLICE === 0) await setImmediate();
      if (kept % BATCH === 0) await handOver();
    }
    if (used > 0) await handOver();
    await writing;
  } finally {
    // The connection goes back to the pool after an error: nothing of ours may still be under way on it.
    await Promise.allSettled([writing]);
  }
  // Last, because it holds back whoever writes clicks down until all of this is committed.
  if (!job.dryRun && refusals.length > 0)
    await crossing(trx, job.db, () => takeNamesOff(trx, { organisationId, hashes: refusals }));
  if (!job.dryRun && options.mapping) await rememberMapping(trx, organisationId, file.header, file.mapping, now);

  Object.assign(result.report, file.tally, counts, { unchanged: kept - counts.created - counts.updated });
  return result;
}

const emptyReport = (file: ContactFile): ImportReport => ({
  rows: 0,
  created: 0,
  updated: 0,
  unchanged: 0,
  rejected: 0,
  duplicates: 0,
  suppressed: 0,
  warned: 0,
  encoding: file.encoding,
  delimiter: file.delimiter,
  lines: [],
});

/** Two imports into one list would wait for each other row by row, in both directions: the second waits here instead. */
const oneAtATime = (trx: Trx, organisationId: number) =>
  sql`select from organisations where id = ${organisationId} for no key update`.execute(trx);
