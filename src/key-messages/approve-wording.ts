import { decide } from '../approvals/decide.ts';
import type { DecisionInput, KeptRemark } from '../approvals/schema.ts';
import type { Ctx } from '../base/context.ts';
import { forbidden, notFound } from '../base/errors.ts';
import { sha256 } from '../base/tokens.ts';
import type { Level } from '../base/words.ts';
import { type Trx, withOrganisation } from '../db/database.ts';
import { allow } from '../organisations/permissions.ts';
import { askedVersion, requestOf, signatoriesOfVersion, subjectOf } from './approval-queries.ts';
import { findKeyMessage, versionsOf } from './queries.ts';
import type { WordingFormat } from './schema.ts';
import { textsOf } from './stored.ts';

/** Where a remark stands: `terrain-rendez-vous`. */
export const blockOf = (level: Level, format: WordingFormat): string => `${level}-${format.replaceAll('_', '-')}`;

/** Tells the text a remark was made on from what it became. */
const printOf = (text: string): KeptRemark['print'] => sha256(text).toString('hex').slice(0, 16);

/**
 * The actor's organisation says yes to the version it is asked about, or asks for changes. Returns whether every
 * signatory has now said yes. A version submitted since the page was opened is a `content_changed`.
 */
export async function approveWording(
  ctx: Ctx,
  campaignId: number,
  slug: string,
  input: DecisionInput,
): Promise<{ versionId: number; complete: boolean }> {
  allow(ctx.actor, 'push.approve');
  if (ctx.actor.kind !== 'user') throw forbidden('Seule une personne peut valider : donnez son adresse avec --as.');
  const { organisationId } = ctx.actor;
  const read = await withOrganisation(ctx.db, organisationId, async (trx) => {
    const id = await findKeyMessage(trx, campaignId, slug);
    if (id === null) throw notFound('Cet élément de langage');
    const versionId = await askedVersion(trx, id);
    const request = versionId === null ? null : await requestOf(trx, versionId);
    const version = (await versionsOf(trx, id)).find((v) => v.versionId === versionId);
    return { id, versionId: versionId ?? 0, request, version };
  });
  const { id, versionId, request, version } = read;
  /** Null for who does not sign, and once another version is submitted. */
  const stillAsked = async (trx: Trx): Promise<Buffer | null> =>
    request &&
    (await askedVersion(trx, id)) === versionId &&
    (await signatoriesOfVersion(trx, campaignId, versionId)).some((s) => s.id === organisationId)
      ? request.hash
      : null;
  await decide(
    ctx,
    {
      name: subjectOf(versionId),
      campaignId,
      asked: await withOrganisation(ctx.db, organisationId, stillAsked),
      authorIds: [request?.byUserId, writerOf(version?.createdBy)].filter((u) => typeof u === 'number'),
      stillAsked,
      places: new Map(
        textsOf(version?.wordings ?? {}).map(({ level, format, text }) => [blockOf(level, format), printOf(text)]),
      ),
    },
    input,
  );
  const left = await withOrganisation(ctx.db, organisationId, (trx) =>
    signatoriesOfVersion(trx, campaignId, versionId),
  );
  return { versionId, complete: left.every((s) => !s.missing) };
}

/** `user:12` → 12. A partner sees no audit row of the lead's: the version itself says who wrote it. */
const writerOf = (createdBy: string | undefined): number | undefined => {
  const id = /^user:(\d+)$/.exec(createdBy ?? '')?.[1];
  return id === undefined ? undefined : Number(id);
};
