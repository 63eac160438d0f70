import { notFound } from '../base/errors.ts';
import type { Trx } from '../db/database.ts';
import type { Origin, RelayInput, RelayKind } from './schema.ts';
import { type Scope, territoryWord } from './territory.ts';

export type RelayRow = {
  id: number;
  organisationId: number;
  campaignId: number;
  parentId: number | null;
  name: string;
  kind: RelayKind;
  scope: Scope;
  region: string | null;
  departement: string | null;
  contactName: string;
  address: string | null;
  addressHash: Buffer | null;
  memberId: number | null;
  origin: Origin;
  note: string;
  createdAt: Date;
  /** Null: asked for, and still to be confirmed by the lead. */
  confirmedAt: Date | null;
  declinedAt: Date | null;
  stoppedAt: Date | null;
};

const COLUMNS = [
  'id',
  'organisation_id as organisationId',
  'campaign_id as campaignId',
  'parent_id as parentId',
  'name',
  'kind',
  'scope',
  'region',
  'departement',
  'contact_name as contactName',
  'address',
  'address_hash as addressHash',
  'member_id as memberId',
  'origin',
  'note',
  'created_at as createdAt',
  'confirmed_at as confirmedAt',
  'declined_at as declinedAt',
  'stopped_at as stoppedAt',
] as const;

/** Every relay of a campaign that was not declined, by name. Nothing for a partner (row-level security). */
export async function relaysOf(trx: Trx, campaignId: number): Promise<RelayRow[]> {
  const rows = await trx
    .selectFrom('relays')
    .select(COLUMNS)
    .where('campaign_id', '=', campaignId)
    .where('declined_at', 'is', null)
    .orderBy('name')
    .orderBy('id')
    .execute();
  return rows.map(toRow);
}

/** One relay of this campaign; of another one, it does not exist. */
export async function getRelay(trx: Trx, campaignId: number, id: number): Promise<RelayRow> {
  const row = await trx
    .selectFrom('relays')
    .select(COLUMNS)
    .where('campaign_id', '=', campaignId)
    .where('id', '=', id)
    .where('declined_at', 'is', null)
    .executeTakeFirst();
  if (!row) throw notFound('Ce relais');
  return toRow(row);
}

/** The relays of a campaign in the shape in which they were given, parents before those they hand on to. */
export async function relaysOfCampaign(trx: Trx, campaignId: number): Promise<RelayInput[]> {
  const rows = (await relaysOf(trx, campaignId)).filter((r) => r.confirmedAt && !r.stoppedAt);
  const byId = new Map(rows.map((r) => [r.id, r]));
  const slugs = await memberSlugs(trx, rows);
  const depthOf = (row: RelayRow): number => {
    let depth = 0;
    // A circle, which nothing here writes, must not hold the reading for ever.
    for (let at = row; at.parentId !== null && depth <= rows.length; depth++) {
      const above = byId.get(at.parentId);
      if (!above) break;
      at = above;
    }
    return depth;
  };
  return rows
    .map((row) => ({ row, depth: depthOf(row) }))
    .toSorted((a, b) => a.depth - b.depth)
    .map(({ row }) => inputOf(row, row.parentId === null ? undefined : byId.get(row.parentId), slugs));
}

export const inputOf = (
  row: RelayRow,
  parent: Pick<RelayRow, 'name' | 'address'> | undefined,
  slugs: ReadonlyMap<number, string>,
): RelayInput => ({
  name: row.name,
  kind: row.kind,
  territory: territoryWord(row),
  parent: parent ? (parent.address ?? parent.name) : null,
  contactName: row.contactName,
  address: row.address,
  member: row.memberId === null ? null : (slugs.get(row.memberId) ?? null),
  note: row.note,
});

/** Slugs of the organisations that relays have become, by id. */
export async function memberSlugs(trx: Trx, rows: readonly RelayRow[]): Promise<Map<number, string>> {
  const ids = rows.flatMap((r) => r.memberId ?? []);
  const found = await trx.selectFrom('organisations').select(['id', 'slug']).where('id', 'in', ids).execute();
  return new Map(found.map((o) => [o.id, o.slug]));
}

type Stored = Omit<RelayRow, 'kind' | 'scope' | 'origin'> & { kind: string; scope: string; origin: string };

// What was checked when written is trusted when read.
const toRow = (row: Stored): RelayRow => ({
  ...row,
  kind: row.kind as RelayKind,
  scope: row.scope as Scope,
  origin: row.origin as Origin,
});
