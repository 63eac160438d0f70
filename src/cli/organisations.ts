import type { Command } from 'commander';
import { ROLES, type Role } from '../base/context.ts';
import { inviteUser } from '../organisations/invite-user.ts';
import { createOrganisation } from '../organisations/save-organisation.ts';
import type { OrganisationInput } from '../organisations/schema.ts';
import { asOrganisation } from './acting.ts';
import type { Tools } from './run.ts';
import { addSenders } from './senders.ts';

export function organisationCommands(program: Command, { answer, withService }: Tools): void {
  const organisation = program.command('organisation').description('les organisations');
  organisation
    .command('create')
    .argument('<slug>', 'nom court : minuscules, chiffres et tirets')
    .description('crée une organisation')
    .requiredOption('--name <nom>', 'son nom')
    .option('--kind <genre>', 'opco, federation, etat ou partenaire', 'partenaire')
    .option('--sender-name <nom>', 'le nom que lisent les destinataires')
    .option('--sender <adresse>', 'l’adresse d’expédition')
    .action((slug: string, o: { name: string; kind: string; senderName?: string; sender?: string }, command: Command) =>
      answer(command, () =>
        withService(async (service) => {
          const made = await createOrganisation(service, {
            slug,
            name: o.name,
            kind: o.kind as OrganisationInput['kind'],
            senderName: o.senderName ?? o.name,
            senderAddress: o.sender ?? `lettre@${slug}.example`,
          });
          return { json: made, text: `Organisation « ${o.name} » créée (${made.slug}).` };
        }),
      ),
    );
  addSenders(organisation, { answer, withService });
  program
    .command('user')
    .description('les personnes')
    .command('invite')
    .argument('<adresse>')
    .description('donne des rôles à une personne dans une organisation')
    .requiredOption('--organisation <slug>')
    .requiredOption('--name <nom>')
    .requiredOption('--roles <rôles>', `séparés par des virgules : ${ROLES.join(', ')}`)
    .option('--password <phrase>', 'un mot de passe d’au moins 12 caractères (sinon : un code par courriel)')
    .action(
      (
        address: string,
        o: { organisation: string; name: string; roles: string; password?: string },
        command: Command,
      ) =>
        answer(command, () =>
          withService(async (service) => {
            const roles = o.roles.split(',').map((r) => r.trim()) as Role[];
            const made = await inviteUser(await asOrganisation(service, o.organisation), {
              address,
              name: o.name,
              roles,
              ...(o.password === undefined ? {} : { password: o.password }),
            });
            return { json: made, text: `${o.name} peut se connecter avec ${address} (${roles.join(', ')}).` };
          }),
        ),
    );
}
