import { writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { invalid } from '../base/errors.ts';
import { locateCampaign } from '../campaigns/locate-campaign.ts';
import { readReport } from '../reports/report.ts';
import { reportCsv } from '../reports/report-csv.ts';
import { reportText } from '../reports/report-text.ts';
import type { Tools } from './run.ts';

const FORMATS = ['text', 'json', 'csv'] as const;

export function reportCommand(program: Command, { answer, withService }: Tools): void {
  program
    .command('report')
    .argument('<campagne>')
    .description('les chiffres d’une campagne, chacun avec sa façon d’être compté')
    .option('--from <jour>', 'AAAA-MM-JJ, Europe/Paris')
    .option('--to <jour>', 'jour inclus')
    .option('--format <format>', FORMATS.join(', '), 'text')
    .option('--out <fichier>')
    .action((slug: string, flags: { from?: string; to?: string; format: string; out?: string }, command: Command) =>
      answer(command, () =>
        withService(async (service) => {
          const { json } = command.optsWithGlobals<{ json?: boolean }>();
          const format = json ? 'json' : FORMATS.find((f) => f === flags.format);
          if (!format) throw invalid('format', `--format attend ${FORMATS.join(', ')}.`);
          const campaign = await locateCampaign(service.db, slug);
          const report = await readReport(
            { ...service, actor: { kind: 'command', name: 'commande', organisationId: campaign.organisationId } },
            slug,
            { from: flags.from, to: flags.to, simulated: service.demo },
          );
          const written =
            format === 'csv' ? reportCsv(report) : format === 'json' ? JSON.stringify(report) : reportText(report);
          if (!flags.out) {
            if (format !== 'json') process.stdout.write(`${written}\n`);
            return format === 'json' ? { json: report, text: written } : null;
          }
          await writeFile(flags.out, written);
          return { json: { out: flags.out }, text: `Écrit : ${flags.out}` };
        }),
      ),
    );
}
