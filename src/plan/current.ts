import type { Level } from '../base/words.ts';
import { imageNamesOf } from '../campaigns/image-queries.ts';
import { type CampaignRow, campaignInput, findCampaign } from '../campaigns/queries.ts';
import type { AudienceRule } from '../contacts/audience-schema.ts';
import type { Trx } from '../db/database.ts';
import { keyMessagesOfCampaign } from '../key-messages/queries.ts';
import { pushesOfCampaign, signatoriesOf } from '../pushes/queries.ts';
import type { PushInput } from '../pushes/schema.ts';
import { resourcesOfCampaign } from '../resources/queries.ts';
import type { AudiencePart, CurrentBundle } from './bundle.ts';
import { KINDS } from './kinds/all.ts';

/** The campaign as the database holds it, in the shape in which a folder gives it; null when there is none yet. */
export async function currentBundle(
  trx: Trx,
  slug: string,
): Promise<{ campaign: CampaignRow; bundle: CurrentBundle } | null> {
  const campaign = await findCampaign(trx, slug);
  if (!campaign) return null;
  const audiences = await trx
    .selectFrom('audiences')
    .selectAll()
    .where('campaign_id', '=', campaign.id)
    .orderBy('id')
    .execute();
  const slugOf = new Map(audiences.map((a) => [a.id, a.slug]));
  const resources = await resourcesOfCampaign(trx, campaign.id);
  const keyMessages = await keyMessagesOfCampaign(trx, campaign.id);
  const pushes: PushInput[] = [];
  for (const p of await pushesOfCampaign(trx, campaign.id)) {
    // Occurrences are made by the clock from their model: a folder describes the model only.
    if (p.modelId !== null) continue;
    pushes.push({
      slug: p.slug,
      title: p.title,
      channel: p.channel,
      phase: p.phase,
      audience: slugOf.get(p.audienceId) ?? '',
      signatories: (await signatoriesOf(trx, p.id)).map((s) => s.slug).toSorted(),
      scheduledAt: p.scheduledAt,
      deadlineAt: p.deadlineAt,
      recurrence: p.recurrence,
      window: p.window,
      answerBy: p.answerBy,
      silence: p.silence,
      content: p.content,
    });
  }
  const input = await campaignInput(trx, campaign);
  const lead = input.partners.find((p) => p.role === 'pilote')?.organisation ?? '';
  const more: Record<string, readonly unknown[]> = {};
  for (const kind of KINDS) more[kind.file] = await kind.current(trx, campaign, { lead });
  return {
    campaign,
    bundle: {
      campaign: input,
      audiences: audiences.map(
        (a): AudiencePart => ({
          slug: a.slug,
          name: a.name,
          rule: a.rule as AudienceRule,
          placedLevel: a.placed_level as Level | null,
        }),
      ),
      resources: resources.map(({ id: _, organisationId: __, campaignId: ___, ...given }) => given),
      images: (await imageNamesOf(trx, campaign.id)).map((name) => ({ name })),
      keyMessages,
      pushes,
      more,
    },
  };
}
