import { shortDateTime } from '../base/dates.ts';
import type { ImportRow } from '../contacts/import-queries.ts';
import type { ImportCounts, ImportLine } from '../contacts/schema.ts';
import { Acts, ButtonLink, Empty, Facts, PageHead, Row, Rows, Section } from './ui/components.tsx';
import { number } from './ui/figures.tsx';
import { Progress, Steps } from './ui/flow.tsx';
import { State, type StateKind } from './ui/marks.tsx';
import { DataTable } from './ui/table.tsx';

export const IMPORTS = { href: '/contacts/imports', label: 'Imports' };
const STATES: Record<ImportRow['state'], { kind: StateKind; text: string }> = {
  analysed: { kind: 'todo', text: 'à vérifier' },
  queued: { kind: 'wait', text: 'en attente' },
  running: { kind: 'run', text: 'en cours' },
  done: { kind: 'ok', text: 'terminé' },
  failed: { kind: 'stop', text: 'arrêté' },
};

/** « 1 contact », « 6 560 contacts » */
export const count = (n: number, one: string, many = `${one}s`): string => `${number(n)} ${n < 2 ? one : many}`;

export const ImportSteps = ({ current }: { current: number }) => (
  <Steps steps={['Fichier', 'Vérification', 'Import', 'Compte rendu'].map((label) => ({ label }))} current={current} />
);

export const ImportList = ({ imports }: { imports: ImportRow[] }) => (
  <>
    <PageHead
      title="Les fichiers importés"
      lead="Chaque fichier est d’abord lu à blanc : vous voyez ce qu’il changerait avant de l’importer."
      back={{ href: '/contacts', label: 'Contacts' }}
    />
    {imports.length === 0 ? (
      <Empty
        title="Aucun fichier n’a encore été importé."
        act={{ href: '/contacts/imports/nouveau', label: 'Importer un fichier' }}
      >
        <p>
          Un export de votre outil habituel convient, en CSV ou en Excel : les colonnes sont reconnues à leur titre.
        </p>
      </Empty>
    ) : (
      <Section title="Derniers imports">
        <Rows label="Imports, du plus récent au plus ancien">
          {imports.map((row) => (
            <Row
              when={shortDateTime(row.createdAt)}
              datetime={row.createdAt.toISOString()}
              href={`/contacts/imports/${row.id}`}
              what={row.fileName}
              meta={row.error ?? (row.report && inShort(row.report, row.state === 'done'))}
              end={<State kind={STATES[row.state].kind}>{STATES[row.state].text}</State>}
            />
          ))}
        </Rows>
        <Acts>
          <ButtonLink href="/contacts/imports/nouveau" primary>
            Importer un fichier
          </ButtonLink>
        </Acts>
      </Section>
    )}
  </>
);

const inShort = (r: ImportCounts, done: boolean): string =>
  done
    ? `${count(r.rows, 'ligne')} : ${count(r.created, 'contact créé', 'contacts créés')}, ${number(r.updated)} mis à jour, ${count(r.rejected, 'ligne refusée', 'lignes refusées')}`
    : `${count(r.rows, 'ligne')}, rien n’est encore importé`;

/** The import under way: as a part of its page (`whole`), or alone, for the script that refreshes it. */
export const ImportProgress = ({ row, whole }: { row: ImportRow; whole?: boolean }) => {
  const address = `/contacts/imports/${row.id}`;
  const over = row.state === 'done' || row.state === 'failed';
  const bar = (
    <Progress
      label={`Import de ${row.fileName}`}
      done={row.state === 'done' ? row.rowsTotal : row.rowsDone}
      total={row.rowsTotal}
      text={progressText(row)}
      live={over ? undefined : `${address}/avancement`}
      reload={address}
    >
      {over && (
        <p>
          <a href={address}>{row.state === 'done' ? 'Lire le compte rendu' : 'Voir ce qui l’a arrêté'}</a>
        </p>
      )}
    </Progress>
  );
  if (!whole) return bar;
  if (row.state === 'failed')
    return (
      <>
        <PageHead title="L’import s’est arrêté, rien n’a changé." lead={row.error ?? undefined} back={IMPORTS} />
        <Acts>
          <ButtonLink href="/contacts/imports/nouveau" primary>
            Choisir un autre fichier
          </ButtonLink>
        </Acts>
      </>
    );
  return (
    <>
      <PageHead title="Import en cours" lead="Vous pouvez quitter cette page : l’import continue." back={IMPORTS}>
        <ImportSteps current={3} />
      </PageHead>
      <Section title="Avancement">{bar}</Section>
    </>
  );
};

function progressText({ state, rowsDone, rowsTotal, report }: ImportRow): string {
  if (state === 'queued') return 'En attente de son tour';
  if (state === 'failed') return 'Arrêté : aucun contact n’a changé';
  if (state === 'done') return `Terminé : ${count(report?.created ?? 0, 'contact créé', 'contacts créés')}`;
  return `${number(rowsDone)} lignes sur ${number(rowsTotal)}`;
}

/** Every line of the file, once: the rows add up to the total. */
export const CountsTable = ({ counts: r, done }: { counts: ImportCounts; done: boolean }) => (
  <DataTable
    caption={`${done ? 'Ce que sont devenues' : 'Ce que deviendraient'} les ${count(r.rows, 'ligne')} du fichier`}
    columns={[{ label: 'Devenir' }, { label: 'Lignes', numeric: true }]}
    rows={[
      [done ? 'Contacts créés' : 'Contacts à créer', r.created],
      [done ? 'Contacts mis à jour' : 'Contacts à mettre à jour', r.updated],
      ['Contacts déjà connus, sans changement', r.unchanged],
      ['Adresses répétées dans le fichier : la première ligne est gardée', r.duplicates],
      ['Lignes refusées', r.rejected],
    ]}
    total={['Total', r.rows]}
  />
);

/** Refused or warned lines, with their place and their remedy. */
export const Lines = (p: { id: number; lines: ImportLine[]; total: number; severity: ImportLine['severity'] }) => (
  <Section
    title={p.severity === 'rejected' ? count(p.total, 'ligne refusée', 'lignes refusées') : 'Avertissements'}
    note={
      <a
        href={`/contacts/imports/${p.id}/lignes.csv${p.severity === 'warned' ? '?gravite=avertissements' : ''}`}
        download=""
      >
        {p.severity === 'rejected' ? 'Télécharger les lignes refusées (CSV)' : 'Télécharger les avertissements (CSV)'}
      </a>
    }
  >
    <p>
      {p.severity === 'rejected'
        ? 'Corrigez-les dans votre fichier et importez-le de nouveau : les autres lignes ne changeront pas.'
        : `${count(p.total, 'contact est gardé', 'contacts sont gardés')} ; une valeur abîmée a été réparée ou laissée de côté.`}
    </p>
    <DataTable
      caption={p.lines.length < p.total ? `Les ${p.lines.length} premières` : 'Toutes'}
      hiddenCaption={p.lines.length >= p.total}
      columns={[{ label: 'Ligne', numeric: true }, { label: 'Colonne' }, { label: 'Raison' }]}
      compact
      rows={p.lines.map((l) => [l.line, l.column || '–', l.message])}
    />
  </Section>
);

/** Enough to see what is wrong; the file to download has them all. */
export const SHOWN = 10;

export const ReportView = ({
  row,
  rejected,
  warned,
  mayCompose,
}: {
  row: ImportRow;
  rejected: ImportLine[];
  warned: ImportLine[];
  /** May make an audience of these contacts. */
  mayCompose: boolean;
}) => {
  const report = row.report;
  if (!report) return null;
  return (
    <>
      <PageHead
        title={reportTitle(report)}
        lead={`Fichier ${row.fileName}, terminé ${row.finishedAt ? shortDateTime(row.finishedAt) : ''}.`}
        back={IMPORTS}
      >
        <ImportSteps current={4} />
      </PageHead>
      <Section title="Ligne par ligne">
        <CountsTable counts={report} done />
        <Facts
          items={[
            ['Avec un avertissement', `${count(report.warned, 'contact gardé', 'contacts gardés')}`],
            [
              'Désinscrits ou opposés',
              report.suppressed === 0
                ? 'aucun dans ce fichier'
                : `${count(report.suppressed, 'contact')} : toujours écartés de vos envois`,
            ],
            ['Lecture du fichier', reading(report)],
          ]}
        />
        <Acts>
          <ButtonLink href="/contacts" primary>
            Voir les contacts
          </ButtonLink>
          {mayCompose && <ButtonLink href="/audiences/nouvelle">Composer une audience</ButtonLink>}
        </Acts>
      </Section>
      {rejected.length > 0 && (
        <Lines id={row.id} lines={rejected.slice(0, SHOWN)} total={report.rejected} severity="rejected" />
      )}
      {warned.length > 0 && (
        <Lines id={row.id} lines={warned.slice(0, SHOWN)} total={report.warned} severity="warned" />
      )}
    </>
  );
};

const reportTitle = (r: ImportCounts): string =>
  r.created > 0
    ? `${count(r.created, 'contact a rejoint', 'contacts ont rejoint')} votre liste.`
    : r.updated > 0
      ? `${count(r.updated, 'contact a été mis', 'contacts ont été mis')} à jour.`
      : 'Ce fichier n’a rien changé.';

const DELIMITERS: Record<string, string> = {
  ';': 'séparé par des points-virgules',
  ',': 'séparé par des virgules',
  tab: 'séparé par des tabulations',
};

/** « texte windows-1252, séparé par des points-virgules » */
export const reading = ({ encoding, delimiter }: { encoding: string; delimiter: string }): string =>
  encoding === 'xlsx' ? 'classeur Excel' : `texte ${encoding}, ${DELIMITERS[delimiter] ?? 'une seule colonne'}`;
