import type { Ctx } from '../base/context.ts';
import { conflict, invalid } from '../base/errors.ts';
import { withOrganisation } from '../db/database.ts';
import { readMessage } from '../mail/read-message.ts';
import { DnsTrouble, type Resolver } from '../mail/resolver.ts';
import { type ReadSignature, readSignatures } from '../mail/verify-dkim.ts';
import { allow } from '../organisations/permissions.ts';
import { ownOrganisation } from './acting.ts';
import { type Checked, readDomain } from './check-domain.ts';
import { keyName } from './dkim-record.ts';
import { aligned } from './dmarc.ts';
import { examine } from './examine.ts';
import { factsOf } from './health.ts';
import { keepHealth } from './keep-health.ts';
import { domainOf } from './schema.ts';
import { readTags } from './tags.ts';
import { isTrialOf } from './trial-message.ts';

const MAX_BYTES = 200_000;
/** RFC 8058: without them under the signature, the one-click unsubscription is ignored. */
const MUST_COVER = ['from', 'list-unsubscribe', 'list-unsubscribe-post'];

const refuse = (text: string) => invalid('proof', text, [{ field: 'message', message: text }]);

/**
 * A relay that signs is believed on what it signed (MAIL-02): the trial message, as it came in. Its signature must
 * verify, cover both unsubscribe headers, and be of a domain that speaks for this one. What was seen is then what the
 * daily check expects to find. Throws a Refusal `proof` with what is missing.
 */
export async function proveSignature(ctx: Ctx, id: number, message: Buffer, resolver: Resolver): Promise<Checked> {
  allow(ctx.actor, 'organisation.write');
  const organisationId = ownOrganisation(ctx);
  const { row, facts } = await withOrganisation(ctx.db, organisationId, async (trx) => {
    const row = await readDomain(trx, organisationId, id);
    return { row, facts: await factsOf(trx, ctx, row) };
  });
  if (row.signing !== 'relais')
    throw conflict('signed_here', 'Porte-voix signe les messages de ce domaine : il n’y a rien à déposer.');
  await refuseOther(ctx, organisationId, row.domain, message);
  const signature = await signatureFor(row.domain, message, resolver);
  const proof = { domain: signature.domain, selector: signature.selector, at: ctx.now().toISOString() };
  const examined = await examine({ ...facts, proof }, resolver);
  return withOrganisation(ctx.db, organisationId, async (trx) => {
    const verified = await keepHealth(trx, ctx, row, examined, proof);
    return { domain: row.domain, verified, checks: examined.checks };
  });
}

async function refuseOther(ctx: Ctx, organisationId: number, domain: string, message: Buffer): Promise<void> {
  if (message.length === 0 || message.length > MAX_BYTES)
    throw refuse('Déposez le message d’essai tel qu’il est arrivé (fichier .eml, 200 Ko au plus).');
  const mail = await readMessage(message);
  if (!isTrialOf(ctx.secrets, organisationId, mail.unsubscribe?.href ?? null))
    throw refuse('Ce fichier n’est pas le message d’essai de votre organisation, ou il a été modifié en chemin.');
  const from = /<([^<>]+)>\s*$/.exec(mail.from)?.[1] ?? mail.from;
  if (domainOf(from) !== domain)
    throw refuse(`Ce message d’essai vient de ${domainOf(from)} : écrivez d’abord depuis une adresse de ${domain}.`);
}

async function signatureFor(domain: string, message: Buffer, resolver: Resolver): Promise<ReadSignature> {
  try {
    const signatures = await readSignatures(message, async (d, selector) => {
      const texts = await resolver.txt(keyName(d, selector));
      const [p] = texts.map((text) => readTags(text)?.get('p')?.replace(/\s+/g, ''));
      return texts.length === 1 && p ? p : null;
    });
    if (signatures.length === 0)
      throw refuse('Ce message n’est pas signé : demandez au gestionnaire du serveur d’activer la signature DKIM.');
    for (const signature of signatures)
      if (signature.wrong === null && (await aligned(domain, signature.domain, false, resolver)))
        return covering(signature);
    throw refuse(
      `Aucune signature de ce message ne vaut pour ${domain} : ${signatures
        .map((s) => `${s.domain || 'domaine absent'} (${s.wrong ?? 'autre domaine'})`)
        .join(', ')}.`,
    );
  } catch (error) {
    if (error instanceof DnsTrouble)
      throw refuse(`La signature n’a pas pu être vérifiée : ${error.message}. Réessayez.`);
    throw error;
  }
}

function covering(signature: ReadSignature): ReadSignature {
  const missing = MUST_COVER.filter((name) => !signature.covered.includes(name));
  if (missing.length === 0) return signature;
  throw refuse(
    `La signature de ${signature.domain} ne couvre pas ${missing.join(', ')} : la désinscription en un clic serait ignorée. Demandez au gestionnaire du serveur d’ajouter ces en-têtes à la signature.`,
  );
}
