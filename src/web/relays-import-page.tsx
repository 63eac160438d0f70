import type { RelayImport } from '../relays/import-relays.ts';
import { plural } from './push-words.tsx';
import { Acts, Button, ButtonLink, Csrf, Facts, PageHead, Section } from './ui/components.tsx';
import { ErrorSummary, Field } from './ui/fields.tsx';
import { number } from './ui/figures.tsx';
import { DataTable } from './ui/table.tsx';

type Props = {
  slug: string;
  csrf: string;
  /** What the list would do, and the list itself, to be brought once that was read. */
  report?: RelayImport & { fileName: string; bytes: string };
  refused?: string;
};

const SHOWN = 100;

export const ImportRelaysPage = ({ slug, csrf, report, refused }: Props) => {
  const base = `/campagnes/${slug}/relais`;
  return (
    <>
      <PageHead
        back={{ href: base, label: 'Les relais' }}
        title={report ? 'Ce que cette liste changerait' : 'Importer une liste de relais'}
        lead={
          report
            ? 'Rien n’est encore enregistré, et rien n’est envoyé à personne.'
            : 'CSV ou Excel. Rien n’est enregistré avant que vous ayez vu ce que la liste changerait.'
        }
      />
      <ErrorSummary errors={refused ? [{ field: 'fichier', message: refused }] : undefined} />
      {report && <Checked slug={slug} csrf={csrf} report={report} />}
      <Section title={report ? 'Une autre liste' : 'Votre fichier'}>
        <form method="post" action={`${base}/import`} enctype="multipart/form-data">
          <Csrf token={csrf} />
          <Field
            kind="file"
            name="fichier"
            label="La liste"
            hint="Une ligne de titres, puis un relais par ligne. Colonnes lues : nom, type, territoire (ou région, département), rattaché à, contact, courriel, note. Seul le nom est nécessaire."
            accept=".csv,.tsv,.txt,.xlsx"
            error={refused}
            required
          />
          <Acts>
            <Button primary={!report}>Vérifier la liste</Button>
          </Acts>
        </form>
      </Section>
    </>
  );
};

const Checked = ({ slug, csrf, report: r }: { slug: string; csrf: string; report: NonNullable<Props['report']> }) => {
  const base = `/campagnes/${slug}/relais`;
  const some = r.created + r.updated > 0;
  return (
    <>
      <Section title="Le compte y est" note={r.fileName}>
        <Facts
          items={[
            ['Lignes lues', number(r.rows)],
            ['Relais à ajouter', number(r.created)],
            ['Relais à mettre à jour', number(r.updated)],
            ['Déjà à jour', number(r.unchanged)],
            ['En double dans la liste', number(r.duplicates)],
            ['Refusées', number(r.rejected)],
            ['Colonnes laissées de côté', r.ignored.join(', ') || 'aucune'],
          ]}
        />
        <form method="post" action={`${base}/import`}>
          <Csrf token={csrf} />
          <input type="hidden" name="liste" value={r.bytes} />
          <Acts>
            {some && <Button primary>Enregistrer {plural(r.created + r.updated, 'relais', 'relais')}</Button>}
            <ButtonLink href={base} quiet>
              Ne rien enregistrer
            </ButtonLink>
          </Acts>
        </form>
      </Section>
      {r.lines.length > 0 && (
        <Section title="À savoir, ligne par ligne">
          <DataTable
            caption={`${plural(r.lines.length, 'remarque', 'remarques')}${r.lines.length > SHOWN ? `, dont voici les ${SHOWN} premières` : ''}`}
            columns={[
              { label: 'Ligne', numeric: true },
              { label: 'Ce qui est fait' },
              { label: 'Colonne' },
              { label: 'Pourquoi' },
            ]}
            rows={r.lines
              .slice(0, SHOWN)
              .map((l) => [l.line, l.severity === 'rejected' ? 'refusée' : 'gardée', l.column, l.message])}
          />
        </Section>
      )}
    </>
  );
};
