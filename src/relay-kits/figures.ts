import { toParisDay, ZONE } from '../base/dates.ts';
import type { Trx } from '../db/database.ts';
import { type HitClass, RETAINED, RULE_VERSION } from '../tracking/classify.ts';

/** By what hands the link on. */
export type SourceKind = 'relais' | 'affiche' | 'carte';
export const SOURCE_NAMES: Record<SourceKind, string> = {
  relais: 'ses liens, partagés ou envoyés',
  affiche: 'le code de son affiche',
  carte: 'le code de sa carte de comptoir',
};

export type Clicks = { retained: number; doubtful: number; robots: number };
export const NO_CLICKS: Clicks = { retained: 0, doubtful: 0, robots: 0 };

export const addClicks = (...all: readonly Clicks[]): Clicks =>
  all.reduce(
    (sum, c) => ({
      retained: sum.retained + c.retained,
      doubtful: sum.doubtful + c.doubtful,
      robots: sum.robots + c.robots,
    }),
    NO_CLICKS,
  );

/**
 * Clicks on the own links of the relays of a campaign, from the same hourly totals as every other click, by relay and by
 * what handed the link on. One query, however many relays.
 */
export async function relayClicks(
  trx: Trx,
  campaignId: number,
  relayId?: number,
): Promise<Map<number, Partial<Record<SourceKind, Clicks>>>> {
  const rows = await trx
    .selectFrom('link_sources as s')
    .innerJoin('links as l', 'l.source_id', 's.id')
    .innerJoin('hit_rollups as h', (j) => j.onRef('h.link_id', '=', 'l.id').on('h.push_id', '=', 0))
    .select((eb) => ['s.relay_id as relayId', 's.kind', 'h.class', eb.fn.sum<number>('h.hits').as('n')])
    .where('s.campaign_id', '=', campaignId)
    .where('s.relay_id', 'is not', null)
    .$if(relayId !== undefined, (q) => q.where('s.relay_id', '=', relayId ?? 0))
    .groupBy(['s.relay_id', 's.kind', 'h.class'])
    .execute();
  const found = new Map<number, Partial<Record<SourceKind, Clicks>>>();
  for (const row of rows) {
    const of = found.get(row.relayId ?? 0) ?? {};
    const kind = row.kind as SourceKind;
    of[kind] = addClicks(of[kind] ?? NO_CLICKS, asClicks(row.class as HitClass, Number(row.n)));
    found.set(row.relayId ?? 0, of);
  }
  return found;
}

const asClicks = (of: HitClass, n: number): Clicks =>
  of === 'scanner'
    ? { ...NO_CLICKS, robots: n }
    : RETAINED.includes(of)
      ? { ...NO_CLICKS, retained: n }
      : { ...NO_CLICKS, doubtful: n };

export const totalClicks = (by: Partial<Record<SourceKind, Clicks>> | undefined): Clicks =>
  addClicks(...Object.values(by ?? {}));

/** « Comment c’est compté », for the clicks of relays' own links since a day. */
export const clicksPassport = (clicks: Clicks, since: Date, now: Date) => ({
  value: clicks.retained,
  range: { to: clicks.retained + clicks.doubtful },
  unit: 'clics',
  window: { from: toParisDay(since), to: toParisDay(now), zone: ZONE },
  source: 'Redirections de Porte-voix : les requêtes reçues sur les liens propres à ce relais.',
  definition:
    'Requêtes qu’aucune règle ne met de côté. Un clic n’est pas une personne, ni une visite de la page où il mène.',
  leftOut: `${clicks.doubtful} douteux, ${clicks.robots} de robots. Ce que le relais déclare se lit à côté et ne s’y ajoute pas.`,
  ruleVersion: String(RULE_VERSION),
});
