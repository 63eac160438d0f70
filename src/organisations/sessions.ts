import type { Actor, Ctx, Role } from '../base/context.ts';
import { notFound } from '../base/errors.ts';
import { hmac, sha256 } from '../base/tokens.ts';
import { acrossOrganisations } from '../db/database.ts';
import { IDLE_HOURS } from './schema.ts';

export type Membership = { id: number; slug: string; name: string; colour: string; demo: boolean };
export type Session = {
  actor: Actor & { kind: 'user' };
  organisation: Membership;
  /** The other organisations this person may act for. */
  others: Membership[];
  /** For forms: proves that the page was ours (ASVS 3.5.1). */
  csrf: string;
};

/** How often a visit is written down: a page view must not cost a write each time. */
const SEEN_EVERY_MS = 60_000;

/** Who holds this cookie, or null: unknown, idle too long, expired, disabled, or no longer a member. */
export async function readSession(ctx: Pick<Ctx, 'db' | 'now' | 'secrets'>, secret: string): Promise<Session | null> {
  const now = ctx.now();
  const idHash = sha256(secret);
  return acrossOrganisations(ctx.db, async (trx) => {
    const row = await trx
      .selectFrom('sessions as s')
      .innerJoin('users as u', 'u.id', 's.user_id')
      .select(['s.user_id', 's.organisation_id', 's.last_seen_at', 'u.name', 'u.address'])
      .where('s.id_hash', '=', idHash)
      .where('s.expires_at', '>', now)
      .where('s.last_seen_at', '>', new Date(now.getTime() - IDLE_HOURS * 3_600_000))
      .where('u.disabled_at', 'is', null)
      .executeTakeFirst();
    if (!row) return null;
    const memberships = await trx
      .selectFrom('memberships as m')
      .innerJoin('organisations as o', 'o.id', 'm.organisation_id')
      .select(['o.id', 'o.slug', 'o.name', 'o.colour', 'o.demo', 'm.role'])
      .where('m.user_id', '=', row.user_id)
      .orderBy('o.name')
      .execute();
    const roles = memberships.filter((m) => m.id === row.organisation_id).map((m) => m.role as Role);
    const of = (id: number) => memberships.find((m) => m.id === id);
    const current = of(row.organisation_id);
    if (!current) return null;
    if (now.getTime() - row.last_seen_at.getTime() > SEEN_EVERY_MS)
      await trx.updateTable('sessions').set({ last_seen_at: now }).where('id_hash', '=', idHash).execute();
    const asMembership = ({ id, slug, name, colour, demo }: Membership): Membership => ({
      id,
      slug,
      name,
      colour,
      demo,
    });
    const otherIds = [...new Set(memberships.map((m) => m.id))].filter((id) => id !== row.organisation_id);
    return {
      actor: {
        kind: 'user',
        userId: row.user_id,
        name: row.name,
        address: row.address,
        organisationId: row.organisation_id,
        roles,
      },
      organisation: asMembership(current),
      others: otherIds.map((id) => asMembership(of(id)!)),
      csrf: csrfToken(ctx, secret),
    };
  });
}

export const csrfToken = (ctx: Pick<Ctx, 'secrets'>, secret: string): string =>
  hmac(ctx.secrets.session, `csrf\0${secret}`).toString('base64url');

export const closeSession = (ctx: Pick<Ctx, 'db'>, secret: string) =>
  acrossOrganisations(ctx.db, (trx) => trx.deleteFrom('sessions').where('id_hash', '=', sha256(secret)).execute());

/** Acts for another of one's organisations from now on. */
export async function switchOrganisation(ctx: Pick<Ctx, 'db'>, secret: string, slug: string): Promise<void> {
  await acrossOrganisations(ctx.db, async (trx) => {
    const row = await trx
      .selectFrom('sessions as s')
      .innerJoin('memberships as m', 'm.user_id', 's.user_id')
      .innerJoin('organisations as o', 'o.id', 'm.organisation_id')
      .select('o.id')
      .where('s.id_hash', '=', sha256(secret))
      .where('o.slug', '=', slug)
      .executeTakeFirst();
    if (!row) throw notFound('Organisation');
    await trx.updateTable('sessions').set({ organisation_id: row.id }).where('id_hash', '=', sha256(secret)).execute();
  });
}
