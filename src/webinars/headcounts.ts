import type { Ctx } from '../base/context.ts';
import { crossing, type Trx } from '../db/database.ts';
import type { MemberCtx } from './schema.ts';

/** Registrants of the reader's organisation, exactly; of all the others together, or null when they are fewer than k. */
export type Headcount = { own: number; others: number | null };
export type Headcounts = {
  placed: Headcount;
  waiting: Headcount;
  cancelled: Headcount;
  /** Others have had registrants in it, those no longer named as organisers included. */
  ofOthers: boolean;
};

/** How many registered to each of these webinars, as the actor's organisation may know it; in its own transaction. */
export async function headcounts(
  trx: Trx,
  ctx: Pick<Ctx, 'db'> & Pick<MemberCtx, 'actor'>,
  webinarIds: readonly number[],
  k: number,
): Promise<Map<number, Headcounts>> {
  const own = ctx.actor.organisationId;
  const rows = await crossing(trx, ctx.db, (all) =>
    all
      .selectFrom('registrations')
      .select((eb) => [
        'webinar_id as webinarId',
        'place',
        eb('organisation_id', '=', own).$castTo<boolean>().as('own'),
        eb('cancelled_at', 'is not', null).$castTo<boolean>().as('cancelled'),
        eb.fn.countAll<number>().as('n'),
      ])
      .where('webinar_id', 'in', [...webinarIds])
      .groupBy(['webinar_id', 'place', 'own', 'cancelled'])
      .execute(),
  );
  const count = (webinarId: number, which: (row: (typeof rows)[number]) => boolean): Headcount => {
    const sum = (mine: boolean): number =>
      rows.filter((r) => r.webinarId === webinarId && r.own === mine && which(r)).reduce((n, r) => n + r.n, 0);
    const others = sum(false);
    return { own: sum(true), others: others >= k ? others : null };
  };
  return new Map(
    webinarIds.map((id) => [
      id,
      {
        placed: count(id, (r) => !r.cancelled && r.place === 'inscrit'),
        waiting: count(id, (r) => !r.cancelled && r.place === 'attente'),
        cancelled: count(id, (r) => r.cancelled),
        ofOthers: rows.some((r) => r.webinarId === id && !r.own),
      },
    ]),
  );
}
