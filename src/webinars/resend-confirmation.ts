import { conflict, notFound } from '../base/errors.ts';
import { getCampaign } from '../campaigns/queries.ts';
import { crossing, withOrganisation } from '../db/database.ts';
import { recordAudit } from '../memory/audit.ts';
import { allow } from '../organisations/permissions.ts';
import { writeLetters } from './letters.ts';
import { getWebinar, getWebinarById, lockWebinar } from './queries.ts';
import { findRegistration } from './registrations.ts';
import type { MemberCtx } from './schema.ts';

/**
 * Writes the confirmation (or the place on the waiting list) again, with the hour and the link of today: somebody says that
 * it never came, or nobody knows whether it did. Refused for a registration that ended, a webinar that is over or
 * cancelled, and within the same minute.
 */
export async function resendConfirmation(
  ctx: MemberCtx,
  campaignSlug: string,
  slug: string,
  registrationId: number,
): Promise<void> {
  allow(ctx.actor, 'registration.write');
  const now = ctx.now();
  await withOrganisation(ctx.db, ctx.actor.organisationId, async (trx) => {
    const { id } = await getWebinar(trx, (await getCampaign(trx, campaignSlug)).id, slug);
    // Row-level security: another organisation's is not there.
    const seen = await findRegistration(trx, registrationId);
    if (seen?.webinarId !== id) throw notFound('Cette inscription');
    const written = await crossing(trx, ctx.db, async (all) => {
      await lockWebinar(all, id);
      const webinar = await getWebinarById(all, id);
      const registration = await findRegistration(all, registrationId);
      const over = webinar.said === 'annule' || webinar.said === 'tenu' || webinar.endsAt <= now;
      if (!registration?.address || registration.cancelledAt || over) return null;
      const kind = registration.place === 'attente' ? 'attente' : 'confirmation';
      const again = now.toISOString().slice(0, 16);
      return writeLetters(all, ctx, webinar, [registration], { kind, again });
    });
    if (written === null)
      throw conflict(
        'inscription_close',
        'Cette inscription est annulée, ou le webinaire est passé : rien à renvoyer.',
      );
    if (written === 0)
      throw conflict('deja_renvoyee', 'Cette confirmation vient d’être renvoyée : attendez une minute.');
    await recordAudit(trx, ctx, { action: 'registration.resend', subject: `registration:${registrationId}` });
  });
}
