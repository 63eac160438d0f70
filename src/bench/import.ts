import { pipeline } from 'node:stream/promises';
import type pg from 'pg';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';
import { importContacts } from '../contacts/import-contacts.ts';
import { member } from './campaign.ts';
import { contactFile } from './contact-file.ts';
import { type Bench, benchResult, median, timed, watchingMemory } from './result.ts';
import { type BenchDeps, withScratch } from './scratch.ts';

const ROUNDS = 3;

/** File → contacts by the real import, beside a bare COPY of the rows that it wrote. Three rounds, the medians. */
export function benchImport(deps: BenchDeps, { rows }: { rows: number }): Promise<Bench> {
  return withScratch(deps, async (scratch) => {
    const { say } = scratch;
    const file = contactFile({ rows });
    const owner = await scratch.owner(['contacts']);
    const [imports, copies]: [number[], number[]] = [[], []];
    let memory = 0;
    for (let round = 1; round <= ROUNDS; round++) {
      // Each round fills the list of a new organisation.
      const { ctx } = await member(scratch, `liste-${round}`);
      const options = { fileName: 'contacts.csv', source: 'banc de mesure' };
      const { rssMb, value } = await watchingMemory(() => timed(() => importContacts(ctx, { file, options })));
      const { seconds, value: report } = value;
      memory = Math.max(memory, rssMb);
      if (report.rows !== rows || report.created === 0)
        throw new Error(`import: ${report.rows} rows read, ${report.created} created`);
      const copied = await bareCopy(owner, ctx.actor.organisationId);
      say(
        `Tour ${round} : import ${seconds.toFixed(2)} s (${report.created} contacts, ${report.rejected} refusés), COPY brut ${copied.seconds.toFixed(2)} s`,
      );
      imports.push(seconds);
      copies.push(copied.seconds / copied.rows);
    }
    const result = benchResult({
      name: 'import',
      work: `Importer un fichier de ${rows} lignes (${Math.round(file.length / 1e6)} Mo, windows-1252) dans une liste vide`,
      units: rows,
      seconds: median(imports),
      rssMb: memory,
      limit: {
        name: 'COPY brut des mêmes contacts dans une table sans index ni règles d’accès',
        rate: 1 / median(copies),
      },
    });
    return { result, notes: [] };
  });
}

/** The same values, column for column, from memory into a plain table. */
async function bareCopy(owner: pg.Client, organisationId: number): Promise<{ seconds: number; rows: number }> {
  await owner.query('drop table if exists bare; create table bare as select * from contacts with no data');
  const data: Buffer[] = [];
  await pipeline(
    owner.query(copyTo(`copy (select * from contacts where organisation_id = ${organisationId}) to stdout`)),
    async (chunks: AsyncIterable<Buffer>) => {
      for await (const chunk of chunks) data.push(chunk);
    },
  );
  const { seconds } = await timed(() => pipeline(data, owner.query(copyFrom('copy bare from stdin'))));
  const { rows } = await owner.query<{ n: number }>('select count(*) as n from bare');
  return { seconds, rows: Number(rows[0]?.n) };
}
