import { listCampaigns } from '../campaigns/queries.ts';
import { withOrganisation } from '../db/database.ts';
import { allow, may } from '../organisations/permissions.ts';
import { stateOf, type WebinarRow, webinarsOfCampaign } from './queries.ts';
import type { MemberCtx, WebinarState } from './schema.ts';

export type NextWebinar = Pick<WebinarRow, 'slug' | 'title' | 'startsAt'> & {
  campaign: { slug: string; name: string };
  state: WebinarState;
  organiser: string;
  /** The reader may say what became of it. */
  runs: boolean;
};

/** Of every campaign the reader's organisation takes part in, what is still to come or nobody said took place. */
export function readNextWebinars(ctx: MemberCtx): Promise<NextWebinar[]> {
  allow(ctx.actor, 'campaign.read');
  return withOrganisation(ctx.db, ctx.actor.organisationId, async (trx) => {
    const next: NextWebinar[] = [];
    for (const campaign of await listCampaigns(trx))
      for (const w of await webinarsOfCampaign(trx, campaign.id)) {
        const state = stateOf(w, ctx.now());
        if (state === 'annule' || state === 'tenu') continue;
        const runs = w.organisationId === ctx.actor.organisationId && may(ctx.actor, 'webinar.write');
        const { slug, title, startsAt } = w;
        next.push({
          slug,
          title,
          startsAt,
          campaign: { slug: campaign.slug, name: campaign.name },
          state,
          organiser: w.organisation.name,
          runs,
        });
      }
    return next.toSorted((a, b) => a.startsAt.getTime() - b.startsAt.getTime());
  });
}
