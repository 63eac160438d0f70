import { DATE_ORDERS } from '../attendance/schema.ts';
import { longDateTime } from '../base/dates.ts';
import { EXPORT_FIELD_NAMES, EXPORT_FIELDS } from '../pages/export-columns.ts';
import type { ExportAnalysis, ExportOptions } from '../pages/import-export.ts';
import type { UnknownTable } from '../pages/read-export.ts';
import type { PageSheet } from '../pages/read-pages.ts';
import { plural, quoted } from './push-words.tsx';
import { Acts, Button, ButtonLink, Csrf, Facts, Fold, PageHead, Section, Todo } from './ui/components.tsx';
import { Check, Choices, ErrorSummary, Field } from './ui/fields.tsx';
import { Confirm } from './ui/flow.tsx';
import { DataTable } from './ui/table.tsx';
import { LineNotes, pageUrl, reportFacts } from './watched-words.tsx';

/** A file of the page's owner: chosen, looked at, asked about, and then imported. */

export const UploadExport = (p: { action: string; csrf: string; owner: string; error?: string | undefined }) => (
  <>
    <form method="post" action={p.action} enctype="multipart/form-data">
      <Csrf token={p.csrf} />
      <Field
        kind="file"
        name="fichier"
        label={`Un export de ${p.owner}`}
        hint="Jour par jour, en CSV, TSV ou Excel : rien n’est enregistré avant votre accord. 5 Mo au plus ici."
        accept=".csv,.tsv,.txt,.xlsx"
        error={p.error}
        required
      />
      <Acts>
        <Button>Lire ce fichier</Button>
      </Acts>
    </form>
    <Fold title="où trouver ce fichier">
      <p>
        <strong>Matomo.</strong> Ouvrez le rapport de la page, choisissez la période « jour » sur un intervalle de
        dates, puis « Exporter » en CSV ou TSV, toutes les lignes.
      </p>
      <p>
        <strong>Un autre outil.</strong> Une table avec un jour par ligne convient : vous direz quelle colonne est
        laquelle, une fois.
      </p>
    </Fold>
  </>
);

/** The file and what was said of it, inside the page: nothing is kept before the yes. */
export type CarriedExport = ExportOptions & { bytes: string; name: string };

type Props = {
  back: string;
  file: CarriedExport;
  analysis: ExportAnalysis;
  refused?: string | undefined;
  csrf: string;
};

export const ExportPreview = (p: Props) => (
  <>
    <PageHead
      back={{ href: p.back, label: 'La page' }}
      kicker={p.file.name}
      title={TITLES[p.analysis.kind]}
      lead={p.analysis.kind === 'known' ? undefined : 'Le fichier est lu, rien n’est encore enregistré.'}
    />
    <ErrorSummary errors={p.refused ? [{ field: 'colonne-0', message: p.refused }] : undefined} />
    {p.analysis.kind === 'file' && <Found {...p} analysis={p.analysis} />}
    {p.analysis.kind === 'known' && (
      <Section title="Le compte y est">
        <p>Ces octets sont déjà là, sous le nom {quoted(p.analysis.fileName)} : rien n’est compté deux fois.</p>
        <Facts items={reportFacts(p.analysis.report)} />
      </Section>
    )}
    {p.analysis.kind === 'dates' && <Dates {...p} example={p.analysis.example} />}
    {p.analysis.kind === 'columns' && <ColumnsForm {...p} table={p.analysis.table} />}
    {p.analysis.kind === 'pages' && <WhichPage {...p} names={p.analysis.names} />}
  </>
);

const TITLES: Record<ExportAnalysis['kind'], string> = {
  file: 'Voici ce que ce fichier apporte.',
  known: 'Ce fichier est déjà importé.',
  dates: 'Les jours de ce fichier se lisent de deux façons.',
  columns: 'Dites quelle colonne est laquelle.',
  pages: 'Dites quelle ligne est la page.',
};

/** What goes on with the file: its bytes and all that was said so far, but what this form asks. */
const Kept = ({ file, csrf, asks }: { file: CarriedExport; csrf: string; asks?: 'dates' | 'mapping' | 'only' }) => (
  <>
    <Csrf token={csrf} />
    <input type="hidden" name="contenu" value={file.bytes} />
    <input type="hidden" name="nom" value={file.name} />
    {asks !== 'dates' && file.dates && <input type="hidden" name="dates" value={file.dates} />}
    {asks !== 'only' && file.only && <input type="hidden" name="ligne" value={file.only} />}
    {asks !== 'mapping' &&
      Object.entries(file.mapping ?? {}).map(([field, title]) => (
        <>
          <input type="hidden" name="titre" value={title} />
          <input type="hidden" name="colonne" value={field} />
        </>
      ))}
  </>
);

const Found = ({ back, file, csrf, analysis }: Props & { analysis: Extract<ExportAnalysis, { kind: 'file' }> }) => {
  const { report } = analysis;
  const { same, different, example, files } = report.overlap;
  return (
    <>
      <Section title="Le compte y est">
        <Facts items={reportFacts(report)} />
        {same > 0 && different === 0 && (
          <p>
            {plural(same, 'nombre est déjà donné', 'nombres sont déjà donnés')}, à l’identique, par un autre fichier.
          </p>
        )}
        <form method="post" action={`${back}/exports/import`}>
          <Kept file={file} csrf={csrf} />
          {different > 0 && (
            <Todo title="Un autre fichier donne ces jours autrement">
              <p>
                {plural(different, 'nombre diffère', 'nombres diffèrent')} de {files.map(quoted).join(', ')} : {example}
                .
              </p>
              <Check
                name="remplacer"
                label="Remplacer ces jours par ceux de ce fichier"
                hint="L’autre fichier reste : retirer celui-ci rendra ses nombres."
              />
            </Todo>
          )}
          <Acts>
            <Button primary>Importer ces jours</Button>
            <ButtonLink href={back} quiet>
              Ne rien enregistrer
            </ButtonLink>
          </Acts>
        </form>
      </Section>
      {report.lines.length > 0 && (
        <Section title="À savoir, ligne par ligne">
          <LineNotes report={report} />
        </Section>
      )}
    </>
  );
};

const ORDER_LABELS: Record<(typeof DATE_ORDERS)[number], string> = {
  jour: 'Le jour, puis le mois, comme en France',
  mois: 'Le mois, puis le jour, comme aux États-Unis',
};

const Again = ({ back }: { back: string }) => (
  <Acts>
    <Button primary>Relire le fichier</Button>
    <ButtonLink href={back} quiet>
      Choisir un autre fichier
    </ButtonLink>
  </Acts>
);

const Dates = ({ back, file, csrf, example }: Props & { example: string }) => (
  <Section title="Comment les lire ?">
    <form method="post" action={`${back}/exports`}>
      <Kept file={file} csrf={csrf} asks="dates" />
      <Choices
        name="dates"
        label={`Dans ${quoted(example)}, qu’est-ce qui vient en premier ?`}
        hint="Rien dans le fichier ne le dit : il n’a aucun treizième jour."
        options={DATE_ORDERS.map((value) => ({ value, label: ORDER_LABELS[value] }))}
        required
      />
      <Again back={back} />
    </form>
  </Section>
);

const WhichPage = ({ back, file, csrf, names }: Props & { names: string[] }) => (
  <Section title="Sous quel nom l’outil la connaît-il ?">
    <form method="post" action={`${back}/exports`}>
      <Kept file={file} csrf={csrf} asks="only" />
      <Choices
        name="ligne"
        label="Aucune ligne n’a l’adresse de la page suivie : laquelle est la sienne ?"
        options={names.map((value) => ({ value, label: value }))}
        required
      />
      <Again back={back} />
    </form>
  </Section>
);

const ColumnsForm = ({ back, file, csrf, table }: Props & { table: UnknownTable }) => (
  <Section title="Les colonnes de ce fichier">
    <p>
      Il faut au moins un jour et un nombre. Votre choix servira pour les prochains fichiers aux mêmes titres. Un total
      sans jour ne s’importe pas : notez-le comme un chiffre déclaré, avec sa période.
    </p>
    <form method="post" action={`${back}/exports`}>
      <Kept file={file} csrf={csrf} asks="mapping" />
      <DataTable
        caption="Colonnes du fichier et ce qu’elles contiennent"
        hiddenCaption
        columns={[{ label: 'Colonne' }, { label: 'Première valeur' }, { label: 'Contient' }]}
        rows={table.header.map((title, i) => [
          title || `colonne ${i + 1}, sans titre`,
          table.examples[i] || '–',
          <ColumnChoice title={title} i={i} table={table} />,
        ])}
      />
      <Again back={back} />
    </form>
  </Section>
);

const ColumnChoice = ({ title, i, table }: { title: string; i: number; table: UnknownTable }) => (
  <>
    <input type="hidden" name="titre" value={title} />
    <select name="colonne" id={`champ-colonne-${i}`} aria-label={`Ce que contient la colonne ${title || i + 1}`}>
      <option value="">rien d’utile ici</option>
      {EXPORT_FIELDS.map((field) => (
        <option value={field} selected={title !== '' && table.mapping[field] === title}>
          {EXPORT_FIELD_NAMES[field]}
        </option>
      ))}
    </select>
  </>
);

/** One imported file: what became of its lines, and how to take it back. */
export const ExportFilePage = (p: PageSheet & { file: PageSheet['imports'][number]; csrf: string }) => {
  const back = pageUrl(p.campaign.slug, p.page.slug);
  return (
    <>
      <PageHead
        back={{ href: back, label: p.page.name }}
        kicker={`Export de ${p.page.owner}`}
        title={p.file.fileName}
        lead={`Importé le ${longDateTime(p.file.importedAt)} par ${p.file.organisation.name}.`}
      />
      <Section title="Le compte y est">
        <Facts
          items={[...reportFacts(p.file.report), ['Empreinte (SHA-256)', p.file.fileHash.toString('hex')] as const]}
        />
        {p.file.report.lines.length > 0 && <LineNotes report={p.file.report} />}
      </Section>
      {p.file.own && (
        <Section title="Retirer ce fichier">
          <Confirm
            action={`${back}/exports/${p.file.id}/retrait`}
            csrf={p.csrf}
            danger
            effects={[
              ['Ses jours', 'ne comptent plus ; vous pourrez l’importer de nouveau'],
              ['Ceux qu’il remplaçait', 'comptent de nouveau'],
            ]}
            submit="Retirer ce fichier"
            back={{ href: back, label: 'Le garder' }}
          />
        </Section>
      )}
    </>
  );
};
