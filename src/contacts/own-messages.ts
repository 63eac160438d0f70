import { sql } from 'kysely';
import { acrossOrganisations, type Database } from '../db/database.ts';
import { TREATED, treated } from '../pressure/own-view.ts';

export type OwnMessage = { title: string; channel: string; state: string; at: Date | null; settledAt: Date | null };

/**
 * The messages of an organisation to one of its contacts, the latest first, as it may see them (`TREATED` without a
 * time). `sent`: a message that did leave is told whatever held it before, for the person's own file (PRV-55). Across,
 * because what is hidden depends on columns that the organisation may not read; hence its id in the condition.
 */
export function ownMessages(
  db: Database,
  of: { organisationId: number; contactId: number; limit?: number; sent?: boolean },
): Promise<OwnMessage[]> {
  const hidden = of.sent ? sql`(${treated} and d.handed_at is null)` : treated;
  return acrossOrganisations(db, async (trx) => {
    const { rows } = await sql<OwnMessage>`
      select p.title, p.channel, case when ${hidden} then ${TREATED} else d.state end as state,
        case when not ${hidden} then d.handed_at end as at, case when not ${hidden} then d.settled_at end as "settledAt"
      from deliveries d join pushes p on p.id = d.push_id
      where d.organisation_id = ${of.organisationId} and d.contact_id = ${of.contactId}
      order by d.id desc limit ${of.limit ?? null}::int`.execute(trx);
    return rows;
  });
}
