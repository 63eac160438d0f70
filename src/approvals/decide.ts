import { sql } from 'kysely';
import type { Ctx } from '../base/context.ts';
import { conflict, type FieldError, forbidden, invalid } from '../base/errors.ts';
import { sameBytes } from '../base/tokens.ts';
import { acrossOrganisations, type Trx, withOrganisation } from '../db/database.ts';
import { LOCKS } from '../db/locks.ts';
import { recordAudit } from '../memory/audit.ts';
import { allow } from '../organisations/permissions.ts';
import { type DecisionInput, decisionSchema, type KeptRemark, type Remark } from './schema.ts';

export type { DecisionInput } from './schema.ts';

/** A versioned thing that organisations approve, by the hash of what each is asked. Approvals know nothing else of it. */
export type Subject = {
  /** `push:42` */
  name: string;
  campaignId: number;
  /** What the actor's organisation is asked about today; null when nothing is asked. */
  asked: Buffer | null;
  /** Who wrote and who submitted it. */
  authorIds: readonly number[];
  /** Read again inside the decision's transaction, where what is asked may be closed at the same moment. */
  stillAsked?: (trx: Trx) => Promise<Buffer | null>;
  /** The places a remark may be made at, each with a print of what stands there. */
  places?: ReadonlyMap<string, string>;
};

const nothingAsked = () =>
  conflict('nothing_asked', 'Rien n’est soumis à la validation de votre organisation en ce moment.');

/** Records the organisation's yes, or its request for changes, about one exact content. */
export async function decide(ctx: Ctx, subject: Subject, input: DecisionInput): Promise<{ id: number }> {
  allow(ctx.actor, 'push.approve');
  const { actor } = ctx;
  if (actor.kind !== 'user') throw forbidden('Seule une personne peut valider : donnez son adresse avec --as.');
  const { seen, decision, comment, remarks } = checked(input);
  if (!subject.asked) throw nothingAsked();
  refuseAnother(seen, subject.asked);
  if (decision === 'changement' && comment === '' && remarks.length === 0)
    throw invalid('comment', 'Dites ce qu’il faut changer.', [
      { field: 'commentaire', message: 'Dites ce qu’il faut changer.' },
    ]);
  const kept = decision === 'changement' ? placed(remarks, subject.places) : [];
  if (decision === 'valide' && subject.authorIds.includes(actor.userId) && (await hasAnotherApprover(ctx, actor)))
    throw forbidden(
      'Vous avez écrit ou soumis ce texte vous-même : une autre personne qui valide pour votre organisation doit le relire.',
    );
  return withOrganisation(ctx.db, actor.organisationId, async (trx) => {
    await lockSubject(trx, subject.name);
    const asked = subject.stillAsked ? await subject.stillAsked(trx) : subject.asked;
    if (!asked) throw nothingAsked();
    refuseAnother(seen, asked);
    const row = await trx
      .insertInto('approvals')
      .values({
        organisation_id: actor.organisationId,
        campaign_id: subject.campaignId,
        subject: subject.name,
        content_hash: asked,
        decision,
        comment,
        remarks: JSON.stringify(kept),
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

/** Held until the transaction ends: an answer, and what closes the asking, come one after the other. */
export const lockSubject = (trx: Trx, subject: string) =>
  sql`select pg_advisory_xact_lock(${LOCKS.decision}, hashtext(${subject}))`.execute(trx);

function checked(input: DecisionInput) {
  const parsed = decisionSchema.safeParse(input);
  if (parsed.success) return parsed.data;
  const fields = parsed.error.issues.flatMap((i): FieldError[] => {
    const [first, index] = i.path;
    if (first === 'comment') return [{ field: 'commentaire', message: i.message }];
    const block = first === 'remarks' && input.remarks?.[Number(index)]?.block;
    return block ? [{ field: `remarque-${block}`, message: i.message }] : [];
  });
  throw fields.length
    ? invalid('too_long', 'Votre demande n’est pas transmise : corrigez les points signalés.', fields)
    : invalid('decision', 'La décision n’a pas pu être lue. Rechargez la page et recommencez.');
}

function refuseAnother(seen: string, asked: Buffer): void {
  if (!sameBytes(Buffer.from(seen, 'hex'), asked))
    throw conflict('content_changed', 'Le contenu a changé depuis que vous l’avez ouvert. Relisez-le, puis validez.');
}

function placed(remarks: readonly Remark[], places: Subject['places']): KeptRemark[] {
  return remarks.map((remark) => {
    const print = places?.get(remark.block);
    if (print === undefined)
      throw invalid(
        'block',
        'Une remarque porte sur un bloc que votre organisation ne lit pas. Rechargez la page et recommencez.',
      );
    return { ...remark, print };
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
