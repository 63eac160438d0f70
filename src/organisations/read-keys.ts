import { sql } from 'kysely';
import { withOrganisation } from '../db/database.ts';
import type { PersonCtx } from './make-key.ts';

/** `lastUsedOn`: a day, `2026-11-26`; null: never. `open`: it still reads. */
export type KeyLine = {
  id: number;
  label: string;
  createdAt: Date;
  expiresAt: Date;
  lastUsedOn: string | null;
  revokedAt: Date | null;
  open: boolean;
};

/** How many keys are listed: those that ended are forgotten by the page, not by the journal. */
const LISTED = 30;

/** The keys of whoever asks, for the organisation they act for, those that still read first. */
export const readKeys = (ctx: PersonCtx): Promise<KeyLine[]> =>
  withOrganisation(ctx.db, ctx.actor.organisationId, async (trx) => {
    const now = ctx.now();
    const rows = await trx
      .selectFrom('api_keys')
      .select([
        'id',
        'label',
        'created_at as createdAt',
        'expires_at as expiresAt',
        'last_used_on as lastUsedOn',
        'revoked_at as revokedAt',
      ])
      .where('organisation_id', '=', ctx.actor.organisationId)
      .where('user_id', '=', ctx.actor.userId)
      .orderBy(sql`revoked_at is null and expires_at > ${now}`, 'desc')
      .orderBy('id', 'desc')
      .limit(LISTED)
      .execute();
    return rows.map((row) => ({ ...row, open: row.revokedAt === null && row.expiresAt > now }));
  });
