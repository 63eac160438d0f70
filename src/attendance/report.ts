import { sql } from 'kysely';
import { addressHash } from '../contacts/addresses.ts';
import type { Trx } from '../db/database.ts';
import type { WebinarRow } from '../webinars/queries.ts';
import { livingRegistrations } from '../webinars/registrations.ts';
import type { MemberCtx } from '../webinars/schema.ts';
import type { AttendanceFile } from './formats.ts';
import { matchAttendance } from './match-attendance.ts';
import { isAnonymous, personsOf } from './people.ts';
import type { AttendanceReport, FileWarning, Stay } from './schema.ts';
import { unitedMinutes } from './stays.ts';

/** Of the acting organisation's own registrants; what partners have among these people is not told. */
export type OwnMatches = { sure: number; doubtful: number; notAmong: number };

const byPerson = (ctx: MemberCtx, stays: readonly Stay[]): Map<string, Stay[]> => {
  const persons = personsOf(stays, ctx.secrets);
  return Map.groupBy(stays, (_, i) => persons[i] ?? '');
};

export async function reportOf(
  trx: Trx,
  ctx: MemberCtx,
  webinar: WebinarRow,
  file: AttendanceFile,
): Promise<AttendanceReport> {
  const { stays, notes, warnings, table: _, ...counts } = file;
  const people = byPerson(ctx, stays);
  const times = stays.flatMap((s) => [s.joinedAt, s.leftAt]).filter((at) => at !== null);
  const at = (pick: (a: number, b: number) => number): string | null =>
    times.length === 0 ? null : new Date(times.map(Number).reduce((a, b) => pick(a, b))).toISOString();
  return {
    ...counts,
    people: people.size,
    anonymous: [...people.values()].filter((own) => own.every(isAnonymous)).length,
    minutes: [...people.values()].reduce((sum, own) => sum + unitedMinutes(own), 0),
    from: at(Math.min),
    to: at(Math.max),
    lines: notes,
    warnings: [...warnings, ...(await addedTwice(trx, webinar, people))],
  };
}

/** Stays without times are added up: a second export of one meeting would count its minutes twice. */
async function addedTwice(trx: Trx, webinar: WebinarRow, people: Map<string, Stay[]>): Promise<FileWarning[]> {
  const untimed = [...people]
    .filter(([, stays]) => stays.some((s) => !(s.joinedAt && s.leftAt) && s.minutes > 0))
    .map(([person]) => person);
  const { n } = await trx
    .selectFrom('attendance_lines')
    .select((eb) => eb.fn.count<number>('person').distinct().as('n'))
    .where('webinar_id', '=', webinar.id)
    .where(sql<boolean>`person = any(${untimed}::text[])`)
    .executeTakeFirstOrThrow();
  if (untimed.length === 0 || n * 2 < untimed.length) return [];
  const message =
    'Ce fichier ne donne pas d’heures, et ses personnes sont déjà dans un autre : leurs minutes s’ajouteraient. Si c’est la même réunion, gardez un seul des deux fichiers.';
  return [{ code: 'minutes_ajoutees', message }];
}

export async function ownMatches(
  trx: Trx,
  ctx: MemberCtx,
  webinar: WebinarRow,
  file: AttendanceFile,
): Promise<OwnMatches> {
  const people = byPerson(ctx, file.stays);
  const { organisationId } = ctx.actor;
  const own = await livingRegistrations(trx, { webinarId: webinar.id, organisationId });
  const matches = matchAttendance(
    [...people].map(([person, stays]) => {
      const address = stays[0]?.address;
      const names = [...new Set(stays.map((s) => s.name).filter(Boolean))];
      return { person, names, hash: address ? addressHash(ctx.secrets, address).toString('hex') : null };
    }),
    own.map((r) => ({
      id: r.id,
      name: [r.firstName, r.lastName].filter(Boolean).join(' '),
      hash: r.addressHash?.toString('hex') ?? null,
    })),
  );
  const sure = new Set(matches.filter((m) => m.sure).map((m) => m.person));
  // A name that comes close to somebody who came for sure asks nothing of anybody.
  const came = new Set(matches.filter((m) => m.sure).map((m) => m.registrationId));
  const doubtful = new Set(
    matches.filter((m) => !sure.has(m.person) && !came.has(m.registrationId)).map((m) => m.person),
  );
  return { sure: sure.size, doubtful: doubtful.size, notAmong: people.size - sure.size - doubtful.size };
}
