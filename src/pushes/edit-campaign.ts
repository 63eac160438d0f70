import { isDeepStrictEqual } from 'node:util';
import { invalid } from '../base/errors.ts';
import type { MemberCtx } from '../campaigns/create-campaign.ts';
import { type CampaignRow, campaignInput, getCampaign, partnersOf } from '../campaigns/queries.ts';
import type { CampaignInput } from '../campaigns/schema.ts';
import { changeCampaign, mustLead } from '../campaigns/update-campaign.ts';
import { checkedCampaign } from '../campaigns/write.ts';
import { type Trx, withOrganisation } from '../db/database.ts';
import { allow } from '../organisations/permissions.ts';
import { reopenPushes } from './reopen.ts';

/**
 * What every message is approved with, beside its own content: moving it asks for the approvals again. A relay writes to
 * nobody: its coming and going moves nothing. (Name and look are inside the messages that were approved, which keep them.)
 */
const approvedWith = ({ partners, nature, linkMode, cellDimensions, k, caps }: CampaignInput) => ({
  partners: partners.filter((p) => p.role !== 'relais'),
  nature,
  linkMode,
  cellDimensions,
  k,
  caps,
});
export const reopens = (before: CampaignInput, after: CampaignInput): boolean =>
  !isDeepStrictEqual(approvedWith(before), approvedWith(after));

type Edited = { id: number; changed: string[] /** How many pushes must be approved again. */; reopened: number };

/**
 * Changes some fields of a campaign (the others stay), by its lead only. Answers the names of the fields that really
 * changed; none is not an error and writes nothing.
 */
export function editCampaign(ctx: MemberCtx, slug: string, changes: Partial<CampaignInput>): Promise<Edited> {
  allow(ctx.actor, 'campaign.write');
  return withOrganisation(ctx.db, ctx.actor.organisationId, async (trx) => {
    const seen = await getCampaign(trx, slug);
    mustLead(ctx, seen);
    // Of two people who change it at once, the second starts from what the first one wrote.
    await trx.selectFrom('campaigns').select('id').where('id', '=', seen.id).forUpdate().execute();
    const campaign = await getCampaign(trx, slug);
    const before = await campaignInput(trx, campaign);
    const input = checkedCampaign({ ...before, ...changes, slug });
    await refuseMissingLogo(trx, campaign, input.identity.logo);
    return writeCampaign(trx, ctx, campaign, input);
  });
}

/** The same inside the caller's transaction: makes the campaign what `input` says, whole. */
export async function writeCampaign(
  trx: Trx,
  ctx: MemberCtx,
  campaign: CampaignRow,
  input: CampaignInput,
): Promise<Edited> {
  const before = await campaignInput(trx, campaign);
  await refuseLosingASigner(trx, campaign, input);
  await refuseMovingK(trx, campaign, input.k);
  const { id, changed } = await changeCampaign(trx, ctx, campaign, input);
  const reopened = reopens(before, input)
    ? await reopenPushes(trx, ctx, { campaignId: id, why: 'campagne modifiée' })
    : 0;
  return { id, changed, reopened };
}

/** Whose name is on a message cannot be taken out of the campaign: it leaves it, with a date and a reason. */
async function refuseLosingASigner(trx: Trx, campaign: CampaignRow, input: CampaignInput): Promise<void> {
  const role = new Map(input.partners.map((p) => [p.organisation, p.role]));
  for (const partner of await partnersOf(trx, campaign.id)) {
    const next = role.get(partner.slug);
    if (next === partner.role || (next && next !== 'relais')) continue;
    if (!next && partner.withdrawnAt)
      throw refuse(partner.slug, `${partner.name} s’est retirée : son nom reste dans l’histoire de la campagne.`);
    const signed = await signedBy(trx, campaign.id, partner.organisationId);
    if (!next && signed.some((p) => p.begun))
      throw refuse(
        partner.slug,
        `Des messages sont déjà partis au nom de ${partner.name} : enregistrez son retrait, plutôt que de l’ôter de la liste.`,
      );
    const open = signed.filter((p) => !p.over);
    if (open.length)
      throw refuse(
        partner.slug,
        `${partner.name} signe encore ${open.map((p) => `« ${p.title} »`).join(', ')} : retirez-la d’abord de ses signataires.`,
      );
  }
}

const signedBy = (trx: Trx, campaignId: number, organisationId: number) =>
  trx
    .selectFrom('push_signatories as s')
    .innerJoin('pushes as p', 'p.id', 's.push_id')
    .leftJoin('freezes as f', 'f.push_id', 'p.id')
    .select((eb) => [
      'p.title',
      eb('f.push_id', 'is not', null).$castTo<boolean>().as('begun'),
      eb
        .or([eb('p.finished_at', 'is not', null), eb('p.cancelled_at', 'is not', null)])
        .$castTo<boolean>()
        .as('over'),
    ])
    .where('s.campaign_id', '=', campaignId)
    .where('s.organisation_id', '=', organisationId)
    .orderBy('p.id')
    .execute();

/**
 * Whoever could move it would read, one value after the other, the very numbers that are told in tens or not at all: it stays
 * what it was when the first people were written to, or registered.
 */
async function refuseMovingK(trx: Trx, campaign: CampaignRow, k: number): Promise<void> {
  if (k === campaign.k) return;
  const drawn = trx.selectFrom('freezes').select('campaign_id').where('campaign_id', '=', campaign.id);
  const opened = trx.selectFrom('webinar_acts').select('campaign_id').where('campaign_id', '=', campaign.id);
  if (await drawn.union(opened).executeTakeFirst())
    throw refuse(
      'k',
      `Des personnes ont déjà reçu un message ou pu s’inscrire : le plus petit groupe publié reste de ${campaign.k}, car d’autres chiffres diraient par différence ce que celui-ci protège.`,
    );
}

async function refuseMissingLogo(trx: Trx, campaign: CampaignRow, logo: string | null): Promise<void> {
  if (logo === null || logo === campaign.identity.logo) return;
  const file = await trx
    .selectFrom('files')
    .select('id')
    .where('campaign_id', '=', campaign.id)
    .where('name', '=', logo)
    .executeTakeFirst();
  if (!file) throw refuse('logo', 'Ce logo n’est pas une image de la campagne : choisissez son fichier de nouveau.');
}

const refuse = (field: string, message: string) => invalid('campagne_invalide', message, [{ field, message }]);
