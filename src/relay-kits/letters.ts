import { longDate } from '../base/dates.ts';
import type { CampaignRow } from '../campaigns/queries.ts';
import type { Trx } from '../db/database.ts';
import { queueMail } from '../outbox/queue-mail.ts';
import { recordMails } from '../pressure/mails.ts';
import { giveKit, kitState, kitUrl, lastKits } from '../relays/kits.ts';
import type { MemberCtx } from '../relays/schema.ts';

export type Letter = 'invite' | 'rappel' | 'lien';
export type Addressee = { id: number; name: string; contactName: string; address: string; addressHash: Buffer };

/**
 * Owes each of these relays a mail with the address of its kit, in the caller's transaction (the lead's); a kit that has
 * expired or was withdrawn is replaced. An invitation and a reminder are acts, and solicitations; a link sent again to
 * whoever asked for it is neither.
 */
export async function writeLetters(
  trx: Trx,
  ctx: Pick<MemberCtx, 'actor' | 'now' | 'secrets' | 'publicUrl'>,
  campaign: CampaignRow,
  relays: readonly Addressee[],
  letter: Letter,
): Promise<void> {
  if (relays.length === 0) return;
  const now = ctx.now();
  const lead = await trx
    .selectFrom('organisations')
    .select(['name', 'sender_name', 'sender_address', 'privacy_contact'])
    .where('id', '=', campaign.organisationId)
    .executeTakeFirstOrThrow();
  const ids = relays.map((r) => r.id);
  const kits = await lastKits(trx, ids);
  const closed = ids.filter((id) => {
    const kit = kits.get(id);
    return !kit || kitState(kit, now) !== 'ouvert';
  });
  const made = await giveKit(trx, ctx, campaign, closed);
  for (const relay of relays) {
    const url = kitUrl(ctx, made.get(relay.id) ?? kits.get(relay.id)?.id ?? 0);
    await queueMail(trx, {
      organisationId: campaign.organisationId,
      kind: `relay-${letter}`,
      to: relay.address,
      from: { name: lead.sender_name, address: lead.sender_address },
      subject: SUBJECTS[letter](campaign.name),
      text: textOf(letter, { relay, campaign, url, lead: lead.name, contact: lead.privacy_contact }),
      now,
    });
  }
  if (letter === 'lien') return;
  await trx
    .insertInto('relay_acts')
    .values(
      relays.map((r) => ({
        organisation_id: campaign.organisationId,
        campaign_id: campaign.id,
        relay_id: r.id,
        at: now,
        what: letter,
      })),
    )
    .execute();
  const of = { organisationId: campaign.organisationId, campaignId: campaign.id, now };
  await recordMails(
    trx,
    of,
    relays.map((r) => r.addressHash),
  );
}

const SUBJECTS: Record<Letter, (campaign: string) => string> = {
  invite: (campaign) => `Votre kit pour relayer « ${campaign} »`,
  rappel: (campaign) => `Votre kit « ${campaign} » vous attend`,
  lien: (campaign) => `Le lien de votre kit « ${campaign} »`,
};

type Parts = { relay: Addressee; campaign: CampaignRow; url: string; lead: string; contact: string };

function textOf(letter: Letter, { relay, campaign, url, lead, contact }: Parts): string {
  const opening: Record<Letter, string> = {
    invite: `${lead} vous propose de relayer la campagne « ${campaign.name} » auprès de vos publics${campaign.tagline ? ` : ${campaign.tagline}` : ''}.

Vos textes, vos visuels, votre affiche et vos liens sont prêts, au nom de ${relay.name}. Vous gardez votre fichier : vous copiez, vous publiez.`,
    rappel: `Votre kit pour relayer la campagne « ${campaign.name} » est prêt depuis quelque temps. Un texte à copier suffit : c’est l’affaire de cinq minutes.`,
    lien: `Voici l’adresse de votre kit pour relayer la campagne « ${campaign.name} ». Vous l’avez demandée sur notre page, ou quelqu’un l’a fait pour vous ; sinon, ignorez ce message.`,
  };
  return `Bonjour${relay.contactName ? ` ${relay.contactName}` : ''},

${opening[letter]}

Ouvrir votre kit :
${url}

Cette adresse est la vôtre : sans compte ni mot de passe, elle montre aussi ce que votre relais apporte. Ne la publiez pas.
La campagne dure jusqu’au ${longDate(new Date(`${campaign.endsOn}T12:00:00Z`))}.

Pour ne plus recevoir ces messages, ouvrez votre kit et choisissez « Ne plus relayer », ou répondez à ce message.
${contact ? `Vos données et vos droits : ${contact}\n` : ''}
${lead}
`;
}
