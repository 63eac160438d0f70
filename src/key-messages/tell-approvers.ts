import { inviteApprovers } from '../approvals/invite-approver.ts';
import type { Ctx } from '../base/context.ts';
import { acrossOrganisations } from '../db/database.ts';

type Asked = { campaignId: number; organisationIds: readonly number[]; path: string; topic: string; version: number };

/** Writes to the valideurs of these organisations that a version waits for their yes. */
export function tellApprovers(ctx: Ctx, asked: Asked): Promise<void> {
  return acrossOrganisations(ctx.db, async (trx) => {
    const campaign = await trx
      .selectFrom('campaigns as c')
      .innerJoin('organisations as o', 'o.id', 'c.organisation_id')
      .select(['c.name', 'o.name as lead'])
      .where('c.id', '=', asked.campaignId)
      .executeTakeFirstOrThrow();
    for (const organisationId of asked.organisationIds)
      await inviteApprovers(trx, ctx, {
        organisationId,
        campaignId: asked.campaignId,
        path: asked.path,
        title: `À valider : ${asked.topic}`,
        lines: [
          `${campaign.lead} soumet l’élément de langage « ${asked.topic} », version ${asked.version} (campagne ${campaign.name}), à la validation de votre organisation.`,
          'Tant que toutes les signataires ne l’ont pas validée, les relais gardent la version précédente.',
        ],
      });
  });
}
