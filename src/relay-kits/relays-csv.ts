import { csvFile } from '../base/csv.ts';
import { toParisDay } from '../base/dates.ts';
import { getCampaign } from '../campaigns/queries.ts';
import { mustLead } from '../campaigns/update-campaign.ts';
import { withOrganisation } from '../db/database.ts';
import { recordAudit } from '../memory/audit.ts';
import { allow } from '../organisations/permissions.ts';
import { type MemberCtx, RELAY_KIND_NAMES } from '../relays/schema.ts';
import { territoryWord } from '../relays/territory.ts';
import { STEP_NAMES } from './progress.ts';
import { relayLines } from './read-relays.ts';

const HEADER = [
  'nom',
  'type',
  'territoire',
  'rattaché à',
  'contact',
  'courriel',
  'où il en est',
  'invité le',
  'publications déclarées',
  'clics retenus',
];

/** The list of relays as a spreadsheet, which the import of relays reads back. For the lead; each taking away is noted. */
export function relaysCsv(ctx: MemberCtx, campaignSlug: string): Promise<string> {
  allow(ctx.actor, 'relay.write');
  return withOrganisation(ctx.db, ctx.actor.organisationId, async (trx) => {
    const campaign = await getCampaign(trx, campaignSlug);
    mustLead(ctx, campaign);
    const lines = await relayLines(trx, campaign.id);
    const byId = new Map(lines.map((r) => [r.id, r]));
    await recordAudit(trx, ctx, {
      action: 'relay.export',
      subject: `campaign:${campaign.id}`,
      detail: { relays: lines.length },
    });
    return csvFile([
      HEADER,
      ...lines.map((r) => {
        const parent = r.parentId === null ? undefined : byId.get(r.parentId);
        return [
          r.name,
          RELAY_KIND_NAMES[r.kind],
          territoryWord(r),
          parent ? (parent.address ?? parent.name) : '',
          r.contactName,
          r.address,
          STEP_NAMES[r.step],
          r.invitedAt ? toParisDay(r.invitedAt) : '',
          r.declared,
          r.clicks.retained,
        ];
      }),
    ]);
  });
}
