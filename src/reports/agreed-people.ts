import { sql } from 'kysely';
import type { CampaignRow } from '../campaigns/queries.ts';
import { whoeverAgrees } from '../contacts/click-names.ts';
import type { Trx } from '../db/database.ts';
import { together, toTen } from '../deliveries/told.ts';
import { RETAINED } from '../tracking/classify.ts';
import { type Figure, figure, type Scope } from './figure.ts';
import type { Table } from './tables.ts';

/** People with links of their own who still agree to it, and those of them with a click that is retained. */
type People = { people: number; clicked: number };
export type Agreed = { all: People; own: People; others: People };

const NOBODY: People = { people: 0, clicked: 0 };

/** `others`: those of the reader's partners. An address that two organisations write to is one person in each, and in `all`. */
export async function agreedPeople(trx: Trx, scope: Scope): Promise<Agreed> {
  const { start, end } = scope.period;
  const { rows } = await sql<People & { other: boolean | null }>`
    with told as (
      select d.address_hash, d.organisation_id is distinct from ${scope.reader}::bigint as other, bool_or(exists (
          select from hits h
          where h.delivery_id = d.id and h.class = any(${[...RETAINED]}) and h.at >= ${start} and h.at < ${end}
        )) as clicked
      from deliveries d
      join contacts c on c.id = d.contact_id and c.organisation_id = d.organisation_id and c.address_hash = d.address_hash
      join ${whoeverAgrees} yes on (yes.organisation_id, yes.address_hash) = (d.organisation_id, d.address_hash)
      where d.campaign_id = ${scope.campaignId} and d.state in ('accepted', 'complained')
        and d.cell_id in (select id from cells where campaign_id = ${scope.campaignId} and individual)
        and coalesce(d.handed_at, d.settled_at) >= ${start} and coalesce(d.handed_at, d.settled_at) < ${end}
      group by 1, 2
    )
    select other, count(distinct address_hash) as people, count(distinct address_hash) filter (where clicked) as clicked
    from told group by grouping sets ((other), ())`.execute(trx);
  const of = (other: boolean | null): People => rows.find((r) => r.other === other) ?? NOBODY;
  return { all: of(null), own: of(false), others: of(true) };
}

/** As many as k who clicked, and as many who did not: nobody is known by either. */
const tellable = ({ people, clicked }: People, k: number): boolean => clicked >= k && people - clicked >= k;

/** Not exactly `all`: one person fewer would say that a partner holds somebody of the reader's. */
function bothTold({ all, own, others }: Agreed, k: number): People {
  const of = (what: keyof People): number => {
    const held = own[what] + others[what];
    return together(held, held - all[what], k);
  };
  return { people: of('people'), clicked: of('clicked') };
}

/**
 * How many people agreed, and how many of them clicked: told from k up and in tens, the partners' too, so that whoever takes
 * its own away is left with k or more. Partners' people under k are left out of both.
 */
export function agreedFigures({ all, own, others }: Agreed, scope: Scope): { accordes: Figure; cliqueurs: Figure } {
  const { k, reader } = scope;
  const few = reader !== null && others.people > 0 && others.people < k;
  const base = few ? own : reader === null ? all : bothTold({ all, own, others }, k);
  const apart = few ? `Les personnes des partenaires : elles sont moins de ${k}.` : '';
  const told = tellable(base, k) && (few || reader === null || others.people === 0 || tellable(others, k));
  return {
    accordes: figure('accordes', base.people < k ? null : toTen(base.people), scope, [
      apart,
      base.people < k ? `Moins de ${k}, ou aucune : ce nombre n’est pas dit.` : '',
    ]),
    cliqueurs: figure('cliqueurs', told ? toTen(base.clicked) : null, scope, [
      apart,
      told ? '' : `Moins de ${k} personnes ont cliqué, ou moins de ${k} n’ont pas cliqué : ce nombre n’est pas dit.`,
    ]),
  };
}

/** For campaigns that offer links of one's own, and for no other. */
export async function agreedTables(
  trx: Trx,
  scope: Scope,
  { linkMode }: Pick<CampaignRow, 'linkMode'>,
): Promise<Table[]> {
  if (linkMode !== 'individuel') return [];
  return [
    {
      key: 'agreed',
      title: 'Parmi ceux qui ont accepté d’être comptés',
      counted:
        'Personnes, et non clics : seules celles qui l’ont accepté ont des liens à elles. Elles ne sont pas représentatives des autres. Personne n’est nommé.',
      columns: ['accordes', 'cliqueurs'],
      rows: [{ key: 'agreed', label: 'ensemble', figures: agreedFigures(await agreedPeople(trx, scope), scope) }],
    },
  ];
}
