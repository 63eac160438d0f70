import { type SqlBool, sql } from 'kysely';
import type { Trx } from '../db/database.ts';
import type { Addressee } from './letters.ts';

/** Whom to remind: who never opened the kit, who opened it and took nothing, or both. */
export const REMINDERS = ['ouvrir', 'reprendre', 'tous'] as const;
export type Reminder = (typeof REMINDERS)[number];

/** A reminder is not a siege: a week after the last mail, and no third one. */
const PAUSE_DAYS = 7;
const MOST_REMINDERS = 2;

const living = (trx: Trx, campaignId: number) =>
  trx
    .selectFrom('relays as r')
    .select(['r.id', 'r.name', 'r.contact_name as contactName', 'r.address', 'r.address_hash as addressHash'])
    .where('r.campaign_id', '=', campaignId)
    .where('r.address_hash', 'is not', null)
    .where('r.confirmed_at', 'is not', null)
    .where('r.declined_at', 'is', null)
    .where('r.stopped_at', 'is', null)
    // A kit withdrawn on purpose is given back by hand, not by a mail to everybody.
    .where(sql<SqlBool>`(select k.revoked_at from kits k where k.relay_id = r.id order by k.id desc limit 1) is null`)
    .orderBy('r.id');

type Found = Omit<Addressee, 'address' | 'addressHash'> & { address: string | null; addressHash: Buffer | null };
const asAddressees = (rows: readonly Found[]): Addressee[] =>
  rows.flatMap((r) => (r.address && r.addressHash ? [{ ...r, address: r.address, addressHash: r.addressHash }] : []));

/** Relays with an address that were never invited. */
export async function toInvite(trx: Trx, campaignId: number): Promise<Addressee[]> {
  const rows = await living(trx, campaignId)
    .where(sql<SqlBool>`not exists (select from relay_acts a where a.relay_id = r.id and a.what = 'invite')`)
    .execute();
  return asAddressees(rows);
}

/** Relays that were invited, did nothing since, and may be reminded. */
export async function toRemind(trx: Trx, campaignId: number, whom: Reminder, now: Date): Promise<Addressee[]> {
  const did = (...what: string[]) =>
    sql<SqlBool>`exists (select from relay_acts a where a.relay_id = r.id and a.what = any(${what}::text[]))`;
  const opened = did('ouvert');
  const rows = await living(trx, campaignId)
    .where(did('invite'))
    .where(sql<SqlBool>`not ${did('copie', 'telecharge')}`)
    .where(sql<SqlBool>`not exists (select from declarations d where d.relay_id = r.id and d.withdrawn_at is null)`)
    .where(
      sql<SqlBool>`(select max(a.at) from relay_acts a where a.relay_id = r.id and a.what in ('invite', 'rappel'))
        <= ${now}::timestamptz - ${PAUSE_DAYS} * interval '24 hours'`,
    )
    .where(
      sql<SqlBool>`(select count(*) from relay_acts a where a.relay_id = r.id and a.what = 'rappel') < ${MOST_REMINDERS}`,
    )
    .$if(whom === 'ouvrir', (q) => q.where(sql<SqlBool>`not ${opened}`))
    .$if(whom === 'reprendre', (q) => q.where(opened))
    .execute();
  return asAddressees(rows);
}
