import { sql } from 'kysely';
import { actorLabel } from '../base/context.ts';
import { conflict, notFound } from '../base/errors.ts';
import { mustPlan } from '../campaigns/plan-partner.ts';
import { getCampaign } from '../campaigns/queries.ts';
import { crossing, type Trx, withOrganisation } from '../db/database.ts';
import { recordAudit } from '../memory/audit.ts';
import { allow } from '../organisations/permissions.ts';
import { getWebinar, lockWebinar, type WebinarRow } from '../webinars/queries.ts';
import type { MemberCtx } from '../webinars/schema.ts';
import { findAgain } from './lines.ts';
import { SEEN_IN_ROOM } from './people.ts';

/**
 * Says whether somebody seen in a file is a registrant of the actor's own organisation. It can be said again otherwise;
 * what was found for sure can be denied too.
 */
export async function decideAttendance(
  ctx: MemberCtx,
  campaignSlug: string,
  slug: string,
  input: { registrationId: number; person: string; came: boolean },
): Promise<{ seenAs: string | null }> {
  allow(ctx.actor, 'registration.write');
  return deciding(ctx, campaignSlug, slug, async (trx, webinar) => {
    const decided = await trx
      .updateTable('attendances')
      .set({ state: input.came ? 'oui' : 'non', decided_by: actorLabel(ctx.actor), decided_at: ctx.now() })
      .where('webinar_id', '=', webinar.id)
      .where('organisation_id', '=', ctx.actor.organisationId)
      .where('registration_id', '=', input.registrationId)
      .where('person', '=', input.person)
      .where('person', '<>', SEEN_IN_ROOM)
      .returning('seen_as')
      .executeTakeFirst();
    if (!decided) throw notFound('Cette présence');
    if (input.came) await crossing(trx, ctx.db, (all) => byOwnWord(all, ctx, webinar, input));
    await recordAudit(trx, ctx, {
      action: input.came ? 'webinar.attendance-yes' : 'webinar.attendance-no',
      subject: `webinar:${webinar.id}`,
      detail: { registrationId: input.registrationId },
    });
    return { seenAs: decided.seen_as };
  });
}

/** Says that registrants of the actor's own organisation were seen in the room, or, with `seen` false, takes it back. */
export async function markSeen(
  ctx: MemberCtx,
  campaignSlug: string,
  slug: string,
  input: { registrationIds: readonly number[]; seen: boolean },
): Promise<{ changed: number }> {
  allow(ctx.actor, 'registration.write');
  return deciding(ctx, campaignSlug, slug, async (trx, webinar) => {
    const own = await trx
      .selectFrom('registrations')
      .select('id')
      .where('organisation_id', '=', ctx.actor.organisationId)
      .where('webinar_id', '=', webinar.id)
      .where('cancelled_at', 'is', null)
      .where(sql<boolean>`id = any(${[...new Set(input.registrationIds)]}::bigint[])`)
      .execute();
    if (own.length === 0) throw notFound('Cette inscription');
    const ids = own.map((r) => r.id);
    // Whether they are there at all is decided above, with the organisation's own eyes.
    const changed = await crossing(trx, ctx.db, (all) =>
      input.seen ? write(all, ctx, webinar, ids) : remove(all, ids),
    );
    await recordAudit(trx, ctx, {
      action: input.seen ? 'webinar.attendance-seen' : 'webinar.attendance-unseen',
      subject: `webinar:${webinar.id}`,
      detail: { registrationIds: ids },
    });
    return { changed };
  });
}

/** In one transaction, while nobody else imports or decides; who came is found again with what was decided. */
function deciding<T>(
  ctx: MemberCtx,
  campaignSlug: string,
  slug: string,
  decide: (trx: Trx, webinar: WebinarRow) => Promise<T>,
): Promise<T> {
  return withOrganisation(ctx.db, ctx.actor.organisationId, async (trx) => {
    const { id } = await getCampaign(trx, campaignSlug);
    await mustPlan(trx, id);
    const webinar = await getWebinar(trx, id, slug);
    if (webinar.startsAt > ctx.now() || webinar.said === 'annule')
      throw conflict('pas_encore', `« ${webinar.title} » n’a pas eu lieu : personne n’y est encore venu.`);
    if (webinar.purgedAt)
      throw conflict('presences_effacees', 'La durée de conservation est passée : on ne note plus qui est venu.');
    // A partner may not hold the row of somebody else's webinar by itself.
    await crossing(trx, ctx.db, (all) => lockWebinar(all, webinar.id));
    const decided = await decide(trx, webinar);
    await findAgain(trx, ctx, webinar.id);
    return decided;
  });
}

/** A yes about somebody of a file that was withdrawn since: it is the organisation's own word that they were there. */
async function byOwnWord(
  trx: Trx,
  ctx: MemberCtx,
  webinar: WebinarRow,
  { registrationId, person }: { registrationId: number; person: string },
): Promise<void> {
  const told = await trx
    .selectFrom('attendance_lines')
    .select('id')
    .where('webinar_id', '=', webinar.id)
    .where('person', '=', person)
    .limit(1)
    .executeTakeFirst();
  if (told) return;
  await trx
    .deleteFrom('attendances')
    .where('registration_id', '=', registrationId)
    .where('person', '=', person)
    .execute();
  await write(trx, ctx, webinar, [registrationId]);
}

async function write(trx: Trx, ctx: MemberCtx, webinar: WebinarRow, ids: readonly number[]): Promise<number> {
  const rows = await trx
    .insertInto('attendances')
    .values(
      ids.map((id) => ({
        registration_id: id,
        person: SEEN_IN_ROOM,
        organisation_id: ctx.actor.organisationId,
        campaign_id: webinar.campaignId,
        webinar_id: webinar.id,
        seen_as: null,
        minutes: 0,
        how: 'nom',
        state: 'oui',
        decided_by: actorLabel(ctx.actor),
        decided_at: ctx.now(),
      })),
    )
    .onConflict((oc) => oc.doNothing())
    .returning('registration_id')
    .execute();
  return rows.length;
}

async function remove(trx: Trx, ids: readonly number[]): Promise<number> {
  const rows = await trx
    .deleteFrom('attendances')
    .where('registration_id', 'in', [...ids])
    .where('person', '=', SEEN_IN_ROOM)
    .returning('registration_id')
    .execute();
  return rows.length;
}
