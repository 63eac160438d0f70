import { type RawBuilder, sql } from 'kysely';
import { notFound } from '../base/errors.ts';
import type { Public } from '../base/words.ts';
import { getCampaign } from '../campaigns/queries.ts';
import { crossing, withOrganisation } from '../db/database.ts';
import { allow } from '../organisations/permissions.ts';
import { type LetterState, letterStates } from './letter-states.ts';
import { getWebinar } from './queries.ts';
import type { MemberCtx, Place } from './schema.ts';

/** One of the organisation's own registrants; what says who it was is null once purged or forgotten. */
export type Registrant = {
  id: number;
  address: string | null;
  firstName: string | null;
  lastName: string | null;
  company: string | null;
  public: Public;
  departement: string | null;
  question: string | null;
  place: Place;
  registeredAt: Date;
  cancelledAt: Date | null;
  cancelledBy: 'lien' | 'agenda' | 'organisation' | null;
  reply: 'accepte' | 'peut_etre' | 'decline' | null;
};

/** `next` is what to pass as `after` for the following page; null on the last one. */
export type RegistrantPage = {
  rows: (Registrant & { letters: LetterState[] })[];
  next: number | null;
  /** How many may not have had our last word: somebody may write to them again. */
  unknown: number;
};

const PAGE = 30;

const COLUMNS = sql`r.id, r.address, r.first_name as "firstName", r.last_name as "lastName", r.company, r.public,
  r.departement, r.question, r.place, r.registered_at as "registeredAt", r.cancelled_at as "cancelledAt",
  r.cancelled_by as "cancelledBy", r.reply`;

/** The organisation's registrants to a webinar, the newest first, by key. Partners' are nobody else's to read. */
export function readRegistrants(
  ctx: MemberCtx,
  campaignSlug: string,
  slug: string,
  filter: { search?: string },
  after: number | null,
): Promise<RegistrantPage> {
  allow(ctx.actor, 'registration.read');
  const { organisationId } = ctx.actor;
  return withOrganisation(ctx.db, organisationId, async (trx) => {
    const webinar = await getWebinar(trx, (await getCampaign(trx, campaignSlug)).id, slug);
    const { rows } = await sql<Registrant>`
      select ${COLUMNS} from registrations r
      where r.webinar_id = ${webinar.id} and r.organisation_id = ${organisationId} and ${found(filter.search ?? '')}
        and ${after === null ? sql`true` : sql`r.id < ${after}`}
      order by r.id desc limit ${PAGE + 1}`.execute(trx);
    const page = rows.slice(0, PAGE);
    const letters = await crossing(trx, ctx.db, (all) => letterStates(all, { webinarId: webinar.id, organisationId }));
    return {
      rows: page.map((r) => ({ ...r, letters: letters.get(r.id) ?? [] })),
      next: rows.length > PAGE ? (page.at(-1)?.id ?? null) : null,
      unknown: [...letters.values()].filter(([last]) => last?.fate === 'inconnu').length,
    };
  });
}

/** Every word of the search must be found somewhere, as in the list of contacts. */
const found = (search: string): RawBuilder<unknown> =>
  sql.join(
    [
      sql`true`,
      ...search
        .trim()
        .split(/\s+/)
        .filter(Boolean)
        .slice(0, 8)
        .map((word) => {
          const anywhere = `%${word.replace(/[\\%_]/g, '\\$&')}%`;
          return sql`(r.address ilike ${anywhere} or r.last_name ilike ${anywhere} or r.first_name ilike ${anywhere}
            or r.company ilike ${anywhere})`;
        }),
    ],
    sql` and `,
  );

/** One of them, with what was written to them, the latest first; `introuvable` for a partner's, or nobody's. */
export function readRegistrant(
  ctx: MemberCtx,
  campaignSlug: string,
  slug: string,
  registrationId: number,
): Promise<Registrant & { letters: LetterState[] }> {
  allow(ctx.actor, 'registration.read');
  const { organisationId } = ctx.actor;
  return withOrganisation(ctx.db, organisationId, async (trx) => {
    const webinar = await getWebinar(trx, (await getCampaign(trx, campaignSlug)).id, slug);
    const { rows } = await sql<Registrant>`
      select ${COLUMNS} from registrations r where r.id = ${registrationId} and r.webinar_id = ${webinar.id}
        and r.organisation_id = ${organisationId}`.execute(trx);
    const [registrant] = rows;
    if (!registrant) throw notFound('Cette inscription');
    const letters = await crossing(trx, ctx.db, (all) => letterStates(all, { webinarId: webinar.id, organisationId }));
    return { ...registrant, letters: letters.get(registrant.id) ?? [] };
  });
}
