import { invalid } from '../base/errors.ts';
import { checked, freshSlug } from '../campaigns/plan-fields.ts';
import { getCampaign } from '../campaigns/queries.ts';
import { crossing, type Trx, withOrganisation } from '../db/database.ts';
import { allow } from '../organisations/permissions.ts';
import { ownWebinar, writeCancellation } from '../webinars/act-webinar.ts';
import { changesOf } from '../webinars/changes.ts';
import { type Headcount, headcounts } from '../webinars/headcounts.ts';
import { webinarInput } from '../webinars/queries.ts';
import { type MemberCtx, type WebinarInput, webinarSchema } from '../webinars/schema.ts';
import { type SavedWebinar, writeWebinar } from '../webinars/write-webinar.ts';
import { invitesTo, reopenPushes } from './reopen.ts';

/**
 * Writes a webinar that the actor's organisation runs, a new one without a slug. Its people are told of a move, and the
 * messages that announce it and have not ended are to be approved again: all of it or nothing.
 */
export async function saveWebinar(
  ctx: MemberCtx,
  campaignSlug: string,
  input: object,
): Promise<SavedWebinar & { reopened: number }> {
  allow(ctx.actor, 'webinar.write');
  return withOrganisation(ctx.db, ctx.actor.organisationId, async (trx) => {
    const { id } = await getCampaign(trx, campaignSlug);
    const webinar = await checkedWebinar(trx, id, input);
    if (!('slug' in input) && webinar.startsAt <= ctx.now())
      throw invalid('webinaire_invalide', 'Cette heure est déjà passée.', [
        { field: 'startsAt', message: 'Cette heure est déjà passée : choisissez-en une à venir.' },
      ]);
    return writeWebinarAndReopen(trx, ctx, id, webinar);
  });
}

/** The same inside the caller's transaction; of a webinar that took place long ago too. */
export async function writeWebinarAndReopen(
  trx: Trx,
  ctx: MemberCtx,
  campaignId: number,
  input: WebinarInput,
): Promise<SavedWebinar & { reopened: number }> {
  const saved = await writeWebinar(trx, ctx, campaignId, input);
  const reopened = saved.changes?.announced
    ? await crossing(trx, ctx.db, (all) =>
        reopenPushes(all, ctx, { campaignId, webinar: input.slug, why: 'webinaire modifié' }),
      )
    : 0;
  return { ...saved, reopened };
}

/** It will not take place: its people are told why, and messages that invite to it wait for somebody to look at them. */
export async function cancelWebinar(
  ctx: MemberCtx,
  campaignSlug: string,
  slug: string,
  reason: string,
): Promise<{ title: string; written: number; reopened: number }> {
  allow(ctx.actor, 'webinar.write');
  return withOrganisation(ctx.db, ctx.actor.organisationId, async (trx) => {
    const { id: campaignId } = await getCampaign(trx, campaignSlug);
    const webinar = await ownWebinar(trx, ctx, campaignId, slug);
    const { written, outcome } = await writeCancellation(trx, ctx, webinar, reason);
    const reopened =
      outcome === 'cancelled'
        ? await crossing(trx, ctx.db, (all) =>
            reopenPushes(all, ctx, { campaignId, webinar: slug, why: 'webinaire annulé' }),
          )
        : 0;
    return { title: webinar.title, written, reopened };
  });
}

/** What a change of a webinar does beside changing it, told before it is done. */
export type Effect = {
  /** Its hour or its place moves: those who have a place are written to. A cancellation tells those who wait, too. */
  told: { placed: Headcount; waiting: Headcount | null } | null;
  /** The hour itself moves, and the reminders with it. */
  hour: boolean;
  /** There are more places for those who wait. */
  roomier: boolean;
  /** Submitted or approved, not over yet, and announcing it: they must be approved again. */
  pushes: { slug: string; title: string }[];
};

/** What saving this would do; `invalid` as saving it would be. Nothing is written. */
export function effectOfSaving(
  ctx: MemberCtx,
  campaignSlug: string,
  input: object & { slug: string },
): Promise<Effect> {
  allow(ctx.actor, 'webinar.write');
  return withOrganisation(ctx.db, ctx.actor.organisationId, async (trx) => {
    const { id, k } = await getCampaign(trx, campaignSlug);
    const after = await checkedWebinar(trx, id, input);
    const webinar = await ownWebinar(trx, ctx, id, input.slug);
    const { moved, hour, roomier, announced } = changesOf(webinarInput(webinar), after);
    const counts = (await headcounts(trx, ctx, [webinar.id], k)).get(webinar.id);
    return {
      told: moved && counts ? { placed: counts.placed, waiting: null } : null,
      hour,
      roomier,
      pushes: announced ? await announcing(trx, id, input.slug) : [],
    };
  });
}

/** What cancelling it would do. */
export function effectOfCancelling(ctx: MemberCtx, campaignSlug: string, slug: string): Promise<Effect> {
  allow(ctx.actor, 'webinar.write');
  return withOrganisation(ctx.db, ctx.actor.organisationId, async (trx) => {
    const { id, k } = await getCampaign(trx, campaignSlug);
    const webinar = await ownWebinar(trx, ctx, id, slug);
    const counts = (await headcounts(trx, ctx, [webinar.id], k)).get(webinar.id);
    const told = counts && webinar.endsAt > ctx.now() ? { placed: counts.placed, waiting: counts.waiting } : null;
    return { told, hour: false, roomier: false, pushes: await announcing(trx, id, slug) };
  });
}

const announcing = (trx: Trx, campaignId: number, slug: string) =>
  trx
    .selectFrom('pushes')
    .select(['slug', 'title'])
    .where('campaign_id', '=', campaignId)
    .where('current_proof_id', 'is not', null)
    .where('finished_at', 'is', null)
    .where('cancelled_at', 'is', null)
    .where(invitesTo(slug))
    .orderBy('id')
    .execute();

/** Without a slug the webinar is new, and its title names it. */
async function checkedWebinar(trx: Trx, campaignId: number, input: object): Promise<WebinarInput> {
  const title = 'title' in input && typeof input.title === 'string' ? input.title : '';
  const slug = 'slug' in input ? input.slug : await freshSlug(trx, 'webinars', campaignId, title);
  return checked(
    webinarSchema,
    { ...input, slug },
    'webinaire_invalide',
    'Le webinaire n’est pas enregistré : corrigez les champs signalés.',
  );
}
