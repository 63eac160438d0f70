import { CSV_BOM, csvLine } from '../base/csv.ts';
import { withoutAddresses } from '../base/without-addresses.ts';
import { PUBLIC_NAMES } from '../base/words.ts';
import { getCampaign } from '../campaigns/queries.ts';
import { withOrganisation } from '../db/database.ts';
import { recordAudit } from '../memory/audit.ts';
import { allow } from '../organisations/permissions.ts';
import { headcounts } from './headcounts.ts';
import { getWebinar } from './queries.ts';
import { livingRegistrations, type RegistrationRow } from './registrations.ts';
import type { MemberCtx } from './schema.ts';

/** No address: speakers prepare themselves for people, and write to nobody. */
const COLUMNS: { title: string; value: (r: RegistrationRow) => string | null }[] = [
  { title: 'Prénom', value: (r) => r.firstName },
  { title: 'Nom', value: (r) => r.lastName },
  { title: 'Entreprise', value: (r) => r.company },
  { title: 'Public', value: (r) => PUBLIC_NAMES[r.public] },
  { title: 'Département', value: (r) => r.departement },
  { title: 'Question', value: (r) => r.question },
];

/**
 * The organisation's own registrants who have a place, for its speakers: an address that somebody put into a question or
 * a name is masked. The others are a number on the last line, from k up.
 */
export function exportForSpeakers(
  ctx: MemberCtx,
  campaignSlug: string,
  slug: string,
): Promise<{ fileName: string; text: string }> {
  allow(ctx.actor, 'registration.read');
  return withOrganisation(ctx.db, ctx.actor.organisationId, async (trx) => {
    const { id, k } = await getCampaign(trx, campaignSlug);
    const webinar = await getWebinar(trx, id, slug);
    const { organisationId } = ctx.actor;
    const own = await livingRegistrations(trx, { webinarId: webinar.id, place: 'inscrit', organisationId });
    const others = (await headcounts(trx, ctx, [webinar.id], k)).get(webinar.id)?.placed.others ?? null;
    await recordAudit(trx, ctx, {
      action: 'webinar.speakers',
      subject: `webinar:${webinar.id}`,
      detail: { people: own.length },
    });
    const lines = own
      // Forgotten people have a place in the counts and no line here.
      .filter((r) => r.lastName !== null || r.firstName !== null)
      .map((r) => csvLine(COLUMNS.map((c) => masked(c.value(r)))));
    const rest = others === null ? [] : [csvLine([`Et ${others} personnes inscrites auprès des autres organisations`])];
    return {
      fileName: `intervenants-${webinar.address}.csv`,
      text: CSV_BOM + csvLine(COLUMNS.map((c) => c.title)) + [...lines, ...rest].join(''),
    };
  });
}

const masked = (value: string | null): string | null => value && withoutAddresses(value);
