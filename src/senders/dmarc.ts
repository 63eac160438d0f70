import type { Resolver } from '../mail/resolver.ts';
import { type Finding, good, toMend } from './schema.ts';
import { readTags } from './tags.ts';

export const POLICIES = ['none', 'quarantine', 'reject'] as const;
export type DmarcRecord = {
  at: string;
  text: string;
  policy: string;
  psd: string;
  /** `s` strict, anything else relaxed. */
  adkim: string;
  aspf: string;
  tags: Map<string, string>;
};
export type Walk = {
  /** From the domain up to the top, those found valid. */
  records: DmarcRecord[];
  /** Names where several records were found, all of them discarded. */
  duplicates: string[];
  /** Where the policy of this domain is read; null: none anywhere. */
  record: DmarcRecord | null;
  organisational: string;
};
type Dns = Pick<Resolver, 'txt'>;

/** RFC 9989 §4.10: how many names are asked at most. */
const MAX_LABELS = 8;
export const DMARC = 'DMARC';

/** The names asked, in order: the domain, then its parents; from eight labels on, straight to the last seven. */
export function namesUp(domain: string): string[] {
  const labels = domain.split('.');
  const names = [domain];
  const from = labels.length >= MAX_LABELS ? labels.length - (MAX_LABELS - 1) : 1;
  for (let i = from; i < labels.length; i += 1) names.push(labels.slice(i).join('.'));
  return names;
}

function readRecord(at: string, text: string): DmarcRecord | null {
  const tags = readTags(text);
  if (tags === null) return null;
  const tag = (name: string) => (tags.get(name) ?? '').toLowerCase();
  return { at, text, policy: tag('p'), psd: tag('psd'), adkim: tag('adkim'), aspf: tag('aspf'), tags };
}

async function recordAt(name: string, dns: Dns): Promise<{ record: DmarcRecord | null; several: boolean }> {
  const found = (await dns.txt(`_dmarc.${name}`)).filter((text) => /^v\s*=\s*DMARC1\s*(;|$)/.test(text));
  return { record: found.length === 1 ? readRecord(name, found[0] ?? '') : null, several: found.length > 1 };
}

/**
 * The DNS tree walk of RFC 9989 §4.10: up from the domain until a record says where the tree ends (`psd=n`, `psd=y`).
 * The organisational domain is the one marked `psd=n`; else the one below a `psd=y` that is not the start; else the
 * highest that publishes; else the domain itself. Throws `DnsTrouble`.
 */
export async function walkUp(domain: string, dns: Dns): Promise<Walk> {
  const records: DmarcRecord[] = [];
  const duplicates: string[] = [];
  for (const name of namesUp(domain)) {
    const { record, several } = await recordAt(name, dns);
    if (several) duplicates.push(name);
    if (record === null) continue;
    records.push(record);
    if (record.psd === 'n' || record.psd === 'y') break;
  }
  const organisational = organisationalOf(domain, records);
  const record =
    records.find((r) => r.at === domain) ?? records.find((r) => r.at === organisational) ?? records.at(-1) ?? null;
  return { records, duplicates, record, organisational };
}

function organisationalOf(domain: string, records: DmarcRecord[]): string {
  const last = records.at(-1);
  if (!last) return domain;
  if (last.psd === 'y' && last.at !== domain)
    return domain
      .split('.')
      .slice(-(last.at.split('.').length + 1))
      .join('.');
  return last.at;
}

/** Whether a domain that was authenticated speaks for the one in From: the same, or of the same organisation. */
export async function aligned(from: string, authenticated: string, strict: boolean, dns: Dns): Promise<boolean> {
  if (from === authenticated) return true;
  if (strict) return false;
  const [a, b] = await Promise.all([walkUp(from, dns), walkUp(authenticated, dns)]);
  return a.organisational === b.organisational;
}

/** What applies to this domain: a subdomain may be ruled by the `sp` of a record higher up. */
const policyFor = (domain: string, record: DmarcRecord): string => {
  const own = record.at === domain ? '' : (record.tags.get('sp') ?? '').toLowerCase();
  const policy = own || record.policy;
  // RFC 9989 §4.7: an unreadable policy with an address for reports counts as none.
  return (POLICIES as readonly string[]).includes(policy) ? policy : record.tags.has('rua') ? 'none' : '';
};

export const suggestedRecord = (domain: string): string => `v=DMARC1; p=none; rua=mailto:dmarc@${domain}`;

/** The DMARC record that receivers apply to this domain, read the way RFC 9989 reads it. */
export function checkDmarc(domain: string, walk: Walk): Finding {
  const { record } = walk;
  const [twice] = walk.duplicates;
  if (twice !== undefined)
    return toMend(
      DMARC,
      `Plusieurs enregistrements DMARC sur _dmarc.${twice} : les destinataires n’en lisent aucun.`,
      'N’en garder qu’un.',
    );
  if (record === null)
    return toMend(
      DMARC,
      `Aucun enregistrement DMARC pour ${domain} : Gmail, Yahoo et Outlook l’exigent de qui écrit à beaucoup de monde.`,
      `Ajouter sur _dmarc.${domain} un enregistrement TXT « ${suggestedRecord(domain)} » (l’adresse reçoit les rapports).`,
    );
  const policy = policyFor(domain, record);
  if (policy === '')
    return toMend(
      DMARC,
      `L’enregistrement DMARC de ${record.at} n’a pas de politique lisible (p=${record.tags.get('p') ?? ''}).`,
      'Écrire p=none, p=quarantine ou p=reject.',
    );
  const where = `${record.at === domain ? '' : `lu sur ${record.at}, `}politique « ${policy} »`;
  if (record.tags.has('pct'))
    return toMend(
      DMARC,
      `Enregistrement DMARC trouvé (${where}), avec pct= qui n’existe plus depuis la norme de 2026 (RFC 9989).`,
      'Retirer pct= ; pour un essai, écrire t=y à la place.',
    );
  if ((record.tags.get('t') ?? '').toLowerCase() === 'y')
    return toMend(
      DMARC,
      `Enregistrement DMARC trouvé (${where}), en mode d’essai (t=y) : la politique n’est pas appliquée.`,
      'Retirer t=y une fois les rapports relus.',
    );
  if (record.at === domain && record.psd === 'y')
    return toMend(
      DMARC,
      `L’enregistrement DMARC de ${domain} porte psd=y, réservé aux suffixes publics comme gouv.fr.`,
      'Retirer psd=y, ou écrire psd=n.',
    );
  return good(DMARC, `Un enregistrement, ${where} : ${record.text}`);
}
