import type { Command } from 'commander';
import { invalid } from '../base/errors.ts';
import { type Bench, benchText } from '../bench/result.ts';
import type { BenchDeps } from '../bench/scratch.ts';
import { readConfig } from '../config.ts';
import type { Tools } from './run.ts';

type Flags = Record<string, string | undefined>;
type Run = (deps: BenchDeps) => Promise<Bench>;

/**
 * `bench …`: a speed, and what this machine does at most of the same bare work, measured in the same run on a
 * throw-away database. Each bench is loaded when asked for: the other commands need none of it.
 */
export function benchCommands(program: Command, { answer }: Tools): void {
  const bench = program
    .command('bench')
    .description('mesure une vitesse et la limite de cette machine, sur une base jetable');
  const measured = (prepare: (flags: Flags) => Promise<Run>) => (flags: Flags, command: Command) =>
    answer(command, async () => {
      const run = await prepare(flags);
      const measure = await run({
        databaseUrl: readConfig().databaseUrl,
        say: (progress) => process.stderr.write(`${progress}\n`),
      });
      return { json: measure.result, text: benchText(measure) };
    });

  bench
    .command('import')
    .description('un fichier de contacts, jusqu’aux contacts')
    .option('--rows <n>', 'lignes du fichier', '150000')
    .action(
      measured(async (flags) => {
        const rows = whole('--rows', flags.rows, 400_000);
        const { benchImport } = await import('../bench/import.ts');
        return (deps) => benchImport(deps, { rows });
      }),
    );
  bench
    .command('freeze')
    .description('la liste d’un envoi, sur deux organisations')
    .option('--contacts <n>', 'contacts en tout', '150000')
    .action(
      measured(async (flags) => {
        const contacts = whole('--contacts', flags.contacts, 5_000_000);
        const { benchFreeze } = await import('../bench/freeze.ts');
        return (deps) => benchFreeze(deps, { contacts });
      }),
    );
  bench
    .command('send')
    .description('la remise d’un envoi à smtp-sink, registre et liens suivis compris')
    .option('--recipients <n>', 'destinataires', '20000')
    .option('--size <octets>', 'poids d’un message', '20k')
    .option('--signed', 'avec la signature DKIM de chaque message')
    .action(
      measured(async (flags) => {
        const recipients = whole('--recipients', flags.recipients, 5_000_000);
        const size = whole('--size', flags.size?.replace(/k$/i, '000'), 100_000);
        const { benchSend } = await import('../bench/send.ts');
        return (deps) => benchSend(deps, { recipients, size, signed: Boolean(flags.signed) });
      }),
    );
  bench
    .command('redirect')
    .description('les liens suivis, journal compris')
    .option('--seconds <n>', 'durée de la mesure', '10')
    .action(
      measured(async (flags) => {
        const seconds = whole('--seconds', flags.seconds, 3_600);
        const { benchRedirect } = await import('../bench/redirect.ts');
        return (deps) => benchRedirect(deps, { seconds });
      }),
    );
  bench
    .command('report')
    .description('les clics, du journal à la base, puis le bilan')
    .option('--hits <n>', 'clics', '1000000')
    .option('--contacts <n>', 'contacts, à qui partent huit lettres', '6250')
    .action(
      measured(async (flags) => {
        const hits = whole('--hits', flags.hits, 100_000_000);
        const contacts = whole('--contacts', flags.contacts, 5_000_000);
        const { benchReport } = await import('../bench/report.ts');
        return (deps) => benchReport(deps, { hits, contacts });
      }),
    );
}

function whole(name: string, text: string | undefined, max: number): number {
  const n = Number(text);
  if (!Number.isInteger(n) || n < 1 || n > max)
    throw invalid('option', `${name} attend un nombre entre 1 et ${max.toLocaleString('fr-FR')}.`);
  return n;
}
