import { sql } from 'kysely';
import { conflict, forbidden, notFound } from '../base/errors.ts';
import type { Trx } from '../db/database.ts';
import type { MemberCtx } from './schema.ts';

/** A stranger must not hang anything on a campaign whose number it guessed; who has left it reads, and writes no more. */
export async function mustTakePart(trx: Trx, ctx: MemberCtx, campaignId: number): Promise<void> {
  const { organisationId } = ctx.actor;
  const partner = await trx
    .selectFrom('campaign_partners')
    .select(sql<boolean>`is_withdrawn(${campaignId}, ${organisationId})`.as('left'))
    .where('campaign_id', '=', campaignId)
    .where('organisation_id', '=', organisationId)
    .executeTakeFirst();
  if (!partner) throw notFound('Cette campagne');
  if (partner.left)
    throw forbidden(
      'Votre organisation s’est retirée de cette campagne : vous lisez son inventaire, et n’y écrivez plus. Pour y revenir, adressez-vous au pilote.',
    );
}

/** The organisation's own resource of this name, locked until the end of the transaction. A partner's is read only. */
export async function mustOwn(
  trx: Trx,
  ctx: MemberCtx,
  campaignId: number,
  slug: string,
): Promise<{ id: number; title: string }> {
  await mustTakePart(trx, ctx, campaignId);
  await mustNotBeAnothers(trx, ctx, campaignId, slug);
  const own = await trx
    .selectFrom('resources')
    .select(['id', 'title'])
    .where('campaign_id', '=', campaignId)
    .where('slug', '=', slug)
    .where('organisation_id', '=', ctx.actor.organisationId)
    .forUpdate()
    .executeTakeFirst();
  if (!own) throw notFound(`La ressource « ${slug} »`);
  return own;
}

export async function mustNotBeAnothers(trx: Trx, ctx: MemberCtx, campaignId: number, slug: string): Promise<void> {
  const other = await trx
    .selectFrom('resources as r')
    .innerJoin('organisations as o', 'o.id', 'r.organisation_id')
    .select('o.name')
    .where('r.campaign_id', '=', campaignId)
    .where('r.slug', '=', slug)
    .where('r.organisation_id', '<>', ctx.actor.organisationId)
    .executeTakeFirst();
  if (other)
    throw conflict(
      'ressource_prise',
      `La ressource « ${slug} » est tenue par ${other.name}, qui seule la modifie. Demandez-le-lui, ou créez la vôtre sous un autre identifiant.`,
    );
}
