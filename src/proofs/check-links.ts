import { ipOf, isPublicAddress } from '../base/public-address.ts';
import { at, blocksOf, type WrittenLink, whereIs } from './check-blocks.ts';
import { type Finding, folded, quoted, type VariantCheck } from './check-schema.ts';
import { elementsOf, pageOf, wordsOf } from './check-tree.ts';

/** What can be said of a link without asking anybody. */

type Flaw = Omit<Finding, 'place' | 'block'>;

/** Names that never leave a private network (RFC 6761, 6762, 8375) and those people give to their own. */
const PRIVATE_NAMES = /(?:^|\.)(?:localhost|local|internal|intranet|lan|home|corp|private|home\.arpa|test|invalid)$/;
/** Sites still being made, by a part of their name before the domain itself; then services that show a work in progress. */
const DRAFT_PARTS = new Set('staging stage preprod preproduction preview recette uat dev'.split(' '));
const DRAFT_HOSTS =
  /--[^.]+\.netlify\.app$|-git-[^.]+\.vercel\.app$|\.(?:ngrok\.io|ngrok-free\.app|ngrok\.app|trycloudflare\.com|loca\.lt|gitpod\.io|github\.dev)$/;
const isDraft = (host: string): boolean =>
  DRAFT_HOSTS.test(host) ||
  host
    .split('.')
    .slice(0, -2)
    .some((label) => DRAFT_PARTS.has(label) || label.split('-').some((part) => DRAFT_PARTS.has(part)));
const SHORTENERS = new Set(
  'bit.ly tinyurl.com t.co goo.gl ow.ly buff.ly is.gd cutt.ly rebrand.ly lnkd.in urlz.fr shorturl.at tiny.cc rb.gy t.ly urlr.me miniurl.be v.gd'.split(
    ' ',
  ),
);
const EXAMPLES = /(?:^|\.)(?:example|example\.(?:com|org|net))$/;

const hostOf = (url: URL): string => url.hostname.replace(/\.$/, '');

/** Why nobody outside could open this address; null when they may. */
function insideOf(url: URL): string | null {
  const [host, ip] = [hostOf(url), ipOf(url.hostname)];
  if (ip) return isPublicAddress(ip) ? null : 'une adresse de réseau interne';
  if (PRIVATE_NAMES.test(host) || !host.includes('.')) return 'un nom qui n’existe que sur un réseau interne';
  if (isDraft(host)) return 'un site en préparation';
  if (url.searchParams.get('preview') === 'true') return 'un brouillon que seuls ses auteurs peuvent ouvrir';
  return null;
}

const malformed = (url: string, label: string): Flaw => ({
  code: 'lien_mal_forme',
  level: 'bloquant',
  message: `Le lien ${quoted(label || url)} mène à ${quoted(url)}, qui n’est pas une adresse.`,
  remedy: 'Donnez une adresse complète, qui commence par https://, ou retirez le lien.',
});

/** The flaws of one address as its author wrote it; `demo`: addresses in .example stand for real ones. */
export function flawsOf({ url: typed, label }: WrittenLink, demo: boolean): Flaw[] {
  const url = URL.parse(typed.trim());
  if (url && (url.protocol === 'file:' || /^[a-z]:$/.test(url.protocol)))
    return [
      {
        code: 'lien_interne',
        level: 'bloquant',
        message: `Le lien ${quoted(label)} mène à un fichier de votre ordinateur ou de votre réseau.`,
        remedy: 'Publiez ce fichier sur une page, puis donnez son adresse en https://.',
      },
    ];
  if (url?.protocol === 'mailto:')
    return /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(decodeURIComponentSafe(url.pathname)) ? [] : [malformed(typed, label)];
  if (url?.protocol === 'tel:')
    return /^\+?[\d().\s-]{3,}$/.test(decodeURIComponentSafe(url.pathname)) ? [] : [malformed(typed, label)];
  if (!url || !/^https?:$/.test(url.protocol) || !/^https?:\/\//i.test(typed.trim())) return [malformed(typed, label)];
  const flaws: Flaw[] = [];
  if (url.username || url.password) flaws.push(malformed(typed.replace(/\/\/[^@/]*@/, '//…@'), label));
  const inside = insideOf(url);
  if (inside)
    flaws.push({
      code: 'lien_interne',
      level: 'bloquant',
      message: `Le lien ${quoted(label)} mène à ${quoted(url.host)}, ${inside} : vos destinataires ne pourront pas l’ouvrir.`,
      remedy: 'Donnez l’adresse publique de la page.',
    });
  else if (ipOf(url.hostname) || (EXAMPLES.test(hostOf(url)) && !demo))
    flaws.push({
      code: 'lien_provisoire',
      level: 'a_voir',
      message: `Le lien ${quoted(label)} mène à ${quoted(url.host)}, qui ressemble à une adresse provisoire.`,
      remedy: 'Donnez l’adresse définitive, avec le nom du site.',
    });
  if (url.protocol === 'http:' && !inside)
    flaws.push({
      code: 'lien_http',
      level: 'a_voir',
      message: `Le lien ${quoted(label)} commence par http:// : il n’est pas protégé, et certains navigateurs avertissent le lecteur.`,
      remedy: 'Remplacez http:// par https:// si le site le permet.',
    });
  if (SHORTENERS.has(hostOf(url).replace(/^www\./, '')))
    flaws.push({
      code: 'lien_raccourci',
      level: 'a_voir',
      message: `Le lien ${quoted(label)} passe par ${quoted(hostOf(url))}, qui cache sa destination : les filtres s’en méfient.`,
      remedy: 'Donnez l’adresse de la page elle-même : elle est déjà raccourcie et suivie ici.',
    });
  return flaws;
}

function decodeURIComponentSafe(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // A stray « % »: judged as it stands.
    return text;
  }
}

/** Words that say nothing once read alone, as a screen reader's list of links does (A11Y-20). */
const VAGUE = new Set(
  [
    'ici',
    'la',
    'lien',
    'le lien',
    'ce lien',
    'lien ici',
    'cliquez ici',
    'cliquer ici',
    'cliquez',
    'clic',
    'par ici',
    'cliquez sur ce lien',
    'cliquez la',
    'en savoir plus',
    'en savoir +',
    'savoir plus',
    "plus d'infos",
    'plus d’informations',
    "plus d'informations",
    'plus',
    'lire la suite',
    'la suite',
    'lire plus',
    'lire',
    'voir plus',
    'voir',
    'suite',
    'decouvrir',
    'je decouvre',
    'telecharger',
    "j'y vais",
    'details',
    'click here',
    'read more',
    'cette page',
    'ce site',
    'acceder',
  ].map((words) => folded(words)),
);

const isVague = (label: string): boolean =>
  VAGUE.has(
    folded(label)
      .replace(/[«»"“”→>!….:]/g, ' ')
      .replace(/\s+/g, ' ')
      .trim(),
  );

const vague = (label: string): Flaw => ({
  code: 'lien_texte_vague',
  level: 'a_voir',
  message: `Le lien ${quoted(label)} ne dit pas où il mène, une fois lu hors de sa phrase.`,
  remedy: 'Nommez la page dans le texte du lien : « Lire l’étude », « S’inscrire au webinaire du 12 mars ».',
});

/**
 * Every link the author wrote: malformed, internal, unprotected, hidden, vague (A11Y-20). Where the service's own pages stand
 * nobody wrote: `checkServiceAddress` says once that nobody outside can open them.
 */
export const checkWrittenLinks =
  (demo: boolean): VariantCheck =>
  (variant) =>
    blocksOf(variant).flatMap((block) =>
      block.links.flatMap((link) =>
        [
          ...(link.url.startsWith(`${variant.input.publicUrl}/`) ? [] : flawsOf(link, demo)),
          ...(isVague(link.label) ? [vague(link.label)] : []),
        ].map((flaw) => ({ ...flaw, ...at(block) })),
      ),
    );

/** Where the campaign counts clicks, a link that leaves as it is brings none (the frame's own links apart). */
export const checkTracking: VariantCheck = (variant, { linkMode }) => {
  const { publicUrl, organisation } = variant.input;
  if (linkMode === 'direct') return [];
  return [...elementsOf(pageOf(variant.rendered))].flatMap((element) => {
    const href = element.name === 'a' ? (element.attributes.href ?? '') : '';
    if (!/^https?:/i.test(href) || href.startsWith(publicUrl) || href.startsWith(organisation.privacyContact || '\0'))
      return [];
    return [
      {
        code: 'lien_non_suivi',
        level: 'a_voir' as const,
        ...whereIs(variant, wordsOf(element)),
        message: `Le lien ${quoted(wordsOf(element) || href)} part sans suivi, alors que la campagne compte les clics.`,
        remedy: 'Enregistrez de nouveau ce bloc ; si cela reste, prévenez l’administrateur du service.',
      },
    ];
  });
};
