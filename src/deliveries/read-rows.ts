import { sql } from 'kysely';
import type { Actor, Ctx } from '../base/context.ts';
import { notFound } from '../base/errors.ts';
import { sealId } from '../base/tokens.ts';
import { acrossOrganisations, type Trx, withOrganisation } from '../db/database.ts';
import { allow } from '../organisations/permissions.ts';
import { treated } from '../pressure/own-view.ts';
import { pushToProve } from '../proofs/queries.ts';
import type { State } from './schema.ts';

type MemberCtx = Ctx<Exclude<Actor, { kind: 'clock' }>>;

/** What may be asked for: every row, one state, or what an organisation sees of duplicates, solicitation and held rows. */
export type RowFilter = State | 'campagne' | null;

/**
 * One person of the organisation's own list in a push. `state` 'campagne' (« traité par la campagne ») stands for
 * duplicate, solicited or held, before and after it leaves: anything more would say that a partner holds the address.
 */
export type RowLine = {
  id: number;
  contactId: number;
  /** Null: the contact is gone. */
  address: string | null;
  name: string;
  state: State | 'campagne';
  /** Why it is écarté, where the organisation knows it by itself. */
  reason: string | null;
  at: Date | null;
  attempts: number;
  nextAt: Date | null;
  reply: string | null;
};

export type RowsPage = { rows: RowLine[]; next: number | null; counts: Partial<Record<State | 'campagne', number>> };

const PAGE = 50;

const SHOWN = sql<State | 'campagne'>`case when ${treated} then 'campagne' else d.state end`;

/** The organisation's own rows of a push, oldest first, and how many there are in each state. */
export function readRows(
  ctx: MemberCtx,
  pushId: number,
  { filter, after }: { filter: RowFilter; after: number | null },
): Promise<RowsPage> {
  return ownRows(ctx, pushId, async (trx, own) => {
    const counts = await sql<{ state: State | 'campagne'; n: number }>`
      select ${SHOWN} as state, count(*) as n from deliveries d where ${own} group by 1`.execute(trx);
    const rows = await lines(
      trx,
      sql`${own} and d.id > ${after ?? 0} ${filter ? sql`and ${SHOWN} = ${filter}` : sql``} order by d.id limit ${PAGE + 1}`,
    );
    return {
      rows: rows.slice(0, PAGE),
      next: rows.length > PAGE ? (rows[PAGE - 1]?.id ?? null) : null,
      counts: Object.fromEntries(counts.rows.map((r) => [r.state, r.n])),
    };
  });
}

export type RowStory = RowLine & {
  /** As in the message's own header (MAIL-42), without angle brackets; null before the first try. */
  messageId: string | null;
  events: { at: Date; what: string; reply: string; actor: string }[];
};

/** All that is known of one row: when, how often, and the servers' own words. */
export function readRow(ctx: MemberCtx, pushId: number, deliveryId: number): Promise<RowStory> {
  return ownRows(ctx, pushId, async (trx, own) => {
    const [row] = await lines(trx, sql`${own} and d.id = ${deliveryId}`);
    if (!row) throw notFound('Cette ligne');
    const events =
      row.state === 'campagne'
        ? []
        : await trx
            .selectFrom('delivery_events')
            .select(['at', 'what', 'reply', 'actor'])
            .where('delivery_id', '=', deliveryId)
            .orderBy('id')
            .execute();
    const { sender_address } = await trx
      .selectFrom('deliveries as d')
      .innerJoin('organisations as o', 'o.id', 'd.organisation_id')
      .select('o.sender_address')
      .where('d.id', '=', deliveryId)
      .executeTakeFirstOrThrow();
    const domain = sender_address.slice(sender_address.lastIndexOf('@') + 1);
    return {
      ...row,
      events,
      messageId: row.attempts === 0 ? null : `${sealId(ctx.secrets.unsubscribe, 'message', deliveryId)}@${domain}`,
    };
  });
}

/** Across, because the mask reads columns that the organisation may not; hence its own id in every condition. */
async function ownRows<T>(
  ctx: MemberCtx,
  pushId: number,
  read: (trx: Trx, own: ReturnType<typeof sql>) => Promise<T>,
): Promise<T> {
  allow(ctx.actor, 'contacts.read');
  const { organisationId } = ctx.actor;
  await withOrganisation(ctx.db, organisationId, (trx) => pushToProve(trx, pushId));
  return acrossOrganisations(ctx.db, (trx) =>
    read(trx, sql`d.push_id = ${pushId} and d.organisation_id = ${organisationId}`),
  );
}

async function lines(trx: Trx, which: ReturnType<typeof sql>): Promise<RowLine[]> {
  const { rows } = await sql<RowLine & { masked: boolean }>`
    select d.id, d.contact_id as "contactId", c.address, concat_ws(' ', c.first_name, c.last_name) as name,
      ${SHOWN} as state, ${treated} as masked, d.reason, coalesce(d.settled_at, d.handed_at) as at, d.attempts,
      d.next_at as "nextAt", d.reply
    from deliveries d left join contacts c on c.id = d.contact_id and c.address_hash = d.address_hash
    where ${which}`.execute(trx);
  return rows.map(({ masked, ...row }) =>
    masked ? { ...row, reason: null, at: null, attempts: 0, nextAt: null, reply: null } : row,
  );
}
