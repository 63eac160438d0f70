import { Hono } from 'hono';
import { DATE_ORDERS } from '../attendance/schema.ts';
import { invalid, Refusal } from '../base/errors.ts';
import { allow } from '../organisations/permissions.ts';
import { EXPORT_FIELDS, type ExportMapping } from '../pages/export-columns.ts';
import { sourceOf } from '../pages/file-source.ts';
import { analyseExport, type ExportOptions, importExport, withdrawExport } from '../pages/import-export.ts';
import { readPage, readPageImport } from '../pages/read-pages.ts';
import { acting, ID, idOf } from './acting.ts';
import { carried, carry } from './carried-file.ts';
import type { WebContext, WebEnv } from './env.ts';
import { formOf, page, redirectWith } from './page.tsx';
import { plural, quoted } from './push-words.tsx';
import { PageHead, Section } from './ui/components.tsx';
import { ErrorSummary } from './ui/fields.tsx';
import { ExportFilePage, ExportPreview, UploadExport } from './watched-import.tsx';
import { pageUrl } from './watched-words.tsx';

const ALL = '/campagnes/:campaign/pages/:page/exports';
const campaignOf = (c: WebContext): string => c.req.param('campaign') ?? '';
const pageSlug = (c: WebContext): string => c.req.param('page') ?? '';
const at = (c: WebContext): string => pageUrl(campaignOf(c), pageSlug(c));

/** Carried inside the page from one question to the next; a longer file has the command, which reads any length. */
const MOST = 5 * 1024 * 1024;

/** Exports of a page's owner: read, shown with what became of each line, asked about, and then imported. */
export function watchedExportPages() {
  const app = new Hono<WebEnv>();

  app.post(ALL, async (c) => {
    allow(acting(c).actor, 'campaign.write');
    try {
      return await preview(c, await sent(c));
    } catch (error) {
      return again(c, error);
    }
  });

  app.post(`${ALL}/import`, async (c) => {
    allow(acting(c).actor, 'campaign.write');
    const file = await sent(c).catch((error: unknown) => again(c, error));
    if (file instanceof Response) return file;
    try {
      const { outcome, report } = await importExport(
        acting(c),
        campaignOf(c),
        pageSlug(c),
        sourceOf(file.name, file.bytes),
        file.options,
      );
      const refused = report.rejected > 0 ? ` ${plural(report.rejected, 'ligne refusée', 'lignes refusées')}.` : '';
      return redirectWith(c, `${at(c)}#exports`, {
        kind: 'ok',
        text:
          outcome === 'unchanged'
            ? 'Ce fichier était déjà importé : rien n’a changé.'
            : `${plural(report.days, 'jour est importé', 'jours sont importés')}.${refused}`,
      });
    } catch (error) {
      // Days that another file gave otherwise: shown again, with the box that replaces them.
      if (error instanceof Refusal && error.code === 'jours_deja_donnes') return preview(c, file, error);
      return again(c, error);
    }
  });

  app.get(`${ALL}/${ID}`, async (c) => {
    const read = await readPageImport(acting(c), campaignOf(c), pageSlug(c), idOf(c));
    return page(
      c,
      { title: read.file.fileName, current: '/campagnes' },
      <ExportFilePage {...read} csrf={c.get('session').csrf} />,
    );
  });
  app.post(`${ALL}/${ID}/retrait`, async (c) => {
    const { fileName } = await withdrawExport(acting(c), campaignOf(c), pageSlug(c), idOf(c));
    return redirectWith(c, at(c), {
      kind: 'ok',
      text: `${quoted(fileName)} est retiré, et rien de lui ne compte plus.`,
    });
  });
  return app;
}

type Sent = { name: string; bytes: Buffer; options: ExportOptions };

/** A file just chosen, or the one that the page before carried, with what was said of it. */
async function sent(c: WebContext): Promise<Sent> {
  const form = await formOf(c);
  const file = form.file('fichier');
  const kept = form.text('contenu');
  if (!file && !kept) throw refused('Choisissez l’export de l’outil de mesure : un fichier qui n’est pas vide.');
  if (file && file.size > MOST)
    throw refused(
      'Ce fichier dépasse 5 Mo. Exportez la seule page suivie, jour par jour ; ou importez-le par la commande « visits import », qui lit des fichiers de toute taille.',
    );
  const bytes = file ? Buffer.from(await file.arrayBuffer()) : carried(kept, MOST);
  if (!bytes) throw refused('Le fichier s’est perdu en route : choisissez-le de nouveau.');
  const dates = DATE_ORDERS.find((order) => order === form.text('dates'));
  const mapping = mappingOf(form.all('titre'), form.all('colonne'));
  const only = form.text('ligne').slice(0, 200);
  return {
    name: ((file?.name ?? form.text('nom')).trim() || 'sans nom').slice(0, 255),
    bytes,
    options: {
      ...(dates ? { dates } : {}),
      ...(mapping ? { mapping } : {}),
      ...(only ? { only } : {}),
      replace: form.text('remplacer') === '1',
    },
  };
}

const refused = (message: string) => invalid('fichier', message, [{ field: 'fichier', message }]);

/** Titles and what each was chosen to be, in their order; of two columns for one thing, the first. */
function mappingOf(titles: readonly string[], chosen: readonly string[]): ExportMapping | null {
  if (titles.length === 0) return null;
  const mapping: ExportMapping = {};
  titles.forEach((title, i) => {
    const field = EXPORT_FIELDS.find((f) => f === chosen[i]);
    if (field && mapping[field] === undefined) mapping[field] = title.slice(0, 200);
  });
  return mapping;
}

async function preview(c: WebContext, { name, bytes, options }: Sent, refusal?: Refusal): Promise<Response> {
  try {
    const { replace: _, ...said } = options;
    const analysis = await analyseExport(acting(c), campaignOf(c), pageSlug(c), sourceOf(name, bytes), said);
    return page(
      c,
      { title: `Vérifier ${name}`, current: '/campagnes', status: refusal ? 422 : 200 },
      <ExportPreview
        back={at(c)}
        file={{ ...said, name, bytes: carry(bytes) }}
        analysis={analysis}
        refused={refusal?.message}
        csrf={c.get('session').csrf}
      />,
    );
  } catch (error) {
    // Columns that were chosen wrongly are chosen again, on the same page.
    if (!(error instanceof Refusal) || !error.code.startsWith('column_') || refusal) throw error;
    const { mapping: _, ...rest } = options;
    return preview(c, { name, bytes, options: rest }, error);
  }
}

/** A file that cannot be read: why, and the way to choose another. */
async function again(c: WebContext, error: unknown): Promise<Response> {
  if (!(error instanceof Refusal) || (error.kind !== 'invalid' && error.kind !== 'conflict')) throw error;
  const { page: watched } = await readPage(acting(c), campaignOf(c), pageSlug(c));
  return page(
    c,
    { title: 'Importer un export', current: '/campagnes', status: 422 },
    <>
      <PageHead
        back={{ href: at(c), label: watched.name }}
        kicker={`Export de ${watched.owner}`}
        title="Ce fichier n’est pas importé."
      />
      <ErrorSummary message={error.message} />
      <Section title="En choisir un autre">
        <UploadExport
          action={`${at(c)}/exports`}
          csrf={c.get('session').csrf}
          owner={quoted(watched.owner)}
          error={error.message}
        />
      </Section>
    </>,
  );
}
