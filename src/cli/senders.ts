import type { Command } from 'commander';
import { notFound } from '../base/errors.ts';
import { systemResolver } from '../mail/resolver.ts';
import { parseTransport } from '../mail/transport.ts';
import { checkDomain } from '../senders/check-domain.ts';
import { readSenderDomain, senderDomainId } from '../senders/read-senders.ts';
import { type Finding, STEP_NAMES } from '../senders/schema.ts';
import { testTransport } from '../senders/test-transport.ts';
import { asOrganisation } from './acting.ts';
import type { Tools } from './run.ts';

const LEVELS: Record<Finding['level'], string> = { bon: 'bon', a_corriger: 'à corriger', bloquant: 'BLOQUANT' };

/** Under `organisation`: how its mail leaves, asked from a terminal. */
export function addSenders(organisation: Command, { answer, withService }: Tools): void {
  organisation
    .command('domain')
    .description('les domaines d’expédition')
    .command('check')
    .argument('<slug>', 'l’organisation')
    .argument('<domaine>', 'un domaine qu’elle a déclaré')
    .description('vérifie un domaine d’expédition dans le DNS (SPF, DKIM, DMARC)')
    .action((slug: string, domain: string, _: unknown, command: Command) =>
      answer(command, () =>
        withService(async (service) => {
          const ctx = await asOrganisation(service, slug);
          const id = await senderDomainId(ctx, domain);
          if (id === null) throw notFound(`Domaine « ${domain} » de ${slug}`);
          const checked = await checkDomain(ctx, id, systemResolver());
          const { records } = await readSenderDomain(ctx, id);
          if (!checked.verified) process.exitCode = 1;
          return {
            json: { ...checked, records },
            text: [
              checked.verified ? `${domain} est vérifié.` : `${domain} n’est pas vérifié : rien ne peut en partir.`,
              ...checked.checks.map(
                (c) => `${c.name} : ${LEVELS[c.level]}. ${c.found}${c.remedy && `\n  À faire : ${c.remedy}`}`,
              ),
              ...records.map((r) => `À publier (TXT) sur ${r.name} :\n  ${r.text}`),
            ].join('\n'),
          };
        }),
      ),
    );
  organisation
    .command('transport')
    .description('le serveur d’envoi')
    .command('test')
    .argument('<slug>', 'l’organisation')
    .description('envoie un message d’essai par le serveur de l’organisation, sinon par celui de l’instance')
    .requiredOption('--to <adresse>', 'qui reçoit l’essai')
    .action((slug: string, { to }: { to: string }, command: Command) =>
      answer(command, () =>
        withService(async (service) => {
          const { smtpUrl } = service.config;
          const trial = await testTransport(
            await asOrganisation(service, slug),
            { to },
            { demo: service.demo, ...(smtpUrl === null ? {} : { transport: parseTransport(smtpUrl) }) },
          );
          const steps = trial.steps.map((s) => `${s.ok ? 'oui' : 'NON'}  ${STEP_NAMES[s.name]} : ${s.words}`);
          if (!trial.ok) process.exitCode = 1;
          return {
            json: trial,
            text: [
              ...steps,
              trial.ok ? `Message d’essai remis pour ${to}.` : 'Le message d’essai n’est pas parti.',
            ].join('\n'),
          };
        }),
      ),
    );
}
