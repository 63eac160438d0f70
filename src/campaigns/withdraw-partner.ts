import { longDate, toParisDay } from '../base/dates.ts';
import { conflict, forbidden, invalid, notFound } from '../base/errors.ts';
import { type Trx, withOrganisation } from '../db/database.ts';
import { writeDecision } from '../decisions/write-decision.ts';
import { peopleOf } from '../organisations/people-of.ts';
import { allow } from '../organisations/permissions.ts';
import { queueMail } from '../outbox/queue-mail.ts';
import type { MemberCtx } from './create-campaign.ts';
import { type CampaignRow, getCampaign, hasLeft, type Partner, partnersOf } from './queries.ts';
import { type WithdrawalInput, withdrawalSchema } from './schema.ts';
import { dayStart, writeWithdrawal } from './withdrawals.ts';

type Leaving = { campaign: CampaignRow; partners: Partner[]; partner: Partner };

/**
 * A partner leaves a campaign, by itself or by the lead, for good: from that instant its contacts are not written to any
 * more and no push waits for its yes (migrations: is_withdrawn and what derives from it). Written down as a decision,
 * and told to the others. Refused: the lead, who carries the campaign; a partner that has left already.
 */
export async function withdrawPartner(
  ctx: MemberCtx,
  campaignSlug: string,
  input: unknown,
): Promise<{ organisation: string; effectiveAt: Date }> {
  allow(ctx.actor, 'campaign.withdraw');
  const given = checked(input);
  const { organisationId } = ctx.actor;
  const seen = await withOrganisation(ctx.db, organisationId, (trx) =>
    leavingPartner(trx, ctx, campaignSlug, given.organisation),
  );
  const told = await peopleOf(
    ctx.db,
    seen.partners.filter((p) => !hasLeft(p, ctx.now())).map((p) => p.organisationId),
    'communicant',
  );
  return withOrganisation(ctx.db, organisationId, async (trx) => {
    const leaving = await leavingPartner(trx, ctx, campaignSlug, given.organisation);
    const effectiveAt = instantOf(given.effectiveOn, leaving.campaign, ctx.now());
    await writeMemory(trx, ctx, leaving, given);
    const { campaign, partner } = leaving;
    if (!(await writeWithdrawal(trx, ctx, campaign.id, given, effectiveAt))) throw alreadyLeaving(partner.name);
    const me = ctx.actor.kind === 'user' ? ctx.actor.address : '';
    const letter = letterOf(leaving, given, effectiveAt, ctx);
    const { sender_name, sender_address } = await trx
      .selectFrom('organisations')
      .select(['sender_name', 'sender_address'])
      .where('id', '=', organisationId)
      .executeTakeFirstOrThrow();
    for (const person of told.filter((p) => p.address !== me))
      await queueMail(trx, {
        organisationId,
        kind: 'withdrawal',
        to: person.address,
        from: { name: sender_name, address: sender_address },
        subject: letter.subject,
        text: `Bonjour ${person.name},\n\n${letter.text}`,
        now: ctx.now(),
      });
    return { organisation: partner.name, effectiveAt };
  });
}

/** The partner that the actor may make leave now; refuses with the reason otherwise. A stranger finds nothing. */
export async function leavingPartner(
  trx: Trx,
  ctx: MemberCtx,
  campaignSlug: string,
  organisation: string,
): Promise<Leaving> {
  const campaign = await getCampaign(trx, campaignSlug);
  const partners = await partnersOf(trx, campaign.id);
  const partner = partners.find((p) => p.slug === organisation);
  if (!partner) throw notFound('Cette organisation partenaire');
  const { organisationId } = ctx.actor;
  if (organisationId !== campaign.organisationId && organisationId !== partner.organisationId)
    throw forbidden(
      `${partner.name} se retire par elle-même, ou par le pilote de la campagne : adressez-vous à l’un ou à l’autre.`,
    );
  if (partner.withdrawnAt) throw alreadyLeaving(partner.name);
  if (partner.organisationId === campaign.organisationId)
    throw conflict(
      'pilote',
      `${partner.name} pilote la campagne et ne s’en retire pas : pour l’arrêter, annulez ses envois à venir et avancez la fin de sa période.`,
    );
  return { campaign, partners, partner };
}

const alreadyLeaving = (name: string) =>
  conflict('deja_retiree', `Le retrait de ${name} est déjà enregistré : un retrait ne se change pas.`);

function checked(input: unknown): WithdrawalInput {
  const parsed = withdrawalSchema.safeParse(input);
  if (parsed.success) return parsed.data;
  throw invalid(
    'retrait_invalide',
    'Le retrait n’est pas enregistré : corrigez les champs signalés.',
    parsed.error.issues.map((i) => ({ field: i.path.join('.'), message: i.message })),
  );
}

/** Today is now; a later day is its first instant in Paris. */
function instantOf(day: string, campaign: CampaignRow, now: Date): Date {
  const today = toParisDay(now);
  const refuse = (message: string) => invalid('retrait_invalide', message, [{ field: 'effectiveOn', message }]);
  if (day < today)
    throw refuse('Un retrait ne défait pas ce qui est parti : choisissez aujourd’hui ou un jour à venir.');
  if (day > campaign.endsOn) throw refuse('La campagne sera finie ce jour-là : choisissez un jour d’ici sa fin.');
  return day === today ? now : dayStart(day);
}

/** Before the withdrawal itself: who has left writes nothing more, its own leaving included. */
const writeMemory = (trx: Trx, ctx: MemberCtx, { campaign, partner }: Leaving, given: WithdrawalInput) =>
  writeDecision(trx, ctx, campaign.id, {
    instance: 'autre',
    date: toParisDay(ctx.now()),
    subject: `Retrait de ${partner.name}`,
    participants: [{ organisation: partner.name }],
    decision: `${partner.name} se retire de la campagne à compter du ${longDate(dayStart(given.effectiveOn))}. Ses contacts ne reçoivent plus rien et ses validations ne sont plus attendues ; ce qui est parti reste compté dans le rapport.`,
    why: given.reason,
  });

function letterOf(
  { campaign, partner }: Leaving,
  given: WithdrawalInput,
  effectiveAt: Date,
  { publicUrl }: Pick<MemberCtx, 'publicUrl'>,
) {
  return {
    subject: `${partner.name} se retire de la campagne « ${campaign.name} »`,
    text: [
      `${partner.name} se retire de la campagne « ${campaign.name} » à compter du ${longDate(effectiveAt)}.`,
      `La raison donnée : ${given.reason}`,
      'À partir de ce jour, ses contacts ne reçoivent plus rien, et les envois n’attendent plus sa validation. Ce qui est déjà parti reste compté dans le rapport, avec la date du retrait.',
      `La campagne :\n${publicUrl}/campagnes/${campaign.slug}`,
      '',
    ].join('\n\n'),
  };
}
