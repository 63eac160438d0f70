import { sql } from 'kysely';
import type { Trx } from '../db/database.ts';
import { lockWebinar } from '../webinars/queries.ts';
import { type Match, matchAttendance, type Registrant, type Seen } from './match-attendance.ts';
import { SEEN_IN_ROOM } from './people.ts';
import { type Presence, unitedMinutes } from './stays.ts';

type Person = Seen & { stays: Presence[] };
type Standing = Match & { state: string; decided: Decision | null; seenAs: string | null };
type Decision = { state: string; by: string; at: Date };

/**
 * Who came among the registrants of a webinar, of every organisation, found again from the lines of its files; `trx` is
 * across organisations. What somebody decided stands; a yes whose person no file tells of any more is to be said again.
 */
export async function recomputeAttendance(trx: Trx, webinarId: number): Promise<void> {
  await lockWebinar(trx, webinarId);
  const [people, registrants, decisions] = [
    await peopleOf(trx, webinarId),
    await registrantsOf(trx, webinarId),
    await decisionsOf(trx, webinarId),
  ];
  const matches = [...registrants.values()].flatMap((own) => matchAttendance([...people.values()], own));
  const standings = withDecisions(matches, decisions, people);
  // Of whom was forgotten, only what was found is left, and it stays.
  await sql`delete from attendances a using registrations r
    where r.id = a.registration_id and a.webinar_id = ${webinarId} and r.address_hash is not null`.execute(trx);
  await insertStandings(trx, webinarId, minutesOf(standings, people));
  await sql`update attendance_lines l set own = exists (select from attendances a where a.webinar_id = l.webinar_id
      and a.organisation_id = l.organisation_id and a.person = l.person and a.state <> 'non')
    where l.webinar_id = ${webinarId}`.execute(trx);
}

async function peopleOf(trx: Trx, webinarId: number): Promise<Map<string, Person>> {
  const lines = await trx
    .selectFrom('attendance_lines as l')
    .innerJoin('attendance_imports as i', 'i.id', 'l.import_id')
    .select(['l.person', 'l.name', 'l.address_hash', 'l.joined_at', 'l.left_at', 'l.minutes'])
    .where('l.webinar_id', '=', webinarId)
    .where('i.withdrawn_at', 'is', null)
    .orderBy('l.id')
    .execute();
  const people = new Map<string, Person & { names: string[] }>();
  for (const l of lines) {
    const hash = l.address_hash?.toString('hex') ?? null;
    const person = people.get(l.person) ?? { person: l.person, names: [], hash, stays: [] };
    if (l.name && !person.names.includes(l.name)) person.names.push(l.name);
    person.stays.push({ joinedAt: l.joined_at, leftAt: l.left_at, minutes: l.minutes });
    people.set(l.person, person);
  }
  return people;
}

/** By organisation: each one's people are looked for among its own registrants only. */
async function registrantsOf(trx: Trx, webinarId: number): Promise<Map<number, Registrant[]>> {
  const rows = await trx
    .selectFrom('registrations')
    .select(['id', 'organisation_id', 'first_name', 'last_name', 'address_hash'])
    .where('webinar_id', '=', webinarId)
    .where('cancelled_at', 'is', null)
    .where('address_hash', 'is not', null)
    .orderBy('id')
    .execute();
  const own = new Map<number, Registrant[]>();
  for (const r of rows) {
    const name = [r.first_name, r.last_name].filter(Boolean).join(' ');
    const registrant = { id: r.id, name, hash: r.address_hash?.toString('hex') ?? null };
    const others = own.get(r.organisation_id);
    if (others) others.push(registrant);
    else own.set(r.organisation_id, [registrant]);
  }
  return own;
}

const keyOf = (registrationId: number, person: string): string => `${registrationId} ${person}`;

async function decisionsOf(trx: Trx, webinarId: number): Promise<Map<string, Standing & { decided: Decision }>> {
  const rows = await trx
    .selectFrom('attendances as a')
    .innerJoin('registrations as r', 'r.id', 'a.registration_id')
    .selectAll('a')
    .where('a.webinar_id', '=', webinarId)
    .where('a.decided_at', 'is not', null)
    .where('r.address_hash', 'is not', null)
    .execute();
  return new Map(
    rows.map((r) => [
      keyOf(r.registration_id, r.person),
      {
        registrationId: r.registration_id,
        person: r.person,
        how: r.how as Match['how'],
        sure: false,
        state: r.state,
        seenAs: r.seen_as,
        // A yes that waits for its file is kept as doubtful: it was a yes all the same.
        decided: { state: r.state === 'non' ? 'non' : 'oui', by: r.decided_by ?? '', at: r.decided_at ?? new Date(0) },
      },
    ]),
  );
}

function withDecisions(
  matches: readonly Match[],
  decisions: ReadonlyMap<string, Standing & { decided: Decision }>,
  people: ReadonlyMap<string, Person>,
): Standing[] {
  const found = new Map<string, Standing>();
  for (const m of matches) {
    const decided = decisions.get(keyOf(m.registrationId, m.person))?.decided ?? null;
    const state = decided?.state ?? (m.sure ? 'sur' : 'douteux');
    found.set(keyOf(m.registrationId, m.person), { ...m, state, decided, seenAs: null });
  }
  for (const [key, kept] of decisions) {
    if (found.has(key)) continue;
    const stillThere = kept.person === SEEN_IN_ROOM || people.has(kept.person);
    found.set(key, { ...kept, state: kept.decided.state === 'oui' && !stillThere ? 'douteux' : kept.decided.state });
  }
  return [...found.values()];
}

/**
 * The minutes of each standing: of several that are one registrant (telephone and computer), each has what it adds to the
 * ones before it, so that their sum is the time the person was there.
 */
function minutesOf(standings: readonly Standing[], people: ReadonlyMap<string, Person>) {
  const before = new Map<number, Presence[]>();
  const rank = (s: Standing): number => ['adresse', 'nom', 'proche'].indexOf(s.how);
  return standings
    .toSorted((a, b) => rank(a) - rank(b) || (a.person < b.person ? -1 : 1))
    .map((standing) => {
      const person = people.get(standing.person);
      const seenAs = person?.names[0] ?? standing.seenAs;
      const stays = person?.stays ?? [];
      if (standing.state !== 'sur' && standing.state !== 'oui')
        return { ...standing, seenAs, minutes: unitedMinutes(stays) };
      const earlier = before.get(standing.registrationId) ?? [];
      const together = [...earlier, ...stays];
      before.set(standing.registrationId, together);
      return { ...standing, seenAs, minutes: unitedMinutes(together) - unitedMinutes(earlier) };
    });
}

async function insertStandings(trx: Trx, webinarId: number, rows: ReturnType<typeof minutesOf>): Promise<void> {
  const given = rows.map((r) => ({
    registration: r.registrationId,
    person: r.person,
    seen: r.seenAs,
    minutes: r.minutes,
    how: r.how,
    state: r.state,
    by: r.decided?.by ?? null,
    at: r.decided?.at ?? null,
  }));
  await sql`insert into attendances (registration_id, person, organisation_id, campaign_id, webinar_id, seen_as, minutes, how,
      state, decided_by, decided_at)
    select r.id, g.person, r.organisation_id, r.campaign_id, r.webinar_id,
      g.seen, g.minutes, g.how, g.state, g."by", g."at"
    from jsonb_to_recordset(${JSON.stringify(given)}::jsonb) as g (registration bigint, person text, seen text, minutes int,
      how text, state text, "by" text, "at" timestamptz)
    join registrations r on r.id = g.registration and r.webinar_id = ${webinarId}`.execute(trx);
}
