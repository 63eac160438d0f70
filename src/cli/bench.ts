import type { Command } from 'commander';
import { invalid } from '../base/errors.ts';
import { type BenchResult, benchText } from '../bench/result.ts';
import type { BenchDeps } from '../bench/scratch.ts';
import { readConfig } from '../config.ts';
import type { Tools } from './run.ts';

type Flags = Record<string, string>;

/**
 * `bench …`: a speed, and what this machine does at most of the same bare work, measured in the same run on a
 * throw-away database. Each bench is loaded when asked for: the other commands need none of it.
 */
export function benchCommands(program: Command, { answer }: Tools): void {
  const bench = program.command('bench').description('mesure une vitesse et la limite de cette machine, sur une base jetable');
  const measured = (run: (deps: BenchDeps, flags: Flags) => Promise<BenchResult>) => (flags: Flags, command: Command) =>
    answer(command, async () => {
      const deps: BenchDeps = { databaseUrl: readConfig().databaseUrl, say: (progress) => process.stderr.write(`${progress}\n`) };
      const result = await run(deps, flags);
      return { json: result, text: benchText(result) };
    });

  bench.command('import').description('un fichier de contacts, jusqu’aux contacts').option('--rows <n>', 'lignes du fichier', '150000')
    .action(measured(async (deps, flags) => (await import('../bench/import.ts')).benchImport(deps, { rows: whole('--rows', flags.rows, 500_000) })));

  bench.command('freeze').description('la liste d’un envoi, sur deux organisations').option('--contacts <n>', 'contacts en tout', '150000')
    .action(measured(async (deps, flags) => (await import('../bench/freeze.ts')).benchFreeze(deps, { contacts: whole('--contacts', flags.contacts, 5_000_000) })));

  bench.command('send').description('la remise d’un envoi à smtp-sink').option('--recipients <n>', 'destinataires', '20000').option('--size <octets>', 'poids d’un message, comme 20k', '20k')
    .action(measured(async (deps, flags) => (await import('../bench/send.ts')).benchSend(deps, { recipients: whole('--recipients', flags.recipients, 5_000_000), size: bytes(flags.size) })));

  bench.command('redirect').description('les liens suivis, journal compris').option('--seconds <n>', 'durée de chaque mesure', '10')
    .action(measured(async (deps, flags) => (await import('../bench/redirect.ts')).benchRedirect(deps, { seconds: whole('--seconds', flags.seconds, 3_600) })));

  bench.command('report').description('les clics du journal à la base, puis le bilan').option('--hits <n>', 'clics', '1000000')
    .action(measured(async (deps, flags) => (await import('../bench/report.ts')).benchReport(deps, { hits: whole('--hits', flags.hits, 100_000_000) })));
}

function whole(name: string, text: string | undefined, max: number): number {
  const n = Number(text);
  if (!Number.isInteger(n) || n < 1 || n > max) throw invalid('option', `${name} attend un nombre entre 1 et ${max.toLocaleString('fr-FR')}.`);
  return n;
}

/** `20k` and `20000` are the same weight. */
const bytes = (text = ''): number => whole('--size', text.replace(/k$/i, '000'), 100_000);
