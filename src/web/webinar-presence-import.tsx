import type { AttendanceAnalysis, AttendanceOptions } from '../attendance/import-attendance.ts';
import { ATTENDANCE_FIELD_NAMES, ATTENDANCE_FIELDS, DATE_ORDERS } from '../attendance/schema.ts';
import type { UnknownTable } from '../attendance/table.ts';
import { plural } from './push-words.tsx';
import { Acts, Button, ButtonLink, Csrf, Facts, PageHead, Section, Todo } from './ui/components.tsx';
import { Choices, ErrorSummary } from './ui/fields.tsx';
import { number } from './ui/figures.tsx';
import { DataTable } from './ui/table.tsx';
import { LineNotes, lineFacts } from './webinar-presence-words.tsx';

/** The file and what was said of it, inside the page: nothing is kept before the yes. */
export type Carried = AttendanceOptions & { bytes: string };

type Props = { back: string; file: Carried; analysis: AttendanceAnalysis; refused?: string | undefined; csrf: string };

/** What a file would bring, or what must be said before it can be read. */
export const AttendancePreview = (p: Props) => {
  const { analysis } = p;
  return (
    <>
      <PageHead
        back={{ href: p.back, label: 'Les présences' }}
        kicker={p.file.fileName}
        title={titleOf(analysis)}
        lead="Le fichier est lu, rien n’est encore enregistré."
      />
      <ErrorSummary errors={p.refused ? [{ field: 'colonne-0', message: p.refused }] : undefined} />
      {analysis.kind === 'file' && <Found {...p} analysis={analysis} />}
      {analysis.kind === 'dates' && <Dates {...p} example={analysis.example} />}
      {analysis.kind === 'columns' && <ColumnsForm {...p} table={analysis.table} />}
    </>
  );
};

const titleOf = (analysis: AttendanceAnalysis): string =>
  analysis.kind === 'file'
    ? `Ce fichier dit la présence de ${plural(analysis.report.people, 'personne', 'personnes')}.`
    : analysis.kind === 'dates'
      ? 'Les jours de ce fichier se lisent de deux façons.'
      : 'Dites quelle colonne est laquelle.';

/** What goes on with the file: its bytes and all that was said so far, but what this form asks. */
const Kept = ({ file, csrf, asks }: { file: Carried; csrf: string; asks?: 'dates' | 'mapping' }) => (
  <>
    <Csrf token={csrf} />
    <input type="hidden" name="contenu" value={file.bytes} />
    <input type="hidden" name="nom" value={file.fileName} />
    {asks !== 'dates' && file.dates && <input type="hidden" name="dates" value={file.dates} />}
    {asks !== 'mapping' &&
      Object.entries(file.mapping ?? {}).map(([field, title]) => (
        <>
          <input type="hidden" name="titre" value={title} />
          <input type="hidden" name="colonne" value={field} />
        </>
      ))}
  </>
);

const Found = (p: Props & { analysis: Extract<AttendanceAnalysis, { kind: 'file' }> }) => {
  const { back, file, csrf } = p;
  const { report, matched, table } = p.analysis;
  return (
    <>
      <Section title="Le compte y est">
        {report.warnings.length > 0 && (
          <Todo title="À regarder avant de l’importer">
            {report.warnings.map((w) => (
              <p>{w.message}</p>
            ))}
          </Todo>
        )}
        <Facts
          items={[
            ...lineFacts(report),
            ['Reconnues parmi vos inscrits', number(matched.sure)],
            ['À vérifier par vous', number(matched.doubtful)],
            ['Pas parmi vos inscrits', number(matched.notAmong)],
          ]}
        />
        <form method="post" action={`${back}/import`}>
          <Kept file={file} csrf={csrf} />
          <Acts>
            <Button primary>Importer ces présences</Button>
            <ButtonLink href={back} quiet>
              Ne rien enregistrer
            </ButtonLink>
          </Acts>
        </form>
      </Section>
      {report.lines.length > 0 && (
        <Section title="À savoir, ligne par ligne">
          <LineNotes lines={report.lines} />
        </Section>
      )}
      {table && <ColumnsForm {...p} table={table} known />}
    </>
  );
};

const ORDER_LABELS: Record<(typeof DATE_ORDERS)[number], string> = {
  jour: 'Le jour, puis le mois, comme en France',
  mois: 'Le mois, puis le jour, comme aux États-Unis',
};

const Dates = ({ back, file, csrf, example }: Props & { example: string }) => (
  <Section title="Comment les lire ?">
    <form method="post" action={`${back}/lecture`}>
      <Kept file={file} csrf={csrf} asks="dates" />
      <Choices
        name="dates"
        label={`Dans « ${example} », qu’est-ce qui vient en premier ?`}
        value="jour"
        options={DATE_ORDERS.map((value) => ({ value, label: ORDER_LABELS[value] }))}
        required
      />
      <Acts>
        <Button primary>Relire le fichier</Button>
        <ButtonLink href={back} quiet>
          Choisir un autre fichier
        </ButtonLink>
      </Acts>
    </form>
  </Section>
);

const ColumnsForm = ({ back, file, csrf, table, known }: Props & { table: UnknownTable; known?: boolean }) => (
  <Section title="Les colonnes de ce fichier">
    <p>
      Il ne vient ni de Teams, ni de Zoom, ni de BigBlueButton, ni de Livestorm. Il faut au moins un nom ou une adresse
      ; votre choix servira pour les prochains fichiers aux mêmes titres.
    </p>
    <form method="post" action={`${back}/lecture`}>
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
      <Acts>
        <Button primary={!known}>Relire le fichier</Button>
        {!known && (
          <ButtonLink href={back} quiet>
            Choisir un autre fichier
          </ButtonLink>
        )}
      </Acts>
    </form>
  </Section>
);

const ColumnChoice = ({ title, i, table }: { title: string; i: number; table: UnknownTable }) => (
  <>
    <input type="hidden" name="titre" value={title} />
    <select name="colonne" id={`champ-colonne-${i}`} aria-label={`Ce que contient la colonne ${title || i + 1}`}>
      <option value="">rien d’utile ici</option>
      {ATTENDANCE_FIELDS.map((field) => (
        <option value={field} selected={title !== '' && table.mapping[field] === title}>
          {ATTENDANCE_FIELD_NAMES[field]}
        </option>
      ))}
    </select>
  </>
);
