import { sql } from 'kysely';
import type { Ctx } from '../base/context.ts';
import { forbidden, notFound } from '../base/errors.ts';
import type { Level } from '../base/words.ts';
import { withOrganisation } from '../db/database.ts';
import { recordAudit } from '../memory/audit.ts';
import { allow } from '../organisations/permissions.ts';
import { queueMail } from '../outbox/queue-mail.ts';
import { fillSample } from '../rendering/sample.ts';
import type { RenderedVariant } from '../rendering/schema.ts';
import { pushToProve } from './queries.ts';
import { levelsOf, readInputs, renderAll } from './variants.ts';

export type Preview = {
  organisationId: number;
  organisation: string;
  level: Level;
  rendered: RenderedVariant;
  html: string;
  text: string;
};

/** Who may be previewed: each signatory × level of the push. */
export async function previewChoices(
  ctx: Ctx,
  pushId: number,
): Promise<{ levels: Level[]; organisations: { id: number; slug: string; name: string }[] }> {
  return asPartner(ctx, async (trx) => {
    const push = await pushToProve(trx, pushId);
    const organisations = await trx
      .selectFrom('push_signatories as s')
      .innerJoin('organisations as o', 'o.id', 's.organisation_id')
      .select(['o.id', 'o.slug', 'o.name'])
      .where('s.push_id', '=', pushId)
      .where(sql<boolean>`s.organisation_id in (select present_signatories(${pushId}))`)
      .orderBy('o.name')
      .execute();
    return { levels: levelsOf(push), organisations };
  });
}

/** The push as it stands now, rendered for one organisation and level with sample values; nothing is stored. */
export async function previewPush(ctx: Ctx, pushId: number, organisation: string, level: Level): Promise<Preview> {
  allow(ctx.actor, 'push.read');
  const inputs = await asPartner(ctx, async (trx) => {
    const push = await pushToProve(trx, pushId);
    const org = await trx.selectFrom('organisations').select('id').where('slug', '=', organisation).executeTakeFirst();
    return org ? readInputs(trx, push, ctx.publicUrl, { organisationId: org.id, level }) : [];
  });
  const first = inputs[0];
  if (!first) throw notFound('Variante');
  const [variant] = await renderAll([first]);
  const { rendered } = variant!;
  return {
    organisationId: first.organisationId,
    organisation: first.input.organisation.name,
    level,
    rendered,
    ...fillSample(rendered),
  };
}

/** Sends the preview to the person who asks, and to nobody else. */
export async function sendTest(ctx: Ctx, pushId: number, organisation: string, level: Level): Promise<void> {
  allow(ctx.actor, 'push.write');
  const { actor } = ctx;
  if (actor.kind !== 'user')
    throw forbidden('Un essai part vers la personne qui le demande : donnez son adresse avec --as.');
  const preview = await previewPush(ctx, pushId, organisation, level);
  await withOrganisation(ctx.db, actor.organisationId, async (trx) => {
    const sender = await trx
      .selectFrom('organisations')
      .select(['sender_name', 'sender_address'])
      .where('id', '=', preview.organisationId)
      .executeTakeFirstOrThrow();
    await queueMail(trx, {
      organisationId: actor.organisationId,
      kind: 'test-send',
      to: actor.address,
      from: { name: sender.sender_name, address: sender.sender_address },
      subject: `[Essai] ${preview.rendered.subject}`,
      html: preview.html,
      text: preview.text,
      now: ctx.now(),
    });
    await recordAudit(trx, ctx, { action: 'push.test', subject: `push:${pushId}`, detail: { organisation, level } });
  });
}

function asPartner<T>(ctx: Ctx, run: Parameters<typeof withOrganisation<T>>[2]): Promise<T> {
  if (ctx.actor.kind === 'clock') throw forbidden('Un aperçu est demandé par une personne ou une commande.');
  return withOrganisation(ctx.db, ctx.actor.organisationId, run);
}
