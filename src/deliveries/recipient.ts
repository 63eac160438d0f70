import type { Ctx } from '../base/context.ts';
import { openId } from '../base/tokens.ts';
import type { LinkMode } from '../campaigns/schema.ts';
import { takeNamesOff } from '../contacts/click-names.ts';
import { recordSuppression } from '../contacts/suppress.ts';
import { acrossOrganisations, type Trx } from '../db/database.ts';
import { recordAudit } from '../memory/audit.ts';

type Instance = Pick<Ctx, 'db' | 'secrets' | 'now'>;

/** Who holds a link of a message: never a name or an address, only what the page must say. */
export type Recipient = {
  deliveryId: number;
  organisationId: number;
  organisation: string;
  privacyContact: string;
  campaignId: number;
  campaign: string;
  campaignSlug: string;
  identity: { colour: string; accent: string };
  tagline: string;
  /** Already left: this campaign, or everything of this organisation. */
  left: { campaign: boolean; organisation: boolean };
  /** Their last word to this organisation on being counted by name; null: none yet, which means no. */
  measure: 'granted' | 'refused' | null;
  /** How this campaign follows links, and its smallest group. */
  linkMode: LinkMode;
  k: number;
};

/** The row behind an unsubscribe or preferences link; null for anything forged or of another purpose. The token never expires (MAIL-05). */
export async function recipientOf(
  instance: Instance,
  purpose: 'unsubscribe' | 'preferences',
  token: string,
): Promise<Recipient | null> {
  const id = openId(instance.secrets.unsubscribe, purpose, token);
  if (id === null) return null;
  return acrossOrganisations(instance.db, async (trx) => {
    const row = await trx
      .selectFrom('deliveries as d')
      .innerJoin('organisations as o', 'o.id', 'd.organisation_id')
      .innerJoin('campaigns as c', 'c.id', 'd.campaign_id')
      .select([
        'd.id',
        'd.organisation_id',
        'd.campaign_id',
        'd.address_hash',
        'o.name as organisation',
        'o.privacy_contact',
        'c.name as campaign',
        'c.slug',
        'c.identity',
        'c.tagline',
        'c.link_mode',
        'c.k',
      ])
      .where('d.id', '=', id)
      .executeTakeFirst();
    if (!row) return null;
    const suppressed = await trx
      .selectFrom('suppressions')
      .select(['scope', 'organisation_id', 'campaign_id'])
      .where('address_hash', '=', row.address_hash)
      .execute();
    return {
      deliveryId: row.id,
      organisationId: row.organisation_id,
      organisation: row.organisation,
      privacyContact: row.privacy_contact,
      campaignId: row.campaign_id,
      campaign: row.campaign,
      campaignSlug: row.slug,
      identity: row.identity as Recipient['identity'],
      tagline: row.tagline,
      left: {
        campaign: suppressed.some((s) => s.scope === 'campagne' && s.campaign_id === row.campaign_id),
        organisation: suppressed.some((s) => s.scope === 'organisation' && s.organisation_id === row.organisation_id),
      },
      measure: await clickConsent(trx, row.organisation_id, row.address_hash),
      linkMode: row.link_mode as LinkMode,
      k: row.k,
    };
  });
}

/**
 * Leaves the campaign (what one click means, for all its organisations: MAIL-04) or everything an organisation sends.
 * By keyed hash, at once, and again without effect (PRV-40, 41).
 */
export async function unsubscribe(
  instance: Instance,
  recipient: Recipient,
  scope: 'campagne' | 'organisation',
): Promise<void> {
  await acrossOrganisations(instance.db, async (trx) => {
    const row = await trx
      .selectFrom('deliveries')
      .select('address_hash')
      .where('id', '=', recipient.deliveryId)
      .executeTakeFirstOrThrow();
    const where =
      scope === 'organisation'
        ? { scope, organisationId: recipient.organisationId }
        : { scope, organisationId: null, campaignId: recipient.campaignId };
    const added = await recordSuppression(trx, {
      ...where,
      addressHash: row.address_hash,
      reason: 'desinscrit',
      source: 'lien du message',
      at: instance.now(),
    });
    // Asked a thousand times, it is written once: whoever holds a link must not be able to fill the log.
    if (added) await auditRecipient(trx, instance, recipient, `unsubscribe.${scope}`);
  });
}

/**
 * Records a choice about measurement: apart from receiving messages, and kept as evidence (PRV-03, D3). A no takes the name
 * off what was counted under it (PRV-10). The same choice again adds nothing.
 */
export async function chooseMeasurement(
  instance: Instance,
  recipient: Recipient,
  granted: boolean,
  wording: string,
): Promise<void> {
  await acrossOrganisations(instance.db, async (trx) => {
    const row = await trx
      .selectFrom('deliveries')
      .select('address_hash')
      .where('id', '=', recipient.deliveryId)
      .executeTakeFirstOrThrow();
    const value = granted ? 'granted' : 'refused';
    if ((await clickConsent(trx, recipient.organisationId, row.address_hash)) === value) return;
    await trx
      .insertInto('consents')
      .values({
        organisation_id: recipient.organisationId,
        address_hash: row.address_hash,
        purpose: 'mesure_clic',
        value,
        wording,
        source: 'page de préférences',
        actor: 'destinataire',
        at: instance.now(),
      })
      .execute();
    if (!granted) await takeNamesOff(trx, { organisationId: recipient.organisationId, hashes: [row.address_hash] });
    await auditRecipient(trx, instance, recipient, 'measurement.choose');
  });
}

/** The last word of the person to this organisation; null before the first one. */
const clickConsent = async (trx: Trx, organisationId: number, hash: Buffer): Promise<Recipient['measure']> =>
  ((
    await trx
      .selectFrom('consents')
      .select('value')
      .where('organisation_id', '=', organisationId)
      .where('address_hash', '=', hash)
      .where('purpose', '=', 'mesure_clic')
      .orderBy('id', 'desc')
      .limit(1)
      .executeTakeFirst()
  )?.value as Recipient['measure'] | undefined) ?? null;

const auditRecipient = (trx: Trx, instance: Instance, recipient: Recipient, action: string) =>
  recordAudit(
    trx,
    { now: instance.now, actor: { kind: 'command', name: 'destinataire', organisationId: recipient.organisationId } },
    { action, subject: `delivery:${recipient.deliveryId}` },
  );
