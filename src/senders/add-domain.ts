import { generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';
import { CONSUMER_DOMAINS } from '../base/consumer-domains.ts';
import type { Ctx } from '../base/context.ts';
import { conflict } from '../base/errors.ts';
import { randomToken, sealText } from '../base/tokens.ts';
import { type Trx, withOrganisation } from '../db/database.ts';
import { readDkimKey, selfTest } from '../mail/dkim.ts';
import { recordAudit } from '../memory/audit.ts';
import { allow } from '../organisations/permissions.ts';
import { ownOrganisation, refuseFields } from './acting.ts';
import { type DomainInput, domainSchema } from './schema.ts';

const MAX_DOMAINS = 20;
const newKeyPair = promisify(generateKeyPair);

type Key = { selector: string; pem: string; publicKey: string };

/** A name nobody uses yet, so that a key can be replaced while the old one still verifies what was sent. */
const newSelector = (): string =>
  `pv${randomToken(6)
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '0')}`;

/** RSA of 2048 bits, tried before it is kept: a key that cannot sign must never be published (D5). */
async function newKey(domain: string): Promise<Key> {
  const { privateKey } = await newKeyPair('rsa', { modulusLength: 2048 });
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const selector = newSelector();
  return { selector, pem, publicKey: await selfTest(readDkimKey({ domain, selector, pem })) };
}

/**
 * Declares a domain the organisation writes from (MAIL-11). Where Porte-voix signs, makes the key that the DNS must
 * publish. Refuses domains of mailbox providers, and one already declared.
 */
export async function addDomain(ctx: Ctx, input: DomainInput): Promise<{ id: number; domain: string }> {
  allow(ctx.actor, 'organisation.write');
  const organisationId = ownOrganisation(ctx);
  const parsed = domainSchema.safeParse(input);
  if (!parsed.success) refuseFields('domain', 'Certains champs du domaine sont à corriger.', parsed.error.issues);
  const d = parsed.data;
  const key = d.signing === 'ici' ? await newKey(d.domain) : null;
  return withOrganisation(ctx.db, organisationId, async (trx) => {
    await refuseConsumer(trx, d.domain);
    const row = await trx
      .insertInto('sender_domains')
      .values({
        organisation_id: organisationId,
        domain: d.domain,
        signing: d.signing,
        selector: key?.selector ?? '',
        private_key: key && sealText(ctx.secrets.sealing, key.pem),
        public_key: key?.publicKey ?? null,
        bounce_address: d.bounceAddress,
        created_at: ctx.now(),
        updated_at: ctx.now(),
      })
      .onConflict((oc) => oc.columns(['organisation_id', 'domain']).doNothing())
      .returning(['id', 'domain'])
      .executeTakeFirst();
    if (!row)
      refuseFields('domain_known', `Le domaine ${d.domain} est déjà déclaré.`, [
        { field: 'domain', message: `${d.domain} est déjà dans la liste.` },
      ]);
    const { count } = await trx
      .selectFrom('sender_domains')
      .select((eb) => eb.fn.countAll<number>().as('count'))
      .executeTakeFirstOrThrow();
    if (count > MAX_DOMAINS)
      throw conflict('domains', `${MAX_DOMAINS} domaines au plus : retirez d’abord ceux qui ne servent plus.`);
    await recordAudit(trx, ctx, {
      action: 'sender-domain.add',
      subject: `sender-domain:${row.id}`,
      detail: { domain: row.domain, signing: d.signing },
    });
    return row;
  });
}

async function refuseConsumer(trx: Trx, domain: string): Promise<void> {
  const known = await trx.selectFrom('providers').select('provider').where('domain', '=', domain).executeTakeFirst();
  if (known || CONSUMER_DOMAINS.has(domain))
    refuseFields('domain_consumer', 'Ce domaine ne peut pas servir d’expéditeur.', [
      {
        field: 'domain',
        message: `${domain} est une messagerie grand public : écrivez depuis un domaine de votre organisation.`,
      },
    ]);
}
