import { acrossOrganisations, type Database } from '../db/database.ts';
import { getPush } from './queries.ts';

/** For a command: the push of `envoi` or `campagne/envoi`, and the organisation that leads it. Refused when ambiguous. */
export const locatePush = (
  db: Database,
  reference: string,
): Promise<{ id: number; organisationId: number; title: string }> =>
  acrossOrganisations(db, async (trx) => {
    const { id, organisationId, title } = await getPush(trx, reference);
    return { id, organisationId, title };
  });
