import { decisionsOn, remarksOf } from '../approvals/queries.ts';
import type { KeptRemark } from '../approvals/schema.ts';
import type { Actor, Ctx } from '../base/context.ts';
import { notFound } from '../base/errors.ts';
import { LEVELS, type Level } from '../base/words.ts';
import { type Trx, withOrganisation } from '../db/database.ts';
import { allow } from '../organisations/permissions.ts';
import { fillSample } from '../rendering/sample.ts';
import { type CarriedSurvey, pushToProve, type SignatoryState, signatoriesOf } from './queries.ts';

type MemberCtx = Ctx<Exclude<Actor, { kind: 'clock' }>>;

export type Decision = {
  id: number;
  organisationId: number;
  organisation: string;
  decision: 'valide' | 'changement';
  comment: string;
  remarks: KeptRemark[];
  by: string;
  at: Date;
  /** About the content that is submitted now; the others are history. */
  current: boolean;
};
export type Approvals = {
  /** What is submitted now; null while the push is a draft. */
  submitted: { proofId: number; by: string; at: Date } | null;
  /** `last`: its word on the content submitted now. */
  signatories: (SignatoryState & { last: Decision | null })[];
  /** The newest first. */
  decisions: Decision[];
  /** What the message asks its readers, approved with it. */
  surveys: CarriedSurvey[];
};

/** Who was asked what, and who answered what. */
export function readApprovals(ctx: MemberCtx, pushId: number): Promise<Approvals> {
  allow(ctx.actor, 'push.read');
  return withOrganisation(ctx.db, ctx.actor.organisationId, async (trx) => {
    const push = await pushToProve(trx, pushId);
    const signatories = await signatoriesOf(trx, pushId);
    const asked = new Map(signatories.map((s) => [s.id, s.asked?.toString('hex')]));
    const decisions = (await decisionsOn(trx, `push:${pushId}`)).map(
      (d): Decision => ({
        id: d.id,
        organisationId: d.organisation_id,
        organisation: d.organisation,
        decision: d.decision as Decision['decision'],
        comment: d.comment,
        remarks: remarksOf(d),
        by: d.user_name,
        at: d.at,
        current: asked.get(d.organisation_id) === d.content_hash.toString('hex'),
      }),
    );
    return {
      submitted: push.current_proof_id === null ? null : await submission(trx, push.current_proof_id),
      signatories: signatories.map((s) => ({
        ...s,
        last: decisions.find((d) => d.current && d.organisationId === s.id) ?? null,
      })),
      decisions,
      surveys: push.surveys,
    };
  });
}

const submission = (trx: Trx, proofId: number) =>
  trx
    .selectFrom('proofs')
    .select(['id as proofId', 'created_by as by', 'created_at as at'])
    .where('id', '=', proofId)
    .executeTakeFirstOrThrow();

export type Submitted = { level: Level; subject: string; html: string; text: string };

/** What would leave under one signatory's name, exactly as stored, with sample values in its places; by level. */
export function readSubmitted(ctx: MemberCtx, pushId: number, organisation: string): Promise<Submitted[]> {
  allow(ctx.actor, 'push.read');
  return withOrganisation(ctx.db, ctx.actor.organisationId, async (trx) => {
    const { current_proof_id } = await pushToProve(trx, pushId);
    const signatory = (await signatoriesOf(trx, pushId)).find((s) => s.slug === organisation);
    if (!signatory) throw notFound('Cette signataire');
    return current_proof_id === null ? [] : submittedVariants(trx, current_proof_id, signatory.id);
  });
}

/** The messages that one submission holds for one organisation. */
export async function submittedVariants(trx: Trx, proofId: number, organisationId: number): Promise<Submitted[]> {
  const rows = await trx
    .selectFrom('proof_variants')
    .select(['level', 'subject', 'html', 'text', 'links'])
    .where('proof_id', '=', proofId)
    .where('organisation_id', '=', organisationId)
    .execute();
  const variants = rows.map(
    (r): Submitted => ({
      level: r.level as Level,
      subject: r.subject,
      ...fillSample({ html: r.html, text: r.text, links: r.links.map((url) => ({ url, label: '' })) }),
    }),
  );
  return variants.toSorted((a, b) => LEVELS.indexOf(a.level) - LEVELS.indexOf(b.level));
}
