import { actorLabel } from '../base/context.ts';
import { conflict, invalid } from '../base/errors.ts';
import type { MemberCtx } from '../campaigns/create-campaign.ts';
import { getCampaign } from '../campaigns/queries.ts';
import { mustLead } from '../campaigns/update-campaign.ts';
import { withOrganisation } from '../db/database.ts';
import { recordAudit } from '../memory/audit.ts';
import { allow } from '../organisations/permissions.ts';
import { readReport } from '../reports/report.ts';
import { sealOf } from './canonical.ts';
import { isClosed, quarterOf } from './schema.ts';

/**
 * Keeps the report of a closed quarter as it is today, for good. By the lead, once per quarter, and for its own people: what
 * it is told of partners is not what each of them is told. Answers the seal's id.
 */
export async function sealReport(
  ctx: MemberCtx,
  campaignSlug: string,
  { quarter: asked, simulated = false }: { quarter: string; simulated?: boolean },
): Promise<{ id: number }> {
  allow(ctx.actor, 'report.seal');
  const quarter = quarterOf(asked);
  if (!quarter)
    throw invalid('trimestre', 'Choisissez un trimestre.', [{ field: 'quarter', message: 'Choisissez un trimestre.' }]);
  if (!isClosed(quarter, ctx.now())) {
    const message =
      'Ce trimestre n’est pas clos : ses chiffres bougent encore. Revenez une heure au moins après sa fin.';
    throw invalid('trimestre_ouvert', message, [{ field: 'quarter', message }]);
  }
  const organisationId = ctx.actor.organisationId;
  const campaign = await withOrganisation(ctx.db, organisationId, (trx) => getCampaign(trx, campaignSlug));
  mustLead(ctx, campaign);
  const { from, to } = quarter;
  if (to < campaign.startsOn) {
    const message = 'Ce trimestre finit avant le début de la campagne : il n’a rien à garder.';
    throw invalid('trimestre_avant', message, [{ field: 'quarter', message }]);
  }
  const report: unknown = JSON.parse(JSON.stringify(await readReport(ctx, campaignSlug, { from, to, simulated })));
  return withOrganisation(ctx.db, organisationId, async (trx) => {
    const sealed = await trx
      .insertInto('report_seals')
      .values({
        organisation_id: organisationId,
        campaign_id: campaign.id,
        period_from: from,
        period_to: to,
        rule_version: versionOf(report),
        report: JSON.stringify(report),
        sha256: sealOf(report),
        sealed_by: actorLabel(ctx.actor),
        sealed_at: ctx.now(),
      })
      .onConflict((c) => c.columns(['campaign_id', 'period_from', 'period_to']).doNothing())
      .returning('id')
      .executeTakeFirst();
    if (!sealed)
      throw conflict('deja_scelle', `Le ${quarter.label} est déjà scellé : ce qui est scellé ne change plus.`);
    await recordAudit(trx, ctx, { action: 'report.seal', subject: `campaign:${campaign.id}`, detail: { from, to } });
    return sealed;
  });
}

const versionOf = (report: unknown): number => (report as { methods: { version: number } }).methods.version;
