import { type Features, featuresOf } from './features.ts';

/** Kept with each hit and shown with each figure: figures made by different rules are not compared unawares. */
export const RULE_VERSION = 1;

export const CLASSES = ['scanner', 'suspect', 'inconnu', 'qualifie', 'confirme'] as const;
export type HitClass = (typeof CLASSES)[number];
/** The classes a reader's click may have: what is counted (BOT-01). */
export const RETAINED: readonly HitClass[] = ['inconnu', 'qualifie', 'confirme'];

/** What other hits around one hit say of it. `burst`: the threshold of links of one message within 10 s it reached, or 1. */
export type Surroundings = { burst: number; unsubscribe: boolean };

export type Rule = {
  rule: string;
  class: HitClass;
  reason: string;
  applies: (features: Features, around: Surroundings) => boolean;
};

export const BURST_WINDOW_MS = 10_000;
export const UNSUBSCRIBE_WINDOW_MS = 60_000;
/** A hit is judged only when everything that could speak against it has had time to come (BOT-03). */
export const DECISION_DELAY_MS = 60_000;
export const BURST_SUSPECT = 3;
export const BURST_SCANNER = 5;

/** In order: the first that applies decides. The reason is what a reader of the report is told. */
export const RULES: readonly Rule[] = [
  {
    rule: 'methode',
    class: 'scanner',
    reason: 'Requête qui ne demande pas la page (HEAD ou OPTIONS) : un contrôle automatique de lien.',
    applies: (f) => f.method !== 'GET',
  },
  {
    rule: 'prechargement',
    class: 'scanner',
    reason: 'Préchargement : le navigateur a pris de l’avance, personne n’a cliqué.',
    applies: (f) => f.prefetch,
  },
  {
    rule: 'sans-navigateur',
    class: 'scanner',
    reason: 'Requête qui ne dit pas de quel navigateur elle vient.',
    applies: (f) => f.family === 'aucun',
  },
  {
    rule: 'robot-declare',
    class: 'scanner',
    reason: 'Robot qui se présente comme tel.',
    applies: (f) => f.bot !== null,
  },
  {
    rule: 'rafale',
    class: 'scanner',
    reason: 'Au moins cinq liens différents d’un même message ouverts en dix secondes depuis un même réseau.',
    applies: (_, a) => a.burst >= BURST_SCANNER,
  },
  {
    rule: 'rafale-courte',
    class: 'suspect',
    reason: 'Trois ou quatre liens différents d’un même message ouverts en dix secondes depuis un même réseau.',
    applies: (_, a) => a.burst >= BURST_SUSPECT,
  },
  {
    rule: 'desinscription',
    class: 'suspect',
    reason: 'La page de désinscription a été ouverte, sans suite, à moins d’une minute depuis le même réseau.',
    applies: (_, a) => a.unsubscribe,
  },
  {
    rule: 'aucune',
    class: 'inconnu',
    reason: 'Aucun signe d’automate : compté comme un clic, sans certitude que ce soit une personne.',
    applies: () => true,
  },
];

export type Verdict = { class: HitClass; reason: string; rule: string };

export function classify(features: Features, around: Surroundings): Verdict {
  const found = RULES.find((r) => r.applies(features, around));
  if (!found) throw new Error('the last rule applies to everything');
  return { class: found.class, reason: found.reason, rule: found.rule };
}

/** The sentence of a rule as it is kept with a hit; a rule that has been retired keeps its bare name. */
export const reasonOf = (rule: string): string => RULES.find((r) => r.rule === rule)?.reason ?? rule;

const ALONE: Surroundings = { burst: 1, unsubscribe: false };

/** What one GET with this user agent, alone, is taken for, and why. */
export function inspectUserAgent(userAgent: string): Verdict & { input: string } {
  return { input: userAgent, ...classify(featuresOf('GET', { userAgent }), ALONE) };
}
