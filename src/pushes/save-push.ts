import { isDeepStrictEqual } from 'node:util';
import { type Actor, actorLabel, type Ctx } from '../base/context.ts';
import { conflict, forbidden, invalid } from '../base/errors.ts';
import { type CampaignRow, getCampaign, partnersOf } from '../campaigns/queries.ts';
import { type Trx, withOrganisation } from '../db/database.ts';
import { recordAudit } from '../memory/audit.ts';
import { allow } from '../organisations/permissions.ts';
import { checkImages } from './check-images.ts';
import { getPushById, signatoriesOf } from './queries.ts';
import { type PushInput, pushSchema } from './schema.ts';

type MemberCtx = Ctx<Exclude<Actor, { kind: 'clock' }>>;
export type SavedPush = {
  id: number;
  contentVersion: number;
  outcome: 'created' | 'updated' | 'unchanged';
  /** It was submitted, and is a draft again: it must be submitted anew. */
  reopened: boolean;
};

/**
 * Creates a push of a campaign, or replaces the one of the same slug. When anything that is approved really changed
 * (content, audience, dates, signatories, title), its version grows and its current proof is cleared: nothing leaves
 * until the next approval. A date that moves inside the approved window clears nothing. The same push again changes nothing.
 */
export async function savePush(ctx: MemberCtx, campaignSlug: string, input: unknown): Promise<SavedPush> {
  allow(ctx.actor, 'push.write');
  const push = checkedPush(input);
  return withOrganisation(ctx.db, ctx.actor.organisationId, async (trx) =>
    writePush(trx, ctx, await getCampaign(trx, campaignSlug), push),
  );
}

export function checkedPush(input: unknown): PushInput {
  const parsed = pushSchema.safeParse(input);
  if (parsed.success) return parsed.data;
  throw invalid(
    'envoi_invalide',
    'L’envoi n’est pas enregistré : corrigez les champs signalés.',
    parsed.error.issues.map((i) => ({ field: i.path.join('.'), message: i.message })),
  );
}

/** The same inside the caller's transaction, whose organisation is the lead. */
export async function writePush(trx: Trx, ctx: MemberCtx, campaign: CampaignRow, input: PushInput): Promise<SavedPush> {
  if (campaign.organisationId !== ctx.actor.organisationId)
    throw forbidden(`Les envois de « ${campaign.name} » sont écrits par son pilote : demandez-lui ce changement.`);
  const signatories = await signatoryIds(trx, campaign.id, input.signatories);
  await checkImages(trx, campaign, input.content);
  const audienceId = await audienceOf(trx, campaign.id, input.audience);
  const approved = columnsOf(input, audienceId);
  // Locked first: a submission running beside must not store a proof of what is being replaced.
  const found = await trx
    .selectFrom('pushes')
    .select(['id'])
    .where('campaign_id', '=', campaign.id)
    .where('slug', '=', input.slug)
    .forUpdate()
    .executeTakeFirst();
  const content = JSON.stringify(input.content);
  if (!found) {
    const { id } = await trx
      .insertInto('pushes')
      .values({
        ...approved,
        content,
        phase: input.phase,
        slug: input.slug,
        campaign_id: campaign.id,
        organisation_id: ctx.actor.organisationId,
        created_by: actorLabel(ctx.actor),
        created_at: ctx.now(),
        updated_at: ctx.now(),
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    await writeSignatories(trx, { id, campaignId: campaign.id }, signatories);
    await recordAudit(trx, ctx, { action: 'push.create', subject: `push:${id}`, detail: { slug: input.slug } });
    return { id, contentVersion: 1, outcome: 'created', reopened: false };
  }
  const before = await getPushById(trx, found.id);
  const signedBefore = (await signatoriesOf(trx, before.id)).map((s) => s.organisationId);
  const wasApproved = columnsOf(before, before.audienceId);
  const moved =
    !isDeepStrictEqual(termsOf(approved), termsOf(wasApproved)) ||
    !isDeepStrictEqual(JSON.parse(content), before.content) ||
    !isDeepStrictEqual(new Set(signatories), new Set(signedBefore));
  const shifted = before.scheduledAt?.getTime() !== input.scheduledAt?.getTime();
  if (!moved && !shifted && before.phase === input.phase)
    return { id: before.id, contentVersion: before.contentVersion, outcome: 'unchanged', reopened: false };
  if (before.cancelledAt || before.finishedAt)
    throw conflict(
      'envoi_clos',
      `L’envoi « ${before.title} » est ${before.cancelledAt ? 'annulé' : 'terminé'} : il ne change plus. Créez-en un autre.`,
    );
  const contentVersion = before.contentVersion + (moved || shifted ? 1 : 0);
  const reopened = moved && before.currentProofId !== null;
  await trx
    .updateTable('pushes')
    .set({
      ...approved,
      content,
      phase: input.phase,
      content_version: contentVersion,
      updated_at: ctx.now(),
      ...(moved ? { current_proof_id: null } : {}),
    })
    .where('id', '=', before.id)
    .execute();
  if (moved) await writeSignatories(trx, before, signatories);
  await recordAudit(trx, ctx, {
    action: 'push.update',
    subject: `push:${before.id}`,
    detail: { slug: input.slug, contentVersion, proofCleared: reopened },
  });
  return { id: before.id, contentVersion, outcome: 'updated', reopened };
}

const columnsOf = (
  p: Omit<PushInput, 'audience' | 'signatories' | 'content' | 'slug' | 'phase'>,
  audienceId: number,
) => ({
  title: p.title,
  channel: p.channel,
  audience_id: audienceId,
  scheduled_at: p.scheduledAt,
  deadline_at: p.deadlineAt,
  window_from: p.window?.from ?? null,
  window_to: p.window?.to ?? null,
  answer_by: p.answerBy,
  silence: p.silence,
  recurrence: p.recurrence,
});

/** With a window, it is the window that is approved: the date moves freely inside it. */
const termsOf = (columns: ReturnType<typeof columnsOf>) =>
  columns.window_from === null ? columns : { ...columns, scheduled_at: null };

async function signatoryIds(trx: Trx, campaignId: number, slugs: readonly string[]): Promise<number[]> {
  const partners = new Map((await partnersOf(trx, campaignId)).map((p) => [p.slug, p]));
  return slugs.map((slug) => {
    const partner = partners.get(slug);
    if (!partner || partner.role === 'relais')
      throw invalid('signataire', `« ${slug} » n’est pas signataire de cette campagne : donnez-lui d’abord ce rôle.`, [
        { field: 'signatories', message: 'Choisissez parmi le pilote et les signataires de la campagne.' },
      ]);
    return partner.organisationId;
  });
}

async function audienceOf(trx: Trx, campaignId: number, slug: string): Promise<number> {
  const row = await trx
    .selectFrom('audiences')
    .select('id')
    .where('campaign_id', '=', campaignId)
    .where('slug', '=', slug)
    .executeTakeFirst();
  if (row) return row.id;
  throw invalid('audience', `L’audience « ${slug} » n’existe pas dans cette campagne : créez-la d’abord.`, [
    { field: 'audience', message: 'Choisissez une audience de la campagne.' },
  ]);
}

async function writeSignatories(
  trx: Trx,
  push: { id: number; campaignId: number },
  ids: readonly number[],
): Promise<void> {
  await trx.deleteFrom('push_signatories').where('push_id', '=', push.id).execute();
  await trx
    .insertInto('push_signatories')
    .values(ids.map((id) => ({ push_id: push.id, organisation_id: id, campaign_id: push.campaignId })))
    .execute();
}
