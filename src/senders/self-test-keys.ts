import type { Ctx } from '../base/context.ts';
import { acrossOrganisations } from '../db/database.ts';
import { selfTest } from '../mail/dkim.ts';
import { dkimKeys } from './queries.ts';

/**
 * At start: every key signs once, and its signature is read again (MAIL-01, D5). Throws the Refusal (`sealed`,
 * `dkim_key`) of the first that cannot: better no service than mail that leaves unsigned. Answers how many there are.
 */
export async function selfTestKeys({ db, secrets }: Pick<Ctx, 'db' | 'secrets'>): Promise<number> {
  const keys = await acrossOrganisations(db, (trx) => dkimKeys(trx, secrets));
  for (const key of keys.values()) await selfTest(key);
  return keys.size;
}
