import { basename } from 'node:path';
import type { Command } from 'commander';
import {
  type AttendanceOptions,
  analyseAttendance,
  attendanceOptionsSchema,
  importAttendance,
} from '../attendance/import-attendance.ts';
import type { OwnMatches } from '../attendance/report.ts';
import type { AttendanceReport } from '../attendance/schema.ts';
import { invalid } from '../base/errors.ts';
import { PLATFORM_NAMES } from '../webinars/schema.ts';
import { asOrganisation } from './acting.ts';
import { fileBytes } from './files.ts';
import { count } from './output.ts';
import type { Tools } from './run.ts';

type Flags = { webinar: string; organisation: string; dates?: string; mapping?: string; dryRun?: boolean };

export function webinarCommands(program: Command, { answer, withService }: Tools): void {
  const webinars = program.command('webinars').description('les webinaires d’une campagne');

  webinars
    .command('attendance')
    .argument('<fichier>', 'la liste des participants que donne Teams, Zoom, BigBlueButton ou Livestorm')
    .description('note qui est venu ; chaque ligne du fichier est comptée')
    .requiredOption('--webinar <campagne/webinaire>')
    .requiredOption('--organisation <slug>', 'celle qui tient le webinaire')
    .option('--dates <ordre>', 'comment lire 03/12 : jour (3 décembre) ou mois (12 mars)')
    .option('--mapping <json>', 'colonnes d’une liste inconnue : {"name":"Participant","minutes":"Durée"}')
    .option('--dry-run', 'dit ce qui se passerait, sans rien changer')
    .action((path: string, flags: Flags, command: Command) =>
      answer(command, async () => {
        const file = await fileBytes(path);
        const options = checked({ fileName: basename(path), dates: flags.dates, mapping: mappingOf(flags.mapping) });
        const [campaign = '', slug = ''] = flags.webinar.split('/');
        if (!campaign || !slug)
          throw invalid('webinar', '--webinar attend la campagne et le webinaire : essentiels-fibre/usage-des-outils');
        return withService(async (service) => {
          const ctx = await asOrganisation(service, flags.organisation);
          const found = await analyseAttendance(ctx, campaign, slug, { file, options });
          if (found.kind === 'dates')
            throw invalid(
              'dates_a_dire',
              `« ${found.example} » se lit de deux façons : ajoutez --dates jour, ou --dates mois.`,
            );
          if (found.kind === 'columns')
            throw invalid(
              'colonnes_a_dire',
              `Liste inconnue : dites ses colonnes avec --mapping. Colonnes lues : ${found.table.header.filter(Boolean).join(', ') || 'aucune'}.`,
            );
          const done = flags.dryRun ? found : await importAttendance(ctx, campaign, slug, { file, options });
          return { json: shapeOf(done), text: inWords(done) };
        });
      }),
    );
}

function checked(options: unknown): AttendanceOptions {
  const parsed = attendanceOptionsSchema.safeParse(options);
  if (parsed.success) return parsed.data;
  throw invalid('options', parsed.error.issues.map((i) => `${i.path.join('.')} : ${i.message}`).join(' '));
}

function mappingOf(text: string | undefined): unknown {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    throw invalid('mapping', '--mapping attend du JSON, par exemple : {"name":"Participant","minutes":"Durée"}');
  }
}

type Done = { report: AttendanceReport; matched: OwnMatches; importId?: number };

const shapeOf = ({ report, matched, importId }: Done) => ({
  ...report,
  matched,
  ...(importId === undefined ? {} : { importId }),
});

function inWords({ report: r, matched }: Done): string {
  const said = r.lines.filter((l) => l.severity !== 'aside').slice(0, 20);
  return [
    `${PLATFORM_NAMES[r.platform]} (${r.encoding}) : ${count(r.rows)} lignes, ${count(r.read)} lues, ${count(r.aside)} mises de côté, ${count(r.rejected)} refusées.`,
    `${count(r.people)} personnes, dont ${count(r.anonymous)} sans nom ; ${count(r.minutes)} minutes en tout.`,
    `Parmi vos inscrits : ${count(matched.sure)} reconnues, ${count(matched.doubtful)} à vérifier, ${count(matched.notAmong)} qui n’y sont pas.`,
    ...r.warnings.map((w) => w.message),
    ...said.map((l) => `  ligne ${l.line} : ${l.message}`),
  ].join('\n');
}
