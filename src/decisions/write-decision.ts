import { sql } from 'kysely';
import { actorLabel } from '../base/context.ts';
import { conflict, forbidden, invalid, notFound } from '../base/errors.ts';
import type { Trx } from '../db/database.ts';
import { recordAudit } from '../memory/audit.ts';
import { checkedAs, type DecisionData, decisionSchema, type MemberCtx } from './schema.ts';

/**
 * Writes one decision in the caller's transaction (`withOrganisation` of the actor's organisation; whose permission the
 * caller has checked): of a campaign the organisation takes part in, or its own where `campaignId` is null. Refuses what
 * replaces a decision of elsewhere, or one already replaced (`deja_remplacee`), and writing in a campaign it has left:
 * a verb that makes it leave calls this first.
 */
export async function writeDecision(
  trx: Trx,
  ctx: MemberCtx,
  campaignId: number | null,
  input: unknown,
): Promise<{ id: number }> {
  const given = checkedAs(decisionSchema, input, 'La décision n’est pas notée');
  if (campaignId !== null) await mustTakePart(trx, campaignId);
  const pushId = await pushOf(trx, campaignId, given.push);
  const supersedesId = await replacedBy(trx, ctx.actor.organisationId, campaignId, given);
  const row = await trx
    .insertInto('decisions')
    .values({
      organisation_id: ctx.actor.organisationId,
      campaign_id: campaignId,
      push_id: pushId,
      instance: given.instance,
      held_on: given.date,
      subject: given.subject,
      participants: JSON.stringify(given.participants),
      options: given.options,
      decision: given.decision,
      why: given.why,
      due_on: given.due,
      supersedes_id: supersedesId,
      created_by: actorLabel(ctx.actor),
      created_at: ctx.now(),
    })
    // Of two people who replace the same decision at once, the second waits here for the first, and reads what follows.
    .onConflict((c) => c.column('supersedes_id').doNothing())
    .returning('id')
    .executeTakeFirst();
  if (!row)
    throw conflict(
      'deja_remplacee',
      'Quelqu’un vient de remplacer cette décision. Ouvrez la nouvelle, et corrigez celle-là s’il le faut encore.',
    );
  await recordAudit(trx, ctx, {
    action: 'decision.record',
    subject: `decision:${row.id}`,
    detail: {
      subject: given.subject,
      instance: given.instance,
      ...(campaignId === null ? {} : { campaignId }),
      ...(supersedesId === null ? {} : { supersedes: supersedesId }),
    },
  });
  return row;
}

/** Row-level security would refuse it too, without saying why. */
export async function mustTakePart(trx: Trx, campaignId: number): Promise<void> {
  const { rows } = await sql<{ known: boolean; open: boolean }>`
    select ${campaignId} in (select my_campaigns()) as known, ${campaignId} in (select my_open_campaigns()) as open`.execute(
    trx,
  );
  if (!rows[0]?.known) throw notFound('Cette campagne');
  if (!rows[0].open)
    throw forbidden('Votre organisation s’est retirée de cette campagne : elle en lit la mémoire, et n’y écrit plus.');
}

/** The push of this campaign, by its short name; refused otherwise, whoever else may have one of that name. */
export async function pushOf(trx: Trx, campaignId: number | null, slug: string | null): Promise<number | null> {
  if (slug === null) return null;
  if (campaignId === null) throw notThere('Un envoi appartient à une campagne : choisissez-la d’abord.');
  const push = await trx
    .selectFrom('pushes')
    .select('id')
    .where('campaign_id', '=', campaignId)
    .where('slug', '=', slug)
    .executeTakeFirst();
  if (!push) throw notThere(`Cette campagne n’a pas d’envoi « ${slug} » : choisissez-le dans la liste.`);
  return push.id;
}

const notThere = (message: string) => invalid('memoire_invalide', message, [{ field: 'push', message }]);

/** The decision that a new one replaces: in the same memory, and not yet replaced. */
async function replacedBy(
  trx: Trx,
  organisationId: number,
  campaignId: number | null,
  { supersedes, date, subject }: DecisionData,
): Promise<number | null> {
  const inForce = trx
    .selectFrom('decisions as d')
    .leftJoin('decisions as later', 'later.supersedes_id', 'd.id')
    .select(['d.id', 'later.id as laterId'])
    .$if(campaignId !== null, (q) => q.where('d.campaign_id', '=', campaignId))
    .$if(campaignId === null, (q) =>
      q.where('d.campaign_id', 'is', null).where('d.organisation_id', '=', organisationId),
    )
    .orderBy('later.id', (o) => o.desc().nullsFirst())
    .orderBy('d.id', 'desc');
  if (typeof supersedes === 'number') {
    const old = await inForce.where('d.id', '=', supersedes).executeTakeFirst();
    if (!old) throw notFound('La décision à remplacer');
    if (old.laterId !== null)
      throw conflict('deja_remplacee', 'Cette décision a déjà été remplacée : corrigez celle qui l’a remplacée.');
    return old.id;
  }
  if (supersedes !== null) {
    const old = await inForce
      .where('d.held_on', '=', supersedes.date)
      .where('d.subject', '=', supersedes.subject)
      .executeTakeFirst();
    if (!old || old.laterId !== null)
      throw invalid(
        'memoire_invalide',
        `Aucune décision en vigueur du ${supersedes.date} ne porte l’objet « ${supersedes.subject} ».`,
        [{ field: 'supersedes', message: 'Cette décision n’existe pas, ou a déjà été remplacée.' }],
      );
    return old.id;
  }
  const twin = await inForce.where('d.held_on', '=', date).where('d.subject', '=', subject).executeTakeFirst();
  if (twin && twin.laterId === null) {
    const message = 'Une décision du même jour porte déjà cet objet : ouvrez-la pour la corriger, ou précisez l’objet.';
    throw invalid('deja_notee', message, [{ field: 'subject', message }]);
  }
  return null;
}
