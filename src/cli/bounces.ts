import type { Command } from 'commander';
import { invalid } from '../base/errors.ts';
import { PROVIDERS, type ProviderName, webhookKey } from '../bounces/record-events.ts';
import { type Recorded, recordReturn } from '../bounces/record-return.ts';
import { splitMbox } from '../bounces/split-mbox.ts';
import { fileBytes } from './files.ts';
import { count } from './output.ts';
import type { Tools } from './run.ts';

const WORDS: Record<Recorded['outcome'], string> = {
  applied: 'pris en compte',
  noted: 'noté, rien à changer',
  quarantined: 'en quarantaine : aucun de nos envois n’y est reconnu',
  known: 'déjà connu',
  ignored: 'courrier ordinaire, laissé de côté',
};

export function bounceCommands(program: Command, { answer, withService }: Tools): void {
  const bounces = program.command('bounces').description('ce qui revient : adresses mortes, boîtes pleines, plaintes');

  bounces
    .command('read')
    .argument(
      '<fichier...>',
      'un message ou une boîte mbox ; - pour l’entrée standard, derrière un serveur de courrier',
    )
    .description('lit des retours et en tire les conséquences, une seule fois chacun')
    .option('--recipient <adresse>', 'le destinataire de l’enveloppe, quand le serveur de courrier le donne')
    .action((paths: string[], flags: { recipient?: string }, command: Command) =>
      answer(command, async () => {
        const files = await Promise.all(paths.map(fileBytes));
        return withService(async (service) => {
          const read: Recorded[] = [];
          for (const bytes of files.flatMap(splitMbox))
            read.push(await recordReturn(service, { source: 'fichier', bytes, ...flags }));
          return { json: { read }, text: inWords(read) };
        });
      }),
    );

  bounces
    .command('webhook')
    .argument('<prestataire>', Object.keys(PROVIDERS).join(', '))
    .description('donne l’adresse à laquelle un prestataire d’envoi signale ses retours')
    .action((name: string, _o: object, command: Command) =>
      answer(command, () =>
        withService(async ({ secrets, publicUrl }) => {
          if (!Object.hasOwn(PROVIDERS, name))
            throw invalid(
              'provider',
              `« ${name} » n’est pas connu. Choisissez : ${Object.keys(PROVIDERS).join(', ')}.`,
            );
          const url = `${publicUrl}/retours/${name}/${webhookKey(secrets, name as ProviderName)}`;
          return {
            json: { provider: name, url },
            text: `${url}\nCette adresse est un secret : ne la donnez qu’à ${name}.`,
          };
        }),
      ),
    );
}

function inWords(read: readonly Recorded[]): string {
  const by = new Map<string, number>();
  for (const { outcome } of read) by.set(WORDS[outcome], (by.get(WORDS[outcome]) ?? 0) + 1);
  return [...by].map(([words, n]) => `${count(n)} : ${words}.`).join('\n');
}
