import type { Command } from 'commander';
import { locateCampaign } from '../campaigns/locate-campaign.ts';
import { type Reclassified, reclassifyHits } from '../tracking/reclassify.ts';
import { count } from './output.ts';
import type { Tools } from './run.ts';

export function trackingCommands(program: Command, { answer, withService }: Tools): void {
  const tracking = program.command('tracking').description('les clics gardés un à un');

  tracking
    .command('reclassify')
    .argument('<campagne>')
    .description('dit ce que les règles d’aujourd’hui changeraient au classement des clics, et ne change rien')
    .option('--apply', 'le change, clics et totaux ensemble ; interrompu, relancez-le')
    .action((slug: string, flags: { apply?: boolean }, command: Command) =>
      answer(command, () =>
        withService(async (service) => {
          const { organisationId } = await locateCampaign(service.db, slug);
          const ctx = { ...service, actor: { kind: 'command' as const, name: 'commande', organisationId } };
          const done = await reclassifyHits(ctx, slug, { apply: flags.apply });
          return { json: { campaign: slug, ...done }, text: inWords(slug, done, flags.apply === true) };
        }),
      ),
    );
}

function inWords(slug: string, done: Reclassified, apply: boolean): string {
  const { hits, changes, confirmed, stopped, ruleVersion, applied } = done;
  const pending = changes.length + confirmed > 0;
  return [
    `${slug} : ${count(hits)} requêtes gardées, relues par les règles version ${ruleVersion}.`,
    ...changes.map(
      ({ from, to, hits: n }) => `  ${from.rule} (${from.class}) → ${to.rule} (${to.class}) : ${count(n)}`,
    ),
    changes.length === 0 ? '  Aucune ne change de classe.' : '',
    confirmed > 0 ? `  ${count(confirmed)} restent où elles sont, sous la version ${ruleVersion}.` : '',
    ...stopped.map(
      ({ rule, hits: n }) =>
        `  ${count(n)} ne peuvent pas être relues : ce que regarde la règle « ${rule} » n’a pas été gardé avec elles. Elles restent comme elles sont.`,
    ),
    apply ? `${count(applied)} requêtes reclassées, totaux compris.` : '',
    !apply && pending ? 'Rien n’est changé. Pour l’appliquer : ajoutez --apply.' : '',
  ]
    .filter((line) => line !== '')
    .join('\n');
}
