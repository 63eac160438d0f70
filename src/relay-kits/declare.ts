import { toParisDay } from '../base/dates.ts';
import { conflict, invalid, notFound } from '../base/errors.ts';
import { acrossOrganisations, type Trx } from '../db/database.ts';
import { recordAudit } from '../memory/audit.ts';
import type { Instance, OpenKit } from './open-kit.ts';
import type { Picture } from './picture.ts';
import { declarationSchema } from './schema.ts';

/** What one kit may declare; past this, somebody plays with the form. */
const MOST = 200;

/** « J’ai publié », said by the relay from its kit: declared, kept apart from what is measured, and its own to withdraw. */
export async function declarePublication(
  instance: Instance,
  kit: OpenKit,
  input: unknown,
  picture: Picture | null,
): Promise<{ id: number }> {
  const parsed = declarationSchema.safeParse(input);
  if (!parsed.success)
    throw invalid(
      'publication_invalide',
      'Votre publication n’est pas notée : corrigez les champs signalés.',
      parsed.error.issues.map((i) => ({ field: String(i.path[0] ?? ''), message: i.message })),
    );
  const { channel, audience, publishedOn, url, note } = parsed.data;
  if (publishedOn > toParisDay(instance.now())) {
    const message = 'Cette date est à venir : dites-le une fois que c’est publié.';
    throw invalid('publication_invalide', message, [{ field: 'publishedOn', message }]);
  }
  return acrossOrganisations(instance.db, async (trx) => {
    const { n } = await trx
      .selectFrom('declarations')
      .select((eb) => eb.fn.countAll<number>().as('n'))
      .where('relay_id', '=', kit.relayId)
      .executeTakeFirstOrThrow();
    if (n >= MOST)
      throw conflict('publications', `Ce kit a déjà noté ${MOST} publications : dites les autres au pilote.`);
    const row = await trx
      .insertInto('declarations')
      .values({
        organisation_id: kit.organisationId,
        campaign_id: kit.campaignId,
        relay_id: kit.relayId,
        channel,
        audience,
        published_on: publishedOn,
        url,
        note,
        picture: picture?.bytes ?? null,
        picture_type: picture?.type ?? null,
        declared_at: instance.now(),
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    await audit(trx, instance, kit, 'relay.declare', { id: row.id, channel });
    return row;
  });
}

/** Said by mistake: it counts no more, and stays written down. Only this relay's own. */
export async function withdrawDeclaration(instance: Instance, kit: OpenKit, id: number): Promise<void> {
  await acrossOrganisations(instance.db, async (trx) => {
    const row = await trx
      .updateTable('declarations')
      .set({ withdrawn_at: instance.now(), picture: null, picture_type: null })
      .where('id', '=', id)
      .where('relay_id', '=', kit.relayId)
      .where('withdrawn_at', 'is', null)
      .returning('id')
      .executeTakeFirst();
    if (!row) throw notFound('Cette publication');
    await audit(trx, instance, kit, 'relay.undeclare', { id });
  });
}

export type DeclarationRow = {
  id: number;
  channel: string;
  audience: number | null;
  publishedOn: string;
  url: string | null;
  note: string;
  hasPicture: boolean;
  declaredAt: Date;
};

/** What a relay says it published and has not taken back, the latest first. */
export async function declarationsOf(trx: Trx, relayId: number): Promise<DeclarationRow[]> {
  return trx
    .selectFrom('declarations')
    .select((eb) => [
      'id',
      'channel',
      'audience',
      'published_on as publishedOn',
      'url',
      'note',
      eb('picture', 'is not', null).$castTo<boolean>().as('hasPicture'),
      'declared_at as declaredAt',
    ])
    .where('relay_id', '=', relayId)
    .where('withdrawn_at', 'is', null)
    .orderBy('published_on', 'desc')
    .orderBy('id', 'desc')
    .execute();
}

export async function pictureOfDeclaration(trx: Trx, relayId: number, id: number): Promise<Picture | null> {
  const row = await trx
    .selectFrom('declarations')
    .select(['picture as bytes', 'picture_type as type'])
    .where('id', '=', id)
    .where('relay_id', '=', relayId)
    .where('withdrawn_at', 'is', null)
    .executeTakeFirst();
  return row?.bytes && row.type ? { bytes: row.bytes, type: row.type as Picture['type'] } : null;
}

/** What a relay does from its kit is its own act: the address of the kit says who it is. */
export const audit = (
  trx: Trx,
  instance: Instance,
  kit: OpenKit,
  action: string,
  detail: Record<string, unknown>,
): Promise<void> =>
  recordAudit(
    trx,
    {
      now: instance.now,
      actor: { kind: 'command', name: `relais:${kit.relayId}`, organisationId: kit.organisationId },
    },
    { action, subject: `relay:${kit.relayId}`, detail },
  );
