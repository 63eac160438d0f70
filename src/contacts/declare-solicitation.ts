import { sql } from 'kysely';
import { z } from 'zod';
import { actorLabel } from '../base/context.ts';
import { invalid, notFound } from '../base/errors.ts';
import { type Trx, withOrganisation } from '../db/database.ts';
import { recordAudit } from '../memory/audit.ts';
import { allow } from '../organisations/permissions.ts';
import { recordDeclared, withdrawDeclared } from '../pressure/declared.ts';
import { KINDS } from '../pressure/schema.ts';
import { audienceById } from './audience-queries.ts';
import { compileAudience } from './audience-sql.ts';
import type { OwnCtx } from './schema.ts';

const YEAR = 366 * 86_400_000;

const declarationSchema = z.strictObject({
  kind: z.enum(KINDS, 'Choisissez ce qui a été fait.'),
  label: z.string().trim().min(1, 'Dites en quelques mots ce qui a été demandé.').max(120, '120 caractères au plus.'),
  /** When, or when it will be. */
  at: z.date('Donnez une date qui existe.'),
  audienceId: z.int('Choisissez une audience.'),
  campaignId: z.int().nullable().default(null),
});

/**
 * An enquiry, a workshop, a round of calls: what the organisation asked, or will ask, of an audience otherwise than by a
 * message of ours. Its own contacts of that audience are copied as they are now, by their keyed hashes; from then on it
 * counts as one solicitation for each of them, in every campaign of the instance. `input`: kind, label, at, audienceId,
 * campaignId (null: none).
 */
export async function declareSolicitation(ctx: OwnCtx, input: unknown): Promise<{ id: number; people: number }> {
  allow(ctx.actor, 'contacts.write');
  const now = ctx.now();
  const { audienceId, campaignId, ...given } = checked(input, now);
  const { organisationId } = ctx.actor;
  return withOrganisation(ctx.db, organisationId, async (trx) => {
    const audience = await audienceById(trx, audienceId);
    if (!audience) throw notFound('Cette audience');
    if (campaignId !== null) await mustKnow(trx, campaignId);
    const done = await recordDeclared(
      trx,
      { ...given, organisationId, campaignId, audienceId, by: actorLabel(ctx.actor), now },
      sql`select c.address_hash, c.company_hash from contacts c
        where c.organisation_id = ${organisationId} and ${compileAudience(audience.rule)}`,
    );
    if (done.people === 0) throw refused('audienceId', 'Aucun contact de votre liste ne répond à cette audience.');
    await recordAudit(trx, ctx, {
      action: 'solicitation.declare',
      subject: `solicitation:${done.id}`,
      detail: { kind: given.kind, label: given.label, at: given.at, people: done.people },
    });
    return done;
  });
}

/** It did not take place, or was declared by mistake: it counts no more. Written down all the same. */
export async function withdrawSolicitation(ctx: OwnCtx, id: number): Promise<{ label: string }> {
  allow(ctx.actor, 'contacts.write');
  const { organisationId } = ctx.actor;
  return withOrganisation(ctx.db, organisationId, async (trx) => {
    const withdrawn = await withdrawDeclared(trx, { id, organisationId, now: ctx.now() });
    await recordAudit(trx, ctx, { action: 'solicitation.withdraw', subject: `solicitation:${id}`, detail: withdrawn });
    return withdrawn;
  });
}

function checked(input: unknown, now: Date): z.output<typeof declarationSchema> {
  const parsed = declarationSchema.safeParse(input);
  if (!parsed.success)
    throw invalid(
      'sollicitation_invalide',
      'La sollicitation n’est pas déclarée : corrigez les champs signalés.',
      parsed.error.issues.map((i) => ({ field: i.path.join('.'), message: i.message })),
    );
  if (Math.abs(parsed.data.at.getTime() - now.getTime()) > YEAR)
    throw refused('at', 'Donnez une date à moins d’un an d’aujourd’hui : au-delà, elle ne compterait pas.');
  return parsed.data;
}

const refused = (field: string, message: string) =>
  invalid('sollicitation_invalide', 'La sollicitation n’est pas déclarée : corrigez les champs signalés.', [
    { field, message },
  ]);

async function mustKnow(trx: Trx, campaignId: number): Promise<void> {
  const known = await trx.selectFrom('campaigns').select('id').where('id', '=', campaignId).executeTakeFirst();
  if (!known) throw notFound('Cette campagne');
}
