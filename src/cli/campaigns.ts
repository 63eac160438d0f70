import { basename, resolve } from 'node:path';
import type { Command } from 'commander';
import { locateCampaign } from '../campaigns/locate-campaign.ts';
import { applyFolder, planFolder, validateFolder } from '../plan/apply.ts';
import { changesSomething } from '../plan/diff.ts';
import { exportCampaign } from '../plan/export-campaign.ts';
import { formatPlan } from '../plan/format.ts';
import { leadOf } from '../plan/lead.ts';
import { problemLine } from '../plan/problems.ts';
import { asOrganisation } from './acting.ts';
import type { Tools } from './run.ts';

export function campaignCommands(program: Command, { answer, withService }: Tools): void {
  const campaign = program.command('campaign').description('les campagnes écrites en fichiers');

  campaign
    .command('validate')
    .argument('<dossier>')
    .description('relit un dossier de campagne ; chaque erreur a son fichier, sa ligne et sa colonne')
    .action((dir: string, _o: object, command: Command) =>
      answer(command, async () => {
        const problems = await validateFolder(dir);
        const { json } = command.optsWithGlobals<{ json?: boolean }>();
        if (problems.length > 0) {
          process.exitCode = 1;
          if (!json) process.stderr.write(`${problems.map(problemLine).join('\n')}\n`);
        }
        return {
          json: { valid: problems.length === 0, problems },
          text: problems.length === 0 ? 'Rien à corriger.' : `${problems.length} erreur(s).`,
        };
      }),
    );

  campaign
    .command('plan')
    .argument('<dossier>')
    .description('dit ce que « apply » changerait, sans rien changer')
    .action((dir: string, _o: object, command: Command) =>
      answer(command, () =>
        withService(async (service) => {
          const changes = await planFolder(await asOrganisation(service, await leadOf(dir)), dir);
          return { json: { changes, empty: !changesSomething(changes) }, text: formatPlan(changes) };
        }),
      ),
    );

  campaign
    .command('apply')
    .argument('<dossier>')
    .description('met la base en accord avec le dossier, en une fois ; deux fois ne change rien')
    .action((dir: string, _o: object, command: Command) =>
      answer(command, () =>
        withService(async (service) => {
          const changes = await applyFolder(await asOrganisation(service, await leadOf(dir)), dir);
          return { json: { changes, empty: !changesSomething(changes) }, text: formatPlan(changes, 'fait') };
        }),
      ),
    );

  campaign
    .command('export')
    .argument('<dossier>')
    .description('écrit une campagne dans le dossier qui porte son nom ; le relire ne change rien')
    .action((dir: string, _o: object, command: Command) =>
      answer(command, () =>
        withService(async (service) => {
          const { organisationId } = await locateCampaign(service.db, basename(resolve(dir)));
          const actor = { kind: 'command', name: 'commande', organisationId } as const;
          const files = await exportCampaign({ ...service, actor }, dir);
          return { json: { folder: resolve(dir), files }, text: `${files.length} fichiers écrits dans ${dir}.` };
        }),
      ),
    );
}
