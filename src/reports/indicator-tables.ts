import { PHASES, type Phase } from '../base/words.ts';
import { ACTION_KIND_NAMES, ACTION_KINDS } from '../campaigns/action-schema.ts';
import { CHANNEL_NAMES, CHANNELS } from '../pushes/schema.ts';
import { RESOURCE_FORMAT_NAMES, RESOURCE_FORMATS } from '../resources/schema.ts';
import { type Facts, pushesWithin } from './facts.ts';
import { counted, figure, type Scope } from './figure.ts';
import * as figures from './figures.ts';
import type { Row, Table } from './tables.ts';
import type { ReportedWebinar } from './webinars.ts';

/** One communication: what it is, and in which phase; null: nobody said. */
type Done = { type: string; phase: Phase | null };

/** A webinar has the phase of the pushes that invite to it, where they agree. */
function done(
  scope: Scope,
  facts: Facts,
  webinars: readonly ReportedWebinar[],
  inviting: ReadonlyMap<string, readonly number[]>,
): Done[] {
  const { start, end } = scope.period;
  const phaseOf = (webinar: string): Phase | null => {
    const ids = inviting.get(webinar) ?? [];
    const phases = new Set(facts.pushes.filter((p) => ids.includes(p.id)).map((p) => p.phase));
    return phases.size === 1 ? ([...phases][0] ?? null) : null;
  };
  const held = webinars.filter((w) => {
    const at = new Date(w.startsAt);
    return w.state === 'tenu' && at >= start && at < end;
  });
  return [
    ...pushesWithin(facts.pushes, scope).map((p) => ({ type: p.channel, phase: p.phase })),
    ...held.map((w) => ({ type: 'tenu', phase: phaseOf(w.slug) })),
    ...facts.actions
      .filter((a) => a.cancelledAt === null && a.startsAt >= start && a.startsAt < end)
      .map((a) => ({ type: `action-${a.kind}`, phase: a.phase })),
  ];
}

const TYPES: readonly { key: string; label: string }[] = [
  ...CHANNELS.map((c) => ({ key: c as string, label: CHANNEL_NAMES[c] })),
  { key: 'tenu', label: 'webinaire tenu' },
  ...ACTION_KINDS.map((k) => ({ key: `action-${k}`, label: ACTION_KIND_NAMES[k] })),
];

const IN_PHASE = { amont: 'meneesAmont', pendant: 'meneesPendant', apres: 'meneesApres' } as const;

/** How many communications of each type, in each phase; the last line adds them up, for all are counted alike. */
export function typesTables(
  scope: Scope,
  facts: Facts,
  webinars: readonly ReportedWebinar[],
  inviting: ReadonlyMap<string, readonly number[]>,
): { types: Table; rhythm: Table } {
  const all = done(scope, facts, webinars, inviting);
  const row = (key: string, label: string, of: readonly Done[]): Row => ({
    key,
    label,
    figures: {
      ...Object.fromEntries(
        PHASES.map((phase) => [
          IN_PHASE[phase],
          figure(IN_PHASE[phase], of.filter((d) => d.phase === phase).length, scope),
        ]),
      ),
      menees: figure('menees', of.length, scope, [
        counted(of.filter((d) => d.phase === null).length, 'webinaire sans phase', 'webinaires sans phase'),
      ]),
    },
  });
  const kinds = TYPES.flatMap(({ key, label }) => {
    const of = all.filter((d) => d.type === key);
    return of.length > 0 ? [{ key, label, of }] : [];
  });
  return {
    types: {
      key: 'types',
      title: 'Par type',
      counted: 'Envois arrêtés, webinaires tenus et actions déclarées de la période, une par une.',
      columns: ['meneesAmont', 'meneesPendant', 'meneesApres', 'menees'],
      rows: kinds.length > 0 ? [...kinds.map((k) => row(k.key, k.label, k.of)), row('tout', 'tous types', all)] : [],
    },
    rhythm: {
      key: 'rhythm',
      title: 'Fréquence par type',
      counted: 'Chaque type divisé par la même durée : celle de la période.',
      columns: ['menees', 'rythme'],
      rows: kinds.map(({ key, label, of }) => ({
        key,
        label,
        figures: {
          menees: figure('menees', of.length, scope),
          rythme: figure('rythme', figures.perMonth(scope, of.length), scope),
        },
      })),
    },
  };
}

/** Slugs of the resources that a push of the window carried, in one phase or in all. */
function carried(scope: Scope, facts: Facts, phase?: Phase): Set<string> {
  const pushes = pushesWithin(facts.pushes, scope).filter((p) => phase === undefined || p.phase === phase);
  return new Set(pushes.flatMap((p) => p.resources));
}

export function supportTables(scope: Scope, facts: Facts): { formats: Table; phases: Table } {
  const spread = carried(scope, facts);
  const sum = (of: (r: Facts['resources'][number]) => number): number => facts.resources.reduce((n, r) => n + of(r), 0);
  const row = (key: string, label: string, has: (format: string) => boolean): Row => ({
    key,
    label,
    figures: {
      supports: figure(
        'supports',
        sum((r) => r.formats.filter(has).length),
        scope,
      ),
      supportsOuverts: figure(
        'supportsOuverts',
        sum((r) => r.opened.filter(has).length),
        scope,
      ),
      supportsDiffuses: figure(
        'supportsDiffuses',
        sum((r) => (spread.has(r.slug) ? r.formats.filter(has).length : 0)),
        scope,
      ),
    },
  });
  const formats = RESOURCE_FORMATS.filter((f) => facts.resources.some((r) => r.formats.includes(f)));
  return {
    formats: {
      key: 'formats',
      title: 'Par format',
      counted: 'Un format d’une ressource est un support. Une ressource sans format dit n’en compte aucun.',
      columns: ['supports', 'supportsOuverts', 'supportsDiffuses'],
      rows:
        formats.length > 0
          ? [
              ...formats.map((f) => row(f, RESOURCE_FORMAT_NAMES[f], (x) => x === f)),
              row('tout', 'tous formats', () => true),
            ]
          : [],
    },
    phases: {
      key: 'spread-phase',
      title: 'Diffusion par phase',
      counted: 'Une ressource portée dans deux phases compte dans chacune.',
      columns: ['ressourcesDiffusees', 'supportsDiffuses'],
      rows: PHASES.flatMap((phase) => {
        const slugs = carried(scope, facts, phase);
        const of = facts.resources.filter((r) => slugs.has(r.slug));
        return of.length === 0
          ? []
          : [
              {
                key: phase,
                label: PHASE_LABELS[phase],
                figures: {
                  ressourcesDiffusees: figure('ressourcesDiffusees', of.length, scope),
                  supportsDiffuses: figure(
                    'supportsDiffuses',
                    of.reduce((n, r) => n + r.formats.length, 0),
                    scope,
                  ),
                },
              },
            ];
      }),
    },
  };
}

const PHASE_LABELS: Record<Phase, string> = { amont: 'amont', pendant: 'pendant', apres: 'après finalisation' };
