import { z } from 'zod';
import type { Ctx } from '../base/context.ts';
import { conflict, forbidden, invalid } from '../base/errors.ts';
import { sameBytes } from '../base/tokens.ts';
import { acrossOrganisations, withOrganisation } from '../db/database.ts';
import { recordAudit } from '../memory/audit.ts';
import { allow } from '../organisations/permissions.ts';

/** A versioned thing that organisations approve, by the hash of what each is asked. Approvals know nothing else of it. */
export type Subject = {
  /** `push:42` */
  name: string;
  campaignId: number;
  /** What the actor's organisation is asked about today; null when nothing is asked. */
  asked: Buffer | null;
  /** Who wrote and who submitted it. */
  authorIds: readonly number[];
};

const schema = z.strictObject({
  /** Hex of the hash the page showed: one approves what one has read, not what it became since. */
  seen: z.string().regex(/^[0-9a-f]{64}$/),
  decision: z.enum(['valide', 'changement']),
  comment: z.string().trim().max(2000, '2 000 caractères au plus.').default(''),
});
export type DecisionInput = z.input<typeof schema>;

/** Records the organisation's yes, or its request for changes, about one exact content. */
export async function decide(ctx: Ctx, subject: Subject, input: DecisionInput): Promise<{ id: number }> {
  allow(ctx.actor, 'push.approve');
  const { actor } = ctx;
  if (actor.kind !== 'user') throw forbidden('Seule une personne peut valider : donnez son adresse avec --as.');
  const parsed = schema.safeParse(input);
  if (!parsed.success) throw invalid('decision', 'La décision n’a pas pu être lue. Rechargez la page et recommencez.');
  const { seen, decision, comment } = parsed.data;
  if (!subject.asked)
    throw conflict('nothing_asked', 'Rien n’est soumis à la validation de votre organisation en ce moment.');
  if (!sameBytes(Buffer.from(seen, 'hex'), subject.asked))
    throw conflict('content_changed', 'Le contenu a changé depuis que vous l’avez ouvert. Relisez-le, puis validez.');
  if (decision === 'changement' && comment === '')
    throw invalid('comment', 'Dites ce qu’il faut changer.', [
      { field: 'commentaire', message: 'Dites ce qu’il faut changer.' },
    ]);
  if (decision === 'valide' && subject.authorIds.includes(actor.userId) && (await hasAnotherApprover(ctx, actor)))
    throw forbidden(
      'Vous avez écrit ou soumis ce texte vous-même : une autre personne qui valide pour votre organisation doit le relire.',
    );
  const { asked } = subject;
  return withOrganisation(ctx.db, actor.organisationId, async (trx) => {
    const row = await trx
      .insertInto('approvals')
      .values({
        organisation_id: actor.organisationId,
        campaign_id: subject.campaignId,
        subject: subject.name,
        content_hash: asked,
        decision,
        comment,
        user_id: actor.userId,
        user_name: actor.name,
        at: ctx.now(),
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    await recordAudit(trx, ctx, { action: `approval.${decision}`, subject: subject.name, detail: { hash: seen } });
    return row;
  });
}

const hasAnotherApprover = (ctx: Ctx, actor: Ctx['actor'] & { kind: 'user' }): Promise<boolean> =>
  acrossOrganisations(ctx.db, async (trx) => {
    const other = await trx
      .selectFrom('memberships as m')
      .innerJoin('users as u', 'u.id', 'm.user_id')
      .select('u.id')
      .where('m.organisation_id', '=', actor.organisationId)
      .where('m.role', '=', 'valideur')
      .where('m.user_id', '<>', actor.userId)
      .where('u.disabled_at', 'is', null)
      .executeTakeFirst();
    return other !== undefined;
  });
