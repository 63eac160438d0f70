import { Hono } from 'hono';
import { csvFile } from '../base/csv.ts';
import { longDate, parseParis } from '../base/dates.ts';
import { type FieldError, notFound, Refusal } from '../base/errors.ts';
import { LEVELS, PUBLICS } from '../base/words.ts';
import { dropImport } from '../contacts/drop-import.ts';
import { FIELDS, type Mapping } from '../contacts/headers.ts';
import { keepImport } from '../contacts/keep-import.ts';
import { readAllLines, readAnalysis, readImport, readImportLines, readImports } from '../contacts/read-imports-page.ts';
import { reviseImport } from '../contacts/revise-import.ts';
import { type ImportLine, importOptionsSchema } from '../contacts/schema.ts';
import { startImport } from '../contacts/start-import.ts';
import { allow, may } from '../organisations/permissions.ts';
import { acting, ID, idOf } from './acting.ts';
import type { WebContext, WebDeps, WebEnv } from './env.ts';
import { AnalysisView } from './import-analysis-page.tsx';
import { NewImportPage, type TypedImport } from './import-form-page.tsx';
import { ImportList, ImportProgress, ReportView } from './import-pages.tsx';
import { formOf, page, redirectWith } from './page.tsx';

/** A contact file, in four steps: the file, what it would do, the import under way, what became of every line. */
export function importPages(deps: WebDeps) {
  const app = new Hono<WebEnv>();

  app.get('/contacts/imports', async (c) =>
    page(c, { title: 'Imports', current: '/contacts' }, <ImportList imports={await readImports(acting(c))} />),
  );

  app.get('/contacts/imports/nouveau', (c) => {
    allow(acting(c).actor, 'contacts.import');
    return showNew(c, { source: '', collectedOn: '', level: '', public: '' });
  });

  app.post('/contacts/imports/nouveau', async (c) => {
    allow(acting(c).actor, 'contacts.import');
    const form = await formOf(c);
    const typed: TypedImport = {
      source: form.text('source').trim(),
      collectedOn: form.text('collectedOn'),
      level: form.text('level'),
      public: form.text('public'),
    };
    const file = form.file('file');
    const errors = typedErrors(typed, file, deps.now());
    const options = importOptionsSchema.safeParse({
      fileName: file?.name ?? 'sans nom',
      source: sourceOf(typed),
      level: typed.level || undefined,
      public: typed.public || undefined,
    });
    if (!options.success)
      for (const issue of options.error.issues) errors.push({ field: String(issue.path[0]), message: issue.message });
    if (errors.length > 0 || !file || !options.data) return showNew(c, typed, withFileAgain(errors, file));
    try {
      const { importId } = await keepImport(acting(c), {
        file: Buffer.from(await file.arrayBuffer()),
        options: options.data,
      });
      return redirectWith(c, `/contacts/imports/${importId}`);
    } catch (error) {
      if (!(error instanceof Refusal) || error.kind !== 'invalid') throw error;
      return showNew(c, typed, [{ field: 'file', message: error.message }]);
    }
  });

  app.get(`/contacts/imports/${ID}`, async (c) => {
    const ctx = acting(c);
    const row = await readImport(ctx, idOf(c));
    if (row.state === 'analysed') return showAnalysis(c);
    if (row.state === 'done') {
      const [rejected, warned] = await Promise.all([
        readImportLines(ctx, row.id, 'rejected'),
        readImportLines(ctx, row.id, 'warned'),
      ]);
      return page(
        c,
        { title: `Import de ${row.fileName}`, current: '/contacts' },
        <ReportView
          row={row}
          rejected={rejected.rows}
          warned={warned.rows}
          mayCompose={may(acting(c).actor, 'audience.write')}
        />,
      );
    }
    return page(c, { title: `Import de ${row.fileName}`, current: '/contacts' }, <ImportProgress row={row} whole />);
  });

  app.get(`/contacts/imports/${ID}/avancement`, async (c) => {
    const row = await readImport(acting(c), idOf(c));
    return c.html(<ImportProgress row={row} />);
  });

  app.get(`/contacts/imports/${ID}/lignes.csv`, async (c) => {
    const severity: ImportLine['severity'] = c.req.query('gravite') === 'avertissements' ? 'warned' : 'rejected';
    const lines = await readAllLines(acting(c), idOf(c), severity);
    const body = csvFile([['Ligne', 'Colonne', 'Raison'], ...lines.map((l) => [l.line, l.column, l.message])]);
    const name = severity === 'warned' ? 'lignes-avec-avertissement' : 'lignes-refusees';
    return c.body(body, 200, {
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': `attachment; filename="${name}.csv"`,
    });
  });

  app.post(`/contacts/imports/${ID}/correspondance`, async (c) => {
    const form = await formOf(c);
    const ctx = acting(c);
    const { columns } = await readAnalysis(ctx, idOf(c));
    const chosen = columns.map(({ title }, i) => ({ title, field: form.text(`colonne-${i}`) }));
    const { mapping, errors } = mappingOf(chosen);
    const level = LEVELS.find((l) => l === form.text('level'));
    if (errors.length === 0) {
      try {
        await reviseImport(ctx, idOf(c), { mapping, level, public: PUBLICS.find((p) => p === form.text('public')) });
        return redirectWith(c, `/contacts/imports/${idOf(c)}`, {
          kind: 'ok',
          text: 'Le fichier a été relu ; ce choix servira aussi pour le prochain fichier aux mêmes titres, une fois celui-ci importé.',
        });
      } catch (error) {
        if (!(error instanceof Refusal) || error.kind !== 'invalid') throw error;
        errors.push(...(error.fields.length > 0 ? error.fields : [{ field: 'colonne-0', message: error.message }]));
      }
    }
    return showAnalysis(c, {
      chosen: chosen.map((choice) => choice.field),
      level: form.text('level'),
      public: form.text('public'),
      errors,
    });
  });

  app.post(`/contacts/imports/${ID}/depart`, async (c) => {
    const importId = idOf(c);
    await startImport(acting(c), importId);
    await deps.wake({ kind: 'import', importId });
    return redirectWith(c, `/contacts/imports/${importId}`);
  });

  app.post(`/contacts/imports/${ID}/abandon`, async (c) => {
    await dropImport(acting(c), idOf(c));
    return redirectWith(c, '/contacts/imports', {
      kind: 'ok',
      text: 'Le fichier est supprimé ; aucun contact n’a changé.',
    });
  });

  return app;
}

const showNew = (c: WebContext, typed: TypedImport, errors?: FieldError[]) =>
  page(
    c,
    { title: 'Importer des contacts', current: '/contacts', status: errors ? 422 : 200 },
    <NewImportPage typed={typed} errors={errors} csrf={c.get('session').csrf} />,
  );

type Corrected = { chosen: string[]; level: string; public: string; errors: FieldError[] };

async function showAnalysis(c: WebContext, corrected?: Corrected) {
  const kept = await readAnalysis(acting(c), idOf(c));
  return page(
    c,
    { title: `Vérifier ${kept.options.fileName}`, current: '/contacts', status: corrected ? 422 : 200 },
    <AnalysisView id={idOf(c)} kept={kept} corrected={corrected} csrf={c.get('session').csrf} />,
  );
}

function typedErrors(typed: TypedImport, file: File | null, now: Date): FieldError[] {
  const errors: FieldError[] = [];
  if (!file)
    errors.push({ field: 'file', message: 'Choisissez un fichier CSV, TSV ou Excel (.xlsx) qui n’est pas vide.' });
  const collected = parseParis(typed.collectedOn);
  if (typed.collectedOn !== '' && (!collected || collected > now))
    errors.push({
      field: 'collectedOn',
      message: 'Donnez une date passée, comme 12/03/2026, ou laissez ce champ vide.',
    });
  return errors;
}

/** Told to each contact in the first message, with its date when it is known (PRV-33). */
function sourceOf({ source, collectedOn }: TypedImport): string {
  const at = parseParis(collectedOn);
  return source !== '' && at ? `${source} (collecte : ${longDate(at).replace(/^\S+ /, '')})` : source;
}

/** A browser empties the file field of a page that comes back. */
const withFileAgain = (errors: FieldError[], file: File | null): FieldError[] =>
  file && !errors.some((e) => e.field === 'file')
    ? [...errors, { field: 'file', message: `Choisissez de nouveau le fichier (${file.name}).` }]
    : errors;

/** Every field is said, an unused one as '': a column that was recognised by its title can be left out too. */
function mappingOf(chosen: { title: string; field: string }[]): { mapping: Mapping; errors: FieldError[] } {
  const mapping: Mapping = Object.fromEntries(FIELDS.map((field) => [field, '']));
  const errors: FieldError[] = [];
  chosen.forEach(({ title, field: name }, i) => {
    if (name === '') return;
    const field = FIELDS.find((f) => f === name);
    if (!field) throw notFound('Ce champ');
    if (mapping[field])
      errors.push({
        field: `colonne-${i}`,
        message: `« ${title} » et « ${mapping[field]} » ne peuvent pas devenir la même chose : changez l’une des deux.`,
      });
    else mapping[field] = title;
  });
  return { mapping, errors };
}
