import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Command } from 'commander';
import { invalid } from '../base/errors.ts';
import { locateCampaign } from '../campaigns/locate-campaign.ts';
import { type FileSource, sourceOf } from '../pages/file-source.ts';
import { analyseExport, exportOptionsSchema, importExport } from '../pages/import-export.ts';
import type { ImportReport } from '../pages/import-report.ts';
import { readPages } from '../pages/read-pages.ts';
import { TOOL_NAMES } from '../pages/schema.ts';
import type { Service } from '../service.ts';
import { asOrganisation } from './acting.ts';
import { fileBytes } from './files.ts';
import { count } from './output.ts';
import type { Tools } from './run.ts';

type Flags = {
  source: string;
  organisation?: string;
  dates?: string;
  mapping?: string;
  only?: string;
  replace?: boolean;
  dryRun?: boolean;
};

export function visitCommands(program: Command, { answer, withService }: Tools): void {
  const visits = program.command('visits').description('les visites des pages que les partenaires ne possèdent pas');

  visits
    .command('import')
    .argument('<fichier>', 'un export de Matomo, ou une table d’un jour par ligne ; de toute taille')
    .description('importe ce que l’outil du propriétaire a compté, jour par jour ; chaque ligne est comptée')
    .requiredOption('--source <campagne/page>', 'la page suivie que le fichier mesure')
    .option('--organisation <slug>', 'qui importe ; à défaut, l’organisation qui suit la page')
    .option('--dates <ordre>', 'comment lire 03/12 : jour (3 décembre) ou mois (12 mars)')
    .option('--mapping <json>', 'colonnes d’une table inconnue : {"day":"Jour","visites":"Sessions"}')
    .option('--only <nom>', 'le nom de la page dans le fichier, quand ce n’est pas son adresse')
    .option('--replace', 'remplace les jours qu’un autre fichier donnait autrement')
    .option('--dry-run', 'dit ce qui se passerait, sans rien changer')
    .action((path: string, flags: Flags, command: Command) =>
      answer(command, async () => {
        const { dates, only, replace } = flags;
        const parsed = exportOptionsSchema.safeParse({ dates, only, replace, mapping: mappingOf(flags.mapping) });
        if (!parsed.success)
          throw invalid('options', parsed.error.issues.map((i) => `--${i.path.join('.')} : ${i.message}`).join(' '));
        const [campaign = '', slug = ''] = flags.source.split('/');
        if (!campaign || !slug)
          throw invalid('source', '--source attend la campagne et la page suivie : raccordeur-fibre-2023/fiche-metier');
        const source = await fileSource(path);
        return withService(async (service) => {
          const ctx = await importer(service, { campaign, slug, organisation: flags.organisation });
          if (!flags.dryRun) {
            const done = await importExport(ctx, campaign, slug, source, parsed.data);
            return { json: { outcome: done.outcome, importId: done.importId, ...done.report }, text: inWords(done) };
          }
          const found = await analyseExport(ctx, campaign, slug, source, parsed.data);
          if (found.kind !== 'file' && found.kind !== 'known') return { json: found, text: toSay(found.kind) };
          const outcome = found.kind === 'known' ? ('unchanged' as const) : ('dry-run' as const);
          return { json: { outcome, ...found.report }, text: inWords({ outcome, report: found.report }) };
        });
      }),
    );
}

/** Read piece by piece from the disk, twice; the standard input, which cannot be read again, is held. */
async function fileSource(path: string): Promise<FileSource> {
  if (path === '-') return sourceOf('entrée standard', await fileBytes(path));
  const found = await stat(path).catch(() => null);
  // The same sentences as for any other file.
  if (!found?.isFile()) return sourceOf(basename(path), await fileBytes(path));
  return { name: basename(path), open: () => createReadStream(path, { highWaterMark: 256 * 1024 }) };
}

async function importer(service: Service, of: { campaign: string; slug: string; organisation: string | undefined }) {
  if (of.organisation !== undefined) return asOrganisation(service, of.organisation);
  const { organisationId } = await locateCampaign(service.db, of.campaign);
  const as = (id: number) => ({
    ...service,
    actor: { kind: 'command' as const, name: 'commande', organisationId: id },
  });
  const { pages } = await readPages(as(organisationId), of.campaign);
  return as(pages.find((p) => p.slug === of.slug)?.organisationId ?? organisationId);
}

function mappingOf(text: string | undefined): unknown {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    throw invalid('mapping', '--mapping attend du JSON, par exemple : {"day":"Jour","visites":"Sessions"}');
  }
}

const toSay = (kind: 'dates' | 'columns' | 'pages'): string =>
  ({
    dates: 'Les jours de ce fichier se lisent de deux façons : ajoutez --dates jour, ou --dates mois.',
    columns: 'Table inconnue : dites ses colonnes avec --mapping.',
    pages: 'Aucune ligne n’a l’adresse de la page suivie : dites son nom dans le fichier avec --only.',
  })[kind];

function inWords({ outcome, report: r }: { outcome: string; report: ImportReport }): string {
  const said = r.lines.filter((l) => l.severity !== 'aside').slice(0, 20);
  const { same, different, files } = r.overlap;
  return [
    outcome === 'unchanged' ? 'Ce fichier est déjà importé : rien n’a changé.' : '',
    `${TOOL_NAMES[r.tool]} (${r.encoding}) : ${count(r.rows)} lignes, ${count(r.read)} lues, ${count(r.aside)} mises de côté, ${count(r.rejected)} refusées.`,
    `${count(r.days)} jours, du ${r.from} au ${r.to} : ${r.measures.join(', ')}.`,
    same + different > 0
      ? `Déjà donnés par ${files.join(', ')} : ${count(same)} nombres à l’identique, ${count(different)} autrement.`
      : '',
    ...said.map((l) => `  ligne ${l.line} : ${l.message}`),
    r.untold > 0 ? `  et ${count(r.untold)} remarques de plus` : '',
  ]
    .filter(Boolean)
    .join('\n');
}
