import { actorLabel } from '../base/context.ts';
import { invalid } from '../base/errors.ts';
import { imageNamesOf } from '../campaigns/image-queries.ts';
import { getCampaign, getCampaignById } from '../campaigns/queries.ts';
import { mustLead } from '../campaigns/update-campaign.ts';
import { type Trx, withOrganisation } from '../db/database.ts';
import { recordAudit } from '../memory/audit.ts';
import { allow } from '../organisations/permissions.ts';
import type { MemberCtx } from '../relays/schema.ts';
import { type KitSettings, kitSettingsSchema } from './schema.ts';

/** What the kits of a campaign contain, as it was given; the defaults before anybody said anything. */
export async function kitSettingsOf(trx: Trx, campaignId: number): Promise<KitSettings> {
  const row = await trx
    .selectFrom('kit_settings as k')
    .leftJoin('pushes as p', 'p.id', 'k.extract_push_id')
    .selectAll('k')
    .select('p.slug as extract')
    .where('k.campaign_id', '=', campaignId)
    .executeTakeFirst();
  if (!row) return kitSettingsSchema.parse({});
  return {
    open: row.opened_at !== null,
    introduction: row.introduction,
    posterTitle: row.poster_title,
    posterText: row.poster_text,
    destination: row.destination,
    keyMessages: row.key_messages,
    resources: row.resources,
    visuals: row.visuals,
    extract: row.extract,
  };
}

/** Makes the kits of a campaign contain exactly this, by its lead. */
export async function saveKitSettings(ctx: MemberCtx, campaignSlug: string, input: unknown): Promise<KitSettings> {
  allow(ctx.actor, 'relay.write');
  const parsed = kitSettingsSchema.safeParse(input);
  if (!parsed.success)
    throw invalid(
      'kit_invalide',
      'Le contenu des kits n’est pas enregistré : corrigez les champs signalés.',
      parsed.error.issues.map((i) => ({ field: String(i.path[0] ?? ''), message: i.message })),
    );
  return withOrganisation(ctx.db, ctx.actor.organisationId, async (trx) => {
    const campaign = await getCampaign(trx, campaignSlug);
    await writeKitSettings(trx, ctx, campaign.id, parsed.data);
    return parsed.data;
  });
}

/** The same inside the caller's transaction; writes nothing when nothing changes. */
export async function writeKitSettings(
  trx: Trx,
  ctx: MemberCtx,
  campaignId: number,
  input: KitSettings,
): Promise<{ changed: string[] }> {
  const campaign = await getCampaignById(trx, campaignId);
  mustLead(ctx, campaign);
  const before = await kitSettingsOf(trx, campaignId);
  const fields = Object.keys(input) as (keyof KitSettings)[];
  const changed = fields.filter((f) => JSON.stringify(before[f]) !== JSON.stringify(input[f]));
  if (changed.length === 0) return { changed };
  const now = ctx.now();
  const known = new Set(await imageNamesOf(trx, campaignId));
  const strange = input.visuals.find((name) => !known.has(name));
  if (strange) throw refuse('visuals', `La campagne n’a pas d’image « ${strange} » : ajoutez-la d’abord.`);
  const values = {
    introduction: input.introduction,
    poster_title: input.posterTitle,
    poster_text: input.posterText,
    destination: input.destination,
    key_messages: input.keyMessages,
    resources: input.resources,
    visuals: input.visuals,
    extract_push_id: await extractId(trx, campaignId, input.extract),
    updated_by: actorLabel(ctx.actor),
    updated_at: now,
  };
  await trx
    .insertInto('kit_settings')
    .values({
      ...values,
      campaign_id: campaignId,
      organisation_id: campaign.organisationId,
      opened_at: input.open ? now : null,
    })
    .onConflict((c) =>
      c.column('campaign_id').doUpdateSet((eb) => ({
        ...values,
        // The day it was opened stays the first one.
        opened_at: input.open ? eb.fn.coalesce('kit_settings.opened_at', eb.val(now)) : null,
      })),
    )
    .execute();
  await recordAudit(trx, ctx, { action: 'kit.settings', subject: `campaign:${campaignId}`, detail: { changed } });
  return { changed };
}

async function extractId(trx: Trx, campaignId: number, slug: string | null): Promise<number | null> {
  if (slug === null) return null;
  const push = await trx
    .selectFrom('pushes')
    .select('id')
    .where('campaign_id', '=', campaignId)
    .where('slug', '=', slug)
    .where('channel', '=', 'newsletter')
    .executeTakeFirst();
  if (!push) throw refuse('extract', `La campagne n’a pas de lettre « ${slug} ».`);
  return push.id;
}

const refuse = (field: string, message: string) => invalid('kit_invalide', message, [{ field, message }]);
