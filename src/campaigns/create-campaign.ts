import type { Actor, Ctx } from '../base/context.ts';
import { conflict, forbidden } from '../base/errors.ts';
import { type Trx, withOrganisation } from '../db/database.ts';
import { recordAudit } from '../memory/audit.ts';
import { allow } from '../organisations/permissions.ts';
import type { CampaignInput } from './schema.ts';
import { checkedCampaign, columnsOf, organisationIds, writePartnersAndTargets } from './write.ts';

/** The clock never writes a campaign. */
export type MemberCtx = Ctx<Exclude<Actor, { kind: 'clock' }>>;

/** A new campaign, led by the actor's own organisation. Answers its id; refuses a slug already taken. */
export async function createCampaign(ctx: MemberCtx, input: unknown): Promise<{ id: number; slug: string }> {
  allow(ctx.actor, 'campaign.write');
  const campaign = checkedCampaign(input);
  return withOrganisation(ctx.db, ctx.actor.organisationId, (trx) => insertCampaign(trx, ctx, campaign));
}

/** The same inside the caller's transaction, whose organisation is the lead. */
export async function insertCampaign(
  trx: Trx,
  ctx: MemberCtx,
  input: CampaignInput,
): Promise<{ id: number; slug: string }> {
  const leadId = ctx.actor.organisationId;
  const lead = input.partners.find((p) => p.role === 'pilote')?.organisation ?? '';
  if ((await organisationIds(trx, [lead])).get(lead) !== leadId)
    throw forbidden(`Cette campagne est pilotée par « ${lead} » : c’est à cette organisation de la créer.`);
  const row = await trx
    .insertInto('campaigns')
    .values({ ...columnsOf(input, ctx), slug: input.slug, organisation_id: leadId, created_at: ctx.now() })
    .onConflict((c) => c.column('slug').doNothing())
    .returning('id')
    .executeTakeFirst();
  if (!row)
    throw conflict(
      'identifiant_pris',
      `L’identifiant « ${input.slug} » est déjà celui d’une campagne : choisissez-en un autre.`,
    );
  await writePartnersAndTargets(trx, { id: row.id, leadId }, input);
  await recordAudit(trx, ctx, {
    action: 'campaign.create',
    subject: `campaign:${row.id}`,
    detail: { slug: input.slug },
  });
  return { id: row.id, slug: input.slug };
}
