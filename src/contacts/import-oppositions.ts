import { sql } from 'kysely';
import { withOrganisation } from '../db/database.ts';
import { recordAudit } from '../memory/audit.ts';
import { allow } from '../organisations/permissions.ts';
import { addressHasher, normaliseAddress } from './addresses.ts';
import { suggestMapping } from './headers.ts';
import { readTable } from './read-table.ts';
import { type ImportLine, importLine, type OwnCtx } from './schema.ts';

export type OppositionReport = {
  rows: number;
  added: number;
  known: number;
  rejected: number;
  duplicates: number;
  lines: ImportLine[];
};

/**
 * Takes over an opposition list kept elsewhere: a file with a column of addresses, or addresses alone. Only their
 * keyed hashes are kept (PRV-40). rows = added + known + rejected + duplicates.
 */
export async function importOppositions(
  ctx: OwnCtx,
  input: { file: Buffer; fileName: string },
): Promise<OppositionReport> {
  allow(ctx.actor, 'contacts.write');
  const table = await readTable(input.file);
  const title = suggestMapping(table.header).email;
  const column = title === undefined ? 0 : table.header.indexOf(title);
  const rows = title === undefined ? [{ line: 1, cells: table.header }, ...table.rows] : table.rows;
  const hashOf = addressHasher(ctx.secrets);
  const report: OppositionReport = { rows: 0, added: 0, known: 0, rejected: 0, duplicates: 0, lines: [] };
  const hashes = new Set<string>();
  for (const { line, cells } of rows) {
    report.rows++;
    const cell = cells[column] ?? '';
    const address = normaliseAddress(cell);
    if ('code' in address) {
      report.rejected++;
      report.lines.push(importLine(line, 'rejected', address.code, title ?? '', cell));
      continue;
    }
    const hash = hashOf(address.normalised);
    if (hashes.has(hash)) report.duplicates++;
    hashes.add(hash);
  }
  const { organisationId } = ctx.actor;
  return withOrganisation(ctx.db, organisationId, async (trx) => {
    const added = await sql`
      insert into suppressions (organisation_id, scope, address_hash, reason, source, at)
      select ${organisationId}::bigint, 'organisation', decode(hash, 'hex'), 'opposition', ${input.fileName}, ${ctx.now()}::timestamptz
      from unnest(${[...hashes]}::text[]) as hash
      on conflict do nothing`.execute(trx);
    report.added = Number(added.numAffectedRows);
    report.known = hashes.size - report.added;
    const { lines: _, ...counts } = report;
    await recordAudit(trx, ctx, {
      action: 'contacts.import-oppositions',
      subject: `organisation:${organisationId}`,
      detail: counts,
    });
    return report;
  });
}
