import { isDeepStrictEqual } from 'node:util';
import { type Actor, actorLabel, type Ctx } from '../base/context.ts';
import { conflict, forbidden, invalid, notFound } from '../base/errors.ts';
import { type Trx, withOrganisation } from '../db/database.ts';
import { recordAudit } from '../memory/audit.ts';
import { allow } from '../organisations/permissions.ts';
import { versionsOf } from './queries.ts';
import { type KeyMessageInput, keyMessageSchema } from './schema.ts';
import { saidOf, toColumn } from './stored.ts';

type MemberCtx = Ctx<Exclude<Actor, { kind: 'clock' }>>;
export type Added = { id: number; versionId: number; version: number };

/**
 * Adds a version of an élément de langage (its first one creates it). Versions are never changed nor removed: a
 * relay may hold an old one, and must be able to know it. The same content again adds nothing. `seen`: the version that
 * was read before writing, 0 for a new topic; another one since is a `content_changed`.
 */
export async function addVersion(ctx: MemberCtx, campaignId: number, input: unknown, seen?: number): Promise<Added> {
  allow(ctx.actor, 'campaign.write');
  const parsed = keyMessageSchema.safeParse(input);
  if (!parsed.success)
    throw invalid(
      'edl_invalide',
      'L’élément de langage n’est pas enregistré : corrigez les champs signalés.',
      parsed.error.issues.map((i) => ({ field: i.path.join('.'), message: i.message })),
    );
  return withOrganisation(ctx.db, ctx.actor.organisationId, (trx) =>
    writeVersion(trx, ctx, campaignId, parsed.data, seen),
  );
}

/** The same inside the caller's transaction. */
export async function writeVersion(
  trx: Trx,
  ctx: MemberCtx,
  campaignId: number,
  input: KeyMessageInput,
  seen?: number,
): Promise<Added> {
  await mustLead(trx, ctx, campaignId);
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
  const [last] = await versionsOf(trx, id);
  refuseIfMoved(last?.version ?? 0, seen);
  const said = saidOf(input);
  if (last && isDeepStrictEqual(saidOf({ slug: input.slug, ...last }), said))
    return { id, versionId: last.versionId, version: last.version };
  const version = (last?.version ?? 0) + 1;
  const { versionId } = await trx
    .insertInto('key_message_versions')
    .values({
      key_message_id: id,
      organisation_id: ctx.actor.organisationId,
      campaign_id: campaignId,
      version,
      wordings: toColumn(said),
      valid_from: said.validFrom,
      valid_to: said.validTo,
      note: input.note ?? '',
      created_by: actorLabel(ctx.actor),
      created_at: ctx.now(),
    })
    .returning('id as versionId')
    .executeTakeFirstOrThrow();
  await recordAudit(trx, ctx, {
    action: 'key-message.version',
    subject: `key-message:${id}`,
    detail: { slug: input.slug, version },
  });
  return { id, versionId, version };
}

function refuseIfMoved(last: number, seen: number | undefined): void {
  if (seen === undefined || seen === last) return;
  if (seen === 0)
    throw invalid('edl_existe', 'Un élément de langage porte déjà ce nom.', [
      {
        field: 'topic',
        message: 'Un élément de langage porte déjà ce nom : modifiez-le, ou choisissez un autre sujet.',
      },
    ]);
  throw conflict(
    'content_changed',
    'Quelqu’un a écrit une version depuis que vous avez ouvert celle-ci. Relisez-la, puis reprenez vos changements.',
  );
}

export async function mustLead(trx: Trx, ctx: MemberCtx, campaignId: number): Promise<void> {
  const campaign = await trx
    .selectFrom('campaigns')
    .select('organisation_id')
    .where('id', '=', campaignId)
    .executeTakeFirst();
  if (!campaign) throw notFound('Cette campagne');
  if (campaign.organisation_id !== ctx.actor.organisationId)
    throw forbidden('Les éléments de langage sont écrits par le pilote de la campagne : proposez-lui votre texte.');
}
