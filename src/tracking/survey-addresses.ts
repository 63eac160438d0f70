import type { Ctx } from '../base/context.ts';
import type { Level } from '../base/words.ts';
import type { Trx } from '../db/database.ts';
import { openGroupsOf, surveyNamedBy, surveyUrl } from '../surveys/groups.ts';
import { findSurvey } from '../surveys/queries.ts';

/** A link that a cell of k people or more shares; `people`: how many of them receive it. */
type Shared = { organisation: number; campaign: number; level: Level | null; url: string; people: number };

/**
 * Where each of these links that leads to a survey is to lead: to the group of answers of its cell's organisation and
 * level. By the place of the link in the list; the others are absent. Opens those groups, each of k people or more since
 * each cell is.
 */
export async function surveyAddresses(
  trx: Trx,
  instance: Pick<Ctx, 'secrets' | 'publicUrl' | 'now'>,
  links: readonly Shared[],
): Promise<Map<number, string>> {
  const asking = links.flatMap((link, index) => {
    const slug = surveyNamedBy(instance, link.url);
    return slug === null ? [] : [{ ...link, index, slug }];
  });
  const addresses = new Map<number, string>();
  for (const [slug, cells] of Map.groupBy(asking, (link) => link.slug)) {
    const survey = await findSurvey(trx, cells[0]?.campaign ?? 0, slug);
    if (!survey || survey.webinarId !== null) continue;
    const parts = cells.map(({ organisation, level, people }) => ({ organisationId: organisation, level, people }));
    const groups = await openGroupsOf(trx, survey, parts, 'lettre', instance.now());
    for (const [place, { index }] of cells.entries()) {
      const group = groups?.[place];
      if (group !== undefined) addresses.set(index, surveyUrl(instance, group));
    }
  }
  return addresses;
}
