import { hourOf, longDate, longDateTime, toParisDay } from '../base/dates.ts';
import { overseasTimes } from '../base/overseas.ts';
import { oneLine, visible } from '../base/visible.ts';
import type { LetterWords, Piece } from './letter-body.ts';
import { fullName } from './letter-calendar.ts';
import { letterMarkdown } from './letter-markdown.ts';
import type { Letter } from './letters.ts';
import type { WebinarRow } from './queries.ts';
import type { RegistrationRow } from './registrations.ts';

/** What a letter to one person is made with. */
export type Told = {
  webinar: WebinarRow;
  registration: RegistrationRow;
  /** Their own organisation, which writes. */
  sender: { name: string; privacyContact: string };
  /** Names, in the order shown. */
  organisers: readonly string[];
  /** The public page of the webinar. */
  page: string;
  /** The person's own page, to change or cancel. */
  manage: string;
  /** A calendar file stands in the same mail. */
  withCalendar: boolean;
};

const SUBJECTS: Record<Exclude<Letter['kind'], 'suite' | 'modification' | 'rappel'>, string> = {
  confirmation: 'Inscription confirmée',
  attente: 'Liste d’attente',
  place: 'Une place s’est libérée',
  annulation: 'Annulé',
  desinscription: 'Inscription annulée',
};

export function wordsOf(letter: Letter, told: Told): LetterWords {
  const { registration, webinar } = told;
  const name = fullName(registration);
  const hello: Piece = { kind: 'paragraph', text: name ? `Bonjour ${name},` : 'Bonjour,' };
  const title = oneLine(webinar.title, 160);
  return {
    subject: subjectOf(letter, webinar, title),
    heading: letter.kind === 'suite' ? oneLine(letter.subject, 200) : title,
    pieces: [hello, ...bodyOf(letter, told), signature(told)],
  };
}

function subjectOf(letter: Letter, webinar: WebinarRow, title: string): string {
  if (letter.kind === 'suite') return oneLine(letter.subject, 200);
  // The hour itself: a late reminder that says « demain » would be wrong.
  if (letter.kind === 'rappel') return `Rappel, ${longDateTime(webinar.startsAt)} : ${title}`;
  if (letter.kind === 'modification')
    return `${hourChanged(letter, webinar) ? 'Nouvel horaire' : 'Nouvelles informations'} : ${title}`;
  return `${SUBJECTS[letter.kind]} : ${title}`;
}

type Change = Extract<Letter, { before?: unknown }>;
const hourChanged = ({ before }: Change, { startsAt, endsAt }: WebinarRow): boolean =>
  before !== undefined && (+before.startsAt !== +startsAt || +before.endsAt !== +endsAt);

function bodyOf(letter: Letter, told: Told): Piece[] {
  const { webinar, withCalendar } = told;
  switch (letter.kind) {
    case 'confirmation':
      return [
        say('Votre inscription est confirmée.'),
        ...meeting(told),
        calendarLine(told),
        ...joining(told),
        leave(told),
        ...unasked(letter, told),
      ];
    case 'place':
      return [
        say('Une place s’est libérée : elle est pour vous, votre inscription est confirmée.'),
        ...meeting(told),
        calendarLine(told),
        ...joining(told),
        leave(told),
      ];
    case 'attente':
      return [
        say(
          'Toutes les places sont prises : vous êtes sur la liste d’attente. Dès qu’une place se libère, elle est donnée dans l’ordre des demandes, et nous vous écrivons.',
        ),
        ...meeting(told),
        leave(told),
        ...unasked(letter, told),
      ];
    case 'modification':
      return [
        ...(letter.before && hourChanged(letter, webinar)
          ? [
              say('L’horaire de ce webinaire change. Votre inscription reste valable.'),
              fact('Avant', span(letter.before)),
              ...meeting(told, 'Maintenant'),
            ]
          : [
              say(
                'Les informations pour rejoindre ce webinaire changent. L’horaire et votre inscription restent les mêmes.',
              ),
              ...meeting(told),
            ]),
        calendarLine(told),
        ...joining(told),
        leave(told),
      ];
    case 'annulation':
      return [
        say('Ce webinaire est annulé : il n’aura pas lieu.'),
        ...because(letter.reason),
        fact('Il était prévu', span(webinar)),
        say(`Vous n’avez rien à faire${withCalendar ? ' : le fichier joint le retire de votre agenda' : ''}.`),
      ];
    case 'desinscription':
      return [
        say(
          `Votre inscription est annulée${withCalendar ? '. Le fichier joint retire ce webinaire de votre agenda' : ''}.`,
        ),
        ...because(letter.reason),
        fact('Il est prévu', span(webinar)),
        { kind: 'link', label: 'Si c’est une erreur, s’inscrire à nouveau', url: told.page },
      ];
    case 'rappel':
      return [
        say('Ce webinaire a lieu bientôt, et votre place vous attend.'),
        ...meeting(told),
        ...joining(told),
        leave(told),
      ];
    case 'suite':
      return [
        { kind: 'written', ...letterMarkdown(letter.words) },
        ...letter.links.map(
          ({ label, url }, i): Piece => ({ kind: 'link', label: visible(label), url, main: i === 0 }),
        ),
      ];
  }
}

const say = (text: string): Piece => ({ kind: 'paragraph', text });
const fact = (label: string, text: string): Piece => ({ kind: 'fact', label, text });
const because = (reason: string | undefined): Piece[] =>
  reason?.trim() ? [fact('Pourquoi', visible(reason).trim())] : [];

/** « jeudi 26 novembre 2026, de 14 h à 15 h 30 (heure de Paris) » */
function span({ startsAt, endsAt }: Pick<WebinarRow, 'startsAt' | 'endsAt'>): string {
  const hours =
    toParisDay(startsAt) === toParisDay(endsAt)
      ? `${longDate(startsAt)}, de ${hourOf(startsAt)} à ${hourOf(endsAt)}`
      : `du ${longDateTime(startsAt)}, au ${longDateTime(endsAt)}`;
  return `${hours} (heure de Paris)`;
}

function meeting(told: Told, label = 'Quand'): Piece[] {
  const { webinar, registration, organisers } = told;
  const there = overseas(registration.departement, webinar.startsAt);
  return [
    fact(label, there ? `${span(webinar)}\n${there}` : span(webinar)),
    ...(organisers.length > 0 ? [fact('Organisé par', organisers.join(', '))] : []),
  ];
}

/** Departments and communities, under the name of whose clock they share. */
const OVERSEAS: Record<string, string> = {
  '971': 'Guadeloupe, Martinique',
  '972': 'Guadeloupe, Martinique',
  '973': 'Guyane',
  '974': 'La Réunion',
  '975': 'Saint-Pierre-et-Miquelon',
  '976': 'Mayotte',
  '977': 'Guadeloupe, Martinique',
  '978': 'Guadeloupe, Martinique',
  '986': 'Wallis-et-Futuna',
  '987': 'Polynésie française',
  '988': 'Nouvelle-Calédonie',
};

function overseas(departement: string | null, at: Date): string | null {
  const place = OVERSEAS[departement ?? ''];
  const there = place && overseasTimes(at).find((o) => o.place === place);
  return there ? `${there.place} : ${there.day ? `${there.day}, ` : ''}${there.time}` : null;
}

const calendarLine = ({ withCalendar }: Told): Piece =>
  say(
    withCalendar
      ? 'L’invitation jointe met ce webinaire dans votre agenda, et l’y déplacera s’il change.'
      : 'Notez-le dans votre agenda.',
  );

/** The real way in, neither counted nor redirected (CAL-06). */
function joining({ webinar }: Told): Piece[] {
  const note = visible(webinar.joinNote).trim();
  return [
    ...(webinar.joinUrl
      ? [{ kind: 'link', label: 'Rejoindre le webinaire', url: webinar.joinUrl, main: true } as const]
      : [say('Le lien pour rejoindre le webinaire vous sera envoyé.')]),
    ...(note ? [fact('Pour vous connecter', note)] : []),
  ];
}

const leave = ({ manage }: Told): Piece => ({
  kind: 'link',
  label: 'Un empêchement ? Modifier ou annuler votre inscription',
  url: manage,
});

/** Anybody can type an address: whoever reads the mailbox learns what was agreed in their name, and how to undo it. */
const unasked = ({ agreed }: { agreed?: string }, { manage }: Told): Piece[] => [
  ...(agreed ? [fact('Vous avez aussi coché', `« ${visible(agreed)} »`)] : []),
  { kind: 'link', label: 'Ce n’était pas vous ? Tout annuler et tout effacer', url: `${manage}/pas-moi` },
];

const signature = ({ sender }: Told): Piece => ({
  kind: 'note',
  text: `${sender.name} vous écrit au sujet de votre inscription. Pour lui répondre, répondez à ce message.${
    sender.privacyContact ? `\nVos données et vos droits : ${sender.privacyContact}` : ''
  }`,
});
