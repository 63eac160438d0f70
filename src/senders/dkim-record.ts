import { createPublicKey, type KeyObject } from 'node:crypto';
import type { Resolver } from '../mail/resolver.ts';
import { blocking, type Finding, good, toMend } from './schema.ts';
import { readTags } from './tags.ts';

const NAME = 'DKIM';
const WANTED_BITS = 2048;
const LEAST_BITS = 1024;

export const keyName = (domain: string, selector: string): string => `${selector}._domainkey.${domain}`;
/** What the DNS must say of a key; `publicKey` is the base64 of its SPKI. */
export const keyRecord = (publicKey: string): string => `v=DKIM1; k=rsa; p=${publicKey}`;
/** A TXT record holds strings of at most 255 octets (RFC 1035): as a zone file writes a longer one. */
export const zoneStrings = (record: string): string =>
  (record.match(/.{1,255}/g) ?? []).map((part) => `"${part}"`).join(' ');

function rsaKey(p: string): KeyObject | null {
  const der = Buffer.from(p, 'base64');
  for (const type of ['spki', 'pkcs1'] as const)
    try {
      const key = createPublicKey({ key: der, format: 'der', type });
      if (key.asymmetricKeyType === 'rsa') return key;
    } catch {
      // Not this form of key: RFC 6376 describes one, RFC 8301's readers accept both.
    }
  return null;
}

/**
 * The key record at a selector. `ours`: what it must be (base64), or null for the key of a relay, of which only the
 * soundness is judged. Blocking: receivers would find no valid signature. Throws `DnsTrouble`.
 */
export async function checkKeyRecord(
  { domain, selector, ours }: { domain: string; selector: string; ours: string | null },
  dns: Pick<Resolver, 'txt'>,
): Promise<Finding> {
  const name = keyName(domain, selector);
  const publish =
    ours === null
      ? 'Votre serveur d’envoi a peut-être changé de clé : faire un nouvel essai et déposer le message reçu.'
      : `Publier l’enregistrement TXT donné ci-dessous sur ${name}.`;
  const records = (await dns.txt(name)).filter((text) => /(^|;)\s*p\s*=/.test(text));
  const [text] = records;
  if (text === undefined) return blocking(NAME, `Aucune clé sur ${name}.`, publish);
  if (records.length > 1)
    return blocking(
      NAME,
      `${records.length} enregistrements sur ${name} : les destinataires peuvent lire le mauvais.`,
      'N’en garder qu’un.',
    );
  const tags = readTags(text);
  if (tags === null || (tags.has('v') && tags.get('v') !== 'DKIM1'))
    return blocking(NAME, `L’enregistrement de ${name} n’est pas une clé DKIM lisible.`, publish);
  const p = (tags.get('p') ?? '').replace(/\s+/g, '');
  if (p === '') return blocking(NAME, `La clé de ${name} est révoquée (p= est vide).`, publish);
  if (ours !== null && p !== ours)
    return blocking(
      NAME,
      `La clé publiée sur ${name} n’est pas celle qui signe ici : les signatures seraient refusées.`,
      `Remplacer cet enregistrement, en entier, par celui donné ci-dessous.`,
    );
  return judge(name, tags, p);
}

function judge(name: string, tags: Map<string, string>, p: string): Finding {
  if ((tags.get('k') ?? 'rsa').toLowerCase() !== 'rsa')
    return blocking(
      NAME,
      `La clé de ${name} n’est pas RSA (k=${tags.get('k')}) : beaucoup de destinataires ne la lisent pas.`,
      'Publier une clé RSA de 2048 bits.',
    );
  const hashes = tags.get('h')?.toLowerCase().split(':');
  if (hashes && !hashes.some((h) => h.trim() === 'sha256'))
    return blocking(
      NAME,
      `La clé de ${name} n’accepte pas SHA-256 (h=${tags.get('h')}).`,
      'Retirer h= de l’enregistrement.',
    );
  const services = tags
    .get('s')
    ?.split(':')
    .map((s) => s.trim());
  if (services && !services.includes('*') && !services.includes('email'))
    return blocking(
      NAME,
      `La clé de ${name} n’est pas faite pour le courrier (s=${tags.get('s')}).`,
      'Retirer s= de l’enregistrement.',
    );
  const bits = rsaKey(p)?.asymmetricKeyDetails?.modulusLength ?? 0;
  if (bits === 0)
    return blocking(NAME, `La clé de ${name} est illisible.`, 'La publier de nouveau, sans coupure ni espace.');
  if (bits < LEAST_BITS)
    return blocking(
      NAME,
      `La clé de ${name} a ${bits} bits : elle est refusée partout.`,
      'Publier une clé RSA de 2048 bits.',
    );
  if (bits < WANTED_BITS)
    return toMend(NAME, `La clé de ${name} a ${bits} bits.`, 'La remplacer par une clé RSA de 2048 bits.');
  if (
    tags
      .get('t')
      ?.split(':')
      .some((t) => t.trim() === 'y')
  )
    return toMend(
      NAME,
      `La clé de ${name} est en mode d’essai (t=y) : certains destinataires tiennent alors le message pour non signé.`,
      'Retirer t=y de l’enregistrement.',
    );
  return good(NAME, `La clé publiée sur ${name} est la bonne (RSA, ${bits} bits).`);
}
