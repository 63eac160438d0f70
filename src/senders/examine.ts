import { isAddress } from '../mail/network.ts';
import { DnsTrouble, type Resolver } from '../mail/resolver.ts';
import { isLoopback } from '../mail/transport.ts';
import { checkKeyRecord } from './dkim-record.ts';
import { aligned, checkDmarc, type Walk, walkUp } from './dmarc.ts';
import { blocking, domainOf, type Finding, good, type Proof, type Signing, toMend } from './schema.ts';
import { checkSpf } from './spf.ts';

/** What is known of a sender domain before the DNS is asked. */
export type Facts = {
  domain: string;
  signing: Signing;
  selector: string;
  /** What must be published, base64 SPKI; null where a relay signs. */
  publicKey: string | null;
  bounceAddress: string | null;
  proof: Proof | null;
  /** Where links in messages lead. */
  publicUrl: string;
  /** The organisation's own server; null: the instance's. */
  relayHost: string | null;
};

/** `verified`: DKIM found right and aligned; null when the DNS could not tell, so that nothing is changed for a silence. */
export type Examined = { checks: Finding[]; verified: boolean | null };

/** Looks at a domain from outside, as a recipient's server does (MAIL-10). Writes nothing; asks only `dns`. */
export async function examine(facts: Facts, dns: Resolver): Promise<Examined> {
  const returnDomain = facts.bounceAddress === null ? facts.domain : domainOf(facts.bounceAddress);
  const walk = await unlessSilent('DMARC', () => walkUp(facts.domain, dns));
  const found = 'finding' in walk ? null : walk.value;
  const key = await unlessSilent('DKIM', () => keyFindings(facts, found, dns));
  const others = await Promise.all([
    one('SPF', () => checkSpf(returnDomain, dns)),
    'finding' in walk ? walk.finding : checkDmarc(facts.domain, walk.value),
    one(ALIGNED_RETURN, () => returnAlignment(facts.domain, returnDomain, found, dns)),
    one(RETURNS, () => checkReturns(returnDomain, facts.bounceAddress, dns)),
    one(LINKS, () => checkLinks(facts.publicUrl, dns)),
    ...(facts.relayHost === null || isLoopback(facts.relayHost)
      ? []
      : [one(REVERSE, () => checkReverse(facts.relayHost ?? '', dns))]),
  ]);
  const keys = 'finding' in key ? [key.finding] : key.value;
  return {
    checks: [...keys, ...others],
    verified: 'finding' in key ? null : !keys.some((f) => f.level === 'bloquant'),
  };
}

/** A DNS that does not answer is a finding like another, and says nothing of the domain. */
async function unlessSilent<T>(name: string, look: () => Promise<T>): Promise<{ value: T } | { finding: Finding }> {
  try {
    return { value: await look() };
  } catch (error) {
    if (!(error instanceof DnsTrouble)) throw error;
    return {
      finding: toMend(name, `Non vérifié : ${error.message}.`, 'Vérifier de nouveau dans quelques minutes.'),
    };
  }
}

async function one(name: string, look: () => Promise<Finding>): Promise<Finding> {
  const looked = await unlessSilent(name, look);
  return 'finding' in looked ? looked.finding : looked.value;
}

const SIGNATURE = 'Signature';
const ALIGNED_RETURN = 'Adresse de retour (accord)';
const RETURNS = 'Adresse de retour (MX)';
const LINKS = 'Adresse des liens';
const REVERSE = 'Nom du serveur d’envoi (PTR)';

/** The key, then whether its domain speaks for the one in From. */
async function keyFindings(facts: Facts, walk: Walk | null, dns: Resolver): Promise<Finding[]> {
  const { domain, proof } = facts;
  if (facts.signing === 'ici') {
    const key = await checkKeyRecord({ domain, selector: facts.selector, ours: facts.publicKey }, dns);
    return [key, good(SIGNATURE, `Porte-voix signe au nom de ${domain}, le domaine de l’expéditeur.`)];
  }
  if (proof === null)
    return [
      blocking(
        SIGNATURE,
        'Ce que signe votre serveur d’envoi n’a pas encore été vu.',
        'Envoyer un message d’essai, l’enregistrer tel qu’il est arrivé (« Télécharger le message » ou « Enregistrer sous », fichier .eml), puis le déposer ci-dessous.',
      ),
    ];
  const key = await checkKeyRecord({ domain: proof.domain, selector: proof.selector, ours: null }, dns);
  const strict = walk?.record?.adkim === 's';
  return [
    key,
    (await aligned(domain, proof.domain, strict, dns))
      ? good(SIGNATURE, `Votre serveur d’envoi signe au nom de ${proof.domain}, en accord avec ${domain}.`)
      : blocking(
          SIGNATURE,
          `Votre serveur d’envoi signe au nom de ${proof.domain}, qui ne vaut pas pour ${domain}.`,
          `Demander à son gestionnaire de signer au nom de ${domain} (d=${domain}), ou faire signer Porte-voix.`,
        ),
  ];
}

async function returnAlignment(from: string, returned: string, walk: Walk | null, dns: Resolver): Promise<Finding> {
  const strict = walk?.record?.aspf === 's';
  return (await aligned(from, returned, strict, dns))
    ? good(ALIGNED_RETURN, `L’adresse de retour est sur ${returned}, en accord avec ${from}.`)
    : toMend(
        ALIGNED_RETURN,
        `L’adresse de retour est sur ${returned}, qui ne vaut pas pour ${from} : SPF ne comptera pas pour DMARC, la signature seule le fera.`,
        strict
          ? `Prendre une adresse de retour sur ${from} même (DMARC y demande un accord strict, aspf=s).`
          : `Prendre une adresse de retour sur ${from} ou sur un de ses sous-domaines.`,
      );
}

async function checkReturns(domain: string, address: string | null, dns: Resolver): Promise<Finding> {
  const servers = (await dns.mx(domain)).sort((a, b) => a.priority - b.priority);
  const [first] = servers;
  if (first && first.exchange !== '' && first.exchange !== '.')
    return good(RETURNS, `Les retours sur ${domain} sont reçus par ${first.exchange}.`);
  const why = address === null ? 'l’adresse de l’expéditeur' : address;
  return toMend(
    RETURNS,
    first
      ? `${domain} déclare ne recevoir aucun courrier : ce qui revient vers ${why} est perdu.`
      : `${domain} n’a pas de serveur de réception (MX) : ce qui revient vers ${why} risque d’être perdu, et certains serveurs refusent un tel expéditeur.`,
    `Ajouter un enregistrement MX sur ${domain}, ou choisir une adresse de retour sur un domaine qui reçoit du courrier.`,
  );
}

/** Links of messages lead to the instance: its name must exist and answer with a valid certificate. */
async function checkLinks(publicUrl: string, dns: Resolver): Promise<Finding> {
  const { protocol, hostname, port } = new URL(publicUrl);
  if (protocol !== 'https:')
    return toMend(
      LINKS,
      `Les liens des messages mènent à ${publicUrl}, sans chiffrement.`,
      'Donner à ce service une adresse en https (réglage PUBLIC_URL, à demander à qui l’héberge).',
    );
  const [addresses, aliases] = await Promise.all([dns.addresses(hostname), dns.cname(hostname)]);
  if (addresses.length === 0)
    return toMend(
      LINKS,
      `Les liens des messages mènent à ${hostname}, qui n’existe pas dans le DNS${aliases[0] ? ` (alias de ${aliases[0]})` : ''}.`,
      `Créer l’enregistrement de ${hostname} (à demander à qui héberge ce service).`,
    );
  const wrong = await dns.certificate(hostname, port === '' ? 443 : Number(port));
  return wrong === null
    ? good(LINKS, `Les liens des messages mènent à ${hostname}, dont le certificat est valable.`)
    : toMend(
        LINKS,
        `Les liens des messages mènent à ${hostname}, mais la connexion chiffrée échoue : ${wrong}.`,
        'Corriger le certificat (à demander à qui héberge ce service).',
      );
}

/** Only of the server mail is handed to: it may pass it on to others, whose names are not known here. */
async function checkReverse(host: string, dns: Resolver): Promise<Finding> {
  const addresses = isAddress(host) ? [host] : await dns.addresses(host);
  for (const address of addresses) {
    const names = await dns.ptr(address);
    for (const name of names)
      if ((await dns.addresses(name)).includes(address))
        return good(REVERSE, `${host} (${address}) répond au nom ${name}.`);
  }
  return toMend(
    REVERSE,
    addresses.length === 0
      ? `${host} n’a pas d’adresse dans le DNS public.`
      : `${host} n’a pas de nom inverse qui ramène à lui.`,
    'Si ce serveur remet lui-même le courrier aux destinataires, demander à son hébergeur un enregistrement PTR ; s’il passe par un autre, rien à faire.',
  );
}
