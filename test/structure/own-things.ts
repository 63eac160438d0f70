import { ROLES } from '../../src/base/context.ts';
import { importContacts } from '../../src/contacts/import-contacts.ts';
import { saveAudience } from '../../src/contacts/save-audience.ts';
import { withOrganisation } from '../../src/db/database.ts';
import { recordDecision } from '../../src/decisions/record-decision.ts';
import { saveTransport } from '../../src/senders/save-transport.ts';
import { NOW, type Person, type TestDatabase } from '../support/database.ts';

/** What an organisation holds for itself alone, of no campaign: all of it says PRIVATE. */
export async function makeOwnThings(t: TestDatabase, person: Person): Promise<void> {
  const ctx = t.ctx({ ...person, roles: ROLES });
  const n = person.organisationId;
  await importContacts(ctx, {
    file: Buffer.from(`email;nom;entreprise;niveau\nokapi-${n}@foret.example;Okapi;Okapis réunis;terrain\n`),
    options: { fileName: `okapis-${n}.csv`, source: 'Liste des okapis' },
  });
  await saveAudience(ctx, { slug: `okapis-${n}`, name: 'Les okapis', rule: {} });
  await recordDecision(ctx, null, {
    instance: 'autre',
    date: '2026-11-03',
    subject: 'Le budget des okapis',
    decision: 'Il reste aux okapis.',
  });
  const server = { host: `okapi-${n}.example`, port: 587, security: 'starttls', auth: 'aucune' } as const;
  await saveTransport(ctx, server, { demo: false });
  await withOrganisation(t.db, n, (trx) =>
    trx
      .insertInto('consents')
      .values({
        organisation_id: n,
        address_hash: Buffer.alloc(32, n),
        purpose: 'message',
        value: 'granted',
        wording: 'okapi',
        source: 'okapi',
        actor: 'okapi',
        at: NOW,
      })
      .execute(),
  );
}
