import { sql } from 'kysely';

/** What an organisation is told of a row that its partners' lists or messages explain: « traité par la campagne ». */
export const TREATED = 'campagne';

/**
 * Whether the organisation may know no more of a ledger row `d` than `TREATED`: duplicate, solicited too often, or held,
 * before and after it leaves, all look the same, without a time (design §3, no oracle). What it knows by itself stays:
 * its own refusals, what it cancelled, and that it left. Reads columns that only the cross role may: the caller keeps to one
 * organisation's rows.
 */
export const treated = sql<boolean>`(d.held_at is not null or d.state in ('set_apart', 'cancelled') and coalesce(d.reason, '') not in ('annule', 'retrait')
  and not exists (select from suppressions s where s.address_hash = d.address_hash and s.scope = 'organisation' and s.organisation_id = d.organisation_id))`;
