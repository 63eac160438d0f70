import { sql } from 'kysely';
import type { Secrets } from '../base/context.ts';
import { idsOpener, idsSealer } from '../base/tokens.ts';
import { agreesToBeMeasured } from '../contacts/click-names.ts';
import type { Trx } from '../db/database.ts';
import { LOCKS } from '../db/locks.ts';

/**
 * The token of one person's link, for those who agreed to it (PRV-10): which message, of which group, which link. Nothing is
 * stored for it; where it leads is what the group's own link of that address leads to.
 */
export type PersonalLink = { delivery: number; cell: number; link: number };

/** Bound to this one use: no token of another kind opens as a link, nor a link as one of them (PRV-12). */
const PURPOSE = 'lien-personnel';

export function personalSealer({ doors }: Pick<Secrets, 'doors'>): (link: PersonalLink) => string {
  const seal = idsSealer(doors, PURPOSE);
  return ({ delivery, cell, link }) => seal([delivery, cell, link]);
}

/** Tokens that are stored are half as long. */
export const looksPersonal = (token: string): boolean => token.length === 43;

export type PersonalOpener = (token: string) => PersonalLink | null;

/** Null for whatever is not one of ours, whole. */
export function personalOpener({ doors }: Pick<Secrets, 'doors'>): PersonalOpener {
  const open = idsOpener(doors, PURPOSE);
  return (token) => {
    const ids = open(token);
    return ids && { delivery: ids[0], cell: ids[1], link: ids[2] };
  };
}

/** What is left of it once nobody is meant any more: the link of a group. No token looks like this. */
export const groupLink = ({ cell, link }: Pick<PersonalLink, 'cell' | 'link'>): string => `${cell}/${link}`;
export const GROUP_LINK = /^\d{1,15}\/\d{1,15}$/;

/**
 * Those of these messages whose person still agrees that clicks be counted under their name: their last word to that
 * organisation, and they are still among its contacts. Until the end of the transaction nobody's yes is taken back.
 */
export async function stillAgreed(trx: Trx, deliveries: readonly number[]): Promise<Set<number>> {
  if (deliveries.length === 0) return new Set();
  await sql`select pg_advisory_xact_lock_shared(${LOCKS.measure})`.execute(trx);
  const { rows } = await sql<{ id: number }>`
    select d.id from deliveries d
    join contacts c on c.id = d.contact_id and c.organisation_id = d.organisation_id and c.address_hash = d.address_hash
    where d.id = any(${[...new Set(deliveries)]}::bigint[])
      and ${sql.raw(agreesToBeMeasured('d'))}`.execute(trx);
  return new Set(rows.map((r) => r.id));
}
