import type { Actor, Ctx } from '../base/context.ts';
import { acrossOrganisations, withOrganisation } from '../db/database.ts';
import { allow } from '../organisations/permissions.ts';
import { pushToProve, signatoriesOf } from './queries.ts';
import { type Submitted, submittedVariants } from './read-approvals.ts';
import { type ChangedTerm, changedTerms, termsOfProof, termsOfPush } from './terms.ts';

/** What an organisation knew already, against which it reads what is submitted now. */
export type Before = {
  /** Its last yes; where it never said yes, its last request for changes. */
  decision: 'valide' | 'changement';
  by: string;
  at: Date;
  variants: Submitted[];
  /** What moved besides the messages; null when the former terms were not kept. */
  terms: ChangedTerm[] | null;
};

/**
 * What the actor's organisation last said yes to, when it is not what it is asked today; null when it never answered, or
 * when nothing of its own has moved since.
 */
export async function readBefore(ctx: Ctx<Exclude<Actor, { kind: 'clock' }>>, pushId: number): Promise<Before | null> {
  allow(ctx.actor, 'push.read');
  const { organisationId } = ctx.actor;
  const found = await withOrganisation(ctx.db, organisationId, async (trx) => {
    const push = await pushToProve(trx, pushId);
    const asked = (await signatoriesOf(trx, pushId)).find((s) => s.id === organisationId)?.asked;
    if (!asked) return null;
    const answers = await trx
      .selectFrom('approvals as a')
      .innerJoin('proof_hashes as h', (j) =>
        j.onRef('h.content_hash', '=', 'a.content_hash').onRef('h.organisation_id', '=', 'a.organisation_id'),
      )
      .innerJoin('proofs as p', 'p.id', 'h.proof_id')
      .select(['p.id as proofId', 'a.decision', 'a.user_name', 'a.at', 'a.content_hash'])
      .where('a.subject', '=', `push:${pushId}`)
      .where('a.organisation_id', '=', organisationId)
      .where('p.push_id', '=', pushId)
      .orderBy('a.id', 'desc')
      .orderBy('p.id', 'desc')
      .execute();
    const last = answers.find((a) => a.decision === 'valide') ?? answers[0];
    if (!last || last.content_hash.equals(asked)) return null;
    return { push, last, variants: await submittedVariants(trx, last.proofId, organisationId) };
  });
  if (!found) return null;
  const { push, last, variants } = found;
  // The audit row of a submission is its lead's: a partner may know what it says of the push that it signs.
  const terms = await acrossOrganisations(ctx.db, (trx) => termsOfProof(trx, pushId, last.proofId));
  return {
    decision: last.decision as Before['decision'],
    by: last.user_name,
    at: last.at,
    variants,
    terms: terms && changedTerms(terms, termsOfPush(push)),
  };
}
