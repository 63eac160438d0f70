import type { Ctx } from '../base/context.ts';
import { openId, sealId } from '../base/tokens.ts';
import { acrossOrganisations } from '../db/database.ts';
import { organisersOf } from './public-webinar.ts';
import { stateOf, webinarAt } from './queries.ts';

const PURPOSE = 'inscription';

/** What the link of an invitation writes into the form beforehand; `organisation` is a slug, or empty. */
export type Prefill = { firstName: string; lastName: string; address: string; company: string; organisation: string };

/** The last part of `/webinaires/<address>/moi/<token>`: for this one purpose, never counted (PRV-12). */
export const prefillToken = (secrets: Pick<Ctx['secrets'], 'unsubscribe'>, deliveryId: number): string =>
  sealId(secrets.unsubscribe, PURPOSE, deliveryId);

/**
 * What the organisation that wrote knows of the person it wrote to, for this form and nothing else. Null for a token that
 * is forged or of another purpose, a message of another campaign, a contact that is gone, a webinar nobody registers to.
 */
export async function prefill(
  instance: Pick<Ctx, 'db' | 'secrets' | 'now'>,
  address: string,
  token: string,
): Promise<Prefill | null> {
  const id = openId(instance.secrets.unsubscribe, PURPOSE, token);
  if (id === null) return null;
  const now = instance.now();
  return acrossOrganisations(instance.db, async (trx) => {
    const webinar = await webinarAt(trx, address);
    if (!webinar || stateOf(webinar, now) !== 'ouvert') return null;
    const person = await trx
      .selectFrom('deliveries as d')
      .innerJoin('contacts as c', (j) =>
        j.onRef('c.id', '=', 'd.contact_id').onRef('c.organisation_id', '=', 'd.organisation_id'),
      )
      .select(['d.organisation_id', 'c.first_name', 'c.last_name', 'c.address', 'c.company'])
      .where('d.id', '=', id)
      .where('d.campaign_id', '=', webinar.campaignId)
      .executeTakeFirst();
    if (!person) return null;
    const organisers = await organisersOf(trx, webinar, now);
    return {
      firstName: person.first_name ?? '',
      lastName: person.last_name ?? '',
      address: person.address,
      company: person.company ?? '',
      organisation: organisers.find((o) => o.id === person.organisation_id)?.slug ?? '',
    };
  });
}
