import type { Ctx } from '../base/context.ts';
import { log } from '../base/log.ts';
import { acrossOrganisations } from '../db/database.ts';
import type { Resolver } from '../mail/resolver.ts';
import { examine } from './examine.ts';
import { factsOf } from './health.ts';
import { keepHealth } from './keep-health.ts';

const DAY = 86_400_000;
/** The round of an hour: the rest waits for the next. */
const AT_ONCE = 20;

/**
 * The clock: looks again at domains not checked for a day, whoever they belong to, so that a key taken out of the DNS
 * stops the mail it signed before a receiver does. Answers how many were looked at. Two clocks at once do it twice: a
 * second look changes nothing.
 */
export async function recheckDomains(ctx: Ctx, resolver: Resolver): Promise<number> {
  const before = new Date(ctx.now().getTime() - DAY);
  const due = await acrossOrganisations(ctx.db, async (trx) => {
    const rows = await trx
      .selectFrom('sender_domains')
      .selectAll()
      .where('checked_at', '<', before)
      .orderBy('checked_at')
      .limit(AT_ONCE)
      .execute();
    const found = [];
    for (const row of rows) found.push({ row, facts: await factsOf(trx, ctx, row) });
    return found;
  });
  for (const { row, facts } of due) {
    const examined = await examine(facts, resolver);
    const verified = await acrossOrganisations(ctx.db, (trx) => keepHealth(trx, ctx, row, examined, facts.proof));
    if (row.verified_at !== null && !verified)
      log.warn({ organisation: row.organisation_id, domain: row.domain }, 'signature DKIM perdue');
  }
  return due.length;
}
