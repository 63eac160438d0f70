import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type pg from 'pg';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';
import type { Ctx } from '../base/context.ts';
import { keepSums } from '../deliveries/keep-sums.ts';
import { readReport } from '../reports/report.ts';
import { startFlusher } from '../tracking/flusher.ts';
import { openJournal } from '../tracking/journal.ts';
import { encodeLine, type Line } from '../tracking/lines.ts';
import { busyCampaign } from './report-campaign.ts';
import { type Bench, type BenchResult, benchResult, median, round, timed, watchingMemory } from './result.ts';
import { type BenchDeps, withScratch } from './scratch.ts';

const PUSHES = 8;
/** Of a report, the median: a process that has just started reads its first thirty more slowly than it ever will again. */
const READS = 31;
const SEGMENT_LINES = 40_000;
const HOUR_MS = 3_600_000;

export type ReportResult = BenchResult & { reportSeconds: number; rollups: number };

export type ReportWork = { hits: number; contacts: number };

/**
 * Brings hits from the journal of a process that is gone into the database (classed, totalled by the hour), beside a
 * bare COPY of the same hits; then reads the whole report of the campaign, several times: every message counted again, as
 * while one leaves, then from the sums that are kept of a ledger at rest.
 */
export function benchReport(deps: BenchDeps, { hits, contacts }: ReportWork): Promise<Bench<ReportResult>> {
  return withScratch(deps, async (scratch) => {
    const { service, say } = scratch;
    say(`${contacts} contacts, ${PUSHES} lettres…`);
    const { lead, owner } = await busyCampaign(scratch, { contacts, pushes: PUSHES });
    say(`${hits} clics au journal…`);
    await writeJournal(owner, service.config.dataDir, hits);

    const journal = await openJournal(service.config.dataDir);
    const flusher = startFlusher(service.db, journal, { everyMs: 0 });
    const ingested = await watchingMemory(() => timed(() => flusher.flush()));
    await journal.close();
    const { seconds, value: counts } = ingested.value;
    if (counts.inserted !== hits) throw new Error(`report: ${counts.inserted} of ${hits} hits inserted`);
    say(`Du journal à la base : ${Math.round(hits / seconds)} clics par seconde`);
    const copied = await bareCopy(owner);
    say(`COPY brut : ${Math.round(copied)} par seconde`);

    await owner.query('analyze');
    const recounted = await reading(lead.ctx, hits);
    if ((await keepSums(service.db, service.now())) !== 1) throw new Error('report: the ledger was not added up');
    const kept = await reading(lead.ctx, hits);
    say(`Bilan entier : ${Math.round(kept * 1000)} ms`);
    const rollups = await rowsOf(owner, 'hit_rollups');
    const messages = await rowsOf(owner, 'deliveries');
    const result = benchResult({
      name: 'report',
      work: `Passer ${hits} clics du journal à la base, classés et totalisés par heure`,
      units: hits,
      seconds,
      rssMb: ingested.rssMb,
      limit: { name: 'COPY brut des mêmes clics dans une table sans index', rate: copied },
    });
    const ms = (of: number): number => Math.round(of * 1000);
    return {
      result: { ...result, reportSeconds: round(kept, 4), rollups },
      notes: [
        `bilan entier de la campagne : ${ms(kept)} ms (${messages} messages, ${rollups} totaux horaires)`,
        `tous ses messages recomptés, comme pendant un envoi : ${ms(recounted)} ms`,
      ],
    };
  });
}

async function reading(ctx: Ctx, hits: number): Promise<number> {
  const reads: number[] = [];
  for (let n = 0; n < READS; n++) {
    const read = await timed(() => readReport(ctx, 'banc'));
    const counted = read.value.figures.clicsBruts.value;
    if (counted !== hits) throw new Error(`report: ${counted} hits counted`);
    reads.push(read.seconds);
  }
  return median(reads);
}

const rowsOf = async (owner: pg.Client, table: 'deliveries' | 'hit_rollups'): Promise<number> =>
  Number((await owner.query<{ n: number }>(`select count(*) as n from ${table}`)).rows[0]?.n);

/** The journal a dead process leaves: clicks of the hours after each push, fewer and fewer, on all its links. */
export async function writeJournal(owner: pg.Client, dataDir: string, hits: number): Promise<void> {
  const { rows } = await owner.query<{ token: string; push_id: number }>(
    'select token, push_id from tokens where cell_id is not null order by push_id, token',
  );
  const folder = join(dataDir, 'journal');
  mkdirSync(folder, { recursive: true });
  const byPush = [...Map.groupBy(rows, (r) => r.push_id).values()];
  const now = Date.now();
  let lines: string[] = [];
  for (let i = 0; i < hits; i++) {
    // Written in the order of time, as a process does: one push after the other.
    const at = Math.floor((i * byPush.length) / hits);
    const tokens = byPush[at]!;
    const share = ((i * byPush.length) / hits) % 1;
    const hoursAfter = -12 * Math.log(1 - share * 0.998);
    const line: Line = {
      kind: 'hit',
      seq: i + 1,
      at: Math.round(now - (byPush.length - at) * 100 * HOUR_MS + hoursAfter * HOUR_MS),
      token: tokens[(i * 7919) % tokens.length]!.token,
      network: (i % 50_000).toString(36).padStart(22, 'x'),
      features: {
        method: 'GET',
        bot: i % 20 === 0 ? 'bot' : null,
        prefetch: false,
        family: i % 3 === 0 ? 'chrome' : 'firefox',
      },
    };
    lines.push(encodeLine(line));
    if (lines.length === SEGMENT_LINES || i === hits - 1) {
      writeFileSync(join(folder, `ba9c-${Math.floor(i / SEGMENT_LINES) + 1}.jsonl`), lines.join(''));
      lines = [];
    }
  }
}

/** Of more the rate is the same, and they would have to be held in memory. */
const COPIED = 1_000_000;

/** The same hits, column for column, from memory into a plain table: how many a second. */
async function bareCopy(owner: pg.Client): Promise<number> {
  await owner.query('create table bare as select * from hits with no data');
  const data: Buffer[] = [];
  await pipeline(
    owner.query(copyTo(`copy (select * from hits limit ${COPIED}) to stdout`)),
    async (chunks: AsyncIterable<Buffer>) => {
      for await (const chunk of chunks) data.push(chunk);
    },
  );
  const { seconds } = await timed(() => pipeline(data, owner.query(copyFrom('copy bare from stdin'))));
  const { rows } = await owner.query<{ n: number }>('select count(*)::int as n from bare');
  return (rows[0]?.n ?? 0) / seconds;
}
