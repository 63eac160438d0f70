import { toParisDay } from '../base/dates.ts';
import type { Level, Public, SizeClass } from '../base/words.ts';
import type { Trx } from '../db/database.ts';
import { addressKind } from './addresses.ts';
import { recordConsents } from './consents.ts';
import { regionOfDepartement } from './geography.ts';
import { USUAL_LEVEL } from './level-and-public.ts';

/** Who filled in a form of this organisation. */
export type MetPerson = {
  organisationId: number;
  address: string;
  normalised: string;
  addressHash: Buffer;
  firstName: string;
  lastName: string;
  company: string;
  departement: string | null;
  public: Public;
  /** Where it was: told to the person in the first message. */
  source: string;
  /** The words beside the box that was ticked; null: it was left as it was. */
  wording: string | null;
  at: Date;
};

/** What a contact of the organisation already says of the person. */
export type KnownPerson = {
  level: Level;
  public: Public;
  region: string | null;
  departement: string | null;
  sizeClass: SizeClass;
};

/** The organisation's own contact with this address; undefined: none, which nobody is told. */
export const knownPerson = async (
  trx: Trx,
  organisationId: number,
  addressHash: Buffer,
): Promise<KnownPerson | undefined> =>
  (await trx
    .selectFrom('contacts')
    .select(['level', 'public', 'region', 'departement', 'size_class as sizeClass'])
    .where('organisation_id', '=', organisationId)
    .where('address_hash', '=', addressHash)
    .executeTakeFirst()) as KnownPerson | undefined;

/**
 * A person showed up: their contact, if there is one, is alive (PRV-50). Whoever ticked the box agreed to messages, and
 * becomes a contact; but anybody can type an address, so that a form never lifts an opposition or a refusal (PRV-42).
 * In a transaction of that organisation.
 */
export async function meetPerson(trx: Trx, met: MetPerson): Promise<void> {
  const { organisationId, addressHash, at } = met;
  await trx
    .updateTable('contacts')
    .set({ last_contact_at: at })
    .where('organisation_id', '=', organisationId)
    .where('address_hash', '=', addressHash)
    .execute();
  if (met.wording === null || (await refuses(trx, organisationId, addressHash))) return;
  await trx
    .insertInto('contacts')
    .values({
      organisation_id: organisationId,
      address: met.address,
      address_hash: addressHash,
      address_kind: addressKind(met.normalised),
      first_name: met.firstName,
      last_name: met.lastName,
      company: met.company || null,
      departement: met.departement,
      region: met.departement && regionOfDepartement(met.departement),
      level: USUAL_LEVEL[met.public],
      public: met.public,
      source: met.source,
      collected_on: toParisDay(at),
      // What its first message would tell, the form told.
      notice_sent_at: at,
      last_contact_at: at,
      created_at: at,
      updated_at: at,
    })
    .onConflict((on) => on.columns(['organisation_id', 'address_hash']).doNothing())
    .execute();
  await recordConsents(trx, [
    {
      organisationId,
      hash: addressHash.toString('hex'),
      purpose: 'message',
      value: 'granted',
      wording: met.wording,
      source: met.source,
      actor: 'formulaire',
      at: at.toISOString(),
    },
  ]);
}

async function refuses(trx: Trx, organisationId: number, addressHash: Buffer): Promise<boolean> {
  const opposed = await trx
    .selectFrom('suppressions')
    .select('id')
    .where('organisation_id', '=', organisationId)
    .where('scope', '=', 'organisation')
    .where('address_hash', '=', addressHash)
    .executeTakeFirst();
  if (opposed) return true;
  const last = await trx
    .selectFrom('consents')
    .select('value')
    .where('organisation_id', '=', organisationId)
    .where('address_hash', '=', addressHash)
    .where('purpose', '=', 'message')
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
  return last?.value === 'refused';
}
