import { writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { invalid } from '../base/errors.ts';
import { locateCampaign } from '../campaigns/locate-campaign.ts';
import { readReport } from '../reports/report.ts';
import { reportText } from '../reports/report-text.ts';
import { reportFile } from '../web/report-files.ts';
import { REPORT_FORMATS } from '../web/report-place.ts';
import type { Tools } from './run.ts';

const FORMATS = ['text', ...REPORT_FORMATS] as const;
/** What a terminal cannot show. */
const BINARY = ['xlsx', 'pdf'];

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
          const asked = FORMATS.find((f) => f === flags.format);
          if (!asked) throw invalid('format', `--format attend ${FORMATS.join(', ')}.`);
          // --json says how the command answers: a file keeps the format it was asked in.
          const format = json && !flags.out ? 'json' : asked;
          if (BINARY.includes(format) && !flags.out)
            throw invalid(
              'out',
              `Un fichier ${format} ne se lit pas dans un terminal : ajoutez --out rapport.${format}`,
            );
          const campaign = await locateCampaign(service.db, slug);
          const report = await readReport(
            { ...service, actor: { kind: 'command', name: 'commande', organisationId: campaign.organisationId } },
            slug,
            { from: flags.from, to: flags.to, simulated: service.demo },
          );
          const written =
            format === 'text' ? reportText(report) : await reportFile(report, format, service.config.chromium);
          if (!flags.out) {
            if (format !== 'json') process.stdout.write(`${written}\n`);
            return format === 'json' ? { json: report, text: String(written) } : null;
          }
          await writeFile(flags.out, written);
          return { json: { out: flags.out }, text: `Écrit : ${flags.out}` };
        }),
      ),
    );
}
