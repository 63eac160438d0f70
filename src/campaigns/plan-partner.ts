import { sql } from 'kysely';
import { forbidden, notFound } from '../base/errors.ts';
import type { Trx } from '../db/database.ts';
import type { MemberCtx } from './create-campaign.ts';

/**
 * Any partner writes its own lines of the plan, as long as it takes part in the campaign. A stranger learns nothing; who
 * has left reads what was.
 */
export async function mustPlan(trx: Trx, campaignId: number): Promise<void> {
  const { rows } = await sql<{ joined: boolean; open: boolean }>`
    select ${campaignId}::bigint in (select my_campaigns()) as joined,
      ${campaignId}::bigint in (select my_open_campaigns()) as open`.execute(trx);
  if (!rows[0]?.joined) throw notFound('Cette campagne');
  if (!rows[0].open)
    throw forbidden('Votre organisation a quitté cette campagne : elle en lit l’histoire et n’y écrit plus.');
}

/** What a partner declared is changed by that partner alone. */
export function mustOwnLine(ctx: MemberCtx, line: { organisationId: number; organisation: { name: string } }): void {
  if (line.organisationId !== ctx.actor.organisationId)
    throw forbidden(`C’est ${line.organisation.name} qui l’a déclaré, et qui seul le change : demandez-le-lui.`);
}
