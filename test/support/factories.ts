// What most tests stand on, each with defaults: a joint campaign, contacts, an audience, a push at the stage one needs.
import { createCampaign } from '../../src/campaigns/create-campaign.ts';
import type { CampaignInput } from '../../src/campaigns/schema.ts';
import { addressHash } from '../../src/contacts/addresses.ts';
import type { AudienceInput } from '../../src/contacts/audience-schema.ts';
import { companyHasher } from '../../src/contacts/company-hash.ts';
import { saveAudience } from '../../src/contacts/save-audience.ts';
import { withOrganisation } from '../../src/db/database.ts';
import { approvePush } from '../../src/proofs/approve-push.ts';
import { askedOf } from '../../src/proofs/asked-of.ts';
import { submitPush } from '../../src/proofs/submit-push.ts';
import { savePush } from '../../src/pushes/save-push.ts';
import { joint } from '../campaigns/cast.ts';
import { NOW, type Person, SECRETS, type TestDatabase } from './database.ts';

type Owner = 'opco' | 'btp' | 'federation' | 'etranger';

let made = 0;
const fresh = (kind: string): string => {
  made += 1;
  return `${kind}-${made}`;
};

/** Led by opco (Alice), signed with btp (Bruno), relayed by federation (Chloé). */
export async function makeCampaign(
  t: TestDatabase,
  over: Partial<CampaignInput> = {},
): Promise<{ id: number; slug: string }> {
  return createCampaign(t.ctx(t.cast.alice), joint({ slug: fresh('campagne'), ...over }));
}

export type ContactOptions = {
  /** What the addresses begin with: two organisations given the same one hold the same people. */
  prefix?: string;
  /** Scenarios of one file keep apart by their tag. */
  tag?: string;
  level?: (i: number) => string;
  region?: (i: number) => string | null;
  sizeClass?: (i: number) => string;
  siret?: (i: number) => string | null;
};

/** `count` contacts of one organisation, written at once; answers their addresses. */
export async function makeContacts(
  t: TestDatabase,
  owner: Owner,
  count: number,
  options: ContactOptions = {},
): Promise<string[]> {
  const {
    prefix = fresh(owner),
    tag = 'tous',
    level = () => 'terrain',
    region = () => null,
    sizeClass = () => '<11',
    siret = () => null,
  } = options;
  const companyOf = companyHasher(SECRETS);
  const addresses = Array.from({ length: count }, (_, i) => `${prefix}.${i}@destinataires.example`);
  const rows = addresses.map((address, i) => ({
    organisation_id: t.cast.organisations[owner],
    address,
    address_hash: addressHash(SECRETS, address),
    last_name: `Personne ${i}`,
    level: level(i),
    region: region(i),
    size_class: sizeClass(i),
    siret: siret(i),
    company_hash: companyBytes(siret(i), companyOf),
    address_kind: 'nominative_pro',
    tags: [tag],
    source: 'liste de test',
    created_at: NOW,
    updated_at: NOW,
  }));
  await withOrganisation(t.db, t.cast.organisations[owner], async (trx) => {
    for (let i = 0; i < rows.length; i += 1000)
      await trx
        .insertInto('contacts')
        .values(rows.slice(i, i + 1000))
        .execute();
  });
  return addresses;
}

const companyBytes = (siret: string | null, hashOf: (siret: string) => string): Buffer | null =>
  siret === null ? null : Buffer.from(hashOf(siret), 'hex');

export const makeAudience = (
  t: TestDatabase,
  campaignId: number,
  over: Partial<AudienceInput> = {},
): Promise<{ id: number; slug: string }> =>
  saveAudience(t.ctx(t.cast.alice), {
    slug: fresh('audience'),
    name: 'Audience de test',
    rule: {},
    ...over,
    campaignId,
  });

/** A short letter with one tracked link, as a form gives it. */
export const letter = (over: Record<string, unknown> = {}): Record<string, unknown> => ({
  title: 'La lettre',
  audience: 'tous',
  signatories: ['opco', 'btp'],
  scheduledAt: null,
  content: content('Bonjour à tous'),
  ...over,
});

export const content = (subject: string, url = 'https://ressources.example/etude') => ({
  subject,
  blocks: [
    { id: 'b1', type: 'text', markdown: `Le texte de « ${subject} ».` },
    { id: 'b2', type: 'button', label: 'Lire l’étude', url },
  ],
});

export type MadePush = {
  id: number;
  slug: string;
  campaignId: number;
  campaign: string;
  /** The letter as it was saved: save it again, changed, to edit it. */
  input: Record<string, unknown>;
  tag: string;
  addresses: { opco: string[]; btp: string[] };
};

export type PushOptions = {
  campaign?: Partial<CampaignInput>;
  /** How many contacts each signatory has. */
  contacts?: { opco?: number; btp?: number };
  contact?: Omit<ContactOptions, 'tag' | 'prefix'>;
  audience?: Partial<AudienceInput>;
  push?: Record<string, unknown>;
};

/** A push of its own campaign, to contacts of its own. */
export async function makePush(t: TestDatabase, options: PushOptions = {}): Promise<MadePush> {
  const campaign = await makeCampaign(t, options.campaign);
  const tag = fresh('groupe');
  const addresses = {
    opco: await makeContacts(t, 'opco', options.contacts?.opco ?? 3, { ...options.contact, tag }),
    btp: await makeContacts(t, 'btp', options.contacts?.btp ?? 2, { ...options.contact, tag }),
  };
  const audience = await makeAudience(t, campaign.id, { rule: { tags: [tag] }, ...options.audience });
  const input = letter({ slug: fresh('envoi'), audience: audience.slug, ...options.push });
  const { id } = await savePush(t.ctx(t.cast.alice), campaign.slug, input);
  return { id, slug: String(input.slug), campaignId: campaign.id, campaign: campaign.slug, input, tag, addresses };
}

/** Replaces the push by a changed one, as its lead does. */
export async function editPush(t: TestDatabase, push: MadePush, change: Record<string, unknown>): Promise<void> {
  await savePush(t.ctx(t.cast.alice), push.campaign, { ...push.input, ...change });
}

export const submit = (t: TestDatabase, pushId: number, now = NOW) => submitPush(t.ctx(t.cast.alice, now), pushId);

/** A yes (or a request for changes) of one person to what their organisation is asked today. */
export async function approve(
  t: TestDatabase,
  pushId: number,
  person: Person,
  decision: 'valide' | 'changement' = 'valide',
): Promise<{ complete: boolean }> {
  const ctx = t.ctx(person);
  const seen = await askedOf(ctx, pushId);
  return approvePush(ctx, pushId, { seen, decision, ...(decision === 'changement' ? { comment: 'À revoir.' } : {}) });
}

export async function submitAndApprove(t: TestDatabase, pushId: number): Promise<void> {
  await submit(t, pushId);
  await approve(t, pushId, t.cast.alice);
  await approve(t, pushId, t.cast.bruno);
}

/** A push that both signatories approved: it may leave. */
export async function makeApprovedPush(t: TestDatabase, options: PushOptions = {}): Promise<MadePush> {
  const push = await makePush(t, options);
  await submitAndApprove(t, push.id);
  return push;
}
