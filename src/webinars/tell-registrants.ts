import type { Trx } from '../db/database.ts';
import { voidOwed } from '../outbox/void-owed.ts';
import { type Instance, type Letter, writeLetters } from './letters.ts';
import { aboutWebinar, outboxKind } from './outbox-names.ts';
import type { WebinarRow } from './queries.ts';
import { livingRegistrations } from './registrations.ts';

/** All that tells a former hour or link; the letter about the change says the new one, and everything else they say. */
const OUTDATED = (['rappel', 'confirmation', 'place', 'modification'] as const).map(outboxKind);
/** Of one that will not take place, all that invites to it. */
const POINTLESS = (['rappel', 'confirmation', 'attente', 'place', 'modification'] as const).map(outboxKind);

/**
 * Writes that a webinar moved to those who have a place, or that it is cancelled to those who wait too; what was owed and
 * is wrong by now never leaves. Across organisations, and the caller holds `lockWebinar`. Answers how many are written to.
 */
export async function tellRegistrants(
  trx: Trx,
  instance: Instance,
  webinar: WebinarRow,
  letter: Extract<Letter, { before?: unknown }> & { kind: 'modification' | 'annulation' },
): Promise<number> {
  const now = instance.now();
  const over = letter.kind === 'annulation';
  await voidOwed(trx, aboutWebinar(webinar.id), { kinds: over ? POINTLESS : OUTDATED, now });
  // Nobody needs a letter about an hour that has passed.
  if (webinar.endsAt <= now) return 0;
  const people = await livingRegistrations(trx, { webinarId: webinar.id, ...(over ? {} : { place: 'inscrit' }) });
  // Each invitation's number only grows, and never stays behind that of the webinar (CAL-03).
  const at = (own: number) => Math.max(own, webinar.sequence);
  await trx
    .updateTable('registrations')
    .set((eb) => ({ sequence: eb.fn<number>('greatest', ['sequence', eb.val(webinar.sequence)]) }))
    .where('webinar_id', '=', webinar.id)
    .where('cancelled_at', 'is', null)
    .$if(!over, (q) => q.where('place', '=', 'inscrit'))
    .execute();
  return writeLetters(
    trx,
    instance,
    webinar,
    people.map((r) => ({ ...r, sequence: at(r.sequence) })),
    letter,
  );
}
