import { sql } from 'kysely';
import { crossing, type Database, type Trx } from '../db/database.ts';
import { voidOwedTo } from '../outbox/void-owed.ts';
import { takeNamesOff } from './click-names.ts';
import { recordSuppression } from './suppress.ts';

/**
 * Takes out of one organisation what it knows of the person behind this address: the contact, and who it was among those
 * who registered to webinars, whose counts stay; what was owed to it is not sent. The keyed hash stays in the opposition list (PRV-42). In a transaction of
 * that organisation.
 */
export async function forgetPerson(
  trx: Trx,
  db: Pick<Database, 'roles'>,
  { organisationId, addressHash, at }: { organisationId: number; addressHash: Buffer; at: Date },
): Promise<void> {
  const registered = await trx
    .selectFrom('registrations')
    .select(['address', 'webinar_id'])
    .where('organisation_id', '=', organisationId)
    .where('address_hash', '=', addressHash)
    .execute();
  const addresses = registered.flatMap((r) => r.address ?? []);
  await crossing(trx, db, async () => {
    // First, as whoever leaves, moves or writes does: a person who cancels meanwhile waits, and nobody for ever.
    const webinars = [...new Set(registered.map((r) => r.webinar_id))];
    await trx.selectFrom('webinars').select('id').where('id', 'in', webinars).orderBy('id').forUpdate().execute();
    await voidOwedTo(trx, { organisationId, addresses, now: at });
    await takeNamesOff(trx, { organisationId, hashes: [addressHash], gone: true });
  });
  await trx
    .deleteFrom('contacts')
    .where('organisation_id', '=', organisationId)
    .where('address_hash', '=', addressHash)
    .execute();
  await sql`select forget_registrations(${organisationId}, ${addressHash}, ${at})`.execute(trx);
  await recordSuppression(trx, {
    scope: 'organisation',
    organisationId,
    addressHash,
    reason: 'opposition',
    source: 'effacement',
    at,
  });
}
