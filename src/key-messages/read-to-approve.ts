import { sql } from 'kysely';
import type { Actor, Ctx } from '../base/context.ts';
import { withOrganisation } from '../db/database.ts';
import { may } from '../organisations/permissions.ts';
import { fromColumn } from './stored.ts';

export type WordingToApprove = {
  campaign: string;
  campaignSlug: string;
  slug: string;
  topic: string;
  version: number;
};

/** The versions that wait for the answer of the actor's organisation, in all its campaigns; nothing to who may not answer. */
export async function readWordingsToApprove(ctx: Ctx<Exclude<Actor, { kind: 'clock' }>>): Promise<WordingToApprove[]> {
  const { organisationId } = ctx.actor;
  if (!may(ctx.actor, 'push.approve')) return [];
  const rows = await withOrganisation(ctx.db, organisationId, (trx) =>
    trx
      .selectFrom('wording_requests as r')
      .innerJoin('key_message_versions as v', 'v.id', 'r.version_id')
      .innerJoin('key_messages as m', 'm.id', 'v.key_message_id')
      .innerJoin('campaigns as c', 'c.id', 'm.campaign_id')
      .select(['c.name as campaign', 'c.slug as campaignSlug', 'm.slug', 'm.topic', 'v.wordings', 'v.version'])
      .where(sql<boolean>`${organisationId}::bigint in (select missing_wording_approvals(v.id))`)
      // Another version submitted since is the one they are asked about.
      .where(
        sql<boolean>`not exists (select from wording_requests r2 join key_message_versions v2 on v2.id = r2.version_id
          where v2.key_message_id = v.key_message_id and v2.version > v.version)`,
      )
      .where(
        sql<boolean>`coalesce((select a.decision from approvals a where a.subject = 'edl:' || v.id
          and a.organisation_id = ${organisationId} order by a.id desc limit 1), '') <> 'changement'`,
      )
      .orderBy('r.asked_at')
      .execute(),
  );
  return rows.map(({ wordings, topic, ...row }) => ({ ...row, topic: fromColumn(wordings, topic).topic }));
}
