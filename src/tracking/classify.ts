import { type Features, featuresOf } from './features.ts';

/** Kept with each hit and shown with each figure: figures made by different rules are not compared unawares. */
export const RULE_VERSION = 2;

export const CLASSES = ['scanner', 'suspect', 'inconnu', 'qualifie', 'confirme'] as const;
export type HitClass = (typeof CLASSES)[number];
/** The classes a reader's click may have: what is counted (BOT-01). */
export const RETAINED: readonly HitClass[] = ['inconnu', 'qualifie', 'confirme'];

/** What other hits around one hit say of it. */
export type Surroundings = {
  /** The threshold of different links of one message within 10 s that it reached, or 1. */
  burst: number;
  /** The unsubscribe page was opened beside it, and nobody pressed its button. */
  unsubscribe: boolean;
  /** How often each link of the message was asked for beside it, where all were as often; 0: they were not. */
  even: number;
  /** How many times over the people who received its link asked for it within a minute: 0, 1 or 2; `networks`: from how many. */
  crowd: number;
  networks: number;
};

/** All that is kept with a hit; one that was classed under earlier rules lacks what they did not look at. */
export type StoredFeatures = Features & Partial<Surroundings>;

export type Rule = {
  rule: string;
  class: HitClass;
  /** What a reader of the report is told, thresholds included. */
  reason: string;
  /** The version of the rules it came with. */
  since: number;
  /** What it looks at: a hit of which this is not kept cannot be judged by it. */
  needs: readonly (keyof (Features & Surroundings))[];
  applies: (evidence: Features & Surroundings) => boolean;
};

export const BURST_WINDOW_MS = 10_000;
export const UNSUBSCRIBE_WINDOW_MS = 60_000;
/** A hit is judged only when everything that could speak against it has had time to come (BOT-03). */
export const DECISION_DELAY_MS = 60_000;
export const BURST_SUSPECT = 3;
export const BURST_SCANNER = 5;
export const CROWD_WINDOW_MS = 60_000;
/**
 * All links of a message, as often each: between two silences, so that the same requests cut elsewhere are not found even
 * by chance. At least twice four links: two colleagues who share the links of one message between them are readers. Run and
 * silence together last no longer than a decision waits.
 */
export const EVEN_LINKS = 4;
export const EVEN_TIMES = 2;
export const EVEN_SILENCE_MS = 10_000;
export const EVEN_RUN_MS = 50_000;

/** In order: the first that applies decides. */
export const RULES: readonly Rule[] = [
  {
    rule: 'methode',
    class: 'scanner',
    reason: 'Requête qui ne demande pas la page (HEAD ou OPTIONS) : un contrôle automatique de lien.',
    since: 1,
    needs: ['method'],
    applies: (e) => e.method !== 'GET',
  },
  {
    rule: 'prechargement',
    class: 'scanner',
    reason: 'Préchargement : le navigateur a pris de l’avance, personne n’a cliqué.',
    since: 1,
    needs: ['prefetch'],
    applies: (e) => e.prefetch,
  },
  {
    rule: 'sans-navigateur',
    class: 'scanner',
    reason: 'Requête qui ne dit pas de quel navigateur elle vient.',
    since: 1,
    needs: ['family'],
    applies: (e) => e.family === 'aucun',
  },
  {
    rule: 'robot-declare',
    class: 'scanner',
    reason: 'Robot qui se présente comme tel.',
    since: 1,
    needs: ['bot'],
    applies: (e) => e.bot !== null,
  },
  {
    rule: 'rafale',
    class: 'scanner',
    reason: 'Au moins cinq liens différents d’un même message ouverts en dix secondes depuis un même réseau.',
    since: 1,
    needs: ['burst'],
    applies: (e) => e.burst >= BURST_SCANNER,
  },
  {
    rule: 'foule-un-reseau',
    class: 'scanner',
    reason:
      'Un même réseau a demandé un lien en une minute plus de deux fois autant qu’il y a de personnes qui l’ont reçu.',
    since: 2,
    needs: ['crowd', 'networks'],
    applies: (e) => e.crowd >= 2 && e.networks === 1,
  },
  {
    rule: 'rafale-courte',
    class: 'suspect',
    reason: 'Trois ou quatre liens différents d’un même message ouverts en dix secondes depuis un même réseau.',
    since: 1,
    needs: ['burst'],
    applies: (e) => e.burst >= BURST_SUSPECT,
  },
  {
    rule: 'desinscription',
    class: 'suspect',
    reason: 'La page de désinscription a été ouverte, sans suite, à moins d’une minute depuis le même réseau.',
    since: 1,
    needs: ['unsubscribe'],
    applies: (e) => e.unsubscribe,
  },
  {
    rule: 'liens-egaux',
    class: 'suspect',
    reason:
      'En moins d’une minute, un même réseau a demandé tous les liens d’un message (quatre ou plus) exactement autant de fois chacun, deux fois au moins.',
    since: 2,
    needs: ['even'],
    applies: (e) => e.even >= EVEN_TIMES,
  },
  {
    rule: 'foule',
    class: 'suspect',
    reason: 'En une minute, plus de requêtes sur un lien que de personnes qui l’ont reçu.',
    since: 2,
    needs: ['crowd'],
    applies: (e) => e.crowd >= 1,
  },
  {
    rule: 'aucune',
    class: 'inconnu',
    reason: 'Aucun signe d’automate : compté comme un clic, sans certitude que ce soit une personne.',
    since: 1,
    needs: [],
    applies: () => true,
  },
];

export type Verdict = { class: HitClass; reason: string; rule: string };

export function classify(evidence: Features & Surroundings): Verdict {
  const found = RULES.find((r) => r.applies(evidence));
  if (!found) throw new Error('the last rule applies to everything');
  return { class: found.class, reason: found.reason, rule: found.rule };
}

/**
 * The same from what is kept of a hit. `missing`: the first rule that would have to be asked and cannot be, what it looks at
 * not having been kept; nobody can say what comes after it.
 */
export function reclassify(kept: StoredFeatures): Verdict | { missing: string } {
  for (const rule of RULES) {
    if (rule.needs.some((name) => kept[name] === undefined)) return { missing: rule.rule };
    // What this rule looks at is there: just been tested.
    if (rule.applies(kept as Features & Surroundings))
      return { class: rule.class, reason: rule.reason, rule: rule.rule };
  }
  throw new Error('the last rule applies to everything');
}

/** The sentence of a rule as it is kept with a hit; a rule that has been retired keeps its bare name. */
export const reasonOf = (rule: string): string => RULES.find((r) => r.rule === rule)?.reason ?? rule;

/** A hit that nothing is known to surround. */
export const ALONE: Surroundings = { burst: 1, unsubscribe: false, even: 0, crowd: 0, networks: 0 };

/** What one GET with this user agent, alone, is taken for, and why. */
export function inspectUserAgent(userAgent: string): Verdict & { input: string } {
  return { input: userAgent, ...classify({ ...featuresOf('GET', { userAgent }), ...ALONE }) };
}
