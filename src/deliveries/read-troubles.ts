import type { Actor, Ctx } from '../base/context.ts';
import { acrossOrganisations, withOrganisation } from '../db/database.ts';
import { pushToProve } from '../proofs/queries.ts';
import type { Why } from './pace.ts';

/** A way out that slows or stops a push. `provider` '': every mailbox. `reply`: the server's words. */
export type Trouble = { provider: string; why: Why; reply: string; until: Date | null };
/** What keeps a push from going on: its ways out in trouble, and why the service itself paused it. */
export type Troubles = { ways: Trouble[]; pausedWhy: string | null };

/** For the page of a push: only ways that its signatories' messages take. */
export async function readTroubles(ctx: Ctx<Exclude<Actor, { kind: 'clock' }>>, pushId: number): Promise<Troubles> {
  await withOrganisation(ctx.db, ctx.actor.organisationId, (trx) => pushToProve(trx, pushId));
  return acrossOrganisations(ctx.db, async (trx) => {
    const push = await trx.selectFrom('pushes').select('paused_why').where('id', '=', pushId).executeTakeFirst();
    const ways = await trx
      .selectFrom('lanes')
      .select(['provider', 'why', 'reply', 'paused_until as until'])
      .where('why', 'is not', null)
      .where((eb) =>
        eb.or([
          eb('transport', '=', 0),
          eb('transport', 'in', (q) =>
            q.selectFrom('push_signatories').select('organisation_id').where('push_id', '=', pushId),
          ),
        ]),
      )
      .orderBy('provider')
      .execute();
    return {
      ways: ways.map((w) => ({ provider: w.provider, why: w.why as Why, reply: w.reply ?? '', until: w.until })),
      pausedWhy: push?.paused_why ?? null,
    };
  });
}
