import type { Resolver } from '../mail/resolver.ts';
import { type Finding, good, toMend } from './schema.ts';

/** RFC 7208 §4.6.4: more makes the whole record void at every receiver. */
const MAX_LOOKUPS = 10;
const MAX_VOIDS = 2;
const NAME = 'SPF';

type Walk = { lookups: number; voids: number; broken: string | null; all: string | null };

const isSpf = (record: string): boolean => /^v=spf1( |$)/i.test(record);

/**
 * The SPF record of the domain that stands in the envelope: one only, within the lookups that receivers allow, counted
 * the whole way down as if nothing matched before the end (the worst case is the one that fails on a busy day).
 */
export async function checkSpf(domain: string, resolver: Pick<Resolver, 'txt' | 'mx' | 'addresses'>): Promise<Finding> {
  const records = (await resolver.txt(domain)).filter(isSpf);
  const [record] = records;
  if (record === undefined)
    return toMend(
      NAME,
      `Aucun enregistrement SPF sur ${domain}.`,
      `Ajouter sur ${domain} un enregistrement TXT « v=spf1 include:… ~all », où include: nomme le serveur qui envoie (votre hébergeur de messagerie le donne).`,
    );
  if (records.length > 1)
    return toMend(
      NAME,
      `${records.length} enregistrements SPF sur ${domain} : les destinataires n’en lisent alors aucun.`,
      'Les réunir en un seul enregistrement TXT qui commence par v=spf1, et supprimer les autres.',
    );
  const walk: Walk = { lookups: 0, voids: 0, broken: null, all: null };
  await follow(record, domain, resolver, walk, 0);
  return verdict(domain, record, walk);
}

function verdict(domain: string, record: string, walk: Walk): Finding {
  if (walk.broken !== null)
    return toMend(NAME, `L’enregistrement SPF de ${domain} est invalide : ${walk.broken}.`, 'Corriger cette partie.');
  if (walk.lookups > MAX_LOOKUPS)
    return toMend(
      NAME,
      `L’enregistrement SPF de ${domain} demande plus de ${MAX_LOOKUPS} recherches DNS : les destinataires le tiennent pour nul.`,
      `Retirer les include: qui ne servent plus, jusqu’à ${MAX_LOOKUPS} recherches au plus (include, a, mx, ptr, exists, redirect).`,
    );
  if (walk.voids > MAX_VOIDS)
    return toMend(
      NAME,
      `L’enregistrement SPF de ${domain} nomme ${walk.voids} serveurs ou domaines qui n’existent pas ; ${MAX_VOIDS} au plus sont tolérés.`,
      'Retirer de l’enregistrement les noms qui n’existent plus.',
    );
  if (walk.all === '+')
    return toMend(
      NAME,
      `L’enregistrement SPF de ${domain} se termine par +all : il autorise le monde entier.`,
      'Remplacer +all par ~all.',
    );
  if (walk.all === '?' || walk.all === null)
    return toMend(
      NAME,
      `L’enregistrement SPF de ${domain} ne dit pas quoi faire des autres serveurs (${record}).`,
      'Terminer l’enregistrement par ~all.',
    );
  if (walk.all === '-')
    return toMend(
      NAME,
      `L’enregistrement SPF de ${domain} se termine par -all : un message transféré par son destinataire peut être refusé.`,
      'Préférer ~all : les messages signés restent protégés par DMARC.',
    );
  return good(
    NAME,
    `Un enregistrement, ${walk.lookups} recherche${walk.lookups > 1 ? 's' : ''} DNS sur 10 : ${record}`,
  );
}

const TERM = /^([+?~-]?)(include|a|mx|ptr|exists|ip4|ip6|all)(?:[:/](.*))?$/i;

async function follow(
  record: string,
  domain: string,
  resolver: Pick<Resolver, 'txt' | 'mx' | 'addresses'>,
  walk: Walk,
  depth: number,
): Promise<void> {
  const terms = record.trim().split(/\s+/).slice(1);
  let ended = false;
  let redirect: string | null = null;
  for (const term of terms) {
    // Enough is known, and a record that includes itself must not go on for ever.
    if (walk.broken !== null || walk.lookups > MAX_LOOKUPS) return;
    const modifier = /^([a-z][a-z0-9_.-]*)=(.*)$/i.exec(term);
    if (modifier) {
      if (modifier[1]?.toLowerCase() === 'redirect') redirect = modifier[2] ?? '';
      continue;
    }
    if (ended) continue;
    const [, qualifier = '', kind = '', target = ''] = TERM.exec(term) ?? [];
    if (kind === '') walk.broken = `« ${term} » n’est pas compris`;
    else if (kind.toLowerCase() === 'all') {
      ended = true;
      // What an included record says of the others is not what this one says.
      if (depth === 0) walk.all = qualifier || '+';
    } else await mechanism(kind.toLowerCase(), nameOf(term, target, domain), resolver, walk, depth);
  }
  if (redirect === null || ended || walk.broken !== null) return;
  walk.lookups += 1;
  if (walk.lookups > MAX_LOOKUPS) return;
  const next = (await resolver.txt(redirect)).filter(isSpf);
  if (next.length !== 1) walk.broken = `redirect=${redirect} mène à ${next.length} enregistrement SPF`;
  else await follow(next[0] ?? '', redirect, resolver, walk, depth);
}

/** `mx`, `mx/24`, `mx:autre.fr/24//64`: the domain meant. */
const nameOf = (term: string, target: string, domain: string): string =>
  (term.includes(':') ? target.replace(/\/.*$/, '') : '') || domain;

async function mechanism(
  kind: string,
  name: string,
  resolver: Pick<Resolver, 'txt' | 'mx' | 'addresses'>,
  walk: Walk,
  depth: number,
): Promise<void> {
  if (kind === 'ip4' || kind === 'ip6') return;
  walk.lookups += 1;
  // A name made of macros is only known for one given message: it counts, and cannot be followed.
  if (name.includes('%') || kind === 'ptr' || walk.lookups > MAX_LOOKUPS) return;
  if (kind === 'include') {
    const found = (await resolver.txt(name)).filter(isSpf);
    if (found.length !== 1) walk.broken = `include:${name} mène à ${found.length} enregistrement SPF`;
    else await follow(found[0] ?? '', name, resolver, walk, depth + 1);
    return;
  }
  const found = kind === 'mx' ? await resolver.mx(name) : await resolver.addresses(name);
  if (found.length === 0) walk.voids += 1;
  if (kind === 'mx' && found.length > 10) walk.broken = `mx:${name} nomme plus de 10 serveurs`;
}
