import type { Ctx } from '../base/context.ts';
import { invalid } from '../base/errors.ts';
import type { Trx } from '../db/database.ts';
import { type CampaignInput, campaignSchema } from './schema.ts';

export function checkedCampaign(input: unknown): CampaignInput {
  const parsed = campaignSchema.safeParse(input);
  if (parsed.success) return parsed.data;
  throw invalid(
    'campagne_invalide',
    'La campagne n’est pas enregistrée : corrigez les champs signalés.',
    parsed.error.issues.map((i) => ({ field: i.path.join('.'), message: i.message })),
  );
}

/** The columns of a campaign, as given. */
export const columnsOf = (input: CampaignInput, ctx: Pick<Ctx, 'now'>) => ({
  name: input.name,
  tagline: input.tagline,
  summary: input.summary,
  identity: JSON.stringify(input.identity),
  starts_on: input.startsOn,
  ends_on: input.endsOn,
  nature: input.nature,
  legal_basis: input.legalBasis,
  arrangement: input.arrangement,
  contact_point: input.contactPoint,
  link_mode: input.linkMode,
  cell_dimensions: input.cellDimensions,
  k: input.k,
  address_cap: input.caps.perPerson,
  address_days: input.caps.days,
  company_cap: input.caps.perCompany,
  company_days: input.caps.companyDays,
  demo: input.demo,
  updated_at: ctx.now(),
});

/** Makes partners and targets exactly those given. Throws when an organisation does not exist. */
export async function writePartnersAndTargets(
  trx: Trx,
  campaign: { id: number; leadId: number },
  input: CampaignInput,
): Promise<void> {
  const ids = await organisationIds(
    trx,
    input.partners.map((p) => p.organisation),
  );
  await trx
    .deleteFrom('campaign_partners')
    .where('campaign_id', '=', campaign.id)
    .where('organisation_id', 'not in', [...ids.values()])
    .execute();
  await trx
    .insertInto('campaign_partners')
    .values(
      input.partners.map((p, position) => ({
        campaign_id: campaign.id,
        organisation_id: ids.get(p.organisation) as number,
        role: p.role,
        position,
      })),
    )
    .onConflict((c) =>
      c.columns(['campaign_id', 'organisation_id']).doUpdateSet((eb) => ({
        role: eb.ref('excluded.role'),
        position: eb.ref('excluded.position'),
      })),
    )
    .execute();
  await trx.deleteFrom('campaign_targets').where('campaign_id', '=', campaign.id).execute();
  if (input.targets.length)
    await trx
      .insertInto('campaign_targets')
      .values(
        input.targets.map((t, position) => ({
          campaign_id: campaign.id,
          organisation_id: campaign.leadId,
          position,
          measure: t.measure,
          level: t.level,
          value: t.value,
          note: t.note,
        })),
      )
      .execute();
}

/** Ids by slug; refuses by name the organisations that are not there. */
export async function organisationIds(trx: Trx, slugs: readonly string[]): Promise<Map<string, number>> {
  const rows = await trx
    .selectFrom('organisations')
    .select(['id', 'slug'])
    .where('slug', 'in', [...slugs])
    .execute();
  const ids = new Map(rows.map((r) => [r.slug, r.id]));
  const missing = slugs.filter((slug) => !ids.has(slug));
  if (missing.length)
    throw invalid(
      'organisation_inconnue',
      `Organisation inconnue ici : ${missing.map((s) => `« ${s} »`).join(', ')}. Créez-la d’abord : npx porte-voix organisation create ${missing[0]} --name "…"`,
    );
  return ids;
}
