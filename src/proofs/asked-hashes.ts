import type { Level } from '../base/words.ts';
import type { Trx } from '../db/database.ts';
import type { Skeleton } from '../mail/skeleton.ts';
import { askedIn, type PushToProve, pushToProve } from './queries.ts';
import { canonical, contentHash } from './schema.ts';

/**
 * The push with all that its approvals cover, locked until the transaction ends: its audience, its campaign, the webinar
 * it invites to and the surveys it carries cannot move meanwhile. Locked in this order everywhere: campaign, audience,
 * webinar, surveys, push.
 */
export async function lockToProve(trx: Trx, pushId: number): Promise<PushToProve> {
  const { campaign_id, audience_id, webinar_id, surveys } = await pushToProve(trx, pushId);
  await trx.selectFrom('campaigns').select('id').where('id', '=', campaign_id).forShare().execute();
  await trx.selectFrom('audiences').select('id').where('id', '=', audience_id).forShare().execute();
  if (webinar_id !== null)
    await trx.selectFrom('webinars').select('id').where('id', '=', webinar_id).forShare().execute();
  const ids = surveys.map((s) => s.id);
  if (ids.length > 0)
    await trx.selectFrom('surveys').select('id').where('id', 'in', ids).orderBy('id').forShare().execute();
  await trx.selectFrom('pushes').select('id').where('id', '=', pushId).forUpdate().execute();
  return pushToProve(trx, pushId);
}

/** Whether two readings of a push would be approved as the same, its messages apart. */
export const sameTerms = (a: PushToProve, b: PushToProve): boolean =>
  canonical(termsOf(a)) === canonical(termsOf(b)) &&
  a.content_version === b.content_version &&
  a.webinar_updated_at?.getTime() === b.webinar_updated_at?.getTime();

/** With a window, the window is approved, and not the hour inside it. */
const termsOf = (push: PushToProve) => ({
  linkMode: push.link_mode,
  audience: { rule: push.rule, placedLevel: push.placed_level },
  ...(push.window_from === null ? { scheduledAt: push.scheduled_at } : { window: [push.window_from, push.window_to] }),
  deadlineAt: push.deadline_at,
  caps: [push.address_cap, push.address_days, push.company_cap, push.company_days],
  // Absent where there is none: what was approved before there were any keeps its hash.
  ...(push.surveys.length > 0 ? { surveys: push.surveys.map(askedIn) } : {}),
});

type Message = { level: Level; skeleton: Skeleton; links: string[] };

/** The hash of what would leave under each organisation's name: these messages, on these terms. */
export const askedHashes = (push: PushToProve, messages: Map<number, Message[]>): Map<number, Buffer> =>
  new Map([...messages].map(([organisation, variants]) => [organisation, contentHash({ variants, ...termsOf(push) })]));

/**
 * Whether the current proof was approved on the terms of today. An audience can be changed without touching the push:
 * the yes was then given to another list. (Messages and senders are as they were stored, whatever became of them since.)
 */
export async function proofHolds(trx: Trx, push: PushToProve): Promise<boolean> {
  if (push.current_proof_id === null) return false;
  const variants = await trx
    .selectFrom('proof_variants')
    .select(['organisation_id', 'level', 'skeleton', 'links'])
    .where('proof_id', '=', push.current_proof_id)
    .execute();
  const messages = new Map<number, Message[]>();
  for (const { organisation_id, level, skeleton, links } of variants)
    messages.set(organisation_id, [
      ...(messages.get(organisation_id) ?? []),
      { level: level as Level, skeleton: skeleton as unknown as Skeleton, links },
    ]);
  const now = askedHashes(push, messages);
  const asked = await trx
    .selectFrom('proof_hashes')
    .select(['organisation_id', 'content_hash'])
    .where('proof_id', '=', push.current_proof_id)
    .execute();
  return asked.length === now.size && asked.every((a) => now.get(a.organisation_id)?.equals(a.content_hash) === true);
}
