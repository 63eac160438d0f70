import type { Ctx } from '../base/context.ts';
import { partnersOf } from '../campaigns/queries.ts';
import { sumsHold } from '../deliveries/sums.ts';
import { ledgerRows } from './ledger-counts.ts';
import { type ReportOptions, withScope } from './scope.ts';
import { toldRows } from './told-rows.ts';
import { type WebinarReport, webinarReport } from './webinars.ts';

/** The figures of one webinar, those of the campaign's report and no other. `introuvable` for a stranger. */
export function readWebinarReport(
  ctx: Ctx,
  campaignSlug: string,
  webinar: string,
  options: ReportOptions = {},
): Promise<WebinarReport> {
  return withScope(ctx, campaignSlug, options, async (trx, asked, campaign) => {
    const kept = await sumsHold(trx, asked.campaignId);
    const read = await ledgerRows(trx, asked, { kept, traits: [] });
    const { rows: ledger, partial } = toldRows(read.rows, asked.reader, asked.k);
    const partners = await partnersOf(trx, campaign.id);
    return webinarReport(trx, { ...asked, partial }, { ledger, partners, now: ctx.now(), only: webinar });
  });
}
