import { schedule } from 'node-cron';
import type { Ctx } from '../base/context.ts';
import { parseParis, toParisDay, ZONE } from '../base/dates.ts';
import { Refusal } from '../base/errors.ts';
import { log } from '../base/log.ts';
import { guardPushes } from '../bounces/guard-pushes.ts';
import { readReturns } from '../bounces/mailbox.ts';
import type { Config } from '../config.ts';
import { purgeImports } from '../contacts/purge-imports.ts';
import { expireLeases } from '../deliveries/heartbeat.ts';
import { keepSums } from '../deliveries/keep-sums.ts';
import { pendingWork, type RecurringPush } from '../deliveries/pending-work.ts';
import { systemResolver } from '../mail/resolver.ts';
import { purgeSignIn } from '../organisations/purge.ts';
import { purgeOutbox } from '../outbox/purge.ts';
import { applySilence } from '../proofs/apply-silence.ts';
import { remindApprovers } from '../proofs/remind-approvers.ts';
import { makeOccurrence } from '../pushes/make-occurrence.ts';
import { nextOccurrence } from '../pushes/next-occurrence.ts';
import { remindReviews } from '../resources/remind-reviews.ts';
import { recheckDomains } from '../senders/recheck-domains.ts';
import { purgeHits } from '../tracking/purge.ts';
import { fillPlaces } from '../webinars/fill-places.ts';
import { purgeWebinars } from '../webinars/purge.ts';
import { runReminders } from '../webinars/run-reminders.ts';
import { askDrain, type Queue } from './queue.ts';

/** How long before its hour an occurrence of a recurring push exists, so that there is time to approve it. */
const OCCURRENCE_AHEAD_DAYS = 15;

/**
 * One tick: what is due becomes jobs. It decides nothing that another tick, on another machine at the same second, could
 * decide twice: jobs are exclusive by key, occurrences unique by (push, instant), the freeze unique by push.
 */
export async function tick(ctx: Ctx, queue: Pick<Queue, 'add'>): Promise<void> {
  const now = ctx.now();
  const lost = await expireLeases(ctx.db, now);
  if (lost > 0) log.warn({ rows: lost }, 'remises sans réponse : sort inconnu');
  // Before what is due: who is left out for its silence is so from this very tick on.
  const silent = await applySilence(ctx);
  if (silent > 0) log.info({ pushes: silent }, 'délais de réponse passés');
  await remindApprovers(ctx);
  await runReminders(ctx);
  const work = await pendingWork(ctx.db, now);
  for (const model of work.models) await prepareOccurrence(ctx, model, now);
  for (const pushId of work.pushes) await askDrain(queue, pushId);
  for (const importId of work.imports) await queue.add('import', { importId });
  if (work.outbox) await queue.add('outbox', {});
}

/** A series that cannot go on must not keep the other pushes waiting: what is wrong with it is logged, at each tick. */
async function prepareOccurrence(ctx: Ctx, model: RecurringPush, now: Date): Promise<void> {
  try {
    const firstMoment = new Date((parseParis(model.firstDay) ?? now).getTime() - 1);
    const at = nextOccurrence(model.recurrence, firstMoment > now ? firstMoment : now);
    if (!at || toParisDay(at) > model.lastDay || at.getTime() - now.getTime() > OCCURRENCE_AHEAD_DAYS * 86_400_000)
      return;
    await makeOccurrence(ctx, model.id, at);
  } catch (error) {
    if (error instanceof Refusal) log.info({ pushId: model.id, code: error.code }, 'pas de nouvelle occurrence');
    else log.error({ pushId: model.id, error: (error as Error).message }, 'occurrence impossible à préparer');
  }
}

/**
 * Ticks every five seconds; every minute reads what came back, gives on freed places and adds up ledgers at rest; cleans up
 * every hour. node-cron only rings: what is due is read from the database.
 */
export function startClock(
  ctx: Ctx,
  queue: Queue,
  config: Pick<Config, 'bounceMailbox'> = { bounceMailbox: null },
): () => Promise<void> {
  const stops = [
    ring('*/5 * * * * *', () => tick(ctx, queue)),
    ring('20 * * * * *', () => takeBack(ctx, config)),
    ring('40 * * * * *', async () => void (await fillPlaces(ctx))),
    ring('50 * * * * *', async () => void (await keepSums(ctx.db, ctx.now()))),
    ring('0 17 * * * *', () => purge(ctx)),
  ];
  return async () => void (await Promise.all(stops.map((stop) => stop())));
}

/** What came back, then whether too much did: also of what servers refuse at once (MAIL-13). */
async function takeBack(ctx: Ctx, config: Pick<Config, 'bounceMailbox'>): Promise<void> {
  try {
    const round = await readReturns(ctx, config);
    if (round && round.applied + round.quarantined + round.failed > 0) log.info(round, 'retours lus');
  } catch (error) {
    // A mailbox that does not open must not keep the pushes from being watched.
    if (!(error instanceof Refusal)) throw error;
    log.warn({ code: error.code }, error.message);
  }
  for (const { pushId, why } of await guardPushes(ctx)) log.warn({ pushId, why }, 'envoi suspendu');
}

async function purge(ctx: Ctx): Promise<void> {
  await purgeSignIn(ctx.db, ctx.now());
  await purgeOutbox(ctx.db, ctx.now());
  await purgeImports(ctx.db, ctx.now());
  await purgeWebinars(ctx);
  await purgeHits(ctx.db, ctx.now());
  await remindReviews(ctx);
  await recheckDomains(ctx, systemResolver());
}

/** Calls `work` at each ring; one that lasts longer than its period must not pile up. */
function ring(expression: string, work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | null = null;
  const task = schedule(
    expression,
    () => {
      running ??= work()
        .catch((error: Error) => log.warn({ error: error.message }, 'horloge : nouvel essai au prochain tour'))
        .finally(() => {
          running = null;
        });
    },
    { timezone: ZONE },
  );
  return async () => {
    await task.stop();
    await running;
  };
}
