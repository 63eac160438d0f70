import type { Actor, Ctx } from '../base/context.ts';
import { forbidden, invalid } from '../base/errors.ts';
import { insertCampaign } from '../campaigns/create-campaign.ts';
import { writeImage } from '../campaigns/keep-image.ts';
import { getCampaign } from '../campaigns/queries.ts';
import { organisationIds } from '../campaigns/write.ts';
import { type Trx, withOrganisation } from '../db/database.ts';
import { writeVersion } from '../key-messages/add-version.ts';
import { recordAudit } from '../memory/audit.ts';
import { allow } from '../organisations/permissions.ts';
import { writeCampaign } from '../pushes/edit-campaign.ts';
import { reopenPushes } from '../pushes/reopen.ts';
import { writePush } from '../pushes/save-push.ts';
import { writeResource } from '../resources/save-resource.ts';
import type { Bundle } from './bundle.ts';
import { currentBundle } from './current.ts';
import { type Change, changesSomething, diff } from './diff.ts';
import { KINDS } from './kinds/all.ts';
import type { Kind } from './kinds/kind.ts';
import { loadFolder, loadOrRefuse } from './load-folder.ts';
import type { Problem } from './problems.ts';
import { writeAudience } from './write-audience.ts';

type MemberCtx = Ctx<Exclude<Actor, { kind: 'clock' }>>;

/** Everything wrong with a campaign's folder; an empty list means it may be planned and applied. */
export async function validateFolder(dir: string): Promise<Problem[]> {
  return (await loadFolder(dir)).problems;
}

/** What applying the folder would do. Changes nothing. */
export async function planFolder(ctx: MemberCtx, dir: string): Promise<Change[]> {
  return planBundle(ctx, (await loadOrRefuse(dir)).bundle);
}

/**
 * Makes the database's campaign what the folder says, in one transaction: all of it or nothing. Applying again does
 * nothing. Acts for the lead organisation only. Answers what was done, exactly what the plan announced.
 */
export async function applyFolder(ctx: MemberCtx, dir: string): Promise<Change[]> {
  return applyBundle(ctx, (await loadOrRefuse(dir)).bundle);
}

export async function planBundle(ctx: MemberCtx, bundle: Bundle): Promise<Change[]> {
  allow(ctx.actor, 'campaign.write');
  return withOrganisation(ctx.db, ctx.actor.organisationId, async (trx) => {
    await mustBeLead(trx, ctx, bundle);
    const changes = diff(bundle, (await currentBundle(trx, bundle.campaign.slug))?.bundle ?? null);
    refuseWhatIsNotTheirs(bundle, changes);
    return changes;
  });
}

/** The same as applyFolder for a campaign already in hand, as one made from a model. */
export async function applyBundle(ctx: MemberCtx, bundle: Bundle): Promise<Change[]> {
  allow(ctx.actor, 'campaign.write');
  allow(ctx.actor, 'push.write');
  return withOrganisation(ctx.db, ctx.actor.organisationId, async (trx) => {
    await mustBeLead(trx, ctx, bundle);
    // Two applications at once: the second waits, then sees what the first one did.
    await trx
      .selectFrom('campaigns')
      .select('id')
      .where('slug', '=', bundle.campaign.slug)
      .where('organisation_id', '=', ctx.actor.organisationId)
      // Not its key: whoever registers to a webinar of it meanwhile holds that webinar, and must not wait for us.
      .forNoKeyUpdate()
      .execute();
    const changes = diff(bundle, (await currentBundle(trx, bundle.campaign.slug))?.bundle ?? null);
    refuseWhatIsNotTheirs(bundle, changes);
    if (!changesSomething(changes)) return changes;
    const campaignId = await write(trx, ctx, bundle, changes);
    const done = changes.filter((c) => c.action === 'créer' || c.action === 'modifier');
    await recordAudit(trx, ctx, {
      action: 'campaign.apply',
      subject: `campaign:${campaignId}`,
      detail: { changes: done.map((c) => `${c.action} ${c.what} ${c.slug}`) },
    });
    return changes;
  });
}

async function write(trx: Trx, ctx: MemberCtx, bundle: Bundle, changes: readonly Change[]): Promise<number> {
  const moved = (what: Change['what']) =>
    changes.filter((c) => c.what === what && (c.action === 'créer' || c.action === 'modifier'));
  for (const change of moved('campagne')) {
    if (change.action === 'créer') {
      await insertCampaign(trx, ctx, bundle.campaign);
      continue;
    }
    const campaign = await getCampaign(trx, bundle.campaign.slug);
    await writeCampaign(trx, ctx, campaign, bundle.campaign);
  }
  const campaign = await getCampaign(trx, bundle.campaign.slug);
  for (const { slug, action, fields } of moved('audience')) {
    const { id } = await writeAudience(trx, ctx, campaign, named(bundle.audiences, slug));
    if (action === 'modifier' && fields.some((f) => f.field !== 'name'))
      await reopenPushes(trx, ctx, { campaignId: campaign.id, audienceId: id, why: 'audience modifiée' });
  }
  for (const { slug } of moved('ressource')) await writeResource(trx, ctx, campaign.id, named(bundle.resources, slug));
  const newImages = new Set(moved('image').map((c) => c.slug));
  for (const image of bundle.images) if (newImages.has(image.name)) await writeImage(trx, ctx, campaign, image);
  for (const { slug } of moved('edl')) await writeVersion(trx, ctx, campaign.id, named(bundle.keyMessages, slug));
  const writeKinds = async (kinds: readonly Kind[]) => {
    for (const kind of kinds) {
      const changed = new Set(moved(kind.what).map((c) => c.slug));
      for (const thing of bundle.more[kind.file] ?? [])
        if (changed.has(kind.keyOf(thing))) await kind.write(trx, ctx, campaign, thing);
    }
  };
  await writeKinds(KINDS.filter((kind) => kind.beforePushes));
  for (const { slug } of moved('envoi')) await writePush(trx, ctx, campaign, named(bundle.pushes, slug));
  await writeKinds(KINDS.filter((kind) => !kind.beforePushes));
  return campaign.id;
}

/** A folder is the lead's: what a partner declares stays the partner's, and a record stays as it was written. */
function refuseWhatIsNotTheirs(bundle: Bundle, changes: readonly Change[]): void {
  for (const kind of KINDS)
    for (const thing of bundle.more[kind.file] ?? []) {
      const key = kind.keyOf(thing);
      const change = changes.find((c) => c.what === kind.what && c.slug === key);
      const place = `${kind.file}, « ${key} »`;
      if (kind.record && change?.action === 'modifier') throw invalid('deja_note', `${place} : ${kind.record}`);
      const owner = kind.ownerOf?.(thing);
      if (owner && change && change.action !== 'rien')
        throw invalid('pas_au_pilote', `${place} est tenu par « ${owner} » : c’est à cette organisation de l’écrire.`);
    }
}

function named<T extends { slug: string }>(parts: readonly T[], slug: string): T {
  const part = parts.find((p) => p.slug === slug);
  if (!part) throw new Error(`plan: ${slug} is in the changes and not in the bundle`);
  return part;
}

/** Checked first, with every organisation the folder names, so that the refusal comes before any writing. */
async function mustBeLead(trx: Trx, ctx: MemberCtx, { campaign }: Bundle): Promise<void> {
  const ids = await organisationIds(
    trx,
    campaign.partners.map((p) => p.organisation),
  );
  const lead = campaign.partners.find((p) => p.role === 'pilote')?.organisation ?? '';
  if (ids.get(lead) !== ctx.actor.organisationId)
    throw forbidden(
      `Cette campagne est pilotée par « ${lead} » : agissez pour cette organisation (--organisation ${lead}).`,
    );
}
