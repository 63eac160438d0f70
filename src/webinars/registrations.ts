import type { Level, Public } from '../base/words.ts';
import type { Trx } from '../db/database.ts';
import type { Place } from './schema.ts';

/** One person's registration; names and address are null once purged or forgotten. */
export type RegistrationRow = {
  id: number;
  webinarId: number;
  campaignId: number;
  /** Whose registrant. */
  organisationId: number;
  address: string | null;
  addressHash: Buffer | null;
  firstName: string | null;
  lastName: string | null;
  company: string | null;
  question: string | null;
  public: Public;
  level: Level | null;
  region: string | null;
  departement: string | null;
  place: Place;
  registeredAt: Date;
  placedAt: Date | null;
  cancelledAt: Date | null;
  uid: string;
  /** Of the last invitation written to this person. */
  sequence: number;
  reply: 'accepte' | 'peut_etre' | 'decline' | null;
};

const registrations = (trx: Trx) =>
  trx
    .selectFrom('registrations')
    .select([
      'id',
      'webinar_id as webinarId',
      'campaign_id as campaignId',
      'organisation_id as organisationId',
      'address',
      'address_hash as addressHash',
      'first_name as firstName',
      'last_name as lastName',
      'company',
      'question',
      'public',
      'level',
      'region',
      'departement',
      'place',
      'registered_at as registeredAt',
      'placed_at as placedAt',
      'cancelled_at as cancelledAt',
      'uid',
      'sequence',
      'reply',
    ]);

type Stored = Awaited<ReturnType<ReturnType<typeof registrations>['executeTakeFirstOrThrow']>>;
const toRegistration = (r: Stored): RegistrationRow => ({
  ...r,
  public: r.public as Public,
  level: r.level as Level | null,
  place: r.place as Place,
  reply: r.reply as RegistrationRow['reply'],
});

/** Null when there is none, or it is not the transaction's to see. */
export async function findRegistration(trx: Trx, id: number): Promise<RegistrationRow | null> {
  const row = await registrations(trx).where('id', '=', id).executeTakeFirst();
  return row ? toRegistration(row) : null;
}

/** The living registrations of a webinar that the transaction may see, in the order in which they came. */
export async function livingRegistrations(
  trx: Trx,
  of: { webinarId: number; place?: Place; organisationId?: number },
): Promise<RegistrationRow[]> {
  const rows = await registrations(trx)
    .where('webinar_id', '=', of.webinarId)
    .where('cancelled_at', 'is', null)
    .$if(of.place !== undefined, (q) => q.where('place', '=', of.place ?? 'inscrit'))
    .$if(of.organisationId !== undefined, (q) => q.where('organisation_id', '=', of.organisationId ?? 0))
    .orderBy('id')
    .execute();
  return rows.map(toRegistration);
}

/** Places that are taken, of every organisation. The caller holds `lockWebinar`. */
export async function placed(trx: Trx, webinarId: number): Promise<number> {
  const { n } = await trx
    .selectFrom('registrations')
    .select((eb) => eb.fn.countAll<number>().as('n'))
    .where('webinar_id', '=', webinarId)
    .where('place', '=', 'inscrit')
    .where('cancelled_at', 'is', null)
    .executeTakeFirstOrThrow();
  return n;
}

/**
 * Whether others have had registrants in it, those no longer named as organisers included: an organisation that is the only
 * one today may not be told exact totals of yesterday's. Across organisations.
 */
export const othersRegistered = async (trx: Trx, webinarId: number, organisationId: number): Promise<boolean> =>
  (await trx
    .selectFrom('registrations')
    .select('id')
    .where('webinar_id', '=', webinarId)
    .where('organisation_id', '<>', organisationId)
    .limit(1)
    .executeTakeFirst()) !== undefined;
