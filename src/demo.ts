import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sql } from 'kysely';
import type { Ctx, Role } from './base/context.ts';
import { PUBLICS } from './base/words.ts';
import { locateCampaign } from './campaigns/locate-campaign.ts';
import { importContacts } from './contacts/import-contacts.ts';
import { acrossOrganisations } from './db/database.ts';
import { LOCKS } from './db/locks.ts';
import { approveWording } from './key-messages/approve-wording.ts';
import { readWording } from './key-messages/read-wording.ts';
import { requestWordingApproval } from './key-messages/request-approval.ts';
import { inviteUser } from './organisations/invite-user.ts';
import { actorByAddress } from './organisations/queries.ts';
import { applyFolder } from './plan/apply.ts';
import { createDemoOrganisations } from './plan/demo-organisations.ts';
import type { Service } from './service.ts';
import { publicWebinar } from './webinars/public-webinar.ts';
import { register } from './webinars/register.ts';

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
    await seedWordings(service, as('afdas'));
    for (const slug of organisations.keys()) {
      const file = contactsOf(slug);
      if (file)
        await importContacts(as(slug), {
          file,
          options: { fileName: `${slug}.csv`, source: 'contacts inventés pour la démonstration' },
        });
    }
    await seedRegistrations(service);
    return true;
  });
}

/** How many of each organisation's (invented) contacts register, as they would from the public page. */
const REGISTERED = { afdas: 16, constructys: 22, federation: 7 };
const DEMO_WEBINAR = 'les-outils-en-situation';
const QUESTIONS = [
  'Faut-il un SIRET pour essayer l’outil ?',
  'Nous sommes quatre : est-ce que cela vaut la peine ?',
  'Peut-on reprendre les fiches métiers dans nos offres d’emploi ?',
  'Où trouver l’enregistrement si je dois partir avant la fin ?',
];

/** None once the day of the demonstration's webinar has passed: nobody registers to what is over. */
async function seedRegistrations({ db, secrets, publicUrl, now }: Service): Promise<void> {
  const visitor = { db, secrets, publicUrl, now, network: 'démonstration' };
  const webinar = await publicWebinar(visitor, DEMO_WEBINAR);
  if (webinar?.state !== 'ouvert') return;
  for (const [organisation, count] of Object.entries(REGISTERED))
    for (const [i, person] of peopleOf(organisation).slice(0, count).entries())
      await register(visitor, DEMO_WEBINAR, {
        ...person,
        organisation,
        question: i % 5 === 0 ? QUESTIONS[(i / 5) % QUESTIONS.length] : '',
        // Two in three say that they came from a message.
        origin: i % 3 === 2 ? '' : `lettre.${organisation}.${i % 3 === 0 ? 'terrain' : 'operationnel'}`,
      });
}

/** Those of a list of the demonstration that a webinar on tools would interest, in the words of its form. */
function peopleOf(organisation: string) {
  const [titles = '', ...lines] =
    contactsOf(organisation)?.toString().replace('\ufeff', '').trim().split(/\r?\n/) ?? [];
  const columns = titles.split(';');
  return lines.flatMap((line) => {
    const cells = line.split(';');
    const cell = (title: string): string => cells[columns.indexOf(title)] ?? '';
    const is = PUBLICS.find((p) => p === cell('Public'));
    const [firstName, lastName, address] = [cell('Prénom'), cell('Nom'), cell('Adresse électronique')];
    return is && ['entreprise', 'independant', 'prescripteur'].includes(is) && firstName && lastName && address
      ? [{ firstName, lastName, address, company: cell('Entreprise'), public: is }]
      : [];
  });
}

/** Said yes to by the three organisations, and so in the kits of the relays. */
const VALIDATED = ['etude-prospective-2030', 'metiers-de-la-filiere', 'outil-gepp', 'recrutement-inclusif'];
/** Asked, and still waiting for one of them: something to try. */
const WAITING = { slug: 'recruter-ses-raccordeurs', for: 'federation' };

/** The wordings are asked for by the lead and approved by the people of the demonstration, one by one, as on the pages. */
async function seedWordings(service: Service, lead: Ctx<Extract<Ctx['actor'], { kind: 'command' }>>): Promise<void> {
  const { id } = await locateCampaign(service.db, basename(DEMO_CAMPAIGN));
  const people = [];
  for (const person of DEMO_PEOPLE) {
    const actor = await actorByAddress(service.db, person.address);
    if (actor) people.push({ ...person, ctx: { ...lead, actor } });
  }
  const author = people.find((p) => p.roles.includes('communicant'));
  if (!author) return;
  for (const slug of [...VALIDATED, WAITING.slug]) {
    await requestWordingApproval(author.ctx, id, { slug, seen: 1 });
    for (const { organisation, ctx } of people.filter((p) => p.roles.includes('valideur'))) {
      if (slug === WAITING.slug && organisation === WAITING.for) continue;
      const { asked } = await readWording(ctx, id, slug);
      if (asked) await approveWording(ctx, id, slug, { seen: asked.hash.toString('hex'), decision: 'valide' });
    }
  }
}

function contactsOf(slug: string): Buffer | null {
  try {
    return readFileSync(`${DEMO_CAMPAIGN}/contacts/${slug}.csv`);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
