import type pg from 'pg';
import { freezePush } from '../deliveries/freeze.ts';
import { pushStatus } from '../deliveries/queries.ts';
import { DEFAULT_CAPS } from '../pressure/schema.ts';
import { approvedPush, campaignOf, fillContacts, type Member, member, newsletter } from './campaign.ts';
import { type Bench, benchResult, median, timed, watchingMemory } from './result.ts';
import { type BenchDeps, type Scratch, withScratch } from './scratch.ts';

const ROUNDS = 3;

/**
 * Draws the list of an approved push over two organisations, a tenth of whose addresses are common and a fiftieth
 * opposed, a département solicited often enough to wait and another too often to be written to; beside one
 * INSERT … SELECT of the same rows into the same ledger without its rules of access.
 */
export function benchFreeze(deps: BenchDeps, { contacts }: { contacts: number }): Promise<Bench> {
  return withScratch(deps, async (scratch) => {
    const { service, say } = scratch;
    const members = [await member(scratch, 'opco-un'), await member(scratch, 'opco-deux')];
    await campaignOf(members, DEFAULT_CAPS);
    const each = Math.ceil(contacts / 2);
    say(`${contacts} contacts dans deux organisations…`);
    for (const [i, m] of members.entries()) await fillContacts(m, { from: i * Math.floor(each * 0.8), rows: each });
    const owner = await scratch.owner(['contacts', 'suppressions', 'deliveries', 'pushes']);
    await owner.query(`insert into suppressions (organisation_id, scope, address_hash, reason, source, at)
      select organisation_id, 'organisation', address_hash, 'desinscrit', 'banc', now() from contacts where id % 50 = 0`);
    await owner.query('analyze');
    say('Ce qui a déjà été envoyé…');
    await history(scratch, owner, members);
    const [freezes, inserts]: [number[], number[]] = [[], []];
    let memory = 0;
    let selected = 0;
    for (let round = 1; round <= ROUNDS; round++) {
      const pushId = await approvedPush(service, members, `lettre-${round}`, newsletter(2_000));
      const ctx = members[0]!.ctx;
      const frozen = await watchingMemory(() => timed(() => freezePush(ctx, pushId)));
      const { setApart, states, addressed, ...status } = await pushStatus(ctx, pushId);
      selected = status.selected;
      const { doublon, desinscrit, sollicitation } = setApart;
      if (!doublon || !desinscrit || !sollicitation || !states.held) throw new Error('freeze: nothing was set apart');
      const insert = await bareInsert(owner, pushId);
      say(
        `Tour ${round} : liste ${frozen.value.seconds.toFixed(2)} s (${addressed} adressés dont ${states.held} différés, ${doublon} doublons, ${desinscrit} désinscrits, ${sollicitation} trop sollicités), INSERT brut ${insert.toFixed(2)} s`,
      );
      memory = Math.max(memory, frozen.rssMb);
      freezes.push(frozen.value.seconds);
      inserts.push(insert);
      await forget(owner, pushId);
    }
    const result = benchResult({
      name: 'freeze',
      work: `Tirer la liste d’un envoi : ${selected} contacts de deux organisations, doublons, oppositions et sollicitations écartés ou différés, groupes et liens suivis`,
      units: selected,
      seconds: median(freezes),
      rssMb: memory,
      limit: {
        name: 'un INSERT … SELECT brut des mêmes lignes, dans une copie du registre tel qu’il était',
        rate: selected / median(inserts),
      },
    });
    return { result, notes: [] };
  });
}

const DAY = 86_400_000;

/** A letter to everybody and one more to a département this week; to another, five of them in the weeks before. */
const PAST: readonly { daysAgo: number; audience: string }[] = [
  ...[25, 21, 17, 13, 9].map((daysAgo) => ({ daysAgo, audience: 'finistere' })),
  { daysAgo: 3, audience: 'tous' },
  { daysAgo: 2, audience: 'ille-et-vilaine' },
];

async function history({ service }: Scratch, owner: pg.Client, members: readonly Member[]): Promise<void> {
  const { ctx } = members[0]!;
  for (const { daysAgo, audience } of PAST) {
    const at = new Date(ctx.now().getTime() - daysAgo * DAY);
    const pushId = await approvedPush(service, members, `il-y-a-${daysAgo}-jours`, newsletter(2_000), audience);
    await freezePush({ ...ctx, now: () => at }, pushId);
    await owner.query(
      "update deliveries set state = 'accepted', handed_at = $2, settled_at = $2 where push_id = $1 and state = 'planned'",
      [pushId, at],
    );
    await owner.query('update pushes set finished_at = $2 where id = $1', [pushId, at]);
  }
  await owner.query('vacuum analyze deliveries');
}

/** Each round counts the same past: the list just drawn leaves it. */
async function forget(owner: pg.Client, pushId: number): Promise<void> {
  await owner.query('delete from deliveries where push_id = $1', [pushId]);
  await owner.query("update pushes set finished_at = created_at - 1000 * interval '1 day' where id = $1", [pushId]);
  await owner.query('vacuum analyze deliveries');
}

/** The same rows, into a copy of the ledger as it stood before: its indexes are as deep, its pages as full. */
async function bareInsert(owner: pg.Client, pushId: number): Promise<number> {
  const columns =
    'push_id, organisation_id, campaign_id, contact_id, address_hash, company_hash, provider, level, cell_id, state, reason, next_at, held_at';
  await owner.query(`drop table if exists bare, source;
    create table source as select ${columns} from deliveries where push_id = ${pushId};
    create table bare (like deliveries including all) with (fillfactor = 80);
    insert into bare (${columns}) select ${columns} from deliveries where push_id <> ${pushId} order by id;
    analyze source, bare`);
  const { seconds } = await timed(() => owner.query(`insert into bare (${columns}) select ${columns} from source`));
  return seconds;
}
