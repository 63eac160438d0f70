import { getCampaign } from '../campaigns/queries.ts';
import { acrossOrganisations, withOrganisation } from '../db/database.ts';
import { allow } from '../organisations/permissions.ts';
import { type MemberCtx, RELAY_KIND_NAMES } from '../relays/schema.ts';
import { type RelayLine, relayLines } from './read-relays.ts';

/** A group of relays as partners read it. `clicks` null: too few to be said. */
export type RelayGroup = {
  name: string;
  relays: number;
  invited: number;
  opened: number;
  taken: number;
  declared: number;
  clicks: number | null;
};
export type RelayTotals = {
  campaign: { id: number; slug: string; name: string; k: number; startsOn: string };
  leads: boolean;
  /** Null: fewer relays than a group may have; nothing more is said. */
  whole: RelayGroup | null;
  byKind: RelayGroup[];
  byTerritory: RelayGroup[];
};

/** The smallest group of relays that is told apart. */
export const SMALLEST_GROUP = 5;

/**
 * What the relays of a campaign do, by kind and by territory: all that a partner reads, since who relays is the lead's to
 * know. Groups are in the order of their names, never of their results.
 */
export async function readRelayTotals(ctx: MemberCtx, campaignSlug: string): Promise<RelayTotals> {
  allow(ctx.actor, 'campaign.read');
  const campaign = await withOrganisation(ctx.db, ctx.actor.organisationId, (trx) => getCampaign(trx, campaignSlug));
  // A partner's own view holds no relay at all; what is taken from the lead's leaves this function as sums only.
  const lines = await acrossOrganisations(ctx.db, (trx) => relayLines(trx, campaign.id));
  const confirmed = lines.filter((r) => r.confirmedAt !== null);
  const { id, slug, name, k, startsOn } = campaign;
  return {
    campaign: { id, slug, name, k, startsOn },
    leads: campaign.organisationId === ctx.actor.organisationId,
    ...totalsOf(confirmed, k),
  };
}

/** Pure, for the tests: no group under `SMALLEST_GROUP`, no click under `k`, and no way to get one by subtraction. */
export function totalsOf(
  lines: readonly RelayLine[],
  k: number,
): Pick<RelayTotals, 'whole' | 'byKind' | 'byTerritory'> {
  if (lines.length < SMALLEST_GROUP) return { whole: null, byKind: [], byTerritory: [] };
  return {
    whole: groupOf('Tous les relais', lines, k),
    byKind: grouped(lines, (r) => RELAY_KIND_NAMES[r.kind], k),
    byTerritory: grouped(lines, (r) => r.region ?? 'France entière', k),
  };
}

export const OTHERS = 'autres';

/** What is told of relays is told of groups of them, whatever else is known of each. */
type Clicked = { clicks: Pick<RelayLine['clicks'], 'retained'> };

/** Relays told together, in the order of their names; `silent`: their clicks are not said. */
export function tellableRelays<L extends Clicked>(
  lines: readonly L[],
  by: (line: L) => string,
  k: number,
): { name: string; of: L[]; silent: boolean }[] {
  if (lines.length < SMALLEST_GROUP) return [];
  const groups = [...Map.groupBy(lines, by)].map(([name, of]) => ({ name, of }));
  const large = groups.filter((g) => g.of.length >= SMALLEST_GROUP).toSorted((a, b) => a.of.length - b.of.length);
  let rest = groups.filter((g) => g.of.length < SMALLEST_GROUP).flatMap((g) => g.of);
  // The others alone would be told by subtraction from the whole: the smallest group joins them.
  while (rest.length > 0 && rest.length < SMALLEST_GROUP) rest = [...rest, ...(large.shift()?.of ?? [])];
  const told = [...large, ...(rest.length > 0 ? [{ name: OTHERS, of: rest }] : [])];
  const silent = silenced(told, k);
  return told
    .map((g) => ({ ...g, silent: silent.has(g.name) || clicksOf(g.of) < k }))
    .toSorted((a, b) => Number(a.name === OTHERS) - Number(b.name === OTHERS) || a.name.localeCompare(b.name, 'fr'));
}

const grouped = (lines: readonly RelayLine[], by: (line: RelayLine) => string, k: number): RelayGroup[] =>
  tellableRelays(lines, by, k).map(({ name, of, silent }) => ({
    ...groupOf(name, of, k),
    ...(silent ? { clicks: null } : {}),
  }));

const count = (lines: readonly RelayLine[], did: (line: RelayLine) => boolean): number => lines.filter(did).length;
const clicksOf = (lines: readonly Clicked[]): number => lines.reduce((sum, r) => sum + r.clicks.retained, 0);

function groupOf(name: string, lines: readonly RelayLine[], k: number): RelayGroup {
  const clicks = clicksOf(lines);
  return {
    name,
    relays: lines.length,
    invited: count(lines, (r) => r.invitedAt !== null),
    opened: count(lines, (r) => r.openedAt !== null),
    taken: count(lines, (r) => r.takenAt !== null),
    declared: count(lines, (r) => r.declared > 0),
    clicks: clicks < k ? null : clicks,
  };
}

/** The whole less what is told says the clicks of the silent groups together: others fall silent until that is k or more. */
function silenced(groups: readonly { name: string; of: readonly Clicked[] }[], k: number): Set<string> {
  const rising = groups.map((g) => ({ name: g.name, n: clicksOf(g.of) })).toSorted((a, b) => a.n - b.n);
  const silent = new Set<string>();
  let hidden = 0;
  for (const { name, n } of rising) {
    if (n >= k && (silent.size === 0 || hidden >= k)) break;
    silent.add(name);
    hidden += n;
  }
  return silent;
}
