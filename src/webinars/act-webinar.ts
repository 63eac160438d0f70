import { actorLabel } from '../base/context.ts';
import { longDateTime } from '../base/dates.ts';
import { conflict, invalid } from '../base/errors.ts';
import { mustOwnLine, mustPlan } from '../campaigns/plan-partner.ts';
import { getCampaign, hasLeft, partnersOf } from '../campaigns/queries.ts';
import { crossing, type Trx, withOrganisation } from '../db/database.ts';
import { recordAudit } from '../memory/audit.ts';
import { allow } from '../organisations/permissions.ts';
import { getWebinar, getWebinarById, lockWebinar, type WebinarRow } from './queries.ts';
import type { MemberCtx } from './schema.ts';
import { tellRegistrants } from './tell-registrants.ts';

/** What becomes of a webinar is a row with who and when; the same word twice is written once. */

/** Whoever reads the public page may register from now on. */
export const openRegistrations = (ctx: MemberCtx, campaignSlug: string, slug: string): Promise<WebinarRow> =>
  acting(ctx, campaignSlug, slug, async (trx, ctx, webinar) => {
    if (webinar.endsAt <= ctx.now())
      throw conflict('webinaire_passe', `L’heure de « ${webinar.title} » est passée : on ne s’y inscrit plus.`);
    await writeOpening(trx, ctx, webinar);
  });

/** Nobody registers any more; those who have are expected all the same. */
export const closeRegistrations = (ctx: MemberCtx, campaignSlug: string, slug: string): Promise<WebinarRow> =>
  acting(ctx, campaignSlug, slug, writeClosing);

/** It took place: its figures appear, and those who came can be written to. */
export const holdWebinar = (ctx: MemberCtx, campaignSlug: string, slug: string): Promise<WebinarRow> =>
  acting(ctx, campaignSlug, slug, async (trx, ctx, webinar) => {
    if (webinar.said === 'tenu') return;
    mustNotBeCancelled(webinar);
    if (webinar.startsAt > ctx.now())
      throw conflict('pas_encore', `« ${webinar.title} » commence ${longDateTime(webinar.startsAt)} : dites-le après.`);
    await insertAct(trx, ctx, webinar, 'tenu');
  });

type Act = (trx: Trx, ctx: MemberCtx, webinar: WebinarRow) => Promise<void>;

function acting(ctx: MemberCtx, campaignSlug: string, slug: string, act: Act): Promise<WebinarRow> {
  allow(ctx.actor, 'webinar.write');
  return withOrganisation(ctx.db, ctx.actor.organisationId, async (trx) => {
    const webinar = await ownWebinar(trx, ctx, (await getCampaign(trx, campaignSlug)).id, slug);
    await act(trx, ctx, webinar);
    return getWebinarById(trx, webinar.id);
  });
}

/** The webinar as it stands, held until the end of the transaction; refused to whoever does not run it. */
export async function ownWebinar(trx: Trx, ctx: MemberCtx, campaignId: number, slug: string): Promise<WebinarRow> {
  await mustPlan(trx, campaignId);
  const seen = await getWebinar(trx, campaignId, slug);
  mustOwnLine(ctx, seen);
  await lockWebinar(trx, seen.id);
  return getWebinarById(trx, seen.id);
}

/** In the caller's transaction, which holds the webinar; of one whose hour has passed it opens nothing, and says it was. */
export async function writeOpening(trx: Trx, ctx: MemberCtx, webinar: WebinarRow): Promise<void> {
  if (webinar.said === 'ouvert') return;
  mustNotBeCancelled(webinar);
  if (webinar.said === 'tenu')
    throw conflict('webinaire_tenu', `« ${webinar.title} » a eu lieu : on ne s’y inscrit plus.`);
  const partners = await partnersOf(trx, webinar.campaignId);
  if (!partners.some((p) => webinar.organisers.includes(p.slug) && !hasLeft(p, ctx.now())))
    throw conflict(
      'sans_organisatrice',
      'Plus aucune des organisations nommées ne participe à la campagne : nommez-en une avant d’ouvrir.',
    );
  await insertAct(trx, ctx, webinar, 'ouvert');
}

export async function writeClosing(trx: Trx, ctx: MemberCtx, webinar: WebinarRow): Promise<void> {
  if (webinar.said === 'ouvert') await insertAct(trx, ctx, webinar, 'ferme');
}

/**
 * It will not take place, for good, in the transaction of a caller who was allowed to: all who registered are told why,
 * and their calendars too (CAL-03). Cancelled already, nothing is written. Answers how many are written to.
 */
export async function writeCancellation(
  trx: Trx,
  ctx: MemberCtx,
  webinar: WebinarRow,
  given: string,
): Promise<{ written: number; outcome: 'cancelled' | 'unchanged' }> {
  if (webinar.said === 'annule') return { written: 0, outcome: 'unchanged' };
  if (webinar.said === 'tenu')
    throw conflict('webinaire_tenu', `« ${webinar.title} » a eu lieu : il ne peut plus être annulé.`);
  const reason = checkedReason(given);
  const now = ctx.now();
  await trx
    .updateTable('webinars')
    .set((eb) => ({ sequence: eb('sequence', '+', 1), changed_at: now, updated_at: now }))
    .where('id', '=', webinar.id)
    .execute();
  await insertAct(trx, ctx, webinar, 'annule', reason);
  const cancelled = await getWebinarById(trx, webinar.id);
  const written = await crossing(trx, ctx.db, (all) =>
    tellRegistrants(all, ctx, cancelled, { kind: 'annulation', reason }),
  );
  return { written, outcome: 'cancelled' };
}

const REASON = 600;

function checkedReason(given: string): string {
  const reason = given.trim();
  const refuse = (message: string) => invalid('raison', message, [{ field: 'reason', message }]);
  if (!reason) throw refuse('Dites pourquoi : c’est ce que liront les personnes inscrites.');
  if (reason.length > REASON) throw refuse(`${REASON} caractères au plus.`);
  return reason;
}

function mustNotBeCancelled(webinar: WebinarRow): void {
  if (webinar.said === 'annule')
    throw conflict('webinaire_annule', `« ${webinar.title} » est annulé, pour de bon : écrivez-en un autre.`);
}

const CODES = {
  ouvert: 'webinar.open',
  ferme: 'webinar.close',
  tenu: 'webinar.hold',
  annule: 'webinar.cancel',
} as const;

async function insertAct(
  trx: Trx,
  ctx: MemberCtx,
  webinar: WebinarRow,
  what: keyof typeof CODES,
  reason = '',
): Promise<void> {
  await trx
    .insertInto('webinar_acts')
    .values({
      organisation_id: webinar.organisationId,
      campaign_id: webinar.campaignId,
      webinar_id: webinar.id,
      what,
      at: ctx.now(),
      by: actorLabel(ctx.actor),
      reason,
    })
    .execute();
  await recordAudit(trx, ctx, {
    action: CODES[what],
    subject: `webinar:${webinar.id}`,
    detail: { slug: webinar.slug },
  });
}
