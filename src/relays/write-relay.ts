import { actorLabel } from '../base/context.ts';
import { conflict, invalid } from '../base/errors.ts';
import { getCampaignById } from '../campaigns/queries.ts';
import { mustLead } from '../campaigns/update-campaign.ts';
import { addressHash, normaliseAddress } from '../contacts/addresses.ts';
import { titleKey } from '../contacts/headers.ts';
import type { Trx } from '../db/database.ts';
import { recordAudit } from '../memory/audit.ts';
import { lockCascade, parentNamed, refuseCircle } from './cascade.ts';
import { giveKit } from './kits.ts';
import { getRelay, type RelayRow, relaysOf } from './queries.ts';
import type { MemberCtx, Origin, RelayInput } from './schema.ts';
import { readTerritory } from './territory.ts';

export type WriteOptions = {
  /** The relay to change; without it, the one that has this address or, without one, this name; else a new one. */
  id?: number;
  origin?: Origin;
  /** The parent chosen in a list, instead of the one that `input` names. */
  parentId?: number | null;
};

/**
 * Makes or changes one relay inside the caller's transaction, whose organisation is the lead. The same again writes
 * nothing. Refuses an address that another relay has, or had when it stopped; an unknown parent; a circle.
 */
export async function writeRelay(
  trx: Trx,
  ctx: MemberCtx,
  campaignId: number,
  input: RelayInput,
  options: WriteOptions = {},
): Promise<{ id: number; changed: string[] }> {
  const campaign = await getCampaignById(trx, campaignId);
  mustLead(ctx, campaign);
  await lockCascade(trx, campaignId);
  const hash = hashOf(ctx, input.address);
  const before = await find(trx, campaignId, input, hash, options.id);
  if (hash) await refuseTaken(trx, campaignId, hash, before?.id);
  const named = input.parent === null ? null : () => parentNamed(trx, ctx, campaignId, input.parent ?? '');
  const parentId = options.parentId !== undefined ? options.parentId : named ? await named() : null;
  if (parentId !== null) {
    await getRelay(trx, campaignId, parentId);
    if (before) await refuseCircle(trx, before.id, parentId);
  }
  const values = { ...columnsOf(input, hash), parent_id: parentId, member_id: await memberId(trx, input.member) };
  const now = ctx.now();
  if (before) {
    const changed = changes(before, values);
    if (changed.length === 0) return { id: before.id, changed };
    await trx
      .updateTable('relays')
      .set({ ...values, updated_at: now })
      .where('id', '=', before.id)
      .execute();
    await recordAudit(trx, ctx, { action: 'relay.update', subject: `relay:${before.id}`, detail: { changed } });
    return { id: before.id, changed };
  }
  const { id } = await trx
    .insertInto('relays')
    .values({
      ...values,
      organisation_id: campaign.organisationId,
      campaign_id: campaignId,
      origin: options.origin ?? 'saisie',
      created_at: now,
      created_by: actorLabel(ctx.actor),
      confirmed_at: now,
      confirmed_by: actorLabel(ctx.actor),
      updated_at: now,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  await giveKit(trx, ctx, campaign, [id]);
  await recordAudit(trx, ctx, { action: 'relay.create', subject: `relay:${id}`, detail: { campaignId } });
  return { id, changed: Object.keys(values) };
}

export function hashOf(ctx: Pick<MemberCtx, 'secrets'>, address: string | null): Buffer | null {
  const normal = address === null ? null : normaliseAddress(address);
  return normal && 'address' in normal ? addressHash(ctx.secrets, normal.normalised) : null;
}

async function find(
  trx: Trx,
  campaignId: number,
  input: RelayInput,
  hash: Buffer | null,
  id: number | undefined,
): Promise<RelayRow | undefined> {
  if (id !== undefined) {
    const row = await getRelay(trx, campaignId, id);
    if (row.stoppedAt) throw conflict('relais_arrete', `« ${row.name} » ne relaie plus : sa fiche ne change plus.`);
    return row;
  }
  const live = (await relaysOf(trx, campaignId)).filter((r) => !r.stoppedAt);
  const named = live.filter((r) => titleKey(r.name) === titleKey(input.name));
  return hash
    ? live.find((r) => r.addressHash?.equals(hash))
    : named.find((r) => r.address === null && r.confirmedAt !== null);
}

/** Whoever stopped is not taken on again by somebody else's list: only by asking for a kit. */
async function refuseTaken(trx: Trx, campaignId: number, hash: Buffer, own: number | undefined): Promise<void> {
  const rows = await trx
    .selectFrom('relays')
    .select(['id', 'name', 'stopped_at'])
    .where('campaign_id', '=', campaignId)
    .where('address_hash', '=', hash)
    .where('declined_at', 'is', null)
    .execute();
  const live = rows.find((r) => r.stopped_at === null);
  const refuse = (message: string) => invalid('relais_adresse', message, [{ field: 'address', message }]);
  if (live && live.id !== own) throw refuse(`Un autre relais a déjà cette adresse : ${live.name}.`);
  if (!live && rows[0])
    throw refuse(
      `À cette adresse, ${rows[0].name} a cessé de relayer. Pour reprendre, ce relais demande lui-même un kit.`,
    );
}

export function columnsOf(input: RelayInput, hash: Buffer | null) {
  const territory = readTerritory(input.territory);
  if (!territory) throw invalid('territoire', 'Choisissez la France, une région ou un département.');
  return {
    name: input.name,
    kind: input.kind,
    scope: territory.scope,
    region: territory.region,
    departement: territory.departement,
    contact_name: input.contactName,
    address: input.address,
    address_hash: hash,
    note: input.note,
  };
}

async function memberId(trx: Trx, slug: string | null): Promise<number | null> {
  if (slug === null) return null;
  const row = await trx.selectFrom('organisations').select('id').where('slug', '=', slug).executeTakeFirst();
  if (row) return row.id;
  const message = `Aucune organisation de ce service ne s’appelle « ${slug} ».`;
  throw invalid('relais_organisation', message, [{ field: 'member', message }]);
}

type Columns = ReturnType<typeof columnsOf> & { parent_id: number | null; member_id: number | null };

function changes(before: RelayRow, after: Columns): string[] {
  const was: Record<keyof Columns, unknown> = {
    name: before.name,
    kind: before.kind,
    scope: before.scope,
    region: before.region,
    departement: before.departement,
    contact_name: before.contactName,
    address: before.address,
    address_hash: null,
    note: before.note,
    parent_id: before.parentId,
    member_id: before.memberId,
  };
  return (Object.keys(was) as (keyof Columns)[]).filter((c) => c !== 'address_hash' && was[c] !== after[c]);
}
