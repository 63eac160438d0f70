import type { Ctx } from '../base/context.ts';
import type { IcsPerson } from '../base/ics.ts';
import { idSealer } from '../base/tokens.ts';
import { oneLine } from '../base/visible.ts';
import { getCampaignById } from '../campaigns/queries.ts';
import type { Trx } from '../db/database.ts';
import { type OwedMail, queueMails } from '../outbox/queue-mail.ts';
import { voidOwed } from '../outbox/void-owed.ts';
import { asHtml, asText } from './letter-body.ts';
import { calendarFor } from './letter-calendar.ts';
import { type Told, wordsOf } from './letter-words.ts';
import { aboutWebinar, outboxKind } from './outbox-names.ts';
import type { WebinarRow } from './queries.ts';
import type { RegistrationRow } from './registrations.ts';
import type { Reminder } from './reminders.ts';
import type { LetterKind } from './schema.ts';

/** One letter to registered people; what each says stands in `letter-words.ts`. */
export type Letter =
  | {
      kind: 'confirmation' | 'attente' | 'place' | 'modification' | 'annulation' | 'desinscription';
      /** Of an « annulation »: said as it is. */
      reason?: string;
      /** Of a « modification »: what was told before. */
      before?: { startsAt: Date; endsAt: Date };
      /** Of the first letter: the words that were ticked in the form, told to whoever reads the mailbox. */
      agreed?: string;
      /** Asked for once more: what makes it another one (a day, a minute), and ends its key. */
      again?: string;
    }
  | { kind: 'rappel'; reminder: Reminder }
  | {
      kind: 'suite';
      to: 'presents' | 'absents';
      subject: string;
      /** Markdown subset of a text block. */
      words: string;
      links: readonly { label: string; url: string }[];
    };

/** The parts of a context that a letter needs. */
export type Instance = Pick<Ctx, 'secrets' | 'publicUrl' | 'now'>;

/**
 * Writes a letter to each of these registrations that was not written it yet, in the caller's transaction, which sees every
 * organisation; answers how many. The caller holds `lockWebinar`.
 */
export async function writeLetters(
  trx: Trx,
  instance: Instance,
  webinar: WebinarRow,
  registrations: readonly RegistrationRow[],
  letter: Letter,
): Promise<number> {
  // A person who was forgotten has no address any more.
  const reachable = registrations.filter((r) => r.address !== null);
  const fresh = await notWrittenYet(trx, instance.now(), webinar, reachable, letter);
  if (fresh.length === 0) return 0;
  if (letter.kind === 'desinscription')
    for (const { id } of fresh)
      await voidOwed(trx, aboutWebinar(webinar.id), { letters: `${id}/`, now: instance.now() });
  const write = await writer(trx, instance, webinar, letter, fresh);
  await queueMails(trx, fresh.map(write));
  return fresh.length;
}

/** What makes two letters of a kind to one person different. */
export function keyOf(
  letter: Letter,
  webinar: Pick<WebinarRow, 'sequence' | 'startsAt'>,
  registration: Pick<RegistrationRow, 'sequence'>,
): string {
  if (letter.kind === 'rappel') return `${letter.reminder}:${webinar.startsAt.toISOString()}`;
  if (letter.kind === 'suite') return letter.to;
  if (letter.kind === 'modification' || letter.kind === 'annulation') return `seq:${webinar.sequence}`;
  return `seq:${registration.sequence}${letter.again ? `:${letter.again}` : ''}`;
}

const AT_ONCE = 500;

/** Writes down that they are written to: of two that try, the second finds it done. */
async function notWrittenYet(
  trx: Trx,
  at: Date,
  webinar: WebinarRow,
  registrations: readonly RegistrationRow[],
  letter: Letter,
): Promise<RegistrationRow[]> {
  const fresh: RegistrationRow[] = [];
  for (let i = 0; i < registrations.length; i += AT_ONCE) {
    const some = registrations.slice(i, i + AT_ONCE);
    const rows = await trx
      .insertInto('webinar_letters')
      .values(
        some.map((r) => ({
          registration_id: r.id,
          organisation_id: r.organisationId,
          campaign_id: webinar.campaignId,
          webinar_id: webinar.id,
          kind: letter.kind,
          key: keyOf(letter, webinar, r),
          at,
        })),
      )
      .onConflict((on) => on.columns(['registration_id', 'kind', 'key']).doNothing())
      .returning('registration_id')
      .execute();
    const written = new Set(rows.map((r) => r.registration_id));
    fresh.push(...some.filter((r) => written.has(r.id)));
  }
  return fresh;
}

/** What changes in the calendar of whoever has a place; nobody who waits was ever given the event. */
const METHODS: Partial<Record<LetterKind, 'REQUEST' | 'CANCEL'>> = {
  confirmation: 'REQUEST',
  place: 'REQUEST',
  modification: 'REQUEST',
  annulation: 'CANCEL',
  desinscription: 'CANCEL',
};

async function writer(
  trx: Trx,
  { secrets, publicUrl, now }: Instance,
  webinar: WebinarRow,
  letter: Letter,
  registrations: readonly RegistrationRow[],
): Promise<(registration: RegistrationRow) => OwedMail> {
  const campaign = await getCampaignById(trx, webinar.campaignId);
  const senders = await sendersOf(trx, [webinar.organisationId, ...registrations.map((r) => r.organisationId)]);
  const organisers = await namesOf(trx, webinar.organisers);
  const seal = idSealer(secrets.doors, 'inscription');
  const look = { campaign: campaign.name, colour: campaign.identity.colour };
  const page = `${publicUrl}/webinaires/${webinar.address}`;
  const at = now();
  return (registration) => {
    const sender = senderOf(senders, registration.organisationId);
    const to = registration.address ?? '';
    const organizer = organizerOf(to, [sender, senderOf(senders, webinar.organisationId)]);
    const method = registration.place === 'inscrit' ? METHODS[letter.kind] : undefined;
    const calendar =
      method &&
      organizer &&
      calendarFor({
        method,
        webinar,
        registration,
        organizer,
        sequence: Math.max(registration.sequence, webinar.sequence),
        page,
        now: at,
      });
    const told: Told = {
      webinar,
      registration,
      sender,
      organisers,
      page,
      manage: `${publicUrl}/inscriptions/${seal(registration.id)}`,
      withCalendar: calendar !== undefined,
    };
    const words = wordsOf(letter, told);
    return {
      organisationId: registration.organisationId,
      kind: outboxKind(letter.kind),
      to,
      from: { name: sender.senderName, address: sender.senderAddress },
      replyTo: sender.replyTo ?? undefined,
      subject: words.subject,
      text: asText(words, look),
      html: asHtml(words, look),
      calendar,
      once: true,
      about: aboutWebinar(webinar.id),
      letter: `${registration.id}/${letter.kind}/${keyOf(letter, webinar, registration)}`,
      now: at,
    };
  };
}

type Sender = {
  id: number;
  name: string;
  senderName: string;
  senderAddress: string;
  replyTo: string | null;
  privacyContact: string;
};

const sendersOf = async (trx: Trx, ids: readonly number[]): Promise<Map<number, Sender>> => {
  const rows = await trx
    .selectFrom('organisations')
    .select([
      'id',
      'name',
      'sender_name as senderName',
      'sender_address as senderAddress',
      'reply_to as replyTo',
      'privacy_contact as privacyContact',
    ])
    .where('id', 'in', [...new Set(ids)])
    .execute();
  return new Map(rows.map((r) => [r.id, { ...r, senderName: oneLine(r.senderName, 120) }]));
};

function senderOf(senders: ReadonlyMap<number, Sender>, id: number): Sender {
  const sender = senders.get(id);
  if (!sender) throw new Error(`organisation ${id} is not there to write to its registrants`);
  return sender;
}

async function namesOf(trx: Trx, slugs: readonly string[]): Promise<string[]> {
  const rows = await trx.selectFrom('organisations').select(['slug', 'name']).where('slug', 'in', slugs).execute();
  return slugs.flatMap((slug) => rows.find((r) => r.slug === slug)?.name ?? []);
}

/** A mailbox that somebody reads, never the person's own (CAL-02); none left: the letter goes without a calendar. */
function organizerOf(to: string, senders: readonly Sender[]): IcsPerson | undefined {
  return senders
    .flatMap(({ name, replyTo, senderAddress }) => [replyTo, senderAddress].map((address) => ({ name, address })))
    .find((o): o is IcsPerson => o.address !== null && o.address.toLowerCase() !== to.toLowerCase());
}
