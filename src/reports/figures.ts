import { CAMPAIGN_REASONS, REASON_NAMES, type Reason } from '../deliveries/schema.ts';
import { known, toTen } from '../deliveries/told.ts';
import type { ClickSums } from './click-counts.ts';
import { counted, type Figure, figure, type Scope } from './figure.ts';
import { type Counted, delivered, isApart, type LedgerRow, selected, selectedByState } from './ledger-counts.ts';

/** One function per figure: whatever screen, file or command gives a number gets it here. */

const DAY_MS = 86_400_000;
const MONTH_DAYS = 30.44;

const sent = (rows: readonly LedgerRow[], scope: Scope): number =>
  selected(
    rows.filter((r) => !isApart(r)),
    scope.period,
  );

/**
 * Those of the reader, exactly; those of its partners from k up and to the nearest ten (no oracle), push by push: eleven
 * people set apart twice are still eleven.
 */
function apart(rows: readonly LedgerRow[], scope: Scope): number {
  const { k, period } = scope;
  const out = rows.filter(isApart);
  const own = out.filter((r) => isOwn(r, scope));
  const others = [...Map.groupBy(out, (r) => r.push).values()].map((of) => of.filter((r) => !isOwn(r, scope)));
  return others.reduce((sum, of) => sum + known(selected(of, period), k), selected(own, period));
}
const isOwn = (r: LedgerRow, { reader }: Scope): boolean => reader === null || r.organisation === reader;
const aboutPartners = ({ reader, k }: Scope): string =>
  reader === null ? '' : `Les écartés des partenaires se comptent à la dizaine, à partir de ${k}.`;

export const envois = (scope: Scope, pushes: number): Figure => figure('envois', pushes, scope);

/** Of so many in the window, how many a month, to the nearest tenth; to the hundredth where that would be nought. */
export function perMonth({ period }: Scope, n: number): number {
  const months = Math.max(1, (period.end.getTime() - period.start.getTime()) / DAY_MS / MONTH_DAYS);
  const exact = n / months;
  return exact < 0.05 ? Math.round(exact * 100) / 100 : Math.round(exact * 10) / 10;
}
export const frequence = (scope: Scope, pushes: number): Figure => figure('frequence', perMonth(scope, pushes), scope);

/** Of partners alone, and too few or none: no number at all, which is not a nought. */
const isUntold = (rows: readonly LedgerRow[], scope: Scope): boolean =>
  rows.length > 0 && rows.every((r) => !isOwn(r, scope)) && apart(rows, scope) === 0;
const untold = ({ k }: Scope): string => `Moins de ${k}, ou aucun : ce nombre n’est pas dit.`;

export const selectionnes = (scope: Scope, rows: readonly LedgerRow[]): Figure =>
  isUntold(rows, scope)
    ? figure('selectionnes', null, scope, [`Les écartés, sans qui il ne peut être dit. ${untold(scope)}`])
    : figure('selectionnes', sent(rows, scope) + apart(rows, scope), scope, [aboutPartners(scope)]);

export function adresses(scope: Scope, rows: readonly LedgerRow[]): Figure {
  const out = apart(rows, scope);
  return figure('adresses', sent(rows, scope), scope, [counted(out, 'écarté', 'écartés')]);
}

export const ecartes = (scope: Scope, rows: readonly LedgerRow[]): Figure =>
  isUntold(rows, scope)
    ? figure('ecartes', null, scope, [untold(scope)])
    : figure('ecartes', apart(rows, scope), scope, [aboutPartners(scope)]);

export function distribues(scope: Scope, rows: readonly LedgerRow[]): Figure {
  const sums = selectedByState(rows, scope.period);
  const states = (...of: LedgerRow['state'][]): number => of.reduce((n, state) => n + (sums.get(state) ?? 0), 0);
  return figure('distribues', delivered(rows, scope.period), scope, [
    counted(states('failed'), 'message refusé', 'messages refusés'),
    counted(states('bounced'), 'message revenu', 'messages revenus'),
    counted(states('unknown'), 'message au sort inconnu', 'messages au sort inconnu'),
    counted(states('planned', 'held', 'handed', 'deferred'), 'message encore à remettre', 'messages encore à remettre'),
  ]);
}

const APPROXIMATE = 'Arrondi à la dizaine, car compté d’après les contacts tels qu’ils sont aujourd’hui.';

/** Of a line that tells contacts apart by what groups of links do not: to the nearest ten. */
export const adressesEnviron = (scope: Scope, rows: readonly Counted[]): Figure =>
  figure(
    'adresses',
    toTen(
      selected(
        rows.filter((r) => !isApart(r)),
        scope.period,
      ),
    ),
    scope,
    [APPROXIMATE],
  );
export const distribuesEnviron = (scope: Scope, rows: readonly Counted[]): Figure =>
  figure('distribues', toTen(delivered(rows, scope.period)), scope, [APPROXIMATE]);
export const touchesEnviron = (scope: Scope, addresses: number): Figure =>
  figure('touches', toTen(addresses), scope, [APPROXIMATE]);

export const touches = (scope: Scope, addresses: number): Figure =>
  figure('touches', addresses, scope, [
    'Ce que les relais déclarent se montre à part et ne s’ajoute pas.',
    scope.reader === null
      ? ''
      : `Une adresse à qui deux organisations écrivent, chacune par ses envois, compte deux fois ; ces doubles sont retirés à la dizaine, à partir de ${scope.k}.`,
  ]);

const doubtfulAndRobots = (clicks: ClickSums) => [
  counted(clicks.doubtful, 'clic douteux', 'clics douteux'),
  counted(clicks.robots, 'requête de robot', 'requêtes de robots'),
];

export const clicsBruts = (scope: Scope, c: ClickSums): Figure =>
  figure('clicsBruts', c.robots + c.doubtful + c.retained, scope);
export const clicsRobots = (scope: Scope, c: ClickSums): Figure => figure('clicsRobots', c.robots, scope);
export const clicsDouteux = (scope: Scope, c: ClickSums): Figure => figure('clicsDouteux', c.doubtful, scope);
/** `leftOut`: what else is not in it. */
export const clics = (scope: Scope, c: ClickSums, leftOut: string[] = []): Figure =>
  figure('clics', c.retained, scope, [...doubtfulAndRobots(c), ...leftOut]);
export const clicsJusqua = (scope: Scope, c: ClickSums): Figure =>
  figure('clicsJusqua', c.retained + c.doubtful, scope, [counted(c.robots, 'requête de robot', 'requêtes de robots')]);

/** Only messages whose links are followed are divided by: the others could not have brought a click. */
export function clicsPour100(scope: Scope, rows: readonly LedgerRow[], c: ClickSums): Figure {
  const measured = delivered(
    rows.filter((r) => r.measured),
    scope.period,
  );
  const direct = delivered(rows, scope.period) - measured;
  return figure('clicsPour100', measured === 0 ? null : Math.round((c.retained / measured) * 1_000) / 10, scope, [
    ...doubtfulAndRobots(c),
    counted(direct, 'message distribué aux liens non suivis', 'messages distribués aux liens non suivis'),
    measured === 0 ? 'Aucun message aux liens suivis n’a été distribué dans la période.' : '',
  ]);
}

export type SetApart = { reason: Reason; label: string; figure: Figure };

/**
 * Écartés by reason, at campaign level. Duplicates and solicitation would tell an organisation what its partners hold:
 * every reason is said from k up, and rounded to ten, or the exact ones would give those by subtraction (no oracle).
 */
export function ecartesParRaison(scope: Scope, rows: readonly LedgerRow[]): SetApart[] {
  const byReason = Map.groupBy(rows.filter(isApart), (r) => r.reason ?? 'annule');
  return (Object.keys(REASON_NAMES) as (Reason | 'campagne')[]).flatMap((reason) => {
    if (reason === 'campagne') return [];
    const n = apart(byReason.get(reason) ?? [], scope);
    if (n === 0 && !CAMPAIGN_REASONS.includes(reason)) return [];
    return [{ reason, label: REASON_NAMES[reason], figure: reasonFigure(scope, reason, n) }];
  });
}

function reasonFigure(scope: Scope, reason: Reason, n: number): Figure {
  if (reason === 'annule') return figure('ecartes', n, scope);
  return n < scope.k
    ? figure('ecartes', null, scope, [untold(scope)])
    : figure('ecartes', Math.round(n / 10) * 10, scope, ['Arrondi à la dizaine.']);
}
