import type { Ctx } from '../base/context.ts';
import { conflict, invalid, notFound } from '../base/errors.ts';
import { acrossOrganisations, type Trx, withOrganisation } from '../db/database.ts';
import { recordAudit } from '../memory/audit.ts';
import { allow } from './permissions.ts';
import { type OrganisationInput, organisationSchema, serviceSender } from './schema.ts';

type Created = { id: number; slug: string };

/** Creates an organisation (command and demonstration only: no page offers it). Refused when the slug is taken. */
export async function createOrganisation(
  ctx: Pick<Ctx, 'db' | 'now'>,
  input: OrganisationInput & { demo?: boolean },
): Promise<Created> {
  return acrossOrganisations(ctx.db, (trx) => insertOrganisation(trx, ctx, input));
}

export async function insertOrganisation(
  trx: Trx,
  ctx: Pick<Ctx, 'now'>,
  { demo = false, ...input }: OrganisationInput & { demo?: boolean },
): Promise<Created> {
  const o = parse(input);
  const row = await trx
    .insertInto('organisations')
    .values({ ...columns(o), slug: o.slug, kind: o.kind, demo, created_at: ctx.now() })
    .onConflict((oc) => oc.column('slug').doNothing())
    .returning(['id', 'slug'])
    .executeTakeFirst();
  if (!row) throw conflict('slug_taken', `L’organisation « ${o.slug} » existe déjà. Choisissez un autre nom court.`);
  await recordAudit(
    trx,
    { now: ctx.now, actor: { kind: 'command', name: 'command', organisationId: row.id } },
    { action: 'organisation.create', subject: `organisation:${row.id}` },
  );
  return row;
}

/** Changes one's own organisation: name, sender identity, colours. */
export async function updateOrganisation(ctx: Ctx, input: Omit<OrganisationInput, 'slug' | 'kind'>): Promise<void> {
  allow(ctx.actor, 'organisation.write');
  if (ctx.actor.kind === 'clock') throw notFound('Organisation');
  const organisationId = ctx.actor.organisationId;
  const o = parse({ ...input, slug: 'inchange' });
  await withOrganisation(ctx.db, organisationId, async (trx) => {
    await refuseForeignSender(trx, ctx, organisationId, o.senderAddress);
    await trx.updateTable('organisations').set(columns(o)).where('id', '=', organisationId).execute();
    await recordAudit(trx, ctx, { action: 'organisation.update', subject: `organisation:${organisationId}` });
  });
}

/** Nobody writes as somebody else here; and the catcher gives a mail to the organisation whose address it left from, codes apart. */
async function refuseForeignSender(
  trx: Trx,
  ctx: Pick<Ctx, 'publicUrl'>,
  organisationId: number,
  address: string,
): Promise<void> {
  const wanted = address.toLowerCase();
  const senders = await trx.selectFrom('organisations').select(['id', 'sender_address']).execute();
  const mine = senders.find((o) => o.id === organisationId)?.sender_address.toLowerCase();
  const taken = senders.some((o) => o.id !== organisationId && o.sender_address.toLowerCase() === wanted);
  if (wanted !== mine && (taken || wanted === serviceSender(ctx.publicUrl).address.toLowerCase()))
    throw invalid(
      'sender_taken',
      'Cette adresse d’expédition sert déjà ici : choisissez-en une qui soit à vous seuls.',
      [{ field: 'senderAddress', message: 'Cette adresse sert déjà ici : choisissez-en une qui soit à vous seuls.' }],
    );
}

function parse(input: OrganisationInput) {
  const parsed = organisationSchema.safeParse(input);
  if (parsed.success) return parsed.data;
  throw invalid(
    'organisation',
    'Certains champs de l’organisation sont à corriger.',
    parsed.error.issues.map((i) => ({ field: String(i.path[0] ?? ''), message: i.message })),
  );
}

const columns = (o: ReturnType<typeof parse>) => ({
  name: o.name,
  sender_name: o.senderName,
  sender_address: o.senderAddress,
  reply_to: o.replyTo,
  postal_address: o.postalAddress,
  website: o.website,
  privacy_contact: o.privacyContact,
  colour: o.colour,
  accent: o.accent,
});
