import { isDeepStrictEqual } from 'node:util';
import { actorLabel } from '../base/context.ts';
import { invalid, notFound } from '../base/errors.ts';
import { checked } from '../campaigns/plan-fields.ts';
import { mustOwnLine, mustPlan } from '../campaigns/plan-partner.ts';
import { getCampaign } from '../campaigns/queries.ts';
import { type Trx, withOrganisation } from '../db/database.ts';
import { recordAudit } from '../memory/audit.ts';
import { allow } from '../organisations/permissions.ts';
import { safeName } from '../resources/attach.ts';
import { storeFile } from '../resources/file-store.ts';
import { getPage, statementInput, statementsOf, type WatchedPage } from './queries.ts';
import { type MemberCtx, type StatementInput, statementSchema } from './schema.ts';

/** The document that says so: written to disk under its digest before the row speaks of it. */
export type Evidence = { dataDir: string; name: string; bytes: AsyncIterable<Uint8Array> };
type Kept = { name: string; sha256: string };

/**
 * Writes down a figure that somebody stated of a page, in the words in which it was stated: never changed after, only
 * withdrawn. « personnes » said of what counts visits is asked about first (`personnes_a_confirmer`); confirmed (`sure`), it
 * is kept with the remark that says what is known of it. Throws `chiffre_invalide`, with a message per field.
 */
export async function declareFigure(
  ctx: MemberCtx,
  campaignSlug: string,
  pageSlug: string,
  input: unknown,
  { sure = false, evidence }: { sure?: boolean; evidence?: Evidence } = {},
): Promise<{ id: number; outcome: 'created' | 'unchanged' }> {
  allow(ctx.actor, 'campaign.write');
  const statement = checked(
    statementSchema,
    input,
    'chiffre_invalide',
    'Le chiffre n’est pas enregistré : corrigez les champs signalés.',
  );
  if (statement.unit === 'personnes') askAboutPersons(statement, sure);
  const inPage = <T>(run: (trx: Trx, page: WatchedPage) => Promise<T>): Promise<T> =>
    withOrganisation(ctx.db, ctx.actor.organisationId, async (trx) => {
      const { id } = await getCampaign(trx, campaignSlug);
      await mustPlan(trx, id);
      return run(trx, await getPage(trx, id, pageSlug));
    });
  // Nothing is written to disk for whom may not write here.
  if (evidence) await inPage(async () => undefined);
  const file = evidence ? await keep(evidence) : null;
  return inPage((trx, page) => writeStatement(trx, ctx, page, statement, file));
}

/** A page's counter knows browsers that come back, and not people: the word is kept, and with it what it may mean. */
function askAboutPersons({ note }: StatementInput, sure: boolean): void {
  if (!sure)
    throw invalid('personnes_a_confirmer', 'Une page compte des visites, pas des personnes.', [
      {
        field: 'unit',
        message:
          'Des personnes, ou des visites ? Qui revient compte deux fois. Si le document écrit « personnes », gardez son mot, cochez la case qui suit, et dites dans la remarque comment elles ont été comptées, ou que rien ne le dit.',
      },
    ]);
  if (note === '')
    throw invalid('remarque_manquante', 'Il manque la remarque.', [
      { field: 'note', message: 'Dites comment ces personnes ont été comptées, ou que le document ne le dit pas.' },
    ]);
}

async function keep({ dataDir, name, bytes }: Evidence): Promise<Kept> {
  const { sha256, extension } = await storeFile(dataDir, name, bytes);
  return { name: safeName(name, extension), sha256 };
}

/** The same inside the caller's transaction. What this organisation wrote down already, word for word, is not written twice. */
export async function writeStatement(
  trx: Trx,
  ctx: MemberCtx,
  page: WatchedPage,
  input: StatementInput,
  file: Kept | null = null,
): Promise<{ id: number; outcome: 'created' | 'unchanged' }> {
  await mustPlan(trx, page.campaignId);
  const told = await statementsOf(trx, { campaignId: page.campaignId, pageId: page.id });
  const same = told.find(
    (s) =>
      s.withdrawnAt === null &&
      s.organisationId === ctx.actor.organisationId &&
      (file === null || s.fileHash === file.sha256) &&
      isDeepStrictEqual(statementInput(s), input),
  );
  if (same) return { id: same.id, outcome: 'unchanged' };
  const { id } = await trx
    .insertInto('page_statements')
    .values({
      organisation_id: ctx.actor.organisationId,
      campaign_id: page.campaignId,
      page_id: page.id,
      value: input.value,
      at_least: input.atLeast,
      unit: input.unit,
      window_from: input.from,
      window_to: input.to,
      window_said: input.windowSaid,
      said_by: input.saidBy,
      source: input.source,
      quote: input.quote,
      said_on: input.saidOn,
      note: input.note,
      file_name: file?.name ?? null,
      file_hash: file ? Buffer.from(file.sha256, 'hex') : null,
      declared_by: actorLabel(ctx.actor),
      declared_at: ctx.now(),
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  await recordAudit(trx, ctx, {
    action: 'page.declare',
    subject: `page:${page.id}`,
    detail: { statementId: id, value: input.value, unit: input.unit, file: file?.sha256 ?? null },
  });
  return { id, outcome: 'created' };
}

/** Taken back by whoever wrote it down: it stays written, struck through, and counts nowhere. */
export async function withdrawStatement(
  ctx: MemberCtx,
  campaignSlug: string,
  pageSlug: string,
  statementId: number,
): Promise<void> {
  allow(ctx.actor, 'campaign.write');
  await withOrganisation(ctx.db, ctx.actor.organisationId, async (trx) => {
    const { id } = await getCampaign(trx, campaignSlug);
    await mustPlan(trx, id);
    const page = await getPage(trx, id, pageSlug);
    const found = (await statementsOf(trx, { campaignId: id, pageId: page.id })).find((s) => s.id === statementId);
    if (!found) throw notFound('Ce chiffre');
    mustOwnLine(ctx, found);
    if (found.withdrawnAt) return;
    await trx.updateTable('page_statements').set({ withdrawn_at: ctx.now() }).where('id', '=', found.id).execute();
    await recordAudit(trx, ctx, {
      action: 'page.withdraw-statement',
      subject: `page:${page.id}`,
      detail: { statementId, value: found.value, unit: found.unit },
    });
  });
}
