import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Ctx } from '../base/context.ts';
import { Refusal } from '../base/errors.ts';
import { log } from '../base/log.ts';
import { acrossOrganisations, type Trx } from '../db/database.ts';
import { messageShelf, type Shelf } from '../mail/skeleton.ts';
import type { OutgoingMail, SendResult } from '../mail/smtp-client.ts';
import { dkimKeys } from '../senders/queries.ts';
import { answerWriter } from './answers.ts';
import { breaker, CONTENT_REFUSED, UNSIGNED } from './breaker.ts';
import { CLAIM_BATCH, type Claimed, claim, startCursor, takeBack } from './claim.ts';
import { composer } from './compose.ts';
import { pauseByService } from './control.ts';
import { finishPush } from './finish.ts';
import { startBeating } from './heartbeat.ts';
import { type Lane, type LaneSignal, lanesOf, ONE_WAY, type WaysOut } from './lanes.ts';
import { outcomeOf } from './outcome.ts';
import { persist } from './persist.ts';
import type { Answer } from './settle.ts';

/** `organisationId`: whose server it leaves by, where an organisation has its own. */
export type Pool = { send: (mail: OutgoingMail, organisationId: number) => Promise<SendResult> };

/** Claimed and their answers not yet written: a process that dies leaves at most these rows unknown. */
export const IN_FLIGHT = 200;
/** How often the ways out are looked at again, and how long a drain waits for one to open; after that the clock calls again. */
const LOOK_EVERY_MS = 2_000;
const PATIENCE_MS = 15_000;

export type Drained = { handed: number; accepted: number; cancelled: number };
export type DrainAt = {
  pushId: number;
  worker: string;
  pool: Pool;
  signal: AbortSignal;
  ways?: WaysOut;
  inFlight?: number;
};

/**
 * Hands over every row of the push whose hour has come, and returns when none is left for now. Claim, commit, then the
 * network; answers are written in batches. Several processes may drain the same push. `signal` stops claiming: what is
 * in flight is answered and written before returning (SIGTERM).
 */
export async function drainPush(
  ctx: Pick<Ctx, 'db' | 'secrets' | 'publicUrl' | 'now'>,
  { pushId, pool, signal, ways = ONE_WAY, inFlight = IN_FLIGHT, ...at }: DrainAt,
): Promise<Drained> {
  // Two drains of one process must not take each other's rows for their own.
  const worker = `${at.worker}/${randomBytes(3).toString('hex')}`;
  const shelf = messageShelf();
  const compose = composer(ctx, { shelf, bounceAddress: ways.bounceAddress });
  const hears = breaker(ways);
  const watch = laneWatch(ctx, pushId, ways);
  const writer = answerWriter(ctx, worker, watch.counted);
  const cursor = startCursor();
  const drained: Drained = { handed: 0, accepted: 0, cancelled: 0 };
  if (!(await canSign(ctx, pushId))) return drained;
  const personal = await persist('cells', () => acrossOrganisations(ctx.db, (trx) => hasPersonalLinks(trx, pushId)));
  const beating = startBeating(ctx.db, { worker, pushId });
  const deliver = async (row: Claimed): Promise<void> => {
    try {
      const { answer, result } = await handOver(ctx, { compose, shelf, pool }, row);
      if (answer.state === 'accepted') drained.accepted += 1;
      // Cut because this process stops: nothing is wrong with the way.
      const heard = result && !signal.aborted ? hears.hear(row, result) : null;
      writer.add(answer, watch.news(heard));
    } catch (error) {
      writer.lose(row.id, error);
    }
  };
  let claiming = false;
  const claimSome = async () => {
    // Left true by a try that failed: the rows it may have taken are given back before the next one.
    if (claiming) await takeBack(ctx.db, { pushId, worker, held: [...writer.held] });
    claiming = true;
    await beating.ensure();
    const lanes = await watch.lanes();
    const claimed = await claim(ctx.db, {
      pushId,
      worker,
      now: ctx.now(),
      limit: inFlight - writer.held.size,
      cursor,
      personal,
      ...(lanes && { paced: { lanes, ways } }),
    });
    claiming = false;
    return claimed;
  };
  try {
    for (let idleSince = Date.now(); !signal.aborted && !writer.failed(); ) {
      const { handed, cancelled, until } = await persist('claim', claimSome);
      drained.handed += handed.length;
      drained.cancelled += cancelled;
      for (const row of handed) {
        writer.held.add(row.id);
        void deliver(row);
      }
      if (hears.contentRefused()) await pauseByService(ctx, pushId, CONTENT_REFUSED);
      const none = handed.length === 0 && cancelled === 0;
      if (!none) idleSince = Date.now();
      // Every way is closed or busy, or nothing is due: an answer may change that, or time.
      else if (writer.held.size > 0)
        await Promise.race([writer.progress(), sleep(LOOK_EVERY_MS, null, { ref: false })]);
      else {
        const wait = until === null ? null : until.getTime() - ctx.now().getTime();
        if (wait === null || wait > PATIENCE_MS || Date.now() - idleSince > PATIENCE_MS) break;
        await sleep(Math.min(Math.max(wait, 50), LOOK_EVERY_MS));
      }
      while (writer.held.size > inFlight - CLAIM_BATCH) await writer.progress();
    }
  } finally {
    await writer.end().finally(() => beating.stop());
  }
  await persist('finish', () => acrossOrganisations(ctx.db, (trx) => finishPush(trx, pushId, ctx.now())));
  return drained;
}

/** Decided with the list, once and for good: nothing is asked about anybody's agreement in any other push. */
const hasPersonalLinks = async (trx: Trx, pushId: number): Promise<boolean> =>
  (await trx
    .selectFrom('cells')
    .select('id')
    .where('push_id', '=', pushId)
    .where('individual', '=', true)
    .limit(1)
    .executeTakeFirst()) !== undefined;

/** A signing key that cannot be read stops the push before anything leaves unsigned, or fails row by row. */
async function canSign(ctx: Pick<Ctx, 'db' | 'secrets' | 'now'>, pushId: number): Promise<boolean> {
  try {
    await persist('keys', () => acrossOrganisations(ctx.db, (trx) => dkimKeys(trx, ctx.secrets)));
    return true;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    log.error({ pushId, code: error.code }, error.message);
    await pauseByService(ctx, pushId, UNSIGNED);
    return false;
  }
}

/** Looks at the push's ways now and then, and at once when an answer brought news of them. */
function laneWatch(ctx: Pick<Ctx, 'db'>, pushId: number, ways: WaysOut) {
  let seen: { lanes: Lane[] | null; at: number } | null = null;
  let counted = false;
  return {
    /** Since the first time a way was watched: rows may be counted on it. */
    counted: () => counted,
    async lanes(): Promise<Lane[] | null> {
      if (!seen || Date.now() - seen.at > LOOK_EVERY_MS)
        seen = { lanes: await lanesOf(ctx.db, pushId, ways), at: Date.now() };
      counted ||= seen.lanes !== null;
      return seen.lanes;
    },
    /** A good answer is news only of ways that are watched. */
    news(heard: LaneSignal | null): LaneSignal | null {
      if (!heard || (heard.signal === 'well' && !seen?.lanes)) return null;
      if (heard.signal !== 'well') seen = null;
      return heard;
    },
  };
}

/** A message that cannot even be composed is a fact about its row, never the end of the batch. */
async function handOver(
  ctx: Pick<Ctx, 'now'>,
  by: { compose: (row: Claimed) => Promise<OutgoingMail>; shelf: Shelf; pool: Pool },
  row: Claimed,
): Promise<{ answer: Answer; result: SendResult | null }> {
  let mail: OutgoingMail;
  try {
    mail = await by.compose(row);
  } catch (error) {
    const { message } = error as Error;
    log.error({ id: row.id, error: message }, 'message impossible à composer');
    const answer = { id: row.id, handedAt: row.handed_at, reply: message, said: null, nextAt: null } as const;
    return { answer: { ...answer, state: 'failed', reason: 'composition' }, result: null };
  }
  const result = await by.pool.send(mail, row.organisation_id);
  by.shelf.giveBack(mail.data);
  return { answer: outcomeOf(row, result, ctx.now(), Math.random()), result };
}
