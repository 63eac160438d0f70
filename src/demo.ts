import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { sql } from 'kysely';
import type { Ctx, Role } from './base/context.ts';
import { importContacts } from './contacts/import-contacts.ts';
import { acrossOrganisations } from './db/database.ts';
import { LOCKS } from './db/locks.ts';
import { inviteUser } from './organisations/invite-user.ts';
import { applyFolder } from './plan/apply.ts';
import { createDemoOrganisations } from './plan/demo-organisations.ts';
import type { Service } from './service.ts';

export const DEMO_CAMPAIGN = fileURLToPath(new URL('../campaigns/essentiels-infranum', import.meta.url));

/** The people of the demonstration: one per role, in the organisations of its campaign. */
export const DEMO_PEOPLE: { address: string; name: string; organisation: string; roles: Role[]; does: string }[] = [
  {
    address: 'camille@afdas.example',
    name: 'Camille Aubert',
    organisation: 'afdas',
    roles: ['communicant'],
    does: 'prépare la campagne',
  },
  {
    address: 'amina@afdas.example',
    name: 'Amina Diallo',
    organisation: 'afdas',
    roles: ['valideur', 'administrateur'],
    does: 'valide pour l’Afdas',
  },
  {
    address: 'bruno@constructys.example',
    name: 'Bruno Lefèvre',
    organisation: 'constructys',
    roles: ['valideur', 'communicant', 'administrateur'],
    does: 'valide pour Constructys',
  },
  {
    address: 'chloe@federation.example',
    name: 'Chloé Martin',
    organisation: 'federation',
    roles: ['relais', 'valideur', 'communicant', 'administrateur'],
    does: 'relaie et valide pour la fédération',
  },
  {
    address: 'david@afdas.example',
    name: 'David Roche',
    organisation: 'afdas',
    roles: ['evaluateur'],
    does: 'lit les résultats',
  },
];

/**
 * Fills an empty embedded database with the demonstration campaign, its people and its (invented) contacts. False when
 * there is already an organisation. Two first starts at once: the second waits on the lock, then finds it done.
 */
export async function seedDemo(service: Service): Promise<boolean> {
  const { db, secrets, publicUrl, now } = service;
  return acrossOrganisations(db, async (lock) => {
    await sql`select pg_advisory_xact_lock(${LOCKS.demo})`.execute(lock);
    if (await lock.selectFrom('organisations').select('id').limit(1).executeTakeFirst()) return false;
    const organisations = await createDemoOrganisations({ db, now }, DEMO_CAMPAIGN);
    const as = (slug: string): Ctx<Extract<Ctx['actor'], { kind: 'command' }>> => ({
      db,
      secrets,
      publicUrl,
      now,
      actor: { kind: 'command', name: 'démonstration', organisationId: organisations.get(slug)! },
    });
    for (const { organisation, does: _, ...person } of DEMO_PEOPLE) await inviteUser(as(organisation), person);
    await applyFolder(as('afdas'), DEMO_CAMPAIGN);
    for (const slug of organisations.keys()) {
      const file = contactsOf(slug);
      if (file)
        await importContacts(as(slug), {
          file,
          options: { fileName: `${slug}.csv`, source: 'contacts inventés pour la démonstration' },
        });
    }
    return true;
  });
}

function contactsOf(slug: string): Buffer | null {
  try {
    return readFileSync(`${DEMO_CAMPAIGN}/contacts/${slug}.csv`);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
