import { sql } from 'kysely';
import { actorLabel } from '../base/context.ts';
import { type CampaignRow, getCampaign } from '../campaigns/queries.ts';
import { mustLead } from '../campaigns/update-campaign.ts';
import { type Trx, withOrganisation } from '../db/database.ts';
import { recordAudit } from '../memory/audit.ts';
import { allow } from '../organisations/permissions.ts';
import { lockCascade } from './cascade.ts';
import { giveKit } from './kits.ts';
import { LIST_FIELDS } from './list-columns.ts';
import { merged, type Planned, planImport } from './plan-import.ts';
import { memberSlugs, relaysOf } from './queries.ts';
import { type ListedRelay, type ListLine, readRelayList } from './read-list.ts';
import type { MemberCtx } from './schema.ts';
import { columnsOf, hashOf } from './write-relay.ts';

/** rows = created + updated + unchanged + rejected + duplicates. */
export type RelayImport = {
  rows: number;
  created: number;
  updated: number;
  unchanged: number;
  rejected: number;
  duplicates: number;
  warned: number;
  encoding: string;
  delimiter: string;
  ignored: string[];
  lines: ListLine[];
};

/** Brings a list of relays into a campaign, by its lead; `dryRun` says what it would do and writes nothing. */
export async function importRelays(
  ctx: MemberCtx,
  campaignSlug: string,
  { file, dryRun = false }: { file: Uint8Array; dryRun?: boolean },
): Promise<RelayImport> {
  allow(ctx.actor, 'relay.write');
  const list = await readRelayList(file);
  return withOrganisation(ctx.db, ctx.actor.organisationId, async (trx) => {
    const campaign = await getCampaign(trx, campaignSlug);
    mustLead(ctx, campaign);
    await lockCascade(trx, campaign.id);
    const existing = await relaysOf(trx, campaign.id);
    const plan = planImport(list.relays, existing, await memberSlugs(trx, existing));
    const lines = [...list.lines, ...list.relays.flatMap(memberLeft), ...plan.lines].toSorted(
      (a, b) => a.line - b.line,
    );
    const rejected = new Set(lines.filter((l) => l.severity === 'rejected').map((l) => l.line)).size;
    const report: RelayImport = {
      rows: list.rows,
      created: plan.create.length,
      updated: plan.update.length,
      unchanged: plan.unchanged,
      rejected,
      duplicates: list.duplicates,
      warned: new Set(lines.filter((l) => l.severity === 'warned').map((l) => l.line)).size,
      encoding: list.encoding,
      delimiter: list.delimiter,
      ignored: list.ignored,
      lines,
    };
    if (dryRun) return report;
    await write(trx, ctx, campaign, plan.create, plan.update);
    const { created, updated, unchanged } = report;
    await recordAudit(trx, ctx, {
      action: 'relay.import',
      subject: `campaign:${campaign.id}`,
      detail: { created, updated, unchanged, rejected },
    });
    return report;
  });
}

/** That a relay is an organisation of this service is said on its page, one at a time. */
const memberLeft = ({ line, relay }: ListedRelay): ListLine[] =>
  relay.member === null
    ? []
    : [
        {
          line,
          severity: 'warned',
          code: 'membre_laisse',
          column: LIST_FIELDS.member,
          message: `« ${relay.member} » n’est pas repris : dites sur la fiche du relais quelle organisation de ce service il est devenu.`,
        },
      ];

/** First the relays, then where they hang: a list names parents that come further down. */
async function write(
  trx: Trx,
  ctx: MemberCtx,
  campaign: CampaignRow,
  create: Planned[],
  update: Planned[],
): Promise<void> {
  const now = ctx.now();
  const by = actorLabel(ctx.actor);
  const idOf = new Map(update.map((p) => [p.key, p.existing!.id]));
  const confirmed = { confirmed_at: now, confirmed_by: by, updated_at: now };
  for (const p of update)
    await trx
      .updateTable('relays')
      .set({
        ...columnsOf(merged(p), hashOf(ctx, p.relay.address)),
        ...(p.existing?.confirmedAt ? { updated_at: now } : confirmed),
      })
      .where('id', '=', p.existing!.id)
      .execute();
  if (create.length > 0) {
    const made = await trx
      .insertInto('relays')
      .values(
        create.map((p) => ({
          ...columnsOf(p.relay, hashOf(ctx, p.relay.address)),
          organisation_id: campaign.organisationId,
          campaign_id: campaign.id,
          origin: 'import',
          created_at: now,
          created_by: by,
          ...confirmed,
        })),
      )
      .returning('id')
      .execute();
    // One INSERT answers its rows in the order of its values.
    for (const [i, p] of create.entries()) idOf.set(p.key, made[i]!.id);
  }
  const fresh = [...create, ...update.filter((p) => p.existing?.confirmedAt === null)];
  await giveKit(
    trx,
    ctx,
    campaign,
    fresh.map((p) => idOf.get(p.key)!),
  );
  const hung = [...create, ...update]
    .map((p) => ({
      id: idOf.get(p.key)!,
      was: p.existing?.parentId ?? null,
      parent: p.parent === null ? null : (idOf.get(p.parent) ?? Number(p.parent.replace('id ', ''))),
    }))
    .filter((p) => p.parent !== p.was);
  await sql`
    update relays r set parent_id = h.parent
    from unnest(${hung.map((h) => h.id)}::bigint[], ${hung.map((h) => h.parent)}::bigint[]) as h (id, parent)
    where r.id = h.id`.execute(trx);
}
