import type pg from 'pg';
import { freezePush } from '../deliveries/freeze.ts';
import { pushStatus } from '../deliveries/queries.ts';
import { approvedPush, campaignOf, fillContacts, member, newsletter } from './campaign.ts';
import { type Bench, benchResult, median, timed, watchingMemory } from './result.ts';
import { type BenchDeps, withScratch } from './scratch.ts';

const ROUNDS = 3;

/**
 * Draws the list of an approved push over two organisations, a tenth of whose addresses are common and a fiftieth
 * opposed, beside one INSERT … SELECT of the same rows into the same table without its rules of access.
 */
export function benchFreeze(deps: BenchDeps, { contacts }: { contacts: number }): Promise<Bench> {
  return withScratch(deps, async (scratch) => {
    const { service, say } = scratch;
    const members = [await member(scratch, 'opco-un'), await member(scratch, 'opco-deux')];
    await campaignOf(members);
    const each = Math.ceil(contacts / 2);
    say(`${contacts} contacts dans deux organisations…`);
    for (const [i, m] of members.entries()) await fillContacts(m, { from: i * Math.floor(each * 0.8), rows: each });
    const owner = await scratch.owner(['contacts', 'suppressions', 'deliveries']);
    await owner.query(`insert into suppressions (organisation_id, scope, address_hash, reason, source, at)
      select organisation_id, 'organisation', address_hash, 'desinscrit', 'banc', now() from contacts where id % 50 = 0`);
    await owner.query('analyze');
    const [freezes, inserts]: [number[], number[]] = [[], []];
    let memory = 0;
    let selected = 0;
    for (let round = 1; round <= ROUNDS; round++) {
      const pushId = await approvedPush(service, members, `lettre-${round}`, newsletter(2_000));
      const ctx = members[0]!.ctx;
      const frozen = await watchingMemory(() => timed(() => freezePush(ctx, pushId)));
      const status = await pushStatus(ctx, pushId);
      selected = status.selected;
      if (!status.setApart.doublon || !status.setApart.desinscrit) throw new Error('freeze: nothing was set apart');
      const insert = await bareInsert(owner, pushId);
      say(
        `Tour ${round} : liste ${frozen.value.seconds.toFixed(2)} s (${status.addressed} adressés, ${status.setApart.doublon} doublons, ${status.setApart.desinscrit} désinscrits), INSERT brut ${insert.toFixed(2)} s`,
      );
      memory = Math.max(memory, frozen.rssMb);
      freezes.push(frozen.value.seconds);
      inserts.push(insert);
    }
    const result = benchResult({
      name: 'freeze',
      work: `Tirer la liste d’un envoi : ${selected} contacts de deux organisations, doublons et oppositions écartés, groupes et liens suivis`,
      units: selected,
      seconds: median(freezes),
      rssMb: memory,
      limit: {
        name: 'un INSERT … SELECT brut des mêmes lignes, dans une table de mêmes colonnes et index',
        rate: selected / median(inserts),
      },
    });
    return { result, notes: [] };
  });
}

async function bareInsert(owner: pg.Client, pushId: number): Promise<number> {
  const columns = 'push_id, organisation_id, campaign_id, contact_id, address_hash, level, cell_id, state, reason';
  await owner.query(`drop table if exists bare, source;
    create table source as select ${columns} from deliveries where push_id = ${pushId};
    create table bare (like deliveries including all) with (fillfactor = 80);
    analyze source`);
  const { seconds } = await timed(() => owner.query(`insert into bare (${columns}) select ${columns} from source`));
  return seconds;
}
