import { type AnswerCount, type AnsweredGroup, isExact, sumsOf } from '../surveys/results.ts';
import type { Question } from '../surveys/schema.ts';
import type { WebinarRow } from '../webinars/queries.ts';
import type { WebinarFigureName } from './definitions.ts';
import { counted, type Figure, figure, type Scope } from './figure.ts';
import { delivered, type LedgerRow } from './ledger-counts.ts';
import type { FileSums, OriginSums, PageSums, RegistrationSums, StaySums } from './webinar-counts.ts';
import { isOwn, medianOfStays, split, toldExactly, toldMinutes, toldRoughly, toldStays } from './webinar-people.ts';

/** One webinar with all that was counted of it. */
export type CountedWebinar = {
  webinar: WebinarRow;
  /** It took place, in the window: who came and what they say may be told. */
  held: boolean;
  registrations: RegistrationSums[];
  stays: StaySums[];
  origins: OriginSums[];
  files: FileSums | null;
  pages: PageSums[];
  /** What the reader may count of the messages that invited to it. */
  invited: LedgerRow[];
  survey: { questions: Question[]; closed: boolean; groups: AnsweredGroup[]; counts: AnswerCount[] } | null;
};

export type WebinarFigures = Record<Exclude<WebinarFigureName, 'usage' | 'inscriptionsTenus'>, Figure>;

/** One function per figure, of one webinar or of several together: each one's partners are told, or not, by themselves. */
export function webinarFigures(scope: Scope, webinars: readonly CountedWebinar[]): WebinarFigures {
  return {
    ...audience(scope, webinars),
    ...register(scope, webinars),
    ...presence(
      scope,
      webinars.filter((w) => w.held),
    ),
    ...opinion(
      scope,
      webinars.filter((w) => w.held),
    ),
  };
}

/** Somebody else than the reader has registrants in it. */
export const isShared = (scope: Scope, webinars: readonly CountedWebinar[]): boolean =>
  scope.reader !== null &&
  // One that is not named any more has its registrants in it all the same.
  webinars.some((w) => w.webinar.organisers.length > 1 || w.registrations.some((r) => !isOwn(r, scope)));

function audience(scope: Scope, webinars: readonly CountedWebinar[]) {
  const pages = (what: PageSums['what']) => webinars.flatMap((w) => w.pages.filter((p) => p.what === what));
  const sum = (of: readonly PageSums[], which: 'opened' | 'robots') => of.reduce((n, p) => n + p[which], 0);
  const opened = (name: 'pageVues' | 'revoir', what: PageSums['what']): Figure =>
    figure(name, sum(pages(what), 'opened'), scope, [
      counted(sum(pages(what), 'robots'), 'ouverture d’un robot déclaré', 'ouvertures de robots déclarés'),
      'Qui s’oppose à la mesure n’est pas compté.',
    ]);
  const invited = webinars.flatMap((w) => w.invited);
  return {
    invitations: figure('invitations', delivered(invited, scope.period), scope),
    pageVues: opened('pageVues', 'page'),
    revoir: opened('revoir', 'replay'),
  };
}

function register(scope: Scope, webinars: readonly CountedWebinar[]) {
  const partners = isShared(scope, webinars)
    ? `Celles des partenaires ne sont comptées qu’à partir de ${scope.k}.`
    : '';
  const told = (name: WebinarFigureName, of: (r: RegistrationSums) => number): Figure =>
    figure(
      name,
      webinars.reduce((n, w) => n + toldExactly(split(w.registrations, of, scope), scope.k), 0),
      scope,
      [partners],
    );
  return {
    inscriptions: told('inscriptions', (r) => r.registeredWithin),
    inscrits: told('inscrits', (r) => r.placedWithin),
    attente: told('attente', (r) => r.waitingWithin),
    annulations: told('annulations', (r) => r.cancelledWithin),
  };
}

/** Whether anybody knows who came. */
export const isAttended = (w: CountedWebinar): boolean => (w.files?.files ?? 0) > 0;

const minutesOf = ({ startsAt, endsAt }: WebinarRow): number => (endsAt.getTime() - startsAt.getTime()) / 60_000;

function presence(scope: Scope, held: readonly CountedWebinar[]) {
  const seen = held.filter(isAttended);
  const unknown = held.length - seen.length;
  const shared = isShared(scope, seen);
  const leftOut = [
    held.length === 0 ? 'Aucun webinaire ne s’est tenu dans la période.' : '',
    counted(unknown, 'webinaire tenu, sans fichier de présence', 'webinaires tenus, sans fichier de présence'),
  ];
  const rough = shared ? `Les présents des partenaires se comptent à la dizaine, à partir de ${scope.k}.` : '';
  const total = (of: (w: CountedWebinar) => number): number | null =>
    seen.length === 0 ? null : seen.reduce((n, w) => n + of(w), 0);
  const people = (of: (r: RegistrationSums) => number) =>
    total((w) => toldRoughly(split(w.registrations, of, scope), scope.k));
  const forgotten = seen.filter((w) => w.webinar.purgedAt !== null).length;
  // Of one with partners, even rounded, invented names around one name would say whether that one is theirs.
  const named = seen.flatMap((w) =>
    w.webinar.purgedAt !== null || isShared(scope, [w]) ? [] : [w.files?.unmatched ?? 0],
  );
  return {
    presents: figure(
      'presents',
      people((r) => r.present),
      scope,
      [...leftOut, rough],
    ),
    presentsJusqua: figure(
      'presentsJusqua',
      people((r) => r.present + r.doubtful),
      scope,
      [...leftOut, rough],
    ),
    horsInscrits: figure('horsInscrits', named.length === 0 ? null : named.reduce((n, w) => n + w, 0), scope, [
      ...leftOut,
      counted(forgotten, 'webinaire dont les fichiers sont effacés', 'webinaires dont les fichiers sont effacés'),
      shared
        ? 'Des webinaires tenus à plusieurs il n’est pas dit : il dirait combien sont inscrits chez des partenaires.'
        : '',
    ]),
    minutes: figure(
      'minutes',
      total((w) => toldMinutes(w.registrations, scope)),
      scope,
      [
        ...leftOut,
        withoutDuration(seen, scope),
        shared ? 'Celles des partenaires : leur nombre à la dizaine, fois leur moyenne à cinq minutes près.' : '',
      ],
    ),
    minutesMediane: figure(
      'minutesMediane',
      medianOfStays(seen.map((w) => toldStays(w.stays, minutesOf(w.webinar), scope))),
      scope,
      [...leftOut, withoutDuration(seen, scope), shared ? 'À cinq minutes près.' : ''],
    ),
  };
}

/** Said of the reader's own: of partners it would tell who is in which file. */
function withoutDuration(seen: readonly CountedWebinar[], scope: Scope): string {
  const rows = seen.flatMap((w) => w.registrations);
  const n = split(rows, (r) => r.present - r.timed, scope).own;
  return counted(n, 'présent dont aucun fichier ne dit la durée', 'présents dont aucun fichier ne dit la durée');
}

function opinion(scope: Scope, held: readonly CountedWebinar[]) {
  const surveys = held.flatMap((w) => (w.survey && w.survey.groups.length > 0 ? [w.survey] : []));
  const groups = surveys.flatMap((s) => s.groups);
  const asked = [...new Set(surveys.flatMap((s) => s.questions))];
  const sums = sumsOf(
    asked,
    groups,
    surveys.flatMap((s) => s.counts),
    isExact(groups),
  );
  const none = groups.length === 0 ? 'Aucun questionnaire n’est parti après ces webinaires.' : '';
  const result = (question: Question) => sums.questions?.find((q) => q.question === question);
  const mean = (name: 'satisfaction' | 'facilite'): Figure => {
    const found = result(name);
    return figure(name, found?.mean ?? null, scope, [
      none || (sums.questions === null ? 'Moins de 5 réponses : la note n’est pas dite.' : ''),
      found
        ? `${counted(found.n, 'réponse', 'réponses').slice(0, -1) || 'Aucune réponse'} sur ${sums.asked} personnes interrogées.`
        : '',
    ]);
  };
  const rounded = groups.length > 0 && !isExact(groups) ? 'Les personnes interrogées se comptent à la dizaine.' : '';
  return {
    satisfaction: mean('satisfaction'),
    facilite: mean('facilite'),
    reponses: figure('reponses', groups.length === 0 ? null : sums.answered, scope, [none]),
    tauxReponse: figure('tauxReponse', sums.rate, scope, [none, rounded]),
  };
}
