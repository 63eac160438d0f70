import { sql } from 'kysely';
import type { Trx } from '../db/database.ts';
import { othersRegistered } from '../webinars/registrations.ts';
import { type Presence, unitedMinutes } from './stays.ts';

/** Null: too few to be told. */
type Told = number | null;
export type AttendanceTotals = {
  /** A file of who came is there, whoever had it. */
  known: boolean;
  /** Registrants of the reader's organisation, exactly. */
  own: { registered: number; present: number; minutes: number; doubtful: number; absent: number };
  /** Of all organisations together. `exact`: the reader's is the only one. */
  joint: { exact: boolean; people: Told; minutes: Told; sure: Told; doubtful: Told; notAmong: Told };
};

type Reader = { organisationId: number; runs: boolean; alone: boolean; k: number };

/**
 * How many came, across organisations (`trx`). Whoever had the file knows its people; which of them are somebody's
 * registrants is told exactly to an organisation alone, else to the nearest ten and from k up (PRV-21).
 */
export async function attendanceTotals(trx: Trx, webinarId: number, reader: Reader): Promise<AttendanceTotals> {
  const alone = reader.alone && !(await othersRegistered(trx, webinarId, reader.organisationId));
  const [people, matched, own] = [
    await peopleCame(trx, webinarId),
    await matchedPeople(trx, webinarId, reader.organisationId),
    await ownCounts(trx, webinarId, reader.organisationId),
  ];
  const tell = (n: number): Told => (alone ? n : n < reader.k ? null : Math.round(n / 10) * 10);
  // Partners' by themselves: added to one's own first, a file with enough of one's own would bring the sum to a rounding.
  const apart = ({ own, others }: Split): Told => {
    const n = own + (others < reader.k ? 0 : Math.round(others / 10) * 10);
    return alone ? own : n < reader.k ? null : n;
  };
  const seen = (n: number): Told => (reader.runs ? n : tell(n));
  return {
    known: people.n > 0,
    own,
    joint: {
      exact: alone,
      people: seen(people.n),
      minutes: seen(people.n) === null ? null : seen(people.minutes),
      sure: apart(matched.sure),
      doubtful: apart(matched.doubtful),
      // Rounded, a file of invented names around one name would say whether that one is a partner's registrant.
      notAmong: alone ? Math.max(0, people.n - matched.sure.own - matched.doubtful.own) : null,
    },
  };
}

async function peopleCame(trx: Trx, webinarId: number): Promise<{ n: number; minutes: number }> {
  const lines = await trx
    .selectFrom('attendance_lines')
    .select(['person', 'joined_at as joinedAt', 'left_at as leftAt', 'minutes'])
    .where('webinar_id', '=', webinarId)
    .execute();
  const people = Map.groupBy(lines, (l) => l.person);
  const minutes = [...people.values()].reduce((sum, stays: Presence[]) => sum + unitedMinutes(stays), 0);
  return { n: people.size, minutes };
}

type Split = { own: number; others: number };

/** People of the files, the organisation's and the others': registrants for sure, and who may be one and is none for sure. */
async function matchedPeople(
  trx: Trx,
  webinarId: number,
  organisationId: number,
): Promise<{ sure: Split; doubtful: Split }> {
  const { rows } = await sql<{ sure: number; ownSure: number; doubtful: number; ownDoubtful: number }>`
    select count(*) filter (where sure) as sure, count(*) filter (where sure and own) as "ownSure",
      count(*) filter (where not sure and doubtful) as doubtful,
      count(*) filter (where not sure and doubtful and maybe_own) as "ownDoubtful"
    from (select bool_or(a.state in ('sur', 'oui')) as sure, bool_or(a.state = 'douteux') as doubtful,
        bool_or(a.state in ('sur', 'oui') and a.organisation_id = ${organisationId}) as own,
        bool_or(a.state = 'douteux' and a.organisation_id = ${organisationId}) as maybe_own
      from attendances a
      where a.webinar_id = ${webinarId} and exists (select from attendance_lines l
        where l.webinar_id = a.webinar_id and l.person = a.person)
      group by a.person) p`.execute(trx);
  const { sure, ownSure, doubtful, ownDoubtful } = rows[0] ?? { sure: 0, ownSure: 0, doubtful: 0, ownDoubtful: 0 };
  return {
    sure: { own: ownSure, others: sure - ownSure },
    doubtful: { own: ownDoubtful, others: doubtful - ownDoubtful },
  };
}

async function ownCounts(trx: Trx, webinarId: number, organisationId: number): Promise<AttendanceTotals['own']> {
  const { rows } = await sql<{ registered: number; present: number; minutes: number; doubtful: number }>`
    select count(*) as registered, count(*) filter (where a.came) as present,
      coalesce(sum(a.minutes) filter (where a.came), 0)::bigint as minutes,
      count(*) filter (where a.maybe and not a.came) as doubtful
    from registrations r left join lateral (
      select bool_or(state in ('sur', 'oui')) as came, bool_or(state = 'douteux') as maybe,
        sum(minutes) filter (where state in ('sur', 'oui')) as minutes
      from attendances where registration_id = r.id) a on true
    where r.webinar_id = ${webinarId} and r.organisation_id = ${organisationId} and r.cancelled_at is null`.execute(
    trx,
  );
  const own = rows[0] ?? { registered: 0, present: 0, minutes: 0, doubtful: 0 };
  return { ...own, absent: own.registered - own.present - own.doubtful };
}
