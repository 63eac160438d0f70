import { sql } from 'kysely';
import { invalid } from '../base/errors.ts';
import { acrossOrganisations } from '../db/database.ts';
import type { Features } from '../tracking/features.ts';
import type { Instance, OpenKit } from './open-kit.ts';
import { actSchema } from './schema.ts';

/** A kit whose address went astray must not fill the table: past this, the day's acts are not written down. */
const MOST_A_DAY = 300;

/** The same act again within the hour is the same act: a page that is reloaded, a button pressed twice. */
async function write(instance: Instance, kit: OpenKit, what: string, detail: string): Promise<void> {
  const now = instance.now();
  await acrossOrganisations(instance.db, (trx) =>
    sql`
      insert into relay_acts (organisation_id, campaign_id, relay_id, at, what, detail)
      select ${kit.organisationId}, ${kit.campaignId}, ${kit.relayId}, ${now}, ${what}, ${detail}
      where not exists (select from relay_acts where relay_id = ${kit.relayId} and what = ${what} and detail = ${detail}
          and at > ${now}::timestamptz - interval '1 hour')
        and (select count(*) from relay_acts where relay_id = ${kit.relayId}
          and at > ${now}::timestamptz - interval '1 day') < ${MOST_A_DAY}`.execute(trx),
  );
}

/**
 * The page was opened: written for this relay unless a robot did it. A mailbox that tries links as a browser would cannot
 * be told apart: an opening is not a reading, and what shows it says so.
 */
export async function recordOpening(instance: Instance, kit: OpenKit, features: Features): Promise<void> {
  const robot = features.bot !== null || features.prefetch || features.family === 'aucun' || features.method === 'HEAD';
  if (!robot) await write(instance, kit, 'ouvert', '');
}

/** A text was copied, a file taken: said by the page itself. Refuses anything that a kit does not offer. */
export async function recordAct(instance: Instance, kit: OpenKit, input: unknown, features: Features): Promise<void> {
  const parsed = actSchema.safeParse(input);
  if (!parsed.success) throw invalid('acte', 'Ce geste n’existe pas sur cette page.');
  if (features.bot !== null) return;
  const { what, detail } = parsed.data;
  await write(instance, kit, what, detail);
}
