import type { Actor, Ctx } from '../base/context.ts';
import type { Level } from '../base/words.ts';
import { withOrganisation } from '../db/database.ts';
import { termsOfCampaign } from '../key-messages/glossary-queries.ts';
import type { TermInput } from '../key-messages/glossary-schema.ts';
import type { WordingFormat, Wordings } from '../key-messages/schema.ts';
import { textsOf } from '../key-messages/stored.ts';
import { allow } from '../organisations/permissions.ts';
import { avoidedIn, outdatedIn } from './check-wording.ts';

/** A word to look at: where it is written, what to write instead, and who says so. */
export type WordToReview = { level: Level; format: WordingFormat; written: string; say: string; source: string };

/** Words that the campaign's glossary says to avoid, and those that are out of date; each once a text. */
export function reviewWords(wordings: Wordings, glossary: readonly TermInput[]): WordToReview[] {
  return textsOf(wordings).flatMap(({ level, format, text }) => {
    const found = [
      ...avoidedIn(text, glossary).map((f) => ({
        written: f.written,
        say: f.term,
        source: 'glossaire de la campagne',
      })),
      ...outdatedIn(text).map((f) => ({ written: f.written, say: f.entry.now, source: f.entry.source })),
    ];
    return [...new Map(found.map((f) => [f.written.toLocaleLowerCase('fr'), f])).values()].map((f) => ({
      level,
      format,
      ...f,
    }));
  });
}

/** The same, with the glossary of a campaign. */
export function reviewWordings(
  ctx: Ctx<Exclude<Actor, { kind: 'clock' }>>,
  campaignId: number,
  wordings: Wordings,
): Promise<WordToReview[]> {
  allow(ctx.actor, 'campaign.read');
  return withOrganisation(ctx.db, ctx.actor.organisationId, async (trx) =>
    reviewWords(wordings, await termsOfCampaign(trx, campaignId)),
  );
}
