import { PHASE_NAMES, PHASES, type Phase } from '../base/words.ts';
import { CHANNEL_NAMES, CHANNELS, type Channel } from '../pushes/schema.ts';
import { sumClicks } from './click-counts.ts';
import type { PushFacts } from './facts.ts';
import { pushesWithin } from './facts.ts';
import { figure, type Scope } from './figure.ts';
import * as figures from './figures.ts';
import { peopleBehind } from './ledger-counts.ts';
import { type Line, publishableLines, SEVERAL } from './lines.ts';
import { type Counts, mergedUnder, type Row, type Table } from './tables.ts';
import type { Touched } from './touched-addresses.ts';

/** Tables whose lines are made of whole pushes: by channel, by phase, by link. */

type Told = { scope: Scope; counts: Counts; pushes: readonly PushFacts[] };

/** What a set of pushes sent and brought. */
function pushFigures({ scope, counts, pushes }: Told): Row['figures'] {
  const ids = new Set(pushes.map((p) => p.id));
  const ledger = counts.ledger.filter((r) => ids.has(r.push));
  const clicks = sumClicks(counts.clicks.groups.filter((r) => ids.has(r.push)));
  const sent = pushesWithin(pushes, scope).length;
  return {
    envois: figures.envois(scope, sent),
    frequence: figures.frequence(scope, sent),
    adresses: figures.adresses(
      scope,
      ledger.filter((r) => r.state !== 'set_apart'),
    ),
    distribues: figures.distribues(scope, ledger),
    clics: figures.clics(scope, clicks),
    clicsDouteux: figures.clicsDouteux(scope, clicks),
    clicsPour100: figures.clicsPour100(scope, ledger, clicks),
  };
}

/** Whole pushes told together; those that wrote to nobody yet stand in no line. */
function linesOf<K extends string>(
  { scope, counts, pushes }: Told,
  keyOf: (push: PushFacts) => K,
  order: readonly K[],
  names: Record<K, string>,
  several: string,
): Line[] {
  const keys = new Map(pushes.map((p) => [p.id, keyOf(p)]));
  const people = peopleBehind(counts.ledger, (r) => keys.get(r.push));
  const candidates = order.flatMap((key) => {
    const n = people.get(key);
    return n === undefined ? [] : [{ key, label: names[key], people: n }];
  });
  const place = (line: Line) => (line.key === SEVERAL ? order.length : order.indexOf(line.key as K));
  return publishableLines(candidates, scope.k, { several }).toSorted((a, b) => place(a) - place(b));
}

export function channelTable(told: Told): Table {
  const lines = linesOf<Channel>(told, (p) => p.channel, CHANNELS, CHANNEL_NAMES, 'plusieurs canaux');
  return {
    key: 'channel',
    title: 'Par canal',
    counted: `Envoyé et cliqué, envois entiers. Ce que relais et partenaires font sur d’autres canaux se lit à part. ${mergedUnder(told.scope.k)}`,
    columns: ['envois', 'frequence', 'adresses', 'distribues', 'clics', 'clicsDouteux', 'clicsPour100'],
    rows: lines.map((line) => ({
      key: line.key,
      label: line.label,
      figures: pushFigures({ ...told, pushes: told.pushes.filter((p) => line.members.includes(p.channel)) }),
    })),
  };
}

export function phaseTable(told: Told, touched: Touched): Table {
  const lines = linesOf<Phase>(told, (p) => p.phase, PHASES, PHASE_NAMES, 'plusieurs phases');
  const touchedIn = (line: Line) =>
    line.members.length > 1
      ? figure('touches', null, told.scope, ['Des adresses différentes ne s’additionnent pas d’une phase à l’autre.'])
      : figures.touches(told.scope, touched.phase.get(line.key) ?? 0);
  return {
    key: 'phase',
    title: 'Par phase',
    counted: `Envoyé et cliqué, envois entiers, selon la phase dite par qui planifie. ${mergedUnder(told.scope.k)}`,
    columns: ['envois', 'frequence', 'adresses', 'distribues', 'touches', 'clics', 'clicsDouteux', 'clicsPour100'],
    rows: lines.map((line) => ({
      key: line.key,
      label: line.label,
      figures: {
        ...pushFigures({ ...told, pushes: told.pushes.filter((p) => line.members.includes(p.phase)) }),
        touches: touchedIn(line),
      },
    })),
  };
}

/** A block for one level, in a group that mixes several (PRV-11). */
const straight = ({ k }: Scope): string =>
  `Les clics de groupes où moins de ${k} personnes reçoivent ce lien : il les mène droit à la page.`;

export function linkTable({ scope, counts }: Pick<Told, 'scope' | 'counts'>): Table {
  const clicked = Map.groupBy(counts.clicks.links, (r) => r.link);
  return {
    key: 'link',
    title: 'Par lien',
    counted: 'Cliqué : liens suivis de chaque envoi, tous destinataires ensemble.',
    columns: ['clics', 'clicsDouteux', 'clicsRobots'],
    rows: counts.links.map((link) => {
      const clicks = sumClicks(clicked.get(link.id) ?? []);
      return {
        key: String(link.id),
        label: `${link.label || link.url} (${link.push})`,
        figures: {
          clics: figures.clics(scope, clicks, link.partlyDirect ? [straight(scope)] : []),
          clicsDouteux: figures.clicsDouteux(scope, clicks),
          clicsRobots: figures.clicsRobots(scope, clicks),
        },
      };
    }),
  };
}
