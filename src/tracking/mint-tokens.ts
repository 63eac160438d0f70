import { sql } from 'kysely';
import type { Ctx } from '../base/context.ts';
import { randomToken } from '../base/tokens.ts';
import type { Level } from '../base/words.ts';
import type { Trx } from '../db/database.ts';
import { surveyNamedBy } from '../surveys/groups.ts';
import { fromLetter } from '../webinars/origins.ts';
import { surveyAddresses } from './survey-addresses.ts';

type Instance = Pick<Ctx, 'secrets' | 'publicUrl' | 'now'>;
type Missing = {
  cell: number;
  individual: boolean;
  organisation: number;
  campaign: number;
  level: Level | null;
  link: number;
  url: string;
  slug: string;
  people: number;
  enough: boolean;
};

/**
 * One random token (128 bits, SEC-11) per cell × link of a frozen push, where k people or more of the cell receive that
 * link from this proof: a block for one level only, in a cell that mixes several, may reach fewer, and its links then lead
 * straight to their page (PRV-11); the link says so. Asked again, it adds only what is missing: a token already printed in a
 * message never changes. A webinar's page learns which organisation and which level of the cell one comes from, and a
 * survey is led to as the group of that organisation and level; those with links of their own go straight to its public
 * page, lest a click under their name stand beside an answer. Runs in the freeze's transaction, or the submission's, across
 * organisations.
 */
export async function mintTokens(
  trx: Trx,
  instance: Instance,
  { pushId, proofId }: { pushId: number; proofId: number },
): Promise<{ minted: number; direct: number }> {
  const { rows } = await sql<Missing>`
    with waiting as (
      select cell_id, level, count(*) as people from deliveries
      where push_id = ${pushId} and cell_id is not null and state in ('planned', 'held', 'deferred')
      group by 1, 2
    )
    select c.id as cell, c.individual, c.organisation_id as organisation, c.campaign_id as campaign, c.level, l.id as link, l.url, o.slug,
      sum(w.people)::bigint as people, sum(w.people) >= g.k as enough
    from waiting w
    join cells c on c.id = w.cell_id
    join campaigns g on g.id = c.campaign_id
    join organisations o on o.id = c.organisation_id
    join proof_variants v on v.proof_id = ${proofId} and v.organisation_id = c.organisation_id and v.level = w.level
    join links l on l.push_id = c.push_id and l.url = any(v.links)
    where not exists (select from tokens t where t.cell_id = c.id and t.link_id = l.id)
    group by c.id, l.id, o.slug, g.k`.execute(trx);
  const tracked = ({ enough, individual, url }: Missing): boolean =>
    enough && !(individual && surveyNamedBy(instance, url) !== null);
  const missing = rows.filter(tracked);
  const direct = [...new Set(rows.flatMap((m) => (tracked(m) ? [] : [m.link])))];
  if (direct.length > 0)
    await trx.updateTable('links').set({ partly_direct: true }).where('id', 'in', direct).execute();
  const surveys = await surveyAddresses(trx, instance, missing);
  const result = await sql`
    insert into tokens (token, organisation_id, campaign_id, push_id, cell_id, link_id, url, created_at)
    select m.token, c.organisation_id, c.campaign_id, c.push_id, c.id, m.link, m.url, ${instance.now()}
    from unnest(${missing.map(() => randomToken())}::text[], ${missing.map((m) => m.cell)}::bigint[],
      ${missing.map((m) => m.link)}::bigint[],
      ${missing.map((m, index) => surveys.get(index) ?? fromLetter(m.url, m.slug, m.level))}::text[]) as m (token, cell, link, url)
    join cells c on c.id = m.cell
    on conflict (cell_id, link_id) do nothing`.execute(trx);
  return { minted: Number(result.numAffectedRows ?? 0), direct: direct.length };
}
