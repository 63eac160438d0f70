import { lockSubject } from '../approvals/decide.ts';
import { type Actor, actorLabel, type Ctx } from '../base/context.ts';
import { conflict, notFound } from '../base/errors.ts';
import { type Trx, withOrganisation } from '../db/database.ts';
import { recordAudit } from '../memory/audit.ts';
import { allow } from '../organisations/permissions.ts';
import { mustLead } from './add-version.ts';
import { askedVersion, signatoriesOfVersion, subjectOf } from './approval-queries.ts';
import { findKeyMessage, versionsOf } from './queries.ts';
import { contentHash } from './stored.ts';
import { tellApprovers } from './tell-approvers.ts';

type MemberCtx = Ctx<Exclude<Actor, { kind: 'clock' }>>;

/**
 * Asks every signatory of the campaign to approve the newest version of an élément de langage; `seen` is the version the
 * page showed. Their valideurs get a mail; asking again reminds those who have not answered. What was approved before
 * stays in use until all have said yes to this one.
 */
export async function requestWordingApproval(
  ctx: MemberCtx,
  campaignId: number,
  input: { slug: string; seen: number },
): Promise<{ versionId: number; asked: number }> {
  allow(ctx.actor, 'campaign.write');
  const asked = await withOrganisation(ctx.db, ctx.actor.organisationId, async (trx) => {
    await mustLead(trx, ctx, campaignId);
    const id = await findKeyMessage(trx, campaignId, input.slug);
    const [newest] = id === null ? [] : await versionsOf(trx, id);
    if (id === null || !newest) throw notFound('Cet élément de langage');
    if (newest.version !== input.seen)
      throw conflict('content_changed', 'Une version plus récente existe : relisez-la, puis demandez sa validation.');
    // An answer on the version before is recorded first, or finds that another one is asked about.
    const before = await askedVersion(trx, id);
    if (before !== null) await lockSubject(trx, subjectOf(before));
    await recordRequest(trx, ctx, campaignId, newest.versionId, contentHash(newest));
    const missing = (await signatoriesOfVersion(trx, campaignId, newest.versionId)).filter((s) => s.missing);
    if (!missing.length) throw conflict('already_approved', 'Toutes les signataires ont déjà validé cette version.');
    await recordAudit(trx, ctx, {
      action: 'key-message.ask',
      subject: `key-message:${id}`,
      detail: { slug: input.slug, version: newest.version, asked: missing.map((s) => s.slug) },
    });
    const { slug } = await trx
      .selectFrom('campaigns')
      .select('slug')
      .where('id', '=', campaignId)
      .executeTakeFirstOrThrow();
    return { newest, missing, path: `/campagnes/${slug}/elements/${input.slug}/validation` };
  });
  // After the request, and not with it: names of other organisations' people are not the lead's to read.
  await tellApprovers(ctx, {
    campaignId,
    organisationIds: asked.missing.map((s) => s.id),
    path: asked.path,
    topic: asked.newest.topic,
    version: asked.newest.version,
  });
  return { versionId: asked.newest.versionId, asked: asked.missing.length };
}

const recordRequest = (trx: Trx, ctx: MemberCtx, campaignId: number, versionId: number, hash: Buffer) =>
  trx
    .insertInto('wording_requests')
    .values({
      version_id: versionId,
      organisation_id: ctx.actor.organisationId,
      campaign_id: campaignId,
      content_hash: hash,
      asked_by: actorLabel(ctx.actor),
      asked_by_user_id: ctx.actor.kind === 'user' ? ctx.actor.userId : null,
      asked_at: ctx.now(),
    })
    .onConflict((c) => c.column('version_id').doNothing())
    .execute();
