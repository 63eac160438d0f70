import { decisionsOn, remarksOf } from '../approvals/queries.ts';
import type { Actor, Ctx } from '../base/context.ts';
import { withOrganisation } from '../db/database.ts';
import { allow } from '../organisations/permissions.ts';
import { blockPrints } from './block-prints.ts';
import { pushToProve } from './queries.ts';

export type BlockRemark = {
  block: string;
  text: string;
  organisationId: number;
  organisation: string;
  by: string;
  at: Date;
  /** The block has changed since, or is gone; or its organisation has said yes since. */
  settled: boolean;
};

/** What the partners remarked block by block when they last asked for a change, each organisation's last word only. */
export function readRemarks(ctx: Ctx<Exclude<Actor, { kind: 'clock' }>>, pushId: number): Promise<BlockRemark[]> {
  allow(ctx.actor, 'push.read');
  return withOrganisation(ctx.db, ctx.actor.organisationId, async (trx) => {
    const push = await pushToProve(trx, pushId);
    const prints = blockPrints(push.content);
    const byOrganisation = Map.groupBy(await decisionsOn(trx, `push:${pushId}`), (d) => d.organisation_id);
    return [...byOrganisation.values()].flatMap(([last, ...before]) => {
      const asked = last?.decision === 'changement' ? last : before.find((d) => d.decision === 'changement');
      if (!asked) return [];
      return remarksOf(asked).map(
        ({ block, text, print }): BlockRemark => ({
          block,
          text,
          organisationId: asked.organisation_id,
          organisation: asked.organisation,
          by: asked.user_name,
          at: asked.at,
          settled: asked !== last || prints.get(block) !== print,
        }),
      );
    });
  });
}
