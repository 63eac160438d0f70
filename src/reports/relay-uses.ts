import { sql } from 'kysely';
import type { Trx } from '../db/database.ts';
import { OTHERS, SMALLEST_GROUP } from '../relay-kits/read-totals.ts';
import { CHANNEL_NAMES, type Channel } from '../relay-kits/schema.ts';
import { figure, type Scope } from './figure.ts';
import type { Row, Table } from './tables.ts';

/** What one relay says it did of the campaign, in one way, in the window. */
export type RelayUse = { relay: number; channel: Channel; publications: number; audience: number };

/** Across organisations: what leaves a report is groups of them. */
export async function relayUses(trx: Trx, { campaignId, period: { from, to } }: Scope): Promise<RelayUse[]> {
  const { rows } = await sql<RelayUse>`
    select relay_id as relay, channel, count(*) as publications, coalesce(sum(audience), 0)::bigint as audience
    from declarations where campaign_id = ${campaignId} and withdrawn_at is null
      and published_on >= ${from}::date and published_on <= ${to}::date
    group by 1, 2`.execute(trx);
  return rows;
}

const relaysIn = (uses: readonly RelayUse[]): number => new Set(uses.map((u) => u.relay)).size;

/** By the way they say they used it, five relays or more in each line: the others are added to the smallest. */
export function relayUseTable(scope: Scope, uses: readonly RelayUse[]): Table {
  return {
    key: 'uses-relays',
    title: 'Usage déclaré par les relais',
    counted: `Ce que les relais déclarent avoir publié, par moyen. Groupes de ${SMALLEST_GROUP} relais ou plus ; jamais ajouté à ce que disent les lecteurs.`,
    columns: ['publications', 'porteeDeclaree'],
    rows: tellable(uses).map(
      ({ name, of }): Row => ({
        key: name,
        label: name,
        figures: {
          publications: figure(
            'publications',
            of.reduce((n, u) => n + u.publications, 0),
            scope,
          ),
          porteeDeclaree: figure(
            'porteeDeclaree',
            of.reduce((n, u) => n + u.audience, 0),
            scope,
            ['Les publications sans nombre déclaré.'],
          ),
        },
      }),
    ),
  };
}

function tellable(uses: readonly RelayUse[]): { name: string; of: RelayUse[] }[] {
  if (relaysIn(uses) < SMALLEST_GROUP) return [];
  const groups = [...Map.groupBy(uses, (u) => CHANNEL_NAMES[u.channel])].map(([name, of]) => ({ name, of }));
  const large = groups
    .filter((g) => relaysIn(g.of) >= SMALLEST_GROUP)
    .toSorted((a, b) => relaysIn(a.of) - relaysIn(b.of));
  let rest = groups.filter((g) => relaysIn(g.of) < SMALLEST_GROUP).flatMap((g) => g.of);
  while (rest.length > 0 && relaysIn(rest) < SMALLEST_GROUP) rest = [...rest, ...(large.shift()?.of ?? [])];
  return [
    ...large.toSorted((a, b) => a.name.localeCompare(b.name, 'fr')),
    ...(rest.length > 0 ? [{ name: OTHERS, of: rest }] : []),
  ];
}
