import type { Ctx } from '../base/context.ts';
import { longDateTime, toParisDay } from '../base/dates.ts';
import { conflict, invalid, notFound } from '../base/errors.ts';
import { randomToken } from '../base/tokens.ts';
import { checked } from '../campaigns/plan-fields.ts';
import { addressHash, mailboxOf } from '../contacts/addresses.ts';
import { regionOfDepartement } from '../contacts/geography.ts';
import { USUAL_LEVEL } from '../contacts/level-and-public.ts';
import { type KnownPerson, knownPerson, meetPerson } from '../contacts/meet-person.ts';
import { crossing, type Trx, withOrganisation } from '../db/database.ts';
import { recordAudit } from '../memory/audit.ts';
import { slowDown } from '../organisations/slow-down.ts';
import { writeLetters } from './letters.ts';
import { countOrigin, originOf } from './origins.ts';
import { type Organiser, type PublicWebinar, publicWebinar, shownWebinar } from './public-webinar.ts';
import { getWebinarById, lockWebinar, type WebinarRow } from './queries.ts';
import { type RegistrationInput, registrationSchema } from './registration-schema.ts';
import { findRegistration, type RegistrationRow } from './registrations.ts';

/** What public pages are made with; `network` is where the request comes from. */
export type VisitorInstance = Pick<Ctx, 'db' | 'secrets' | 'now' | 'publicUrl'> & { network: string };

/** A training room shares one connection. */
export const REGISTRATIONS_AN_HOUR = 60;

/**
 * Registers whoever filled in the public form, or puts them on the waiting list. Nothing is answered that depends on the
 * person: registered already, they get their letter again (once a day), in their own mailbox. Throws `introuvable`,
 * `inscription_fermee` with why, `inscription_invalide` with the fields, `trop_de_demandes`.
 */
export async function register(instance: VisitorInstance, address: string, input: unknown): Promise<void> {
  const seen = await publicWebinar(instance, address);
  if (!seen) throw notFound('Ce webinaire');
  mustBeOpen(seen);
  const typed = checked(registrationSchema, input, 'inscription_invalide', 'Corrigez les champs signalés.');
  const organiser = chosen(seen, typed.organisation);
  await slowDown(instance, 'inscription', REGISTRATIONS_AN_HOUR);
  await spareMailbox(instance, typed.address.normalised);
  const hash = addressHash(instance.secrets, typed.address.normalised);
  // One instant for all that this form makes: what it recorded is found by it if it was somebody else’s (`disown`).
  const at = instance.now();
  const agreed = typed.news.includes(organiser.slug) ? newsWording(organiser.name) : null;
  await withOrganisation(instance.db, organiser.id, async (trx) => {
    const known = await knownPerson(trx, organiser.id, hash);
    const kept = await crossing(trx, instance.db, (all) =>
      enter(all, { ...instance, now: () => at }, seen.id, { typed, organiser, hash, known, agreed }),
    );
    await meetPerson(trx, {
      ...typed,
      ...typed.address,
      organisationId: organiser.id,
      addressHash: hash,
      source: `inscription au webinaire « ${seen.title} »`,
      // Registered already, no letter may tell of it: nothing is agreed in a person’s name without their being told.
      wording: kept === null ? null : agreed,
      at,
    });
    if (kept !== null)
      await recordAudit(
        trx,
        { now: () => at, actor: { kind: 'command', name: 'inscription', organisationId: organiser.id } },
        { action: 'registration.create', subject: `registration:${kept}`, detail: { webinar: seen.id } },
      );
  });
}

/** Other writings of one mailbox, which a stranger may invent without end, on a day. */
const ALIASES_A_DAY = 5;

/**
 * `nom+a`, `nom+b`… are one mailbox, and each would be a new person: few of them a day, from wherever. The plain address is
 * never refused, so that nobody locks another person out.
 */
async function spareMailbox(instance: VisitorInstance, address: string): Promise<void> {
  const mailbox = mailboxOf(address);
  if (mailbox !== address) await slowDown({ ...instance, network: mailbox }, 'inscription-alias', ALIASES_A_DAY, 24);
}

/** The words beside the box, kept as evidence of what was agreed to (PRV-03). */
export const newsWording = (organisation: string): string =>
  `Je veux aussi recevoir par courriel les prochaines informations de ${organisation}.`;

const CLOSED: Record<Exclude<PublicWebinar['state'], 'ouvert' | 'complet'>, (w: PublicWebinar) => string> = {
  bientot: () => 'Les inscriptions ne sont pas encore ouvertes : revenez bientôt.',
  clos: () => 'Les inscriptions sont closes : plus personne ne peut s’inscrire.',
  annule: () => 'Ce webinaire est annulé : on ne s’y inscrit plus.',
  passe: (w) => `Ce webinaire a eu lieu, ${longDateTime(w.startsAt)} : on ne s’y inscrit plus.`,
};

function mustBeOpen(webinar: PublicWebinar): void {
  if (webinar.state !== 'ouvert' && webinar.state !== 'complet')
    throw conflict('inscription_fermee', CLOSED[webinar.state](webinar));
}

function chosen({ organisers }: PublicWebinar, slug: string): Organiser {
  const organiser = organisers.length === 1 ? organisers[0] : organisers.find((o) => o.slug === slug);
  if (organiser) return organiser;
  const message = 'Choisissez l’organisation auprès de laquelle vous vous inscrivez.';
  throw invalid('inscription_invalide', 'Corrigez les champs signalés.', [{ field: 'organisation', message }]);
}

type Entering = {
  typed: RegistrationInput;
  organiser: Organiser;
  hash: Buffer;
  known: KnownPerson | undefined;
  agreed: string | null;
};

/** One after the other: the places are counted when nobody else may take one. Answers the new registration, or null. */
async function enter(
  all: Trx,
  instance: VisitorInstance,
  webinarId: number,
  entering: Entering,
): Promise<number | null> {
  await lockWebinar(all, webinarId);
  const webinar = await getWebinarById(all, webinarId);
  const shown = await shownWebinar(all, webinar, instance.now());
  mustBeOpen(shown);
  const before = await livingOf(all, webinarId, entering.hash);
  if (before) {
    await writeAgain(all, instance, webinar, before);
    return null;
  }
  const place = shown.state === 'complet' ? 'attente' : 'inscrit';
  const registration = await insert(all, instance, webinar, entering, place);
  const origin = await originOf(all, instance.secrets, webinar, entering.typed.origin);
  await countOrigin(all, webinar, entering.organiser.id, origin);
  const kind = place === 'attente' ? 'attente' : 'confirmation';
  const { agreed } = entering;
  await writeLetters(all, instance, webinar, [registration], { kind, ...(agreed && { agreed }) });
  return registration.id;
}

/** Whatever organisation it is with: a person has one place. */
async function livingOf(all: Trx, webinarId: number, hash: Buffer): Promise<RegistrationRow | null> {
  const row = await all
    .selectFrom('registrations')
    .select('id')
    .where('webinar_id', '=', webinarId)
    .where('address_hash', '=', hash)
    .where('cancelled_at', 'is', null)
    .executeTakeFirst();
  return row ? findRegistration(all, row.id) : null;
}

const AGAIN_HOURS = 24;

/** A letter that went astray comes again; nobody fills somebody else's mailbox from here. */
async function writeAgain(
  all: Trx,
  instance: VisitorInstance,
  webinar: WebinarRow,
  registration: RegistrationRow,
): Promise<void> {
  const now = instance.now();
  const recent = await all
    .selectFrom('webinar_letters')
    .select('at')
    .where('registration_id', '=', registration.id)
    .where('kind', 'in', ['confirmation', 'attente', 'place'])
    .where('at', '>', new Date(now.getTime() - AGAIN_HOURS * 3_600_000))
    .executeTakeFirst();
  if (recent) return;
  const kind = registration.place === 'attente' ? 'attente' : 'confirmation';
  await writeLetters(all, instance, webinar, [registration], { kind, again: toParisDay(now) });
}

async function insert(
  all: Trx,
  instance: VisitorInstance,
  webinar: WebinarRow,
  { typed, organiser, hash, known }: Entering,
  place: 'inscrit' | 'attente',
): Promise<RegistrationRow> {
  const now = instance.now();
  // What the organisation knows of its contact comes first; what it does not know, the form tells.
  const is = known && known.public !== 'inconnu' ? known.public : typed.public;
  const departement = known?.departement ?? typed.departement;
  const { id } = await all
    .insertInto('registrations')
    .values({
      organisation_id: organiser.id,
      campaign_id: webinar.campaignId,
      webinar_id: webinar.id,
      address: typed.address.address,
      address_hash: hash,
      first_name: typed.firstName,
      last_name: typed.lastName,
      company: typed.company || null,
      question: typed.question || null,
      public: is,
      level: known?.level ?? USUAL_LEVEL[is],
      region: known?.region ?? (departement && regionOfDepartement(departement)),
      departement,
      size_class: known?.sizeClass ?? null,
      place,
      registered_at: now,
      placed_at: place === 'inscrit' ? now : null,
      uid: `${randomToken()}@${new URL(instance.publicUrl).hostname}`,
      sequence: webinar.sequence,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  const registration = await findRegistration(all, id);
  if (!registration) throw new Error(`registration ${id} is not there`);
  return registration;
}
