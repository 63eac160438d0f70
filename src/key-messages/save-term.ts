import type { Actor, Ctx } from '../base/context.ts';
import { invalid, notFound } from '../base/errors.ts';
import { type Trx, withOrganisation } from '../db/database.ts';
import { recordAudit } from '../memory/audit.ts';
import { allow } from '../organisations/permissions.ts';
import { mustLead } from './add-version.ts';
import { termsOfCampaign } from './glossary-queries.ts';
import { type TermInput, termSchema } from './glossary-schema.ts';

type MemberCtx = Ctx<Exclude<Actor, { kind: 'clock' }>>;
const fold = (text: string): string => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();

/** Adds a word to the campaign's glossary; with `id`, rewrites that one. */
export async function saveTerm(
  ctx: MemberCtx,
  campaignId: number,
  input: unknown,
  id: number | null = null,
): Promise<{ id: number }> {
  allow(ctx.actor, 'campaign.write');
  const parsed = termSchema.safeParse(input);
  if (!parsed.success)
    throw invalid(
      'terme_invalide',
      'Le terme n’est pas enregistré : corrigez les champs signalés.',
      parsed.error.issues.map((i) => ({ field: String(i.path[0]), message: i.message })),
    );
  const { data: term } = parsed;
  return withOrganisation(ctx.db, ctx.actor.organisationId, async (trx) => {
    await mustLead(trx, ctx, campaignId);
    const terms = await termsOfCampaign(trx, campaignId);
    if (id !== null && !terms.some((t) => t.id === id)) throw notFound('Ce terme');
    refuseContradiction(
      terms.filter((t) => t.id !== id),
      term,
    );
    return id === null ? writeTerm(trx, ctx, campaignId, term) : rewrite(trx, ctx, id, term);
  });
}

/** A word cannot be both what one says and what one avoids. */
function refuseContradiction(others: readonly TermInput[], { term, avoid }: TermInput): void {
  const same = others.find((t) => fold(t.term) === fold(term));
  if (same)
    throw invalid('terme_existe', 'Ce terme est déjà au glossaire.', [
      { field: 'term', message: 'Ce terme est déjà au glossaire : modifiez-le.' },
    ]);
  const refused = others.find((t) => t.avoid.some((a) => fold(a) === fold(term)));
  if (refused)
    throw invalid('terme_evite', 'Ce terme est à éviter.', [
      { field: 'term', message: `Le glossaire dit de l’éviter, au terme « ${refused.term} ».` },
    ]);
  const said = others.find((t) => avoid.some((a) => fold(a) === fold(t.term)));
  if (said)
    throw invalid('terme_recommande', 'Une formulation à éviter est aussi un terme du glossaire.', [
      { field: 'avoid', message: `« ${said.term} » est un terme du glossaire : on ne peut pas aussi l’éviter.` },
    ]);
}

/** Writes a word in the caller's transaction; one that is already there takes its new content. */
export async function writeTerm(
  trx: Trx,
  ctx: MemberCtx,
  campaignId: number,
  { term, definition, avoid }: TermInput,
): Promise<{ id: number }> {
  await mustLead(trx, ctx, campaignId);
  const row = await trx
    .insertInto('glossary_terms')
    .values({
      organisation_id: ctx.actor.organisationId,
      campaign_id: campaignId,
      term,
      definition,
      avoid,
      created_at: ctx.now(),
      updated_at: ctx.now(),
    })
    .onConflict((c) => c.columns(['campaign_id', 'term']).doUpdateSet({ definition, avoid, updated_at: ctx.now() }))
    .returning('id')
    .executeTakeFirstOrThrow();
  await recordAudit(trx, ctx, { action: 'glossary.write', subject: `glossary:${row.id}`, detail: { term } });
  return row;
}

async function rewrite(trx: Trx, ctx: MemberCtx, id: number, term: TermInput): Promise<{ id: number }> {
  await trx
    .updateTable('glossary_terms')
    .set({ ...term, updated_at: ctx.now() })
    .where('id', '=', id)
    .execute();
  await recordAudit(trx, ctx, { action: 'glossary.write', subject: `glossary:${id}`, detail: { term: term.term } });
  return { id };
}
