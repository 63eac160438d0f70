import { z } from 'zod';
import type { Actor } from '../base/context.ts';
import { longDate } from '../base/dates.ts';
import { invalid, notFound } from '../base/errors.ts';
import { getCampaignById } from '../campaigns/queries.ts';
import { addressHash, normaliseAddress } from '../contacts/addresses.ts';
import { acrossOrganisations, type Trx, withOrganisation } from '../db/database.ts';
import { recordAudit } from '../memory/audit.ts';
import { slowDown } from '../organisations/slow-down.ts';
import { lockCascade } from '../relays/cascade.ts';
import { lastKits } from '../relays/kits.ts';
import { RELAY_KINDS, relayAddressSchema, relayNameSchema, territorySchema } from '../relays/schema.ts';
import { readTerritory } from '../relays/territory.ts';
import { writeLetters } from './letters.ts';
import { mailable } from './mailable.ts';
import type { Instance } from './open-kit.ts';
import { campaignFace } from './public-page.ts';

export const REQUESTS_AN_HOUR = 10;
/** More would be a robot's work, which nobody reads. */
const MOST_WAITING = 500;
/** A link that was asked for again is sent again once a day: nobody fills somebody else's mailbox from here. */
const AGAIN_HOURS = 24;

const requestSchema = z.strictObject({
  name: relayNameSchema,
  kind: z.enum(RELAY_KINDS, 'Dites ce que vous êtes.'),
  territory: territorySchema,
  address: relayAddressSchema,
});

/**
 * « Obtenir notre kit »: anybody asks for one, and the lead decides. The answer is the same for everybody: it does not say
 * who relays already, who asked before, nor who was refused. A relay that lost its link gets it again, in its mailbox.
 * Throws `introuvable` where no form is open, `invalid` with the fields, `trop_de_demandes`.
 */
export async function requestKit(
  instance: Instance & { network: string },
  campaignSlug: string,
  input: unknown,
): Promise<void> {
  const face = await campaignFace(instance, campaignSlug);
  if (!face?.kitsOpen) throw notFound('Ce formulaire');
  const parsed = requestSchema.safeParse(input);
  if (!parsed.success)
    throw invalid(
      'demande_invalide',
      'Votre demande n’est pas partie : corrigez les champs signalés.',
      parsed.error.issues.map((i) => ({ field: String(i.path[0] ?? ''), message: i.message })),
    );
  await slowDown(instance, 'obtenir-un-kit', REQUESTS_AN_HOUR);
  const { name, kind, territory: written, address } = parsed.data;
  const normal = normaliseAddress(address);
  const territory = readTerritory(written);
  if ('code' in normal || !territory) throw invalid('demande_invalide', 'Votre demande n’est pas partie.');
  const hash = addressHash(instance.secrets, normal.normalised);
  const { word: _, ...place } = territory;
  const known = await withOrganisation(instance.db, face.organisationId, async (trx) => {
    await lockCascade(trx, face.id);
    const before = await living(trx, face.id, hash);
    if (!before) {
      if ((await waiting(trx, face.id)) >= MOST_WAITING) return null;
      await insert(trx, instance, face, { name, kind, ...place, address, address_hash: hash });
    } else if (!before.confirmedAt && before.name !== name) await noteOther(trx, instance, before, name);
    return before?.confirmedAt ? before : null;
  });
  if (known) await sendAgain(instance, face, known);
}

type Face = { id: number; organisationId: number };
type Known = {
  id: number;
  name: string;
  contactName: string;
  address: string | null;
  note: string;
  confirmedAt: Date | null;
};

const living = (trx: Trx, campaignId: number, hash: Buffer): Promise<Known | undefined> =>
  trx
    .selectFrom('relays')
    .select(['id', 'name', 'contact_name as contactName', 'address', 'note', 'confirmed_at as confirmedAt'])
    .where('campaign_id', '=', campaignId)
    .where('address_hash', '=', hash)
    .where('declined_at', 'is', null)
    .where('stopped_at', 'is', null)
    .executeTakeFirst();

async function waiting(trx: Trx, campaignId: number): Promise<number> {
  const { n } = await trx
    .selectFrom('relays')
    .select((eb) => eb.fn.countAll<number>().as('n'))
    .where('campaign_id', '=', campaignId)
    .where('confirmed_at', 'is', null)
    .where('declined_at', 'is', null)
    .executeTakeFirstOrThrow();
  return n;
}

type Asked = {
  name: string;
  kind: string;
  scope: string;
  region: string | null;
  departement: string | null;
  address: string;
  address_hash: Buffer;
};

async function insert(trx: Trx, instance: Instance, face: Face, asked: Asked): Promise<void> {
  const now = instance.now();
  const { id } = await trx
    .insertInto('relays')
    .values({
      ...asked,
      organisation_id: face.organisationId,
      campaign_id: face.id,
      origin: 'formulaire',
      created_at: now,
      created_by: 'formulaire',
      updated_at: now,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  await recordAudit(trx, { now: instance.now, actor: form(face) }, { action: 'relay.ask', subject: `relay:${id}` });
}

/** Somebody else asks with the same address: one request, and the lead reads both names. */
async function noteOther(trx: Trx, instance: Instance, before: Known, name: string): Promise<void> {
  const line = `Demandé aussi le ${longDate(instance.now())} au nom de : ${name}`;
  if (before.note.includes(`: ${name}`) || before.note.length + line.length > 1500) return;
  await trx
    .updateTable('relays')
    .set({ note: [before.note, line].filter(Boolean).join('\n'), updated_at: instance.now() })
    .where('id', '=', before.id)
    .execute();
}

async function sendAgain(instance: Instance, face: Face, relay: Known): Promise<void> {
  const since = new Date(instance.now().getTime() - AGAIN_HOURS * 3_600_000);
  // Mail owed to one person is written once and read by the worker alone: only the cross role sees what was sent.
  const recent = await acrossOrganisations(instance.db, (trx) =>
    trx
      .selectFrom('outbox')
      .select('id')
      .where('organisation_id', '=', face.organisationId)
      .where('to_address', '=', relay.address)
      .where('kind', 'in', ['relay-lien', 'relay-invite', 'relay-rappel'])
      .where('created_at', '>', since)
      .limit(1)
      .executeTakeFirst(),
  );
  if (recent || !relay.address) return;
  const ctx = { ...instance, actor: form(face) };
  const { address } = relay;
  await withOrganisation(instance.db, face.organisationId, async (trx) => {
    const campaign = await getCampaignById(trx, face.id);
    const free = await mailable(trx, ctx, campaign, [relay.id], { capped: false });
    // A kit that the lead withdrew does not come back by the public form.
    const kit = (await lastKits(trx, [relay.id])).get(relay.id);
    if (!free.has(relay.id) || kit?.revokedAt) return;
    const to = {
      id: relay.id,
      name: relay.name,
      contactName: relay.contactName,
      address,
      addressHash: Buffer.alloc(0),
    };
    await writeLetters(trx, ctx, campaign, [to], 'lien');
  });
}

const form = (face: Face): Actor & { kind: 'command' } => ({
  kind: 'command',
  name: 'formulaire',
  organisationId: face.organisationId,
});
