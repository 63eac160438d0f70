import { LEVEL_NAMES } from '../base/words.ts';
import { type CampaignRow, type Target, targetsOf } from '../campaigns/queries.ts';
import type { Trx } from '../db/database.ts';
import { pagesOfCampaign } from '../pages/queries.ts';
import { DEFINITIONS, type MainFigureName } from './definitions.ts';
import { type Figure, figure, type Scope } from './figure.ts';
import { departures } from './page-counts.ts';
import { departsSuivis } from './page-figures.ts';
import type { Table } from './tables.ts';

/**
 * A target of the campaign beside the figure it is about, the same as elsewhere. `figure` null: that level has no line of
 * its own. `share` in per cent; null where there is no number to divide.
 */
export type ReportTarget = Target & { figure: Figure | null; aimed: Figure; share: Figure | null };

type Counted = { scope: Scope; main: Record<MainFigureName, Figure>; byLevel: Table };

/** How far the targets are. Departures are read only for a target that asks for them. */
export async function readTargets(trx: Trx, campaign: CampaignRow, counted: Counted): Promise<ReportTarget[]> {
  const targets = await targetsOf(trx, campaign.id);
  const left = targets.some((t) => t.measure === 'departs') ? await leftForPages(trx, counted.scope) : null;
  return targets.map((target) => {
    const reached = target.measure === 'departs' ? left : ofLetters(target.measure, target.level, counted);
    return { ...target, figure: reached, ...beside(counted.scope, campaign, target, reached) };
  });
}

async function leftForPages(trx: Trx, scope: Scope): Promise<Figure> {
  const pages = await pagesOfCampaign(trx, scope.campaignId, { until: scope.left });
  const leftFor = await departures(trx, scope.campaignId, pages);
  return departsSuivis(
    scope,
    pages.map((page) => ({ page, ...leftFor([page]) })),
    leftFor(pages),
  );
}

const ofLetters = (
  measure: Exclude<Target['measure'], 'departs'>,
  level: Target['level'],
  { main, byLevel }: Counted,
): Figure | null =>
  level === null ? main[measure] : (byLevel.rows.find((row) => row.key === level)?.figures[measure] ?? null);

function beside(
  scope: Scope,
  { startsOn, endsOn }: CampaignRow,
  { value, note }: Target,
  reached: Figure | null,
): Pick<ReportTarget, 'aimed' | 'share'> {
  const unit = reached?.unit ?? DEFINITIONS.viseCible.unit;
  return {
    aimed: figure('viseCible', value, scope, note ? [`Note : ${note}`] : [], { unit, from: startsOn, to: endsOn }),
    share:
      reached && reached.value !== null
        ? figure('partCible', Math.round((100 * reached.value) / value), scope, [reached.leftOut])
        : null,
  };
}

/** « Clics retenus, terrain ». */
export const targetName = ({ measure, level }: Target): string => {
  const { label } = DEFINITIONS[measure === 'departs' ? 'departsSuivis' : measure];
  return level ? `${label}, ${LEVEL_NAMES[level]}` : label;
};

/** The targets as a table of files: what is aimed at, what is counted, and the share, each with how it is counted. */
export const targetsTable = (targets: readonly ReportTarget[]): Table => ({
  key: 'targets',
  title: 'Cibles',
  counted: 'Ce qui est compté dans la période, à côté de ce que la campagne s’est donné pour toute sa durée.',
  columns: ['viseCible', 'atteintCible', 'partCible'],
  rows: targets.map((t, place) => ({
    key: `${place}`,
    label: targetName(t),
    figures: {
      viseCible: t.aimed,
      ...(t.figure ? { atteintCible: t.figure } : {}),
      ...(t.share ? { partCible: t.share } : {}),
    },
  })),
});
