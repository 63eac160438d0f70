import { sql } from 'kysely';
import type { Ctx } from '../base/context.ts';
import { notFound } from '../base/errors.ts';
import { acrossOrganisations, type Trx, withOrganisation } from '../db/database.ts';
import { allow } from '../organisations/permissions.ts';
import type { OpenedFile } from './file-response.ts';
import { SHOWN } from './public-inventory.ts';
import type { MemberCtx } from './schema.ts';

/** A file by its public address, where everybody may have it: its resource is listed, and published. Null: none there. */
export async function publicResourceFile(
  instance: Pick<Ctx, 'db'>,
  campaign: string,
  resource: string,
  name: string,
  today: string,
): Promise<OpenedFile | null> {
  const file = await acrossOrganisations(instance.db, (trx) =>
    files(trx)
      .innerJoin('campaigns as c', 'c.id', 'f.campaign_id')
      .where('c.slug', '=', campaign)
      .where('r.slug', '=', resource)
      .where('f.name', '=', name)
      .where(sql<boolean>`${SHOWN(today)}`)
      .executeTakeFirst(),
  );
  return file ? opened(file) : null;
}

/** The same for a partner of the campaign, listed or not; `introuvable` for a stranger. */
export async function ownResourceFile(
  ctx: MemberCtx,
  campaignId: number,
  resource: string,
  fileId: number,
): Promise<OpenedFile> {
  allow(ctx.actor, 'campaign.read');
  const file = await withOrganisation(ctx.db, ctx.actor.organisationId, (trx) =>
    files(trx)
      .where('f.campaign_id', '=', campaignId)
      .where('r.slug', '=', resource)
      .where('f.id', '=', fileId)
      .executeTakeFirst(),
  );
  if (!file) throw notFound('Ce fichier');
  return opened(file);
}

const files = (trx: Trx) =>
  trx
    .selectFrom('resource_files as f')
    .innerJoin('resources as r', 'r.id', 'f.resource_id')
    .select(['f.id', 'f.organisation_id', 'f.campaign_id', 'f.name', 'f.type', 'f.size', 'f.sha256'])
    .where('f.removed_at', 'is', null)
    .where('f.sha256', 'is not', null);

const opened = (f: {
  id: number;
  organisation_id: number;
  campaign_id: number;
  name: string | null;
  type: string | null;
  size: number | null;
  sha256: Buffer | null;
}): OpenedFile => ({
  id: f.id,
  organisationId: f.organisation_id,
  campaignId: f.campaign_id,
  name: f.name ?? '',
  type: f.type ?? 'application/octet-stream',
  size: f.size ?? 0,
  sha256: f.sha256?.toString('hex') ?? '',
});
