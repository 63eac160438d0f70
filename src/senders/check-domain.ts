import type { Ctx } from '../base/context.ts';
import { notFound } from '../base/errors.ts';
import { type Trx, withOrganisation } from '../db/database.ts';
import type { Resolver } from '../mail/resolver.ts';
import { allow } from '../organisations/permissions.ts';
import { ownOrganisation } from './acting.ts';
import { examine } from './examine.ts';
import { type DomainRow, factsOf } from './health.ts';
import { keepHealth } from './keep-health.ts';
import type { Finding } from './schema.ts';

export type Checked = { domain: string; verified: boolean; checks: Finding[] };

export const readDomain = async (trx: Trx, organisationId: number, id: number): Promise<DomainRow> => {
  const row = await trx
    .selectFrom('sender_domains')
    .selectAll()
    .where('id', '=', id)
    .where('organisation_id', '=', organisationId)
    .executeTakeFirst();
  if (!row) throw notFound('Domaine');
  return row;
};

/** Asks the DNS about one of the organisation's domains, now, and keeps what it says (MAIL-10). */
export async function checkDomain(ctx: Ctx, id: number, resolver: Resolver): Promise<Checked> {
  allow(ctx.actor, 'organisation.write');
  const organisationId = ownOrganisation(ctx);
  const { row, facts } = await withOrganisation(ctx.db, organisationId, async (trx) => {
    const row = await readDomain(trx, organisationId, id);
    return { row, facts: await factsOf(trx, ctx, row) };
  });
  // No transaction is open while the network is waited for.
  const examined = await examine(facts, resolver);
  return withOrganisation(ctx.db, organisationId, async (trx) => {
    const verified = await keepHealth(trx, ctx, row, examined, facts.proof);
    return { domain: row.domain, verified, checks: examined.checks };
  });
}
