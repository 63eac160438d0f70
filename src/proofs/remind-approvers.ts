import { sql } from 'kysely';
import type { Ctx } from '../base/context.ts';
import { acrossOrganisations } from '../db/database.ts';
import { recordAudit } from '../memory/audit.ts';
import { askApprovers } from './ask-approvers.ts';
import { lockToProve } from './asked-hashes.ts';
import { silentAmong } from './silent-among.ts';

/** With less time than this to answer, a reminder would follow its request too closely. */
const SHORTEST = sql`interval '4 hours'`;

/** Its current submission was reminded of: written where the reminder is, and nowhere else. */
const REMINDED = sql<boolean>`exists (select from audit_log a where a.subject = 'push:' || p.id and a.action = 'push.remind'
  and a.detail ->> 'proof' = p.current_proof_id::text)`;

/**
 * Reminds, once, whoever has said nothing when half of the time to answer has gone by: until the date that was given, or
 * until the hour of departure. Answers how many pushes. For the clock.
 */
export async function remindApprovers(ctx: Pick<Ctx, 'db' | 'now' | 'secrets' | 'publicUrl'>): Promise<number> {
  const now = ctx.now();
  let reminded = 0;
  const due = await acrossOrganisations(ctx.db, async (trx) => {
    const { rows } = await sql<{ id: number }>`
      select p.id from pushes p join proofs s on s.id = p.current_proof_id,
        lateral (select coalesce(p.answer_by, p.scheduled_at) as at) answer
      where p.finished_at is null and p.cancelled_at is null and answer.at > ${now}
        and answer.at - s.created_at >= ${SHORTEST} and s.created_at + (answer.at - s.created_at) / 2 <= ${now}
        and not exists (select from freezes f where f.push_id = p.id)
        and exists (select missing_approvals(p.id))
        and not ${REMINDED}
      order by p.id`.execute(trx);
    return rows.map((r) => r.id);
  });
  for (const pushId of due)
    await acrossOrganisations(ctx.db, async (trx) => {
      const push = await lockToProve(trx, pushId);
      // Of two clocks, the second waits at the lock, and finds what the first one did.
      const { rows } = await sql<{
        done: boolean;
      }>`select ${REMINDED} as done from pushes p where p.id = ${pushId}`.execute(trx);
      if (push.current_proof_id === null || push.drawn_at !== null || rows[0]?.done) return;
      const silent = await silentAmong(trx, pushId);
      for (const s of silent) await askApprovers(trx, ctx, push, s.id, true);
      await recordAudit(
        trx,
        { now: ctx.now, actor: { kind: 'clock', name: 'clock' } },
        {
          action: 'push.remind',
          subject: `push:${pushId}`,
          organisationId: push.organisation_id,
          detail: { proof: push.current_proof_id, to: silent.map((s) => s.slug) },
        },
      );
      reminded += 1;
    });
  return reminded;
}
