import type { Ctx } from '../base/context.ts';
import { type PagesReport, pagesReport } from './pages.ts';
import { type ReportOptions, withScope } from './scope.ts';

/** The pages and visits of a campaign, or one page: the figures of its report and no other. `introuvable` for a stranger. */
export const readPagesReport = (
  ctx: Ctx,
  campaignSlug: string,
  { only, ...options }: ReportOptions & { only?: string } = {},
): Promise<PagesReport> =>
  withScope(ctx, campaignSlug, options, (trx, scope) => pagesReport(trx, scope, only === undefined ? {} : { only }));
