import { isDeepStrictEqual } from 'node:util';
import { actorLabel } from '../base/context.ts';
import { randomToken } from '../base/tokens.ts';
import { mustOwnLine, mustPlan } from '../campaigns/plan-partner.ts';
import { getCampaignById } from '../campaigns/queries.ts';
import { crossing, type Trx } from '../db/database.ts';
import { recordAudit } from '../memory/audit.ts';
import { type Changes, changesOf } from './changes.ts';
import { refuseChange, refuseFewerPlaces, refuseUnknown } from './check-webinar.ts';
import { moveUp } from './move-up.ts';
import { findWebinar, getWebinarById, lockWebinar, type WebinarRow, webinarInput } from './queries.ts';
import { placed } from './registrations.ts';
import type { MemberCtx, WebinarInput } from './schema.ts';
import { tellRegistrants } from './tell-registrants.ts';

export type SavedWebinar = {
  id: number;
  slug: string;
  outcome: 'created' | 'updated' | 'unchanged';
  /** Of one that existed. */
  changes: Changes | null;
  /** How many people are written to because it moved. */
  written: number;
  /** How many who waited have a place now. */
  movedUp: number;
};

/**
 * Makes the webinar of this slug what `input` says, in the caller's transaction, whose organisation runs it. When its hour
 * or its place moves, those who have a place are told before the transaction ends, and reminders of the former hour never
 * leave. The same again changes nothing.
 */
export async function writeWebinar(
  trx: Trx,
  ctx: MemberCtx,
  campaignId: number,
  input: WebinarInput,
): Promise<SavedWebinar> {
  await mustPlan(trx, campaignId);
  const seen = await findWebinar(trx, campaignId, input.slug);
  if (!seen) {
    await refuseUnknown(trx, campaignId, input, ctx.now());
    const id = await insert(trx, ctx, campaignId, input);
    return { id, slug: input.slug, outcome: 'created', changes: null, written: 0, movedUp: 0 };
  }
  mustOwnLine(ctx, seen);
  await lockWebinar(trx, seen.id);
  const before = await getWebinarById(trx, seen.id);
  const changes = changesOf(webinarInput(before), input);
  const same = { id: before.id, slug: input.slug, changes, written: 0, movedUp: 0 };
  if (isDeepStrictEqual(webinarInput(before), input)) return { ...same, outcome: 'unchanged' };
  await refuseUnknown(trx, campaignId, input, ctx.now());
  refuseChange(before, input, ctx.now());
  const taken = await crossing(trx, ctx.db, (all) => placed(all, before.id));
  // Row-level security: what this transaction sees by itself is its own.
  refuseFewerPlaces(before, input, taken, await placed(trx, before.id));
  return { ...same, ...(await update(trx, ctx, before, input, changes)), outcome: 'updated' };
}

const columnsOf = (input: WebinarInput) => ({
  title: input.title,
  summary: input.summary,
  description: input.description,
  starts_at: input.startsAt,
  ends_at: input.endsAt,
  levels: input.levels,
  publics: input.publics,
  resources: input.resources,
  organisers: input.organisers,
  speakers: JSON.stringify(input.speakers),
  capacity: input.capacity,
  platform: input.platform,
  join_url: input.joinUrl,
  join_note: input.joinNote,
  replay_url: input.replayUrl,
  reminders: input.reminders,
  keep_days: input.keepDays,
});

/** Public addresses that are pages of their own. */
const RESERVED = new Set(['integrer']);

/** Its address is its slug where nobody of the instance has it: others' webinars are not read, the index answers. */
async function insert(trx: Trx, ctx: MemberCtx, campaignId: number, input: WebinarInput): Promise<number> {
  const now = ctx.now();
  const { slug: campaign } = await getCampaignById(trx, campaignId);
  const stem = `${campaign}-${input.slug}`;
  for (let n = 0; ; n++) {
    const address = n === 0 ? input.slug : n === 1 ? stem : `${stem}-${n}`;
    if (RESERVED.has(address)) continue;
    const row = await trx
      .insertInto('webinars')
      .values({
        ...columnsOf(input),
        slug: input.slug,
        address,
        campaign_id: campaignId,
        organisation_id: ctx.actor.organisationId,
        uid: `${randomToken()}@${new URL(ctx.publicUrl).hostname}`,
        changed_at: now,
        created_by: actorLabel(ctx.actor),
        created_at: now,
        updated_at: now,
      })
      .onConflict((on) => on.column('address').doNothing())
      .returning('id')
      .executeTakeFirst();
    if (!row) continue;
    await recordAudit(trx, ctx, {
      action: 'webinar.create',
      subject: `webinar:${row.id}`,
      detail: { slug: input.slug },
    });
    return row.id;
  }
}

async function update(
  trx: Trx,
  ctx: MemberCtx,
  before: WebinarRow,
  input: WebinarInput,
  { hour, moved, roomier }: Changes,
): Promise<{ written: number; movedUp: number }> {
  const now = ctx.now();
  await trx
    .updateTable('webinars')
    .set((eb) => ({
      ...columnsOf(input),
      updated_at: now,
      ...(moved && { sequence: eb('sequence', '+', 1), changed_at: now }),
    }))
    .where('id', '=', before.id)
    .execute();
  const from = { startsAt: before.startsAt, endsAt: before.endsAt };
  if (hour)
    await trx
      .insertInto('webinar_acts')
      .values({
        organisation_id: before.organisationId,
        campaign_id: before.campaignId,
        webinar_id: before.id,
        what: 'deplace',
        at: now,
        by: actorLabel(ctx.actor),
        detail: JSON.stringify({ from }),
      })
      .execute();
  const webinar = await getWebinarById(trx, before.id);
  const told = await crossing(trx, ctx.db, async (all) => ({
    written: moved ? await tellRegistrants(all, ctx, webinar, { kind: 'modification', before: from }) : 0,
    // After the others, with the new hour in the letter.
    movedUp: roomier ? await moveUp(all, ctx, webinar) : 0,
  }));
  await recordAudit(trx, ctx, {
    action: hour ? 'webinar.move' : 'webinar.update',
    subject: `webinar:${before.id}`,
    // How many were told is partners’ people too, and the journal is read whole: it would count them.
    detail: { slug: before.slug, sequence: webinar.sequence },
  });
  return told;
}
