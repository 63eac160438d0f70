import type { Ctx } from '../base/context.ts';
import { conflict, notFound } from '../base/errors.ts';
import { getCampaign } from '../campaigns/queries.ts';
import { acrossOrganisations, crossing, type Trx, withOrganisation } from '../db/database.ts';
import { recordAudit } from '../memory/audit.ts';
import { allow } from '../organisations/permissions.ts';
import { type Instance, writeLetters } from './letters.ts';
import { moveUp } from './move-up.ts';
import { isChangeable, registrationBehind } from './my-registration.ts';
import { getWebinar, getWebinarById, lockWebinar } from './queries.ts';
import { findRegistration } from './registrations.ts';
import type { MemberCtx } from './schema.ts';

type By = 'lien' | 'agenda' | 'organisation';

/** By the person's own link. A second time changes nothing. */
export async function cancelByLink(instance: Instance & Pick<Ctx, 'db'>, token: string): Promise<void> {
  await acrossOrganisations(instance.db, async (trx) => {
    const found = await registrationBehind(trx, instance.secrets, token);
    if (!found) throw notFound('Cette inscription');
    await cancel(trx, instance, found.registration.id, 'lien');
  });
}

/**
 * By the calendar of the person, who answered that they do not come (METHOD:REPLY). Across organisations, in the caller's
 * transaction; false when there was nothing left to cancel.
 */
export const cancelByReply = (trx: Trx, instance: Instance, registrationId: number): Promise<boolean> =>
  cancel(trx, instance, registrationId, 'agenda');

/** By the organisation whose registrant it is, who asked it by telephone or letter. */
export async function cancelByOrganisation(
  ctx: MemberCtx,
  campaignSlug: string,
  slug: string,
  registrationId: number,
): Promise<void> {
  allow(ctx.actor, 'registration.write');
  await withOrganisation(ctx.db, ctx.actor.organisationId, async (trx) => {
    const webinar = await getWebinar(trx, (await getCampaign(trx, campaignSlug)).id, slug);
    // Row-level security: another organisation's is not there.
    const registration = await findRegistration(trx, registrationId);
    if (registration?.webinarId !== webinar.id) throw notFound('Cette inscription');
    const done = await crossing(trx, ctx.db, (all) => endRegistration(all, ctx, registrationId, 'organisation'));
    if (!done) throw conflict('inscription_close', 'Cette inscription est déjà annulée, ou le webinaire est passé.');
    await recordAudit(trx, ctx, { action: 'registration.cancel', subject: `registration:${registrationId}` });
  });
}

async function cancel(trx: Trx, instance: Instance, registrationId: number, by: By): Promise<boolean> {
  const left = await endRegistration(trx, instance, registrationId, by);
  if (!left) return false;
  await recordAudit(
    trx,
    { now: instance.now, actor: { kind: 'command', name: 'inscription', organisationId: left.organisationId } },
    { action: 'registration.cancel', subject: `registration:${registrationId}`, detail: { by } },
  );
  return true;
}

/** Frees the place, writes it to the person, and gives the place to who waits. Null: there was nothing left to cancel. */
export async function endRegistration(
  all: Trx,
  instance: Instance,
  registrationId: number,
  by: By,
): Promise<{ organisationId: number } | null> {
  const seen = await findRegistration(all, registrationId);
  if (!seen) return null;
  await lockWebinar(all, seen.webinarId);
  const webinar = await getWebinarById(all, seen.webinarId);
  const before = await findRegistration(all, registrationId);
  const now = instance.now();
  if (!before || !isChangeable(before, webinar, now)) return null;
  // A calendar believes a cancellation only when its number is higher than that of the invitation (CAL-03).
  const sequence = before.sequence + 1;
  await all
    .updateTable('registrations')
    .set({ cancelled_at: now, cancelled_by: by, sequence })
    .where('id', '=', registrationId)
    .execute();
  const gone = { ...before, cancelledAt: now, sequence };
  await writeLetters(all, instance, webinar, [gone], { kind: 'desinscription' });
  await moveUp(all, instance, webinar);
  return { organisationId: before.organisationId };
}
