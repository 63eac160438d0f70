import { notFound } from '../base/errors.ts';
import { getCampaign } from '../campaigns/queries.ts';
import { withOrganisation } from '../db/database.ts';
import { allow } from '../organisations/permissions.ts';
import type { OpenedFile } from '../resources/file-response.ts';
import { storedSize } from '../resources/file-store.ts';
import { getPage, statementsOf } from './queries.ts';
import type { MemberCtx } from './schema.ts';

/** The document that a statement was read in, for whoever reads the results; `introuvable` for a stranger, or without one. */
export async function statementFile(
  ctx: MemberCtx,
  campaignSlug: string,
  pageSlug: string,
  statementId: number,
  dataDir: string,
): Promise<OpenedFile> {
  allow(ctx.actor, 'report.read');
  const found = await withOrganisation(ctx.db, ctx.actor.organisationId, async (trx) => {
    const { id } = await getCampaign(trx, campaignSlug);
    const page = await getPage(trx, id, pageSlug);
    return (await statementsOf(trx, { campaignId: id, pageId: page.id })).find((s) => s.id === statementId);
  });
  if (!found?.fileHash || !found.fileName) throw notFound('Ce fichier');
  return {
    id: found.id,
    organisationId: found.organisationId,
    campaignId: 0,
    name: found.fileName,
    // Downloaded, never shown: what it is was checked when it came in.
    type: 'application/octet-stream',
    size: (await storedSize(dataDir, found.fileHash)) ?? 0,
    sha256: found.fileHash,
  };
}
