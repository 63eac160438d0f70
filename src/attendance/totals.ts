import { sql } from 'kysely';
import type { Trx } from '../db/database.ts';
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
  const [people, matched, own] = [
    await peopleCame(trx, webinarId),
    await matchedPeople(trx, webinarId),
    await ownCounts(trx, webinarId, reader.organisationId),
  ];
  const tell = (n: number): Told => (reader.alone ? n : n < reader.k ? null : Math.round(n / 10) * 10);
  const seen = (n: number): Told => (reader.runs ? n : tell(n));
  return {
    known: people.n > 0,
    own,
    joint: {
      exact: reader.alone,
      people: seen(people.n),
      minutes: seen(people.n) === null ? null : seen(people.minutes),
      sure: tell(matched.sure),
      doubtful: tell(matched.doubtful),
      notAmong: tell(Math.max(0, people.n - matched.sure - matched.doubtful)),
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

/** People of the files: who is a registrant for sure, and who may be one and is none for sure. */
async function matchedPeople(trx: Trx, webinarId: number): Promise<{ sure: number; doubtful: number }> {
  const { rows } = await sql<{ sure: number; doubtful: number }>`
    select count(*) filter (where sure) as sure, count(*) filter (where not sure and doubtful) as doubtful
    from (select bool_or(a.state in ('sur', 'oui')) as sure, bool_or(a.state = 'douteux') as doubtful
      from attendances a
      where a.webinar_id = ${webinarId} and exists (select from attendance_lines l
        where l.webinar_id = a.webinar_id and l.person = a.person)
      group by a.person) p`.execute(trx);
  return rows[0] ?? { sure: 0, doubtful: 0 };
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
