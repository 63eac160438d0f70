import { isDeepStrictEqual } from 'node:util';
import { type Actor, actorLabel, type Ctx } from '../base/context.ts';
import { forbidden, invalid } from '../base/errors.ts';
import { type Trx, withOrganisation } from '../db/database.ts';
import { recordAudit } from '../memory/audit.ts';
import { allow } from '../organisations/permissions.ts';
import { type KeyMessageInput, keyMessageSchema } from './schema.ts';

type MemberCtx = Ctx<Exclude<Actor, { kind: 'clock' }>>;

/**
 * Adds a version of an élément de langage (its first one creates it). Versions are never changed nor removed: a
 * relay may hold an old one, and must be able to know it. The same wordings again add nothing.
 */
export async function addVersion(
  ctx: MemberCtx,
  campaignId: number,
  input: unknown,
): Promise<{ id: number; version: number }> {
  allow(ctx.actor, 'campaign.write');
  const parsed = keyMessageSchema.safeParse(input);
  if (!parsed.success)
    throw invalid(
      'edl_invalide',
      'L’élément de langage n’est pas enregistré : corrigez les champs signalés.',
      parsed.error.issues.map((i) => ({ field: i.path.join('.'), message: i.message })),
    );
  return withOrganisation(ctx.db, ctx.actor.organisationId, (trx) => writeVersion(trx, ctx, campaignId, parsed.data));
}

/** The same inside the caller's transaction. */
export async function writeVersion(
  trx: Trx,
  ctx: MemberCtx,
  campaignId: number,
  input: KeyMessageInput,
): Promise<{ id: number; version: number }> {
  const lead = await trx
    .selectFrom('campaigns')
    .select('id')
    .where('id', '=', campaignId)
    .where('organisation_id', '=', ctx.actor.organisationId)
    .executeTakeFirst();
  if (!lead)
    throw forbidden('Les éléments de langage sont écrits par le pilote de la campagne : proposez-lui votre texte.');
  const before = await trx
    .selectFrom('key_messages')
    .select('topic')
    .where('campaign_id', '=', campaignId)
    .where('slug', '=', input.slug)
    .executeTakeFirst();
  // The upsert also locks the row, so that two writers number their versions one after the other.
  const { id } = await trx
    .insertInto('key_messages')
    .values({
      slug: input.slug,
      topic: input.topic,
      campaign_id: campaignId,
      organisation_id: ctx.actor.organisationId,
      created_at: ctx.now(),
    })
    .onConflict((c) => c.columns(['campaign_id', 'slug']).doUpdateSet({ topic: input.topic }))
    .returning('id')
    .executeTakeFirstOrThrow();
  if (before && before.topic !== input.topic)
    await recordAudit(trx, ctx, {
      action: 'key-message.rename',
      subject: `key-message:${id}`,
      detail: { topic: input.topic },
    });
  const last = await trx
    .selectFrom('key_message_versions')
    .select(['version', 'wordings'])
    .where('key_message_id', '=', id)
    .orderBy('version', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (last && isDeepStrictEqual(last.wordings, input.wordings)) return { id, version: last.version };
  const version = (last?.version ?? 0) + 1;
  await trx
    .insertInto('key_message_versions')
    .values({
      key_message_id: id,
      organisation_id: ctx.actor.organisationId,
      campaign_id: campaignId,
      version,
      wordings: JSON.stringify(input.wordings),
      created_by: actorLabel(ctx.actor),
      created_at: ctx.now(),
    })
    .execute();
  await recordAudit(trx, ctx, {
    action: 'key-message.version',
    subject: `key-message:${id}`,
    detail: { slug: input.slug, version },
  });
  return { id, version };
}
