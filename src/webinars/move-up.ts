import type { Trx } from '../db/database.ts';
import { type Instance, writeLetters } from './letters.ts';
import { lockWebinar, type WebinarRow } from './queries.ts';
import { livingRegistrations, placed } from './registrations.ts';

/**
 * Gives the free places to those who wait, in the order in which they came, and tells each. Across organisations; answers
 * how many moved up. Nobody does once the webinar is over, held or cancelled.
 */
export async function moveUp(trx: Trx, instance: Instance, webinar: WebinarRow): Promise<number> {
  await lockWebinar(trx, webinar.id);
  const now = instance.now();
  if (webinar.said === 'annule' || webinar.said === 'tenu' || webinar.endsAt <= now) return 0;
  const waiting = await livingRegistrations(trx, { webinarId: webinar.id, place: 'attente' });
  const free = webinar.capacity === null ? waiting.length : webinar.capacity - (await placed(trx, webinar.id));
  const next = waiting.slice(0, Math.max(0, free));
  if (next.length === 0) return 0;
  const sequence = (own: number) => Math.max(own, webinar.sequence);
  for (const { id, sequence: own } of next)
    await trx
      .updateTable('registrations')
      .set({ place: 'inscrit', placed_at: now, sequence: sequence(own) })
      .where('id', '=', id)
      .execute();
  const moved = next.map((r) => ({ ...r, place: 'inscrit' as const, placedAt: now, sequence: sequence(r.sequence) }));
  await writeLetters(trx, instance, webinar, moved, { kind: 'place' });
  return moved.length;
}
