import { fromParis } from '../../src/base/dates.ts';
import { randomToken } from '../../src/base/tokens.ts';
import { addressHash } from '../../src/contacts/addresses.ts';
import { acrossOrganisations } from '../../src/db/database.ts';
import { saveWebinar } from '../../src/pushes/edit-webinar.ts';
import { openRegistrations } from '../../src/webinars/act-webinar.ts';
import { getWebinarById, type WebinarRow } from '../../src/webinars/queries.ts';
import { NOW, SECRETS, type TestDatabase } from '../support/database.ts';

/** As a form gives it: a Thursday in January, run by whoever saves it. */
export const WEBINAR = {
  title: 'Les outils, pour de vrai',
  summary: 'Une heure avec ceux qui s’en servent.',
  startsAt: fromParis(2027, 1, 14, 14),
  endsAt: fromParis(2027, 1, 14, 15, 30),
  organisers: ['opco', 'btp'],
  speakers: [{ name: 'Nadia Ferrand', role: 'conseillère', organisation: 'OPCO' }],
  joinUrl: 'https://reunion.example/salle',
};

export type Owner = 'opco' | 'btp' | 'federation';

/** A webinar of opco (Alice), with its registrations open. */
export async function madeWebinar(
  t: TestDatabase,
  campaign: string,
  over: Record<string, unknown> = {},
): Promise<WebinarRow> {
  const ctx = t.ctx(t.cast.alice);
  const { id, slug } = await saveWebinar(ctx, campaign, { ...WEBINAR, ...over });
  await openRegistrations(ctx, campaign, slug);
  return readAgain(t, id);
}

export const readAgain = (t: TestDatabase, id: number): Promise<WebinarRow> =>
  acrossOrganisations(t.db, (trx) => getWebinarById(trx, id));

let made = 0;

/** People who are registered already, without the letters that go with it. */
export async function registered(
  t: TestDatabase,
  webinar: WebinarRow,
  owner: Owner,
  count: number,
  over: { place?: 'inscrit' | 'attente'; question?: string; firstName?: string; lastName?: string } = {},
): Promise<number[]> {
  const { place = 'inscrit', question = null, firstName = 'Camille' } = over;
  const rows = Array.from({ length: count }, () => {
    made += 1;
    const address = `inscrit.${made}@exemple.fr`;
    return {
      organisation_id: t.cast.organisations[owner],
      campaign_id: webinar.campaignId,
      webinar_id: webinar.id,
      address,
      address_hash: addressHash(SECRETS, address),
      first_name: firstName,
      last_name: over.lastName ?? `Personne ${made}`,
      company: 'Fibre & Fils',
      question,
      public: 'entreprise',
      place,
      registered_at: NOW,
      placed_at: place === 'inscrit' ? NOW : null,
      uid: `${randomToken()}@pv.example`,
      sequence: webinar.sequence,
    };
  });
  return acrossOrganisations(t.db, async (trx) => {
    const written = await trx.insertInto('registrations').values(rows).returning('id').execute();
    return written.map((r) => r.id);
  });
}

/** What is owed about it, not sent and not void. */
export const owed = (t: TestDatabase, webinar: Pick<WebinarRow, 'id'>) =>
  acrossOrganisations(t.db, (trx) =>
    trx
      .selectFrom('outbox')
      .select(['kind', 'to_address'])
      .where('about', '=', `webinar:${webinar.id}`)
      .where('sent_at', 'is', null)
      .where('failed_at', 'is', null)
      .orderBy('id')
      .execute(),
  );
