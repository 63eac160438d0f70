import { cp, mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type { Actor, Ctx } from '../base/context.ts';
import { invalid, notFound } from '../base/errors.ts';
import { withOrganisation } from '../db/database.ts';
import { allow } from '../organisations/permissions.ts';
import { currentBundle } from './current.ts';
import { filesOf } from './export/folder.ts';
import { KINDS } from './kinds/all.ts';
import { isCampaignEntry } from './load-folder.ts';

type MemberCtx = Ctx<Exclude<Actor, { kind: 'clock' }>>;

/** Made anew by each export; what else a folder holds (contacts, notes, the cast of a demonstration) stays. */
const OURS = new Set(['campagne.yaml', 'ressources.yaml', 'messages', 'envois', 'images', ...KINDS.map((k) => k.file)]);

/** The files of a campaign the actor takes part in, by their path in its folder: planning them changes nothing. */
export async function campaignFiles(ctx: MemberCtx, slug: string): Promise<Map<string, string | Buffer>> {
  allow(ctx.actor, 'campaign.read');
  return withOrganisation(ctx.db, ctx.actor.organisationId, async (trx) => {
    const current = await currentBundle(trx, slug);
    if (!current) throw notFound(`La campagne « ${slug} »`);
    const images = await trx
      .selectFrom('files')
      .select(['name', 'bytes'])
      .where('campaign_id', '=', current.campaign.id)
      .orderBy('id')
      .execute();
    return filesOf({ ...current.bundle, images });
  });
}

/**
 * Writes a campaign into the folder that bears its name, which is replaced whole or not at all. Answers the paths written.
 * Refuses a folder that holds something else than a campaign.
 */
export async function exportCampaign(ctx: MemberCtx, dir: string): Promise<string[]> {
  const folder = resolve(dir);
  const files = await campaignFiles(ctx, basename(folder));
  const kept = (await entriesOf(folder)).filter((name) => !OURS.has(name));
  const stranger = kept.find((name) => !isCampaignEntry(name));
  if (stranger !== undefined)
    throw invalid(
      'dossier_occupe',
      `Le dossier ${dir} contient « ${stranger} », qui n’est pas d’une campagne : donnez un dossier vide ou nouveau.`,
    );
  await mkdir(dirname(folder), { recursive: true });
  const fresh = await mkdtemp(join(dirname(folder), `.${basename(folder)}-`));
  try {
    for (const [path, content] of files) {
      await mkdir(dirname(join(fresh, path)), { recursive: true });
      await writeFile(join(fresh, path), content);
    }
    for (const name of kept) await cp(join(folder, name), join(fresh, name), { recursive: true });
    const old = `${fresh}-avant`;
    const replaced = await rename(folder, old).then(
      () => true,
      () => false,
    );
    await rename(fresh, folder);
    if (replaced) await rm(old, { recursive: true });
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
  return [...files.keys()].sort();
}

const entriesOf = (folder: string): Promise<string[]> =>
  readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    if (error.code === 'ENOTDIR') throw invalid('pas_un_dossier', `${folder} est un fichier : donnez un dossier.`);
    throw error;
  });
