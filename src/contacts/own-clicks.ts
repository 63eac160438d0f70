import { sql } from 'kysely';
import { acrossOrganisations, type Database } from '../db/database.ts';

/** A click counted under a person's name, as long as they agree: which page, from which message, at which hour. */
export type OwnClick = { push: string; link: string; url: string; at: Date; setAside: boolean };

/**
 * What an organisation measured of one of its contacts by name (PRV-10), for that person and nobody else (PRV-55); the latest
 * first. `setAside`: a rule took it for a machine's. Across, because hits are no organisation's to read; hence its id.
 */
export function ownClicks(db: Database, of: { organisationId: number; contactId: number }): Promise<OwnClick[]> {
  return acrossOrganisations(db, async (trx) => {
    const { rows } = await sql<OwnClick>`
      select p.title as push, l.label as link, l.url, h.at, h.class in ('scanner', 'suspect') as "setAside"
      from deliveries d
      join hits h on h.delivery_id = d.id
      join links l on l.id = h.link_id
      join pushes p on p.id = d.push_id
      where d.organisation_id = ${of.organisationId} and d.contact_id = ${of.contactId}
      order by h.at desc, h.journal, h.seq`.execute(trx);
    return rows;
  });
}
