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

/** What the CNIL gives anything that follows somebody: an older link counts for the group alone (PRV-14). */
const FOLLOWED_MONTHS = 13;

/**
 * Those of these messages whose person still agrees that clicks be counted under their name: their last word to that
 * organisation, and they are still among its contacts; each with the instant (ms) when its links no longer say whose they
 * are. Until the end of the transaction nobody's yes is taken back.
 */
export async function stillAgreed(trx: Trx, deliveries: readonly number[]): Promise<Map<number, number>> {
  if (deliveries.length === 0) return new Map();
  await sql`select pg_advisory_xact_lock_shared(${LOCKS.measure})`.execute(trx);
  const { rows } = await sql<{ id: number; until: Date }>`
    select d.id, f.at + make_interval(months => ${FOLLOWED_MONTHS}) as until from deliveries d
    join freezes f on f.push_id = d.push_id
    join contacts c on c.id = d.contact_id and c.organisation_id = d.organisation_id and c.address_hash = d.address_hash
    where d.id = any(${[...new Set(deliveries)]}::bigint[]) and ${sql.raw(agreesToBeMeasured('d'))}`.execute(trx);
  return new Map(rows.map((r) => [r.id, r.until.getTime()]));
}
