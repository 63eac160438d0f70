import { sql } from 'kysely';
import type { Ctx, Secrets } from '../base/context.ts';
import { addressHash } from '../contacts/addresses.ts';
import { crossing, type Trx } from '../db/database.ts';
import type { WebinarRow } from '../webinars/queries.ts';
import { personsOf } from './people.ts';
import { recomputeAttendance } from './recompute.ts';
import type { Stay } from './schema.ts';

type Lines = { webinar: WebinarRow; importId: number; stays: readonly Stay[] };

/** The lines of a file, for whoever had it, and who came found again with them: in the caller's transaction, or not at all. */
export const storeLines = (trx: Trx, ctx: Pick<Ctx, 'db' | 'secrets'>, lines: Lines): Promise<void> =>
  crossing(trx, ctx.db, async (all) => {
    await insertLines(all, ctx.secrets, lines);
    await recomputeAttendance(all, lines.webinar.id);
  });

/** Who came, found again after something was decided or withdrawn. */
export const findAgain = (trx: Trx, ctx: Pick<Ctx, 'db'>, webinarId: number): Promise<void> =>
  crossing(trx, ctx.db, (all) => recomputeAttendance(all, webinarId));

async function insertLines(trx: Trx, secrets: Secrets, { webinar, importId, stays }: Lines): Promise<void> {
  const persons = personsOf(stays, secrets);
  const rows = stays.map((s, i) => ({
    line: s.line,
    person: persons[i],
    name: s.name,
    address: s.address,
    hash: s.address && addressHash(secrets, s.address).toString('hex'),
    joined: s.joinedAt,
    gone: s.leftAt,
    minutes: s.minutes,
  }));
  await sql`insert into attendance_lines (organisation_id, campaign_id, webinar_id, import_id, line, person, name, address,
      address_hash, joined_at, left_at, minutes, own)
    select ${webinar.organisationId}::bigint, ${webinar.campaignId}::bigint, ${webinar.id}::bigint, ${importId}::bigint,
      line, person, name, address, decode(hash, 'hex'), joined, gone, minutes, false
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as l (line int, person text, name text, address text, hash text,
      joined timestamptz, gone timestamptz, minutes int)`.execute(trx);
}
