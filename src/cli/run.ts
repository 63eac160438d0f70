import { Command } from 'commander';
import { log } from '../base/log.ts';
import { readConfig } from '../config.ts';
import { openService, type Service } from '../service.ts';
import { benchCommands } from './bench.ts';
import { bounceCommands } from './bounces.ts';
import { campaignCommands } from './campaigns.ts';
import { contactCommands } from './contacts.ts';
import { inspectCommands } from './inspect.ts';
import { organisationCommands } from './organisations.ts';
import { type Answer, fail, show } from './output.ts';
import { pushCommands } from './pushes.ts';
import { reportCommand } from './report.ts';
import { serviceCommands } from './services.ts';
import { trackingCommands } from './tracking.ts';
import { visitCommands } from './visits.ts';
import { webinarCommands } from './webinars.ts';

/** How a command gets what it stands on: opened for it, closed after it, whatever happens. */
export type Tools = {
  /** Runs one command and shows its answer; the exit code says how it went (0 done, 1 refused, 2 bug). */
  answer: (command: Command, run: () => Promise<Answer | null>) => Promise<void>;
  withService: <T>(run: (service: Service) => Promise<T>) => Promise<T>;
};

export async function run(argv: string[]): Promise<void> {
  const program = new Command('porte-voix')
    .description('Mener à plusieurs organisations une même campagne, et montrer honnêtement qui elle a touché.')
    .helpOption('-h, --help', 'affiche cette aide')
    .configureHelp({ showGlobalOptions: true })
    .option('--json', 'répond par un objet JSON sur la sortie standard')
    .option('--verbose', 'détaille le journal')
    .showHelpAfterError('Aide : npx porte-voix --help');
  const tools: Tools = {
    answer: async (command, work) => {
      const { json = false, verbose = false } = command.optsWithGlobals<{ json?: boolean; verbose?: boolean }>();
      log.level = verbose ? 'debug' : 'warn';
      try {
        show(await work(), json);
      } catch (error) {
        process.exitCode = fail(error, json);
      }
    },
    withService: async (work) => {
      const service = await openService(readConfig(), { migrate: false, pages: false });
      try {
        return await work(service);
      } finally {
        await service.close();
      }
    },
  };
  for (const add of [
    serviceCommands,
    organisationCommands,
    contactCommands,
    campaignCommands,
    pushCommands,
    webinarCommands,
    visitCommands,
    bounceCommands,
    trackingCommands,
    reportCommand,
    inspectCommands,
    benchCommands,
  ])
    add(program, tools);
  for (const command of program.commands) inheritJson(command);
  await program.parseAsync(argv);
}

/** `--json` is understood after the command as well as before it. */
function inheritJson(command: Command): void {
  command
    .option('--json', 'répond par un objet JSON')
    .option('--verbose', 'détaille le journal')
    .helpOption('-h, --help', 'affiche cette aide');
  for (const sub of command.commands) inheritJson(sub);
}
