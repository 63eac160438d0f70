import type { Ctx } from '../base/context.ts';
import { acrossOrganisations } from '../db/database.ts';
import type { Instance } from './letters.ts';
import { moveUp } from './move-up.ts';
import { getWebinarById, lockWebinar } from './queries.ts';

/**
 * Places that nobody gave on: of a person who asked to be forgotten, whose trace says no more which webinar it was.
 * Answers how many moved up.
 */
export async function fillPlaces(instance: Instance & Pick<Ctx, 'db'>): Promise<number> {
  const now = instance.now();
  const waiting = await acrossOrganisations(instance.db, (trx) =>
    trx
      .selectFrom('registrations as r')
      .innerJoin('webinars as w', 'w.id', 'r.webinar_id')
      .select('w.id')
      .distinct()
      .where('r.place', '=', 'attente')
      .where('r.cancelled_at', 'is', null)
      .where('w.ends_at', '>', now)
      .execute(),
  );
  let moved = 0;
  for (const { id } of waiting)
    moved += await acrossOrganisations(instance.db, async (trx) => {
      await lockWebinar(trx, id);
      return moveUp(trx, instance, await getWebinarById(trx, id));
    });
  return moved;
}
