import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type pg from 'pg';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';
import { freezePush } from '../deliveries/freeze.ts';
import { readReport } from '../reports/report.ts';
import { startFlusher } from '../tracking/flusher.ts';
import { openJournal } from '../tracking/journal.ts';
import { encodeLine, type Line } from '../tracking/lines.ts';
import { approvedPush, campaignOf, fillContacts, member, newsletter } from './campaign.ts';
import { type Bench, type BenchResult, benchResult, median, round, timed, watchingMemory } from './result.ts';
import { type BenchDeps, withScratch } from './scratch.ts';

const PUSHES = 4;
const RECIPIENTS = 5_000;
const READS = 5;
const SEGMENT_LINES = 40_000;
const HOUR_MS = 3_600_000;

export type ReportResult = BenchResult & { reportSeconds: number; rollups: number };

/**
 * Brings hits from the journal of a process that is gone into the database (classed, totalled by the hour), beside a
 * bare COPY of the same hits; then reads the whole report of the campaign, several times, each figure recounted.
 */
export function benchReport(deps: BenchDeps, { hits }: { hits: number }): Promise<Bench<ReportResult>> {
  return withScratch(deps, async (scratch) => {
    const { service, say } = scratch;
    const lead = await member(scratch, 'opco');
    await campaignOf([lead]);
    await fillContacts(lead, { rows: RECIPIENTS });
    for (let n = 1; n <= PUSHES; n++)
      await freezePush(lead.ctx, await approvedPush(service, [lead], `lettre-${n}`, newsletter(1_000)));
    const owner = await scratch.owner(['deliveries', 'tokens', 'hits', 'hit_rollups']);
    await owner.query(
      "update deliveries set state = 'accepted', handed_at = now(), settled_at = now() where state = 'planned'",
    );
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
    say(`COPY brut : ${Math.round(hits / copied)} par seconde`);

    await owner.query('analyze');
    const reads: number[] = [];
    for (let n = 0; n < READS; n++) {
      const read = await timed(() => readReport(lead.ctx, 'banc'));
      if (read.value.figures.clicsBruts.value !== hits)
        throw new Error(`report: ${read.value.figures.clicsBruts.value} hits counted`);
      reads.push(read.seconds);
    }
    say(`Bilan entier : ${Math.round(median(reads) * 1000)} ms`);
    const rollups = Number((await owner.query<{ n: number }>('select count(*) as n from hit_rollups')).rows[0]?.n);
    const result = benchResult({
      name: 'report',
      work: `Passer ${hits} clics du journal à la base, classés et totalisés par heure`,
      units: hits,
      seconds,
      rssMb: ingested.rssMb,
      limit: { name: 'COPY brut des mêmes clics dans une table sans index', rate: hits / copied },
    });
    const reportSeconds = round(median(reads), 4);
    return {
      result: { ...result, reportSeconds, rollups },
      notes: [`bilan entier de la campagne : ${Math.round(reportSeconds * 1000)} ms (${rollups} totaux horaires)`],
    };
  });
}

/** The journal a dead process leaves: clicks of the hours after each push, fewer and fewer, on all its links. */
async function writeJournal(owner: pg.Client, dataDir: string, hits: number): Promise<void> {
  const { rows } = await owner.query<{ token: string; push_id: number }>(
    'select token, push_id from tokens order by push_id, token',
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

/** The same hits, column for column, from memory into a plain table. */
async function bareCopy(owner: pg.Client): Promise<number> {
  await owner.query('create table bare as select * from hits with no data');
  const data: Buffer[] = [];
  await pipeline(owner.query(copyTo('copy (select * from hits) to stdout')), async (chunks: AsyncIterable<Buffer>) => {
    for await (const chunk of chunks) data.push(chunk);
  });
  return (await timed(() => pipeline(data, owner.query(copyFrom('copy bare from stdin'))))).seconds;
}
