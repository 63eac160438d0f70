import { sql } from 'kysely';
import { notFound } from '../base/errors.ts';
import { type CampaignRow, getCampaign, partnersOf } from '../campaigns/queries.ts';
import { crossing, type Trx, withOrganisation } from '../db/database.ts';
import { allow, may } from '../organisations/permissions.ts';
import { getWebinar, stateOf, type WebinarRow } from '../webinars/queries.ts';
import type { MemberCtx, Platform, WebinarState } from '../webinars/schema.ts';
import { type Nearness, nearness } from './match-attendance.ts';
import { namesOf } from './names.ts';
import { SEEN_IN_ROOM } from './people.ts';
import type { AttendanceReport } from './schema.ts';
import { type AttendanceTotals, attendanceTotals } from './totals.ts';

export type AttendanceImport = {
  id: number;
  fileName: string;
  platform: Platform;
  report: AttendanceReport;
  importedAt: Date;
};

/** A registrant of the reader's organisation; the name is empty once purged or forgotten. */
export type OwnRegistrant = { registrationId: number; name: string; company: string | null };
export type OwnPresent = OwnRegistrant & {
  minutes: number;
  how: 'adresse' | 'nom' | 'proche';
  seenAs: string | null;
  person: string;
  /** Somebody of the organisation said so. */
  said: boolean;
  /** Said without any file. */
  inRoom: boolean;
};
export type OwnDoubtful = OwnRegistrant & {
  person: string;
  seenAs: string | null;
  minutes: number;
  /** What makes it doubtful: a name that comes close, one that several have, or a file that was withdrawn since. */
  why: Nearness | 'plusieurs' | 'fichier_retire';
};
/** Somebody of the organisation's own files who is none of its registrants. */
export type Stranger = { name: string; address: string | null; minutes: number };

export type AttendancePage = {
  campaign: CampaignRow;
  webinar: WebinarRow;
  state: WebinarState;
  /** The reader's organisation runs it: it has the files. */
  runs: boolean;
  /** The reader may import. */
  mayImport: boolean;
  /** The reader may decide on its own registrants. */
  mayDecide: boolean;
  /** It has begun, was not cancelled, and who came is not forgotten yet: there is something to write. */
  open: boolean;
  files: AttendanceImport[];
  doubtful: OwnDoubtful[];
  present: OwnPresent[];
  absent: OwnRegistrant[];
  /** Persons of the files that the organisation said are not these registrants. */
  denied: Omit<OwnDoubtful, 'why'>[];
  strangers: Stranger[];
  totals: AttendanceTotals;
};

/** Who came, as the reader's organisation may know it: its own registrants, and the lines of the files it imported itself. */
export function readAttendancePage(ctx: MemberCtx, campaignSlug: string, slug: string): Promise<AttendancePage> {
  allow(ctx.actor, 'registration.read');
  return withOrganisation(ctx.db, ctx.actor.organisationId, async (trx) => {
    const campaign = await getCampaign(trx, campaignSlug);
    const webinar = await getWebinar(trx, campaign.id, slug);
    const own = (await partnersOf(trx, campaign.id)).find((p) => p.organisationId === ctx.actor.organisationId);
    const alone = webinar.organisers.length === 1 && webinar.organisers[0] === own?.slug;
    const runs = webinar.organisationId === ctx.actor.organisationId;
    const standings = await ownStandings(trx, ctx, webinar.id);
    const totals = await crossing(trx, ctx.db, (all) =>
      attendanceTotals(all, webinar.id, { organisationId: ctx.actor.organisationId, runs, alone, k: campaign.k }),
    );
    return {
      campaign,
      webinar,
      state: stateOf(webinar, ctx.now()),
      runs,
      mayImport: runs && may(ctx.actor, 'webinar.write'),
      mayDecide: may(ctx.actor, 'registration.write'),
      open: webinar.startsAt <= ctx.now() && webinar.said !== 'annule' && !webinar.purgedAt,
      files: runs ? await filesOf(trx, webinar.id) : [],
      ...sorted(standings),
      strangers: runs ? await strangersOf(trx, ctx, webinar.id) : [],
      totals,
    };
  });
}

/** One file with what became of each of its lines, for whoever imported it; `introuvable` once withdrawn. */
export function readAttendanceImport(
  ctx: MemberCtx,
  campaignSlug: string,
  slug: string,
  importId: number,
): Promise<{ campaign: CampaignRow; webinar: WebinarRow; file: AttendanceImport }> {
  allow(ctx.actor, 'webinar.write');
  return withOrganisation(ctx.db, ctx.actor.organisationId, async (trx) => {
    const campaign = await getCampaign(trx, campaignSlug);
    const webinar = await getWebinar(trx, campaign.id, slug);
    const file = (await filesOf(trx, webinar.id)).find((f) => f.id === importId);
    if (!file) throw notFound('Ce fichier');
    return { campaign, webinar, file };
  });
}

const filesOf = (trx: Trx, webinarId: number): Promise<AttendanceImport[]> =>
  trx
    .selectFrom('attendance_imports')
    .select(['id', 'file_name as fileName', 'platform', 'report', 'imported_at as importedAt'])
    .where('webinar_id', '=', webinarId)
    .where('withdrawn_at', 'is', null)
    .orderBy('id')
    .$castTo<AttendanceImport>()
    .execute();

type Standing = {
  registrationId: number;
  name: string;
  company: string | null;
  person: string | null;
  seenAs: string | null;
  minutes: number;
  how: OwnPresent['how'];
  state: 'sur' | 'douteux' | 'oui' | 'non' | null;
  decided: boolean;
};

/** Every living registration of the organisation, once for each person it was found to be, or with nobody. */
async function ownStandings(trx: Trx, ctx: MemberCtx, webinarId: number): Promise<Standing[]> {
  const { rows } = await sql<Standing>`
    select r.id as "registrationId", concat_ws(' ', r.first_name, r.last_name) as name, r.company, a.person,
      a.seen_as as "seenAs", coalesce(a.minutes, 0) as minutes, a.how, a.state, a.decided_at is not null as decided
    from registrations r left join attendances a on a.registration_id = r.id
    where r.webinar_id = ${webinarId} and r.organisation_id = ${ctx.actor.organisationId} and r.cancelled_at is null
    order by fold_fr(coalesce(r.last_name, '')), fold_fr(coalesce(r.first_name, '')), r.id, a.person`.execute(trx);
  return rows;
}

function sorted(standings: readonly Standing[]): Pick<AttendancePage, 'present' | 'doubtful' | 'absent' | 'denied'> {
  const present = new Map<number, OwnPresent>();
  const doubtful: OwnDoubtful[] = [];
  const denied: AttendancePage['denied'] = [];
  for (const s of standings) {
    const { registrationId, name, company, person, seenAs, minutes, how } = s;
    const own = { registrationId, name, company };
    if (person !== null && (s.state === 'sur' || s.state === 'oui')) {
      const inRoom = person === SEEN_IN_ROOM;
      const before = present.get(registrationId);
      // Of several persons that are one registrant, the surest speaks for all of them.
      const first = before && !before.inRoom ? before : { ...own, how, seenAs, person, said: s.decided, inRoom };
      present.set(registrationId, { ...first, minutes: (before?.minutes ?? 0) + minutes });
    } else if (person !== null && s.state === 'douteux')
      doubtful.push({ ...own, person, seenAs, minutes, why: whyOf(s) });
    else if (person !== null && s.state === 'non') denied.push({ ...own, person, seenAs, minutes });
  }
  const named = new Set([...present.keys(), ...doubtful.map((d) => d.registrationId)]);
  const absent = new Map(
    standings
      .filter((s) => !named.has(s.registrationId))
      .map(({ registrationId, name, company }) => [registrationId, { registrationId, name, company }]),
  );
  return {
    present: [...present.values()],
    doubtful: doubtful.filter((d) => !present.has(d.registrationId)),
    absent: [...absent.values()],
    denied,
  };
}

function whyOf({ decided, how, seenAs, name }: Standing): OwnDoubtful['why'] {
  if (decided) return 'fichier_retire';
  if (how !== 'proche' || seenAs === null) return 'plusieurs';
  for (const seen of namesOf(seenAs))
    for (const own of namesOf(name)) {
      const near = nearness(seen, own);
      if (near) return near;
    }
  return 'plusieurs';
}

/** A partner's registrant reads like anybody else here: whom the others registered is not told (no oracle). */
async function strangersOf(trx: Trx, ctx: MemberCtx, webinarId: number): Promise<Stranger[]> {
  const { rows } = await sql<Stranger>`
    select (array_agg(name order by id))[1] as name, (array_agg(address order by id))[1] as address, sum(minutes)::int as minutes
    from attendance_lines
    where webinar_id = ${webinarId} and organisation_id = ${ctx.actor.organisationId} and not own
    group by person order by fold_fr((array_agg(name order by id))[1]), person`.execute(trx);
  return rows;
}
