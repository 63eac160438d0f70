import { longDate, longDateTime, parisFields, toParisDay } from '../base/dates.ts';
import type { Trx } from '../db/database.ts';
import type { Content } from '../pushes/schema.ts';
import { lastMoment, type Window } from '../pushes/timing.ts';
import { findWebinar, stateOf, type WebinarRow } from '../webinars/queries.ts';
import type { WebinarState } from '../webinars/schema.ts';
import { datesIn } from './check-dates.ts';
import { type Finding, quoted, type VariantCheck } from './check-schema.ts';
import { readTexts } from './check-wording.ts';

/** An invitation against the webinar it invites to: it must still be one that people can register to and attend. */

export type Invited = {
  webinar: WebinarRow;
  /** Its former hours, the oldest first. */
  moves: { at: Date; from: Date }[];
};

/** Null for another channel, and for a webinar that does not exist: its message cannot even be composed. */
export async function readInvited(
  trx: Trx,
  { campaign_id, content }: { campaign_id: number; content: unknown },
): Promise<Invited | null> {
  const slug = (content as Pick<Content, 'webinar'> | null)?.webinar;
  const webinar = slug === undefined ? null : await findWebinar(trx, campaign_id, slug);
  if (!webinar) return null;
  const acts = await trx
    .selectFrom('webinar_acts')
    .select(['at', 'detail'])
    .where('webinar_id', '=', webinar.id)
    .where('what', '=', 'deplace')
    .orderBy('id')
    .execute();
  const moves = acts.flatMap(({ at, detail }) => {
    const from = new Date((detail as { from?: { startsAt?: string } }).from?.startsAt ?? Number.NaN);
    return Number.isNaN(from.getTime()) ? [] : [{ at, from }];
  });
  return { webinar, moves };
}

export type InvitingPush = {
  scheduledAt: Date | null;
  deadlineAt: Date | null;
  window: Window | null;
  /** Slugs of those who sign. */
  signatories: readonly string[];
  updatedAt: Date;
};

const PLACE = { place: 'Webinaire' };

/** Why nobody may be invited to a webinar in such a state; nothing said of one that is open. */
const CLOSED: Partial<Record<WebinarState, { code: string; is: string; remedy: string }>> = {
  prepare: {
    code: 'webinaire_pas_ouvert',
    is: 'n’est pas encore ouvert aux inscriptions : personne ne pourrait s’inscrire',
    remedy: 'Ouvrez ses inscriptions sur sa page, dans « Webinaires ».',
  },
  ferme: {
    code: 'webinaire_ferme',
    is: 'n’accepte plus d’inscription',
    remedy: 'Rouvrez ses inscriptions, ou invitez à un autre webinaire.',
  },
  passe: { code: 'webinaire_passe', is: 'est passé', remedy: 'Invitez à un autre webinaire, ou annulez cet envoi.' },
  tenu: { code: 'webinaire_passe', is: 'a eu lieu', remedy: 'Invitez à un autre webinaire, ou annulez cet envoi.' },
  annule: { code: 'webinaire_annule', is: 'est annulé', remedy: 'Invitez à un autre webinaire, ou annulez cet envoi.' },
};

export function checkWebinar(push: InvitingPush, { webinar, moves }: Invited, now: Date): Finding[] {
  const closed = CLOSED[stateOf(webinar, now)];
  if (closed)
    return [
      {
        code: closed.code,
        level: 'bloquant',
        ...PLACE,
        message: `Le webinaire ${quoted(webinar.title)} ${closed.is}.`,
        remedy: closed.remedy,
      },
    ];
  const signed = webinar.organisers.some((slug) => push.signatories.includes(slug));
  return [
    ...againstDates(push, webinar, now),
    ...(signed
      ? []
      : [
          {
            code: 'webinaire_sans_organisatrice',
            level: 'a_voir' as const,
            place: 'Signataires',
            message: 'Aucune des organisations qui tiennent ce webinaire ne signe l’invitation.',
            remedy: 'Ajoutez-en une aux signataires, ou vérifiez que c’est voulu.',
          },
        ]),
    ...movedSince(push, webinar, moves),
  ];
}

function againstDates(push: InvitingPush, { startsAt }: WebinarRow, now: Date): Finding[] {
  const starts = longDateTime(startsAt);
  const leaves = push.scheduledAt ?? now;
  const last = lastMoment(push);
  if (leaves >= startsAt)
    return [
      {
        code: 'webinaire_avant_depart',
        level: 'bloquant',
        place: 'Départ',
        message: push.scheduledAt
          ? `Le départ est prévu le ${longDateTime(push.scheduledAt)}, quand le webinaire aura commencé (${starts}).`
          : `Le webinaire a commencé le ${starts} : l’invitation arriverait trop tard.`,
        remedy: 'Avancez le départ, ou invitez à un autre webinaire.',
      },
    ];
  if (last && last > startsAt)
    return [
      {
        code: 'webinaire_avant_echeance',
        level: 'bloquant',
        place: 'Échéance',
        message: `L’envoi peut partir jusqu’au ${longDateTime(last)}, et le webinaire commence le ${starts} : un message retardé arriverait après.`,
        remedy: `Donnez à l’envoi une échéance avant le début du webinaire : ${starts} au plus tard.`,
      },
    ];
  return last
    ? []
    : [
        {
          code: 'webinaire_sans_echeance',
          level: 'a_voir',
          place: 'Échéance',
          message: 'L’envoi n’a pas d’échéance : un message retardé pourrait arriver après le webinaire.',
          remedy: `Donnez-lui pour échéance le début du webinaire : ${starts}.`,
        },
      ];
}

/** A move reopens what was submitted in the same transaction, which touches the push too: that is nobody writing it. */
const REOPENED_MS = 5_000;

function movedSince({ updatedAt }: InvitingPush, { startsAt }: WebinarRow, moves: Invited['moves']): Finding[] {
  const last = moves.at(-1);
  if (!last || last.at.getTime() < updatedAt.getTime() - REOPENED_MS) return [];
  return [
    {
      code: 'webinaire_deplace',
      level: 'a_voir',
      ...PLACE,
      message: `Le webinaire a été déplacé depuis que ce message a été écrit : il commence le ${longDateTime(startsAt)}, au lieu du ${longDateTime(last.from)}.`,
      remedy: 'Relisez l’objet et les blocs : la date affichée en tête du message, elle, est déjà la bonne.',
    },
  ];
}

/** The former day of a webinar that moved, still written by the author. */
export const checkFormerDay =
  (invited: Invited | null): VariantCheck =>
  (variant) => {
    if (!invited) return [];
    const { webinar, moves } = invited;
    const today = toParisDay(webinar.startsAt);
    const former = new Set(moves.map((m) => toParisDay(m.from)).filter((day) => day !== today));
    if (former.size === 0) return [];
    const { year } = parisFields(webinar.startsAt);
    return readTexts(variant).flatMap(({ words, where }) =>
      datesIn(words, year)
        .filter((date) => [...former].some((day) => isDay(date, day)))
        .map(({ written }) => ({
          code: 'webinaire_ancien_jour',
          level: 'a_voir' as const,
          ...where,
          message: `${quoted(written)} était le jour du webinaire avant qu’il soit déplacé : il a lieu le ${longDate(webinar.startsAt)}.`,
          remedy: 'Corrigez cette date.',
        })),
    );
  };

/** A date without its year is taken for that day. */
const isDay = (date: { year: number | null; month: number; day: number }, day: string): boolean => {
  const [y, m, d] = day.split('-').map(Number);
  return date.month === m && date.day === d && (date.year === null || date.year === y);
};
