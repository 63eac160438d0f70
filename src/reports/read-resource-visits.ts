import { sql } from 'kysely';
import type { Actor, Ctx } from '../base/context.ts';
import { toParisDay, ZONE } from '../base/dates.ts';
import { withOrganisation } from '../db/database.ts';
import { allow } from '../organisations/permissions.ts';
import type { Figure } from './figure.ts';

/** Of the way requests are told from robots' (tracking/count-page.ts). */
const RULE_VERSION = 1;

/** How often the public page of a resource was opened, and its files downloaded, since it exists. */
export async function readResourceVisits(
  ctx: Ctx<Exclude<Actor, { kind: 'clock' }>>,
  resourceId: number,
): Promise<{ visits: Figure; downloads: Figure }> {
  allow(ctx.actor, 'report.read');
  const { rows } = await withOrganisation(ctx.db, ctx.actor.organisationId, (trx) =>
    sql<{ what: string; n: number; robots: number; since: Date }>`
      select what, coalesce(sum(n) filter (where class = 'inconnu'), 0)::bigint as n,
        coalesce(sum(n) filter (where class = 'scanner'), 0)::bigint as robots, min(hour) as since
      from page_counts
      where page = ${`ressource:${resourceId}`}
        or page in (select 'fichier:' || f.id from resource_files f where f.resource_id = ${resourceId})
      group by what`.execute(trx),
  );
  const figure = (what: string, unit: string, definition: string): Figure => {
    const row = rows.find((r) => r.what === what);
    const today = toParisDay(ctx.now());
    return {
      value: row?.n ?? 0,
      unit,
      window: { from: row ? toParisDay(row.since) : today, to: today, zone: ZONE },
      source: 'les pages publiques de ce service, comptées par heure, sans cookie',
      definition,
      leftOut: `${row?.robots ?? 0} de robots déclarés ou de pages ouvertes d’avance ; qui s’oppose à la mesure n’est pas compté. Non dédoublonné.`,
      ruleVersion: RULE_VERSION,
    };
  };
  return {
    visits: figure('visite', 'consultations', 'ouvertures de la page publique de la ressource'),
    downloads: figure('telechargement', 'téléchargements', 'ouvertures de ses fichiers, retirés compris'),
  };
}
