import { sql } from 'kysely';
import { lockSubject } from '../approvals/decide.ts';
import type { Ctx } from '../base/context.ts';
import { log } from '../base/log.ts';
import { acrossOrganisations, type Trx } from '../db/database.ts';
import { recordAudit } from '../memory/audit.ts';
import { queueMail } from '../outbox/queue-mail.ts';
import { lockToProve } from './asked-hashes.ts';
import { type PushToProve, type SignatoryState, signatoriesOf } from './queries.ts';
import { type SilenceOutcome, silenceDue, silenceLetter, TO_THE_SILENT } from './silence-letter.ts';
import { silentAmong } from './silent-among.ts';

/** Who is written to about a push that did not leave: nothing of it is worth telling much later. */
const STALE_DAYS = 7;
const DAY = 86_400_000;

/**
 * What the silence of a signatory does, once: when the answers are due, or at the hour of departure where no other date
 * was given. Either nothing leaves, or the push leaves without whoever said nothing; everybody is told. Silence is never
 * a yes. Answers how many pushes were told of. For the clock.
 */
export async function applySilence(ctx: Pick<Ctx, 'db' | 'now' | 'publicUrl'>): Promise<number> {
  let told = 0;
  for (const pushId of await acrossOrganisations(ctx.db, (trx) => duePushes(trx, ctx.now())))
    try {
      if (await acrossOrganisations(ctx.db, (trx) => applyTo(trx, ctx, pushId))) told += 1;
    } catch (error) {
      // One that fails must not keep the others waiting; the next tick tries it again.
      log.error({ pushId, error: (error as Error).message }, 'fin de délai impossible à appliquer');
    }
  return told;
}

async function duePushes(trx: Trx, now: Date): Promise<number[]> {
  const due = sql<Date>`case when p.current_proof_id is null then p.scheduled_at else coalesce(p.answer_by, p.scheduled_at) end`;
  const rows = await trx
    .selectFrom('pushes as p')
    .select('p.id')
    .where('p.silence_told_at', 'is', null)
    .where('p.finished_at', 'is', null)
    .where('p.cancelled_at', 'is', null)
    .where('p.recurrence', 'is', null)
    .where((eb) =>
      eb.not(eb.exists(eb.selectFrom('freezes as f').select('f.push_id').whereRef('f.push_id', '=', 'p.id'))),
    )
    .where(sql<boolean>`p.current_proof_id is null or exists (select missing_approvals(p.id))`)
    .where(due, '<=', now)
    .where(due, '>', new Date(now.getTime() - STALE_DAYS * DAY))
    .orderBy('p.id')
    .execute();
  return rows.map((r) => r.id);
}

async function applyTo(trx: Trx, ctx: Pick<Ctx, 'now' | 'publicUrl'>, pushId: number): Promise<boolean> {
  const now = ctx.now();
  // An answer given at this very moment is written before, and counts, or after, and finds its organisation left out.
  await lockSubject(trx, `push:${pushId}`);
  const push = await lockToProve(trx, pushId);
  const due = silenceDue(push);
  const open = push.drawn_at === null && push.cancelled_at === null && push.finished_at === null;
  if (!open || push.silence_told_at || !due || due > now) return false;
  // Submitted after the hour that was meant: nobody is late yet, and it leaves once all have said yes.
  if (push.submitted_at && push.submitted_at >= due) return false;
  const before = await signatoriesOf(trx, pushId);
  if (push.current_proof_id !== null && !before.some((s) => s.missing)) return false;
  const silent = push.current_proof_id === null ? [] : await silentPartners(trx, push);
  const without = push.silence === 'sans_elle' && leavesSomebody(before, silent) ? silent : [];
  if (without.length > 0)
    await trx
      .insertInto('push_lapses')
      .values(without.map((s) => ({ push_id: pushId, organisation_id: s.id, campaign_id: push.campaign_id, at: now })))
      .execute();
  await trx.updateTable('pushes').set({ silence_told_at: now }).where('id', '=', pushId).execute();
  await recordAudit(
    trx,
    { now: ctx.now, actor: { kind: 'clock', name: 'clock' } },
    {
      action: 'push.silence',
      subject: `push:${pushId}`,
      organisationId: push.organisation_id,
      detail: { silent: silent.map((s) => s.slug), without: without.map((s) => s.slug) },
    },
  );
  await tell(trx, ctx, push, { signatories: await signatoriesOf(trx, pushId), silent, without });
  return true;
}

/** The lead writes and asks: without its own yes nothing ever leaves. */
const silentPartners = async (trx: Trx, push: PushToProve): Promise<SignatoryState[]> =>
  (await silentAmong(trx, push.id)).filter((s) => s.id !== push.organisation_id);

const leavesSomebody = (all: readonly SignatoryState[], silent: readonly SignatoryState[]): boolean =>
  all.some((s) => s.absent === null && !silent.some((x) => x.id === s.id));

/** The people of the lead who write and who validate, the valideurs of the others. */
async function tell(
  trx: Trx,
  ctx: Pick<Ctx, 'now' | 'publicUrl'>,
  push: PushToProve,
  of: SilenceOutcome,
): Promise<void> {
  const lead = await trx
    .selectFrom('organisations')
    .select(['name', 'sender_name', 'sender_address'])
    .where('id', '=', push.organisation_id)
    .executeTakeFirstOrThrow();
  // What was never submitted concerns its author; an issue of a series was expected by all.
  const others =
    push.current_proof_id === null && push.model_id === null
      ? []
      : of.signatories.filter((s) => s.absent !== 'retrait').map((s) => s.id);
  const people = await trx
    .selectFrom('memberships as m')
    .innerJoin('users as u', 'u.id', 'm.user_id')
    .select(['u.name', 'u.address', 'm.organisation_id'])
    .distinct()
    .where('u.disabled_at', 'is', null)
    .where((eb) =>
      eb.or([
        eb.and([eb('m.organisation_id', '=', push.organisation_id), eb('m.role', 'in', ['communicant', 'valideur'])]),
        eb.and([eb('m.organisation_id', 'in', [0, ...others]), eb('m.role', '=', 'valideur')]),
      ]),
    )
    .orderBy('u.address')
    .execute();
  const page = `${ctx.publicUrl}/campagnes/${push.campaign_slug}/envois/${push.slug}`;
  const { subject, lines } = silenceLetter(push, lead.name, of);
  for (const person of people) {
    const own = of.without.some((s) => s.id === person.organisation_id) ? [TO_THE_SILENT] : [];
    await queueMail(trx, {
      organisationId: person.organisation_id,
      kind: 'approval-silence',
      to: person.address,
      from: { name: lead.sender_name, address: lead.sender_address },
      now: ctx.now(),
      subject,
      text: [`Bonjour ${person.name},`, ...lines, ...own, `L’envoi :\n${page}`, ''].join('\n\n'),
    });
  }
}
