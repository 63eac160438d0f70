import { sql } from 'kysely';
import type { Ctx } from '../base/context.ts';
import { longDate, parseParis, toParisDay } from '../base/dates.ts';
import { acrossOrganisations, type Trx } from '../db/database.ts';
import { recordAudit } from '../memory/audit.ts';
import { queueMail } from '../outbox/queue-mail.ts';

/** So long before the day, to leave the time to read it again. */
export const REMINDED_DAYS_BEFORE = 14;

type Due = { id: number; organisationId: number; campaign: string; slug: string; title: string; reviewOn: string };

/**
 * Tells the communicants of whoever holds a resource that it is to be read again: one mail a person, once per review
 * date. The row is marked and the mail owed in one transaction, so that two clocks tell it once. Answers how many
 * resources were told of.
 */
export function remindReviews(ctx: Ctx): Promise<number> {
  const now = ctx.now();
  const until = toParisDay(new Date(now.getTime() + REMINDED_DAYS_BEFORE * 86_400_000));
  return acrossOrganisations(ctx.db, async (trx) => {
    const { rows } = await sql<Due>`
      update resources set reminded_at = ${now}
      from campaigns c
      where c.id = resources.campaign_id and reminded_at is null and review_on <= ${until}::date
        and (retired_on is null or retired_on > ${toParisDay(now)}::date)
        and not is_withdrawn(resources.campaign_id, resources.organisation_id)
      returning resources.id, resources.organisation_id as "organisationId", c.slug as campaign, resources.slug, title, review_on as "reviewOn"`.execute(
      trx,
    );
    for (const [organisationId, due] of Map.groupBy(rows, (r) => r.organisationId))
      await tell(
        trx,
        ctx,
        organisationId,
        due.toSorted((a, b) => a.reviewOn.localeCompare(b.reviewOn)),
      );
    return rows.length;
  });
}

async function tell(trx: Trx, ctx: Ctx, organisationId: number, due: readonly Due[]): Promise<void> {
  const people = await trx
    .selectFrom('memberships as m')
    .innerJoin('users as u', 'u.id', 'm.user_id')
    .innerJoin('organisations as o', 'o.id', 'm.organisation_id')
    .select(['u.name', 'u.address', 'o.sender_name', 'o.sender_address'])
    .where('m.organisation_id', '=', organisationId)
    .where('m.role', '=', 'communicant')
    .where('u.disabled_at', 'is', null)
    .orderBy('u.id')
    .execute();
  for (const person of people)
    await queueMail(trx, {
      organisationId,
      kind: 'resource-review',
      to: person.address,
      from: { name: person.sender_name, address: person.sender_address },
      subject: due.length === 1 ? 'Une ressource à relire' : `${due.length} ressources à relire`,
      text: `Bonjour ${person.name},\n\n${letter(ctx, due)}`,
      now: ctx.now(),
    });
  for (const { id, reviewOn } of due)
    await recordAudit(trx, ctx, {
      action: 'resource.remind',
      subject: `resource:${id}`,
      organisationId,
      detail: { reviewOn, people: people.length },
    });
}

const letter = (ctx: Ctx, due: readonly Due[]): string =>
  `${due.map((r) => line(ctx, r)).join('\n\n')}\n\nEst-ce encore juste, et les liens s’ouvrent-ils ? Corrigez la fiche, donnez-lui une nouvelle date de relecture, ou retirez-la de l’inventaire.\n`;

const line = (ctx: Ctx, r: Due): string =>
  `« ${r.title} », à relire avant le ${longDate(parseParis(r.reviewOn)!)} :\n${ctx.publicUrl}/campagnes/${r.campaign}/ressources/${r.slug}`;
