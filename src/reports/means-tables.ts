import { PHASE_NAMES, PHASES, type Phase } from '../base/words.ts';
import type { ResultRow } from '../campaigns/action-queries.ts';
import { ACTION_KIND_NAMES, RESULT_UNIT_NAMES } from '../campaigns/action-schema.ts';
import { type BudgetRow, sumAmounts } from '../campaigns/budget-queries.ts';
import { sumClicks } from './click-counts.ts';
import type { Facts } from './facts.ts';
import { counted, type Figure, figure, type Scope } from './figure.ts';
import * as figures from './figures.ts';
import { peopleBehind } from './ledger-counts.ts';
import type { Counts, Row, Table } from './tables.ts';

/** Days of the campaign: those a budget is for. */
type Dates = { startsOn: string; endsOn: string };

const NO_DATES = 'Un montant n’a pas de dates : il est celui de toute la campagne, et ne suit pas la période demandée.';

function amounts(scope: Scope, { startsOn, endsOn }: Dates, lines: readonly BudgetRow[]): Row['figures'] {
  const sums = sumAmounts(lines);
  const of = (name: 'prevu' | 'engage' | 'paye', cents: number): Figure =>
    figure(
      name,
      lines.length === 0 ? null : cents / 100,
      scope,
      [lines.length === 0 ? 'Aucun montant n’est déclaré.' : NO_DATES],
      {
        from: startsOn,
        to: endsOn,
      },
    );
  // Nobody who spent planned nought: nothing was said of what was planned.
  const planned = sums.planned > 0 || sums.committed + sums.paid === 0;
  return {
    prevu: planned
      ? of('prevu', sums.planned)
      : figure('prevu', null, scope, ['Aucun montant prévu n’est déclaré.'], { from: startsOn, to: endsOn }),
    engage: of('engage', sums.committed),
    paye: of('paye', sums.paid),
  };
}

/** Costs beside what was sent and clicked, line by line: never a ratio, for a cost per click would mix two units. */
export function meansTables(scope: Scope, dates: Dates, counts: Counts, facts: Facts): Table[] {
  return [phases(scope, dates, facts), subjects(scope, dates, counts, facts), payers(scope, dates, facts)];
}

function phases(scope: Scope, dates: Dates, facts: Facts): Table {
  const phaseOf = (b: BudgetRow): Phase | undefined =>
    facts.pushes.find((p) => p.slug === b.push)?.phase ?? facts.actions.find((a) => a.slug === b.action)?.phase;
  const lines: { key: string; label: string; of: BudgetRow[] }[] = [
    ...PHASES.map((phase) => ({
      key: phase,
      label: PHASE_NAMES[phase],
      of: facts.budget.filter((b) => phaseOf(b) === phase),
    })),
    {
      key: 'campagne',
      label: 'la campagne dans son ensemble',
      of: facts.budget.filter((b) => phaseOf(b) === undefined),
    },
  ];
  return {
    key: 'means-phase',
    title: 'Moyens par phase',
    counted: `Phase de l’envoi ou de l’action que le montant paie. ${NO_DATES}`,
    columns: ['prevu', 'engage', 'paye'],
    rows: [
      ...lines
        .filter((l) => l.of.length > 0)
        .map((l) => ({ key: l.key, label: l.label, figures: amounts(scope, dates, l.of) })),
      ...(facts.budget.length > 0
        ? [{ key: 'tout', label: 'en tout', figures: amounts(scope, dates, facts.budget) }]
        : []),
    ],
  };
}

function subjects(scope: Scope, dates: Dates, counts: Counts, facts: Facts): Table {
  const people = peopleBehind(counts.ledger, (r) => r.push);
  const pushes = facts.pushes.flatMap((push): Row[] => {
    const paid = facts.budget.filter((b) => b.push === push.slug);
    const reached = people.get(push.id);
    if (paid.length === 0 && reached === undefined) return [];
    const ledger = counts.ledger.filter((r) => r.push === push.id);
    const clicks = sumClicks(counts.clicks.groups.filter((r) => r.push === push.id));
    const few = reached !== undefined && reached < scope.k;
    return [
      {
        key: `envoi-${push.slug}`,
        label: push.title,
        figures: {
          ...amounts(scope, dates, paid),
          distribues: few
            ? figure('distribues', null, scope, [`Adressé à moins de ${scope.k} personnes : ce nombre n’est pas dit.`])
            : figures.distribues(scope, ledger),
          clics: figures.clics(scope, clicks),
        },
      },
    ];
  });
  const actions = facts.actions.flatMap((action): Row[] => {
    const paid = facts.budget.filter((b) => b.action === action.slug);
    const link = facts.clicks.find((c) => c.action === action.id);
    if (action.cancelledAt !== null && paid.length === 0) return [];
    return [
      {
        key: `action-${action.slug}`,
        label: `${action.title} (${ACTION_KIND_NAMES[action.kind]}, déclarée)`,
        figures: {
          ...amounts(scope, dates, paid),
          clicsAction: figure('clicsAction', link?.retained ?? null, scope, [
            link ? '' : 'Cette action n’a pas de lien suivi.',
            counted(link?.doubtful ?? 0, 'clic douteux', 'clics douteux'),
            counted(link?.robots ?? 0, 'requête de robot', 'requêtes de robots'),
          ]),
        },
      },
    ];
  });
  return {
    key: 'means',
    title: 'Moyens par envoi et action',
    counted: 'Le coût est écrit à côté de ce qui est mesuré, sans en être divisé : ce sont des unités différentes.',
    columns: ['prevu', 'engage', 'paye', 'distribues', 'clics', 'clicsAction'],
    rows: [...pushes, ...actions],
  };
}

const payers = (scope: Scope, dates: Dates, { budget }: Facts): Table => ({
  key: 'means-organisation',
  title: 'Moyens par organisation',
  counted: `Qui paie, tel que chacune le déclare. ${NO_DATES}`,
  columns: ['prevu', 'engage', 'paye'],
  rows: [...Map.groupBy(budget, (b) => b.organisation.name)].map(([name, of]) => ({
    key: of[0]?.organisation.slug ?? name,
    label: name,
    figures: amounts(scope, dates, of),
  })),
});

/** What partners say their actions brought: each with its own unit, window and source, and nothing is added up. */
export const declaredTable = (scope: Scope, { actions, results }: Facts): Table => ({
  key: 'declared',
  title: 'Ce que les partenaires déclarent de leurs actions',
  counted:
    'Une déclaration par ligne, telle qu’elle est dite, quelle que soit la période demandée. Rien n’est additionné.',
  columns: ['declare'],
  rows: results.flatMap((result): Row[] => {
    const action = actions.find((a) => a.id === result.actionId);
    return action
      ? [
          {
            key: String(result.id),
            label: `${action.title} : ${RESULT_UNIT_NAMES[result.unit]}, selon ${result.organisation.name}`,
            figures: { declare: statement(scope, result) },
          },
        ]
      : [];
  }),
});

const statement = (scope: Scope, r: ResultRow): Figure =>
  figure('declare', r.value, scope, [r.note || 'Non vérifié par Porte-voix.'], {
    unit: RESULT_UNIT_NAMES[r.unit],
    source: `${r.organisation.name}, d’après : ${r.source}`,
    from: r.from,
    to: r.to,
  });
