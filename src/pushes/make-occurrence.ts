import { actorLabel, type Ctx } from '../base/context.ts';
import { toParisField } from '../base/dates.ts';
import { invalid } from '../base/errors.ts';
import { acrossOrganisations, type Trx } from '../db/database.ts';
import { recordAudit } from '../memory/audit.ts';
import { allow } from '../organisations/permissions.ts';
import { nextOccurrence } from './next-occurrence.ts';
import { getPushById, type PushRow, signatoriesOf } from './queries.ts';

/**
 * The push of one occurrence of a recurring push: a copy of its model as it is now, with approvals of its own. Asked
 * twice for the same instant, by one clock or by two, it answers the same push (unique (model, occurrence)).
 * It leaves before the next occurrence or not at all: two letters of the same series never overtake each other.
 */
export async function makeOccurrence(ctx: Ctx, modelId: number, at: Date): Promise<{ id: number; created: boolean }> {
  allow(ctx.actor, 'push.write');
  return acrossOrganisations(ctx.db, async (trx) => {
    const model = await getPushById(trx, modelId);
    if (!model.recurrence) throw invalid('sans_recurrence', `L’envoi « ${model.title} » n’est pas récurrent.`);
    if (model.cancelledAt || (model.deadlineAt && at > model.deadlineAt))
      throw invalid(
        'recurrence_finie',
        `La série « ${model.title} » est terminée : elle n’a plus d’envoi à cette date.`,
      );
    const next = nextOccurrence(model.recurrence, at);
    const deadline = [next, model.deadlineAt]
      .filter((d) => d !== null)
      .toSorted((a, b) => a.getTime() - b.getTime())[0];
    // Two ticks of the clock, on two machines: the second waits here, then finds what the first one made.
    await trx.selectFrom('pushes').select('id').where('id', '=', model.id).forUpdate().execute();
    const made = await trx
      .insertInto('pushes')
      .values({
        organisation_id: model.organisationId,
        campaign_id: model.campaignId,
        slug: await freeSlug(trx, model, at),
        title: model.title,
        channel: model.channel,
        phase: model.phase,
        audience_id: model.audienceId,
        scheduled_at: at,
        deadline_at: deadline ?? null,
        // Who is left out for its silence is so from the hour of departure on: an issue has no other date to answer by.
        answer_by: model.silence === 'sans_elle' ? at : null,
        silence: model.silence,
        model_id: model.id,
        occurrence: at,
        content: JSON.stringify(model.content),
        created_by: actorLabel(ctx.actor),
        created_at: ctx.now(),
        updated_at: ctx.now(),
      })
      .onConflict((c) => c.columns(['model_id', 'occurrence']).doNothing())
      .returning('id')
      .executeTakeFirst();
    if (!made) {
      const { id } = await trx
        .selectFrom('pushes')
        .select('id')
        .where('model_id', '=', model.id)
        .where('occurrence', '=', at)
        .executeTakeFirstOrThrow();
      return { id, created: false };
    }
    const signatories = await signatoriesOf(trx, model.id);
    await trx
      .insertInto('push_signatories')
      .values(
        signatories.map((s) => ({
          push_id: made.id,
          organisation_id: s.organisationId,
          campaign_id: model.campaignId,
        })),
      )
      .execute();
    await recordAudit(trx, ctx, {
      action: 'push.occurrence',
      subject: `push:${made.id}`,
      organisationId: model.organisationId,
      detail: { model: model.slug, occurrence: at.toISOString() },
    });
    return { id: made.id, created: true };
  });
}

/** `lettre-mensuelle-2026-12-01`; with its hour when the series moved to another hour of the same day. */
async function freeSlug(trx: Trx, model: PushRow, at: Date): Promise<string> {
  const [day = '', hour = ''] = toParisField(at).split('T');
  const slug = `${model.slug}-${day}`;
  const taken = await trx
    .selectFrom('pushes')
    .select('id')
    .where('campaign_id', '=', model.campaignId)
    .where('slug', '=', slug)
    .where((eb) => eb.or([eb('occurrence', 'is', null), eb('occurrence', '<>', at)]))
    .executeTakeFirst();
  return taken ? `${slug}-${hour.replace(':', '')}` : slug;
}
