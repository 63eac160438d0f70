import type { PageProbe, Probe } from '../base/probe-page.ts';
import { ipOf, isPublicAddress } from '../base/public-address.ts';
import { blocksOf, at as placeOf } from './check-blocks.ts';
import { flawsOf } from './check-links.ts';
import { type CheckedVariant, type Finding, quoted } from './check-schema.ts';

/** What pages answer: asked once for the whole push, kept by address, then said where each link stands. */

export type Verdict =
  | 'ok'
  | 'absent'
  | 'error'
  | 'dns'
  | 'tls'
  | 'refused'
  | 'restricted'
  | 'slow'
  | 'internal'
  | 'loop';
export type LinkAnswer = { verdict: Verdict; detail: string; checkedAt: Date };
export type Answers = ReadonlyMap<string, LinkAnswer>;

/** After a day an answer is too old to block anything, or to reassure. */
export const FRESH_MS = 24 * 3_600_000;

const AT_ONCE = 8;
const TOTAL_MS = 30_000;

/**
 * The pages worth asking: what the look of the address already condemns is not asked, nor are the names of a
 * demonstration, which are reserved so that they never exist (RFC 2606).
 */
export function pagesToAsk(variants: readonly CheckedVariant[], demo: boolean): string[] {
  const urls = new Set(variants.flatMap((v) => v.rendered.links.map((link) => link.url)));
  return [...urls].filter((url) => {
    const parsed = URL.parse(url);
    if (!parsed || !/^https?:$/.test(parsed.protocol)) return false;
    if (demo && /(?:^|\.)example$/.test(parsed.hostname)) return false;
    const ip = ipOf(parsed.hostname);
    return (!ip || isPublicAddress(ip)) && !flawsOf({ url, label: '' }, demo).some((f) => f.level === 'bloquant');
  });
}

const judged = (probe: Probe): { verdict: Verdict; detail: string } => {
  if (probe.kind !== 'status') return { verdict: probe.kind, detail: probe.detail };
  const { status } = probe;
  const verdict =
    status < 400 ? 'ok' : status === 404 || status === 410 ? 'absent' : status >= 500 ? 'error' : 'restricted';
  return { verdict, detail: String(status) };
};

/**
 * Asks each page, eight at once, thirty seconds in all. Null when this machine reaches nothing: then nothing is known,
 * which is no page's fault.
 */
export async function askPages(
  urls: readonly string[],
  { probe, online }: PageProbe,
  now: Date,
  totalMs = TOTAL_MS,
): Promise<Map<string, LinkAnswer> | null> {
  if (urls.length === 0) return new Map();
  const signal = AbortSignal.timeout(totalMs);
  const answers = new Map<string, LinkAnswer>();
  const left = [...urls];
  const worker = async (): Promise<void> => {
    for (let url = left.shift(); url !== undefined; url = left.shift())
      answers.set(url, { ...judged(await probe(url, signal)), checkedAt: now });
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, urls.length) }, worker));
  const unreachable = [...answers.values()].every(
    ({ verdict }) => verdict === 'dns' || verdict === 'slow' || verdict === 'refused',
  );
  return unreachable && !(await online()) ? null : answers;
}

type Said = Pick<Finding, 'code' | 'level' | 'remedy'> & { message: (label: string, detail: string) => string };

const OTHER_PAGE = 'Ouvrez ce lien, puis donnez l’adresse d’une page qui répond, ou retirez-le.';
const SAID: Record<Exclude<Verdict, 'ok'>, Said> = {
  absent: {
    code: 'lien_mort',
    level: 'bloquant',
    message: (label, status) => `Le lien ${label} mène à une page qui n’existe pas ou plus (réponse ${status}).`,
    remedy: OTHER_PAGE,
  },
  error: {
    code: 'lien_en_erreur',
    level: 'bloquant',
    message: (label, status) => `Le lien ${label} mène à un site en panne (réponse ${status}).`,
    remedy: 'Prévenez le responsable de ce site, puis vérifiez de nouveau les liens.',
  },
  dns: {
    code: 'lien_sans_site',
    level: 'bloquant',
    message: (label) => `Le lien ${label} mène à un nom de site qui n’existe pas.`,
    remedy: 'Vérifiez l’orthographe de l’adresse.',
  },
  tls: {
    code: 'lien_non_sur',
    level: 'bloquant',
    message: (label) =>
      `Le lien ${label} mène à un site dont le certificat est refusé : le lecteur verrait une alerte de sécurité.`,
    remedy: 'Prévenez le responsable de ce site, ou donnez une autre page.',
  },
  refused: {
    code: 'lien_mort',
    level: 'bloquant',
    message: (label) => `Le lien ${label} mène à un site qui ne répond pas : la connexion est refusée.`,
    remedy: OTHER_PAGE,
  },
  internal: {
    code: 'lien_interne',
    level: 'bloquant',
    message: (label) =>
      `Le lien ${label} aboutit à une adresse de réseau interne : vos destinataires ne pourront pas l’ouvrir.`,
    remedy: 'Donnez l’adresse publique de la page.',
  },
  loop: {
    code: 'lien_mort',
    level: 'bloquant',
    message: (label) => `Le lien ${label} renvoie d’adresse en adresse sans aboutir.`,
    remedy: OTHER_PAGE,
  },
  restricted: {
    code: 'lien_reserve',
    level: 'a_voir',
    message: (label, status) =>
      `Le lien ${label} mène à une page qui ne s’ouvre pas à notre vérification (réponse ${status}).`,
    remedy: 'Ouvrez-le dans une fenêtre privée : si un compte est demandé, vos destinataires seront arrêtés là.',
  },
  slow: {
    code: 'lien_lent',
    level: 'a_voir',
    message: (label) => `Le lien ${label} mène à un site qui n’a pas répondu à temps.`,
    remedy: 'Vérifiez de nouveau les liens dans quelques minutes.',
  },
};

/** The answers that are still fresh, said where each link stands. */
export const checkAnswers = (variant: CheckedVariant, answers: Answers, now: Date): Finding[] =>
  variant.rendered.links.flatMap(({ url, label }) => {
    const answer = answers.get(url);
    if (!answer || answer.verdict === 'ok' || now.getTime() - answer.checkedAt.getTime() > FRESH_MS) return [];
    const { code, level, remedy, message } = SAID[answer.verdict];
    const block = blocksOf(variant).find((b) => b.links.some((link) => link.label === label || link.url === url));
    return [
      {
        code,
        level,
        remedy,
        message: message(quoted(label), answer.detail),
        ...(block ? placeOf(block) : { place: 'Mise en page' }),
      },
    ];
  });

/** Since when all these pages are known to answer something; null when one is not, or not any more. */
export function askedAt(asked: readonly string[], answers: Answers, now: Date): Date | null {
  const instants = asked.map((url) => answers.get(url)?.checkedAt.getTime() ?? 0);
  const oldest = Math.min(...instants);
  return asked.length > 0 && now.getTime() - oldest <= FRESH_MS ? new Date(oldest) : null;
}

/** One sentence for all the links nobody asked about lately, not one for each. */
export function checkUnknown(asked: readonly string[], answers: Answers, now: Date, offline: boolean): Finding[] {
  const unknown = asked.filter((url) => {
    const answer = answers.get(url);
    return !answer || now.getTime() - answer.checkedAt.getTime() > FRESH_MS;
  });
  if (unknown.length === 0) return [];
  const many = unknown.length > 1;
  return [
    {
      code: 'liens_non_verifies',
      level: 'a_voir',
      place: 'Liens',
      message: offline
        ? `Liens non vérifiés : ce service n’a pas pu joindre Internet (${unknown.length} ${many ? 'adresses' : 'adresse'}).`
        : `${unknown.length} ${many ? 'liens n’ont pas été vérifiés' : 'lien n’a pas été vérifié'} ces dernières 24 heures.`,
      remedy: offline
        ? 'Ouvrez chaque lien vous-même, ou recommencez d’un poste relié à Internet.'
        : 'Vérifiez les liens : chaque page est appelée une fois.',
    },
  ];
}
