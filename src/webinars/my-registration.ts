import type { Ctx } from '../base/context.ts';
import { openId, sealId } from '../base/tokens.ts';
import { acrossOrganisations, type Trx } from '../db/database.ts';
import { type PublicWebinar, shownWebinar } from './public-webinar.ts';
import { getWebinarById, stateOf, type WebinarRow } from './queries.ts';
import { findRegistration, type RegistrationRow } from './registrations.ts';

const PURPOSE = 'inscription';

/** The address of a person's own registration: whoever has it may read, change and cancel it. */
export const registrationUrl = (instance: Pick<Ctx, 'secrets' | 'publicUrl'>, registrationId: number): string =>
  `${instance.publicUrl}/inscriptions/${sealId(instance.secrets.doors, PURPOSE, registrationId)}`;

/** What the person reads of it. */
export type MyRegistration = {
  id: number;
  webinar: PublicWebinar;
  organisation: { name: string; privacyContact: string };
  address: string;
  firstName: string;
  lastName: string;
  company: string;
  question: string;
  state: 'inscrit' | 'attente' | 'annulee';
  /** How many wait before them; null unless they wait. */
  before: number | null;
  /** Of those who have a place, until the end. */
  join: { url: string | null; note: string } | null;
  /** Until the end, of what will take place. */
  changeable: boolean;
  uid: string;
  sequence: number;
};

/** Null for an address that was guessed, or that led to somebody who is forgotten by now. */
export async function openRegistration(
  instance: Pick<Ctx, 'db' | 'secrets' | 'now'>,
  token: string,
): Promise<MyRegistration | null> {
  return acrossOrganisations(instance.db, async (trx) => {
    const found = await registrationBehind(trx, instance.secrets, token);
    return found && shown(trx, found, instance.now());
  });
}

type Found = { registration: RegistrationRow & { address: string }; webinar: WebinarRow };

/** The row behind the address. Across organisations. */
export async function registrationBehind(
  trx: Trx,
  secrets: Pick<Ctx['secrets'], 'doors'>,
  token: string,
): Promise<Found | null> {
  const id = openId(secrets.doors, PURPOSE, token);
  const registration = id === null ? null : await findRegistration(trx, id);
  if (!registration || registration.address === null) return null;
  const { address } = registration;
  return { registration: { ...registration, address }, webinar: await getWebinarById(trx, registration.webinarId) };
}

/** Whether anything may still be changed: it is to come or under way. */
export const isChangeable = (registration: RegistrationRow, webinar: WebinarRow, now: Date): boolean =>
  registration.cancelledAt === null &&
  ['prepare', 'ouvert', 'ferme'].includes(stateOf(webinar, now)) &&
  webinar.endsAt > now;

async function shown(trx: Trx, { registration: r, webinar }: Found, now: Date): Promise<MyRegistration> {
  const organisation = await trx
    .selectFrom('organisations')
    .select(['name', 'privacy_contact as privacyContact'])
    .where('id', '=', r.organisationId)
    .executeTakeFirstOrThrow();
  const changeable = isChangeable(r, webinar, now);
  return {
    id: r.id,
    webinar: await shownWebinar(trx, webinar, now),
    organisation,
    address: r.address,
    firstName: r.firstName ?? '',
    lastName: r.lastName ?? '',
    company: r.company ?? '',
    question: r.question ?? '',
    state: r.cancelledAt ? 'annulee' : r.place,
    before: r.place === 'attente' && !r.cancelledAt ? await waitingBefore(trx, r) : null,
    join: r.place === 'inscrit' && changeable ? { url: webinar.joinUrl, note: webinar.joinNote } : null,
    changeable,
    uid: r.uid,
    sequence: r.sequence,
  };
}

async function waitingBefore(trx: Trx, registration: RegistrationRow): Promise<number> {
  const { n } = await trx
    .selectFrom('registrations')
    .select((eb) => eb.fn.countAll<number>().as('n'))
    .where('webinar_id', '=', registration.webinarId)
    .where('place', '=', 'attente')
    .where('cancelled_at', 'is', null)
    .where('id', '<', registration.id)
    .executeTakeFirstOrThrow();
  return n;
}
