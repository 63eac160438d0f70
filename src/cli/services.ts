import type { Command } from 'commander';
import { invalid } from '../base/errors.ts';
import { log } from '../base/log.ts';
import { readConfig } from '../config.ts';
import { migrate } from '../db/migrate.ts';
import { DEMO_PEOPLE, seedDemo } from '../demo.ts';
import { startClock } from '../jobs/clock.ts';
import { openQueue } from '../jobs/queue.ts';
import { startWorkers } from '../jobs/work.ts';
import { isLoopback } from '../mail/transport.ts';
import { selfTestKeys } from '../senders/self-test-keys.ts';
import { openService, type Service } from '../service.ts';
import { fail } from './output.ts';
import type { Tools } from './run.ts';

type Part = 'pages' | 'work';

export function serviceCommands(program: Command, { answer }: Tools): void {
  const running = (name: string, description: string, parts: Part[]) =>
    program
      .command(name)
      .description(description)
      .action(async (_options, command: Command) => {
        log.level = command.optsWithGlobals<{ verbose?: boolean }>().verbose ? 'debug' : 'info';
        try {
          await runUntilStopped(parts, name === 'start');
        } catch (error) {
          process.exitCode = fail(error, false);
        }
      });
  running('start', 'tout en un : pages, travaux et horloge', ['pages', 'work']);
  running('serve', 'les pages et les liens suivis', ['pages']);
  running('worker', 'les travaux et l’horloge', ['work']);
  program
    .command('migrate')
    .description('prépare ou met à jour la base de DATABASE_URL')
    .action((_options, command: Command) =>
      answer(command, async () => {
        const { databaseUrl } = readConfig();
        if (!databaseUrl)
          throw invalid(
            'no_database_url',
            'Donnez DATABASE_URL. La base embarquée, elle, se met à jour toute seule au démarrage.',
          );
        const applied = await migrate(databaseUrl);
        return {
          json: { applied },
          text: applied.length === 0 ? 'La base est déjà à jour.' : `Appliqué : ${applied.join(', ')}`,
        };
      }),
    );
}

/** Opens, says where, and stays until a signal; then closes in the reverse order, letting what is in flight end. */
async function runUntilStopped(parts: Part[], demoAllowed: boolean): Promise<void> {
  const stopped = new AbortController();
  // Not `once`: under npm, Ctrl-C arrives twice, from the terminal and from npm; the second must not cut the stop short.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stopped.abort());
  const config = readConfig();
  const service = await openService(config, { migrate: true, pages: parts.includes('pages') });
  const closing: (() => Promise<unknown>)[] = [() => service.close()];
  try {
    if (demoAllowed && service.embedded && service.demo && isLoopback(config.host)) await seedDemo(service);
    const queue = await openQueue(service.embedded?.url ?? config.databaseUrl!);
    closing.push(() => queue.stop());
    if (parts.includes('pages')) {
      // Loaded here: the other commands start without the pages.
      const { buildApp, closeTracking, listen, openTracking } = await import('../server.ts');
      const tracking = await openTracking(service);
      closing.push(() => closeTracking(tracking));
      const server = await listen(buildApp({ service, tracking, queue }), config);
      closing.push(
        () =>
          new Promise((resolve) => {
            server.close(resolve);
            if ('closeAllConnections' in server) setTimeout(() => server.closeAllConnections(), 3_000).unref();
            if ('closeIdleConnections' in server) server.closeIdleConnections();
          }),
      );
    }
    if (parts.includes('work')) {
      await selfTestKeys(service);
      await startWorkers(queue, { ...service, ways: await service.ways() }, stopped.signal);
      closing.push(startClock({ ...service, actor: { kind: 'clock', name: 'clock' } }, queue, config));
    }
    if (parts.includes('pages')) process.stdout.write(await welcome(service));
    else log.info({ worker: process.pid }, 'au travail');
    if (!stopped.signal.aborted)
      await new Promise((resolve) => stopped.signal.addEventListener('abort', resolve, { once: true }));
  } finally {
    for (const close of closing.reverse())
      await close().catch((error: Error) => log.warn({ error: error.message }, 'arrêt'));
  }
  process.stdout.write('Arrêté.\n');
}

async function welcome(service: Service): Promise<string> {
  const { config, embedded, demo } = service;
  const lines = ['', `  Porte-voix : ${service.publicUrl}`, ''];
  for (const note of embedded?.notes ?? []) lines.push(`  ${note}`, '');
  if (embedded && demo && isLoopback(config.host)) {
    lines.push(
      '  Démonstration : organisations réelles, contacts inventés, aucun message ne sort de cette machine.',
      '  Pour entrer, donnez une de ces adresses ; le code s’affiche à l’écran :',
      '',
    );
    for (const p of DEMO_PEOPLE) lines.push(`    ${p.address.padEnd(28)} ${p.roles.join(', ')} (${p.does})`);
    lines.push(
      '',
      '  À essayer :',
      '    1. camille@afdas.example : ouvrez « Recruter et garder ses raccordeurs », relisez l’aperçu, soumettez-le.',
      '    2. amina, bruno et chloé valident ; Camille l’envoie, puis lisez-le dans « Courrier de démonstration ».',
      '    3. Cliquez un lien du message : le clic apparaît dans le rapport, avec sa façon d’être compté.',
      '',
    );
  }
  lines.push('  Ctrl-C pour arrêter.', '');
  return `${lines.join('\n')}\n`;
}
