import { withOrganisation } from '../db/database.ts';
import { may } from '../organisations/permissions.ts';
import type { MemberCtx } from './schema.ts';

export type RelayRequests = { campaign: string; campaignSlug: string; waiting: number };

/** Kits asked for that the actor's organisation, as lead, has to confirm; nothing to who may not. */
export async function readRelayRequests(ctx: MemberCtx): Promise<RelayRequests[]> {
  if (!may(ctx.actor, 'relay.write')) return [];
  return withOrganisation(ctx.db, ctx.actor.organisationId, (trx) =>
    trx
      .selectFrom('relays as r')
      .innerJoin('campaigns as c', 'c.id', 'r.campaign_id')
      .select((eb) => ['c.name as campaign', 'c.slug as campaignSlug', eb.fn.countAll<number>().as('waiting')])
      .where('r.confirmed_at', 'is', null)
      .where('r.declined_at', 'is', null)
      .where('r.stopped_at', 'is', null)
      .groupBy(['c.id', 'c.name', 'c.slug'])
      .orderBy('c.name')
      .execute(),
  );
}
