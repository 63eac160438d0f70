import { inviteApprovers } from '../approvals/invite-approver.ts';
import type { Ctx } from '../base/context.ts';
import { longDateTime } from '../base/dates.ts';
import type { Trx } from '../db/database.ts';
import type { PushToProve } from './queries.ts';
import { askingOf, departureWords, silenceWords } from './request-words.ts';

/** Asks the valideurs of one signatory by mail; a reminder leads to the same page, with a code of its own. */
export async function askApprovers(
  trx: Trx,
  ctx: Pick<Ctx, 'now' | 'secrets' | 'publicUrl'>,
  push: PushToProve,
  organisationId: number,
  reminder = false,
): Promise<number> {
  const lead = await trx
    .selectFrom('organisations')
    .select('name')
    .where('id', '=', push.organisation_id)
    .executeTakeFirstOrThrow();
  const asking = askingOf(push);
  return inviteApprovers(trx, ctx, {
    organisationId,
    campaignId: push.campaign_id,
    path: `/campagnes/${push.campaign_slug}/envois/${push.slug}/validation`,
    title: `${reminder ? 'Rappel, à valider' : 'À valider'} : ${push.title}`,
    lines: [
      reminder
        ? `« ${push.title} » (campagne ${push.campaign}) attend toujours la réponse de votre organisation. ${lead.name} vous l’a soumis le ${longDateTime(push.submitted_at ?? ctx.now())}.`
        : `${lead.name} soumet « ${push.title} » (campagne ${push.campaign}) à la validation de votre organisation : relisez ce qui partira sous votre nom, puis validez ou demandez un changement.`,
      departureWords(asking),
      silenceWords(asking, organisationId === push.organisation_id),
    ],
    expiresAt: push.answer_by,
  });
}
