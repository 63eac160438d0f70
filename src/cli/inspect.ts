import type { Command } from 'commander';
import { inspectReturns } from '../bounces/inspect-return.ts';
import { inspectAddress } from '../contacts/addresses.ts';
import { inspectCsv } from '../contacts/inspect-csv.ts';
import { inspectUserAgent } from '../tracking/classify.ts';
import { fileBytes } from './files.ts';
import type { Tools } from './run.ts';

/** `inspect …`: one JSON line per input, what it is taken for and why. Needs no database. */
export function inspectCommands(program: Command, { answer }: Tools): void {
  const inspect = program.command('inspect').description('dit pour quoi une donnée est prise, et pourquoi');
  const perLine = (name: string, description: string, look: (line: string) => unknown) =>
    inspect
      .command(name)
      .argument('<fichier>', 'une donnée par ligne ; - pour l’entrée standard')
      .description(description)
      .action((path: string, _o: object, command: Command) =>
        answer(command, async () => {
          const lines = (await fileBytes(path)).toString('utf8').split('\n');
          if (lines.at(-1) === '') lines.pop();
          const said = lines.map((line) => JSON.stringify(look(line.replace(/\r$/, '')))).join('\n');
          // Lines already are the answer, in both forms: one object per input.
          process.stdout.write(said === '' ? '' : `${said}\n`);
          return null;
        }),
      );
  perLine('address', 'des adresses électroniques', inspectAddress);
  perLine('user-agent', 'des navigateurs et des robots', inspectUserAgent);
  inspect
    .command('csv')
    .argument('<fichier>')
    .description('un fichier de contacts : encodage, séparateur, colonnes reconnues')
    .action((path: string, _o: object, command: Command) =>
      answer(command, async () => {
        process.stdout.write(`${JSON.stringify(await inspectCsv(await fileBytes(path)))}\n`);
        return null;
      }),
    );
  inspect
    .command('bounce')
    .argument('<fichier...>', 'des messages, ou des boîtes mbox ; - pour l’entrée standard')
    .description('un message revenu : adresse morte, boîte pleine, refus, absence, plainte, ou rien de cela')
    .action((paths: string[], _o: object, command: Command) =>
      answer(command, async () => {
        const unread: unknown[] = [];
        for (const path of paths) {
          // One file that cannot be read keeps no other from its answer.
          const bytes = await fileBytes(path).catch((error: unknown) => {
            unread.push(error);
            return null;
          });
          if (!bytes) continue;
          for await (const said of inspectReturns(path, bytes)) process.stdout.write(`${JSON.stringify(said)}\n`);
        }
        if (unread.length > 0) throw unread[0];
        return null;
      }),
    );
}
