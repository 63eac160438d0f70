import { createWriteStream } from 'node:fs';
import { basename } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Command } from 'commander';
import { invalid } from '../base/errors.ts';
import type { Level, Public } from '../base/words.ts';
import { analyseImport } from '../contacts/analyse-import.ts';
import { eraseContact } from '../contacts/erase-contact.ts';
import { exportContacts } from '../contacts/export-contacts.ts';
import type { Field } from '../contacts/headers.ts';
import { importContacts } from '../contacts/import-contacts.ts';
import { importOppositions } from '../contacts/import-oppositions.ts';
import { locateContact } from '../contacts/locate-contact.ts';
import { type ImportReport, importOptionsSchema } from '../contacts/schema.ts';
import { asOrganisation } from './acting.ts';
import { fileBytes } from './files.ts';
import { count } from './output.ts';
import type { Tools } from './run.ts';

type ImportFlags = {
  organisation: string;
  level?: Level;
  public?: Public;
  mapping?: string;
  source?: string;
  dryRun?: boolean;
};

export function contactCommands(program: Command, { answer, withService }: Tools): void {
  const contacts = program.command('contacts').description('les contacts d’une organisation');

  contacts
    .command('import')
    .argument('<fichier>', 'CSV, TSV ou XLSX')
    .description('importe des contacts ; chaque ligne du fichier est comptée')
    .requiredOption('--organisation <slug>')
    .option('--level <niveau>', 'pour les lignes qui ne disent pas le leur')
    .option('--public <public>', 'de même')
    .option('--mapping <json>', 'colonnes : {"email":"Adresse mél"}')
    .option('--source <texte>', 'd’où viennent ces contacts')
    .option('--dry-run', 'dit ce qui se passerait, sans rien changer')
    .action((path: string, flags: ImportFlags, command: Command) =>
      answer(command, async () => {
        const file = await fileBytes(path);
        return withService(async (service) => {
          const ctx = await asOrganisation(service, flags.organisation);
          const options = checked({
            fileName: basename(path),
            source: flags.source ?? `fichier ${basename(path)}`,
            level: flags.level,
            public: flags.public,
            mapping: mappingOf(flags.mapping),
          });
          const report: ImportReport = flags.dryRun
            ? (await analyseImport(ctx, { file, options })).report
            : await importContacts(ctx, { file, options });
          return { json: shapeOf(report), text: inWords(report, flags.dryRun === true) };
        });
      }),
    );

  contacts
    .command('oppose')
    .argument('<fichier>', 'une adresse par ligne')
    .description('enregistre une liste d’opposition')
    .requiredOption('--organisation <slug>')
    .action((path: string, flags: { organisation: string }, command: Command) =>
      answer(command, async () => {
        const file = await fileBytes(path);
        return withService(async (service) => {
          const done = await importOppositions(await asOrganisation(service, flags.organisation), {
            file,
            fileName: basename(path),
          });
          return {
            json: done,
            text: `Oppositions : ${count(done.added)} ajoutées, ${count(done.known)} déjà connues, ${count(done.rejected)} lignes sans adresse valable.`,
          };
        });
      }),
    );

  contacts
    .command('export')
    .description('écrit tous les contacts en CSV ou en XLSX')
    .requiredOption('--organisation <slug>')
    .option('--format <format>', 'csv ou xlsx', 'csv')
    .requiredOption('--out <fichier>')
    .action((flags: { organisation: string; format: string; out: string }, command: Command) =>
      answer(command, () =>
        withService(async (service) => {
          const format = flags.format === 'xlsx' ? 'xlsx' : 'csv';
          const { body } = await exportContacts(await asOrganisation(service, flags.organisation), { format });
          await pipeline(body, createWriteStream(flags.out));
          return { json: { out: flags.out, format }, text: `Écrit : ${flags.out}` };
        }),
      ),
    );

  contacts
    .command('erase')
    .argument('<adresse>')
    .description('efface une personne ; son empreinte reste, pour ne plus jamais lui écrire')
    .requiredOption('--organisation <slug>')
    .action((address: string, flags: { organisation: string }, command: Command) =>
      answer(command, () =>
        withService(async (service) => {
          const ctx = await asOrganisation(service, flags.organisation);
          await eraseContact(ctx, await locateContact(ctx, address));
          return { json: { erased: true }, text: 'Effacé.' };
        }),
      ),
    );
}

function checked(options: unknown) {
  const parsed = importOptionsSchema.safeParse(options);
  if (parsed.success) return parsed.data;
  throw invalid('options', parsed.error.issues.map((i) => `${i.path.join('.')} : ${i.message}`).join(' '));
}

function mappingOf(text: string | undefined): Partial<Record<Field, string>> | undefined {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as Partial<Record<Field, string>>;
  } catch {
    throw invalid('mapping', '--mapping attend du JSON, par exemple : {"email":"Adresse mél","lastName":"Nom"}');
  }
}

const shapeOf = ({
  rows,
  created,
  updated,
  unchanged,
  rejected,
  duplicates,
  suppressed,
  warned,
  encoding,
  delimiter,
  lines,
}: ImportReport) => ({
  rows,
  created,
  updated,
  unchanged,
  rejected,
  duplicates,
  suppressed,
  warned,
  encoding,
  delimiter,
  lines,
});

function inWords(r: ImportReport, dry: boolean): string {
  const lines = r.lines.slice(0, 20).map((l) => `  ligne ${l.line} (${l.column}) : ${l.message}`);
  return [
    `${count(r.rows)} lignes (${r.encoding}, séparateur ${r.delimiter}) : ${count(r.created)} ${dry ? 'à créer' : 'créés'}, ${count(r.updated)} ${dry ? 'à mettre à jour' : 'mis à jour'}, ${count(r.unchanged)} inchangés, ${count(r.duplicates)} en double dans le fichier, ${count(r.rejected)} refusées.`,
    ...(r.suppressed > 0 ? [`${count(r.suppressed)} adresses restent en opposition : on ne leur écrira pas.`] : []),
    ...(r.warned > 0 ? [`${count(r.warned)} lignes avec une valeur laissée de côté.`] : []),
    ...lines,
    ...(r.lines.length > lines.length
      ? [`  … et ${count(r.lines.length - lines.length)} autres remarques (--json les donne toutes).`]
      : []),
  ].join('\n');
}
