import type { Actor, Ctx } from '../base/context.ts';
import type { Level } from '../base/words.ts';
import { type CampaignRow, getCampaignById, type Partner, partnersOf } from '../campaigns/queries.ts';
import { type Audience, listAudiences } from '../contacts/audience-queries.ts';
import { withOrganisation } from '../db/database.ts';
import { allow } from '../organisations/permissions.ts';
import { getPush, type PushRow, type Signatory, signatoriesOf } from './queries.ts';
import type { PushInput } from './schema.ts';

type MemberCtx = Ctx<Exclude<Actor, { kind: 'clock' }>>;

export type PushSheet = PushRow & {
  campaign: CampaignRow;
  partners: Partner[];
  audience: { slug: string; name: string; placedLevel: Level | null };
  /** Every audience of the campaign, for the form. */
  audiences: Audience[];
  signatories: Signatory[];
  /** The actor's organisation leads the campaign, and alone changes and sends its pushes. */
  leads: boolean;
};

/** One push with all that its pages say of it; `introuvable` for whoever takes no part in its campaign. */
export function readPush(ctx: MemberCtx, campaignSlug: string, slug: string): Promise<PushSheet> {
  allow(ctx.actor, 'push.read');
  return withOrganisation(ctx.db, ctx.actor.organisationId, async (trx) => {
    const push = await getPush(trx, `${campaignSlug}/${slug}`);
    const audiences = await listAudiences(trx, { campaignId: push.campaignId });
    const audience = audiences.find((a) => a.id === push.audienceId);
    return {
      ...push,
      campaign: await getCampaignById(trx, push.campaignId),
      partners: await partnersOf(trx, push.campaignId),
      audience: { slug: audience?.slug ?? '', name: audience?.name ?? '', placedLevel: audience?.placedLevel ?? null },
      audiences,
      signatories: await signatoriesOf(trx, push.id),
      leads: push.organisationId === ctx.actor.organisationId,
    };
  });
}

/** The push in the shape in which it is given: what an edit starts from. */
export const pushInputOf = (push: PushSheet): PushInput => ({
  slug: push.slug,
  title: push.title,
  channel: push.channel,
  phase: push.phase,
  audience: push.audience.slug,
  signatories: push.signatories.map((s) => s.slug).toSorted(),
  scheduledAt: push.scheduledAt,
  deadlineAt: push.deadlineAt,
  recurrence: push.recurrence,
  window: push.window,
  answerBy: push.answerBy,
  silence: push.silence,
  content: push.content,
});
