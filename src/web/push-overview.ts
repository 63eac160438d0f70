import type { Ctx } from '../base/context.ts';
import { notFound } from '../base/errors.ts';
import { forecastPush } from '../deliveries/forecast.ts';
import { type PushStatus, pushStatus } from '../deliveries/queries.ts';
import { type PushLine, readPushes } from '../deliveries/read-pushes.ts';
import { readTroubles, type Troubles } from '../deliveries/read-troubles.ts';
import type { Session } from '../organisations/sessions.ts';
import { type Approvals, readApprovals } from '../proofs/read-approvals.ts';
import { readPushWordings, type WordingUse } from '../proofs/wording-uses.ts';
import type { PushSheet } from '../pushes/read-push.ts';

/** All that the overview of a push says: what it is, where it stands, who answered, whom it reaches. */
export type Overview = {
  actor: Session['actor'];
  now: Date;
  push: PushSheet;
  line: PushLine;
  approvals: Approvals;
  /** Before the list is drawn, what it would be; after, what became of it. */
  forecast: Awaited<ReturnType<typeof forecastPush>> | null;
  status: PushStatus | null;
  /** What slows or stops it now. */
  troubles: Troubles | null;
  /** The éléments de langage that it says. */
  wordings: WordingUse[];
  /** Of a series: the issues already made. */
  issues: PushLine[];
};

export async function overviewOf(ctx: Ctx<Session['actor']>, push: PushSheet): Promise<Overview> {
  const [line] = await readPushes(ctx, { pushId: push.id });
  if (!line) throw notFound('Cet envoi');
  const drawn = line.progress !== null;
  const open = line.state !== 'annule' && line.state !== 'termine';
  const siblings = push.recurrence ? await readPushes(ctx, { campaignId: push.campaignId }) : [];
  return {
    actor: ctx.actor,
    now: ctx.now(),
    push,
    line,
    approvals: await readApprovals(ctx, push.id),
    forecast: drawn || !open ? null : await forecastPush(ctx, push.id),
    status: drawn ? await pushStatus(ctx, push.id) : null,
    troubles: drawn && open ? await readTroubles(ctx, push.id) : null,
    wordings: await readPushWordings(ctx, push),
    issues: siblings.filter((s) => s.modelId === push.id),
  };
}
