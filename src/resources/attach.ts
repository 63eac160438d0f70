import { actorLabel } from '../base/context.ts';
import { conflict, invalid, notFound } from '../base/errors.ts';
import { slugOf } from '../base/slug.ts';
import { type Trx, withOrganisation } from '../db/database.ts';
import { recordAudit } from '../memory/audit.ts';
import { allow } from '../organisations/permissions.ts';
import { storeFile } from './file-store.ts';
import { mustOwn } from './may-write.ts';
import { fileSchema, linkSchema, type MemberCtx, type SupportInput } from './schema.ts';

/** Of one resource. */
const MOST = 40;

/** An address where one format can be opened. */
export async function addLink(ctx: MemberCtx, campaignId: number, slug: string, input: unknown): Promise<void> {
  allow(ctx.actor, 'campaign.write');
  const parsed = linkSchema.safeParse(input);
  if (!parsed.success) throw refused(parsed.error.issues);
  await withOrganisation(ctx.db, ctx.actor.organisationId, (trx) =>
    writeSupport(trx, ctx, campaignId, slug, parsed.data),
  );
}

/**
 * A file of ours, one format of the resource: written to disk first, then said in the database. Under a name the resource
 * has already it takes the former one's place, at the same address. `file`: what the person called it, and its bytes.
 */
export async function addFile(
  ctx: MemberCtx,
  campaignId: number,
  slug: string,
  input: { format: unknown; title: unknown; file: { name: string; bytes: AsyncIterable<Uint8Array> } },
  dataDir: string,
): Promise<{ name: string }> {
  allow(ctx.actor, 'campaign.write');
  const said = fileSchema.pick({ format: true, title: true }).safeParse({ format: input.format, title: input.title });
  if (!said.success) throw refused(said.error.issues);
  // Nothing is written to disk for whom may not write here.
  await withOrganisation(ctx.db, ctx.actor.organisationId, (trx) => mustOwn(trx, ctx, campaignId, slug));
  const { extension, ...stored } = await storeFile(dataDir, input.file.name, input.file.bytes);
  const name = safeName(input.file.name, extension);
  await withOrganisation(ctx.db, ctx.actor.organisationId, (trx) =>
    writeSupport(trx, ctx, campaignId, slug, { ...said.data, ...stored, name }),
  );
  return { name };
}

/** « ../Synthèse 2030 (v2).PDF » → `synthese-2030-v2.pdf`: nothing of a name reaches the disk or a header. */
export function safeName(name: string, extension: string): string {
  const own = name.split(/[/\\]/).at(-1) ?? '';
  return `${slugOf(own.replace(/\.[a-z0-9]{1,8}\s*$/i, ''))}.${extension}`;
}

/** Adds one support to an own resource, inside the caller's transaction; the same one twice changes nothing. */
export async function writeSupport(
  trx: Trx,
  ctx: MemberCtx,
  campaignId: number,
  slug: string,
  input: SupportInput,
): Promise<void> {
  const { id } = await mustOwn(trx, ctx, campaignId, slug);
  const there = await trx
    .selectFrom('resource_files')
    .selectAll()
    .where('resource_id', '=', id)
    .where('removed_at', 'is', null)
    .execute();
  const columns =
    'url' in input
      ? { url: input.url, name: null, type: null, size: null, sha256: null }
      : { url: null, name: input.name, type: input.type, size: input.size, sha256: Buffer.from(input.sha256, 'hex') };
  const former = there.filter((f) => ('url' in input ? f.url === input.url : f.name === input.name));
  if (former.some((f) => f.format === input.format && f.title === input.title && sameBytes(f.sha256, columns.sha256)))
    return;
  if (there.length - former.length >= MOST)
    throw conflict(
      'trop_de_formats',
      `Cette ressource a déjà ${MOST} formats à ouvrir : retirez-en un, ou faites-en une autre ressource.`,
    );
  await remove(
    trx,
    ctx,
    former.map((f) => f.id),
  );
  await trx
    .insertInto('resource_files')
    .values({
      ...columns,
      organisation_id: ctx.actor.organisationId,
      campaign_id: campaignId,
      resource_id: id,
      format: input.format,
      title: input.title,
      created_by: actorLabel(ctx.actor),
      created_at: ctx.now(),
    })
    .execute();
  await touched(trx, ctx, id, 'resource.attach', { slug, format: input.format, name: columns.name, url: columns.url });
}

/** Can no longer be opened here. Its bytes stay on disk: another resource may hold the same ones. */
export async function removeSupport(
  ctx: MemberCtx,
  campaignId: number,
  slug: string,
  supportId: number,
): Promise<void> {
  allow(ctx.actor, 'campaign.write');
  await withOrganisation(ctx.db, ctx.actor.organisationId, async (trx) => {
    const { id } = await mustOwn(trx, ctx, campaignId, slug);
    const found = await trx
      .selectFrom('resource_files')
      .select(['id', 'name', 'url'])
      .where('id', '=', supportId)
      .where('resource_id', '=', id)
      .where('removed_at', 'is', null)
      .executeTakeFirst();
    if (!found) throw notFound('Ce format');
    await remove(trx, ctx, [found.id]);
    await touched(trx, ctx, id, 'resource.detach', { slug, name: found.name, url: found.url });
  });
}

const remove = (trx: Trx, ctx: MemberCtx, ids: number[]): Promise<unknown> =>
  trx.updateTable('resource_files').set({ removed_at: ctx.now() }).where('id', 'in', ids).execute();

async function touched(
  trx: Trx,
  ctx: MemberCtx,
  id: number,
  action: string,
  detail: Record<string, unknown>,
): Promise<void> {
  await trx.updateTable('resources').set({ updated_at: ctx.now() }).where('id', '=', id).execute();
  await recordAudit(trx, ctx, { action, subject: `resource:${id}`, detail });
}

const sameBytes = (a: Buffer | null, b: Buffer | null): boolean => (a && b ? a.equals(b) : a === b);

const refused = (issues: { path: PropertyKey[]; message: string }[]) =>
  invalid(
    'format_invalide',
    'Le format n’est pas ajouté : corrigez les champs signalés.',
    issues.map((i) => ({ field: i.path.join('.'), message: i.message })),
  );
