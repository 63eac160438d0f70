import { acrossOrganisations, type Database } from '../db/database.ts';
import { senderVerified } from '../senders/queries.ts';
import type { CheckedVariant, Finding } from './check-schema.ts';
import { checkSender, isInternal, senderOf } from './check-sending.ts';

/**
 * Each signatory's sender, once. Their domains are their own rows: read across organisations, for a yes or a no that
 * whoever signs with them must know. Without `demo`, nothing is asked of domains.
 */
export async function checkSenders(
  db: Database,
  publicUrl: string,
  variants: readonly CheckedVariant[],
  demo: boolean | undefined,
): Promise<Finding[]> {
  const one = [...new Map(variants.map((v) => [v.organisationId, v])).values()];
  const refusals =
    demo === undefined
      ? new Map<number, string>()
      : await acrossOrganisations(db, async (trx) => {
          const refused = new Map<number, string>();
          for (const { organisationId, input } of one) {
            const { verified, why } = await senderVerified(trx, organisationId, input.organisation.senderAddress, {
              demo,
            });
            if (!verified) refused.set(organisationId, why);
          }
          return refused;
        });
  return one.flatMap((variant) =>
    checkSender(
      { ...senderOf(variant), refused: refusals.get(variant.organisationId) ?? null },
      demo !== false || isInternal(publicUrl),
    ),
  );
}
