import type { FieldError } from '../base/errors.ts';
import { LEVEL_NAMES, LEVELS, PUBLIC_NAMES, PUBLICS } from '../base/words.ts';
import { IMPORTS, ImportSteps } from './import-pages.tsx';
import { Acts, Button, ButtonLink, Csrf, PageHead, Section } from './ui/components.tsx';
import { ErrorSummary, errorOf, Field } from './ui/fields.tsx';

export type TypedImport = { source: string; collectedOn: string; level: string; public: string };

export const NewImportPage = ({ typed, errors, csrf }: { typed: TypedImport; errors?: FieldError[]; csrf: string }) => (
  <>
    <PageHead
      title="Importer des contacts"
      lead="Rien ne change tant que vous n’avez pas vu ce que le fichier ferait."
      back={IMPORTS}
    >
      <ImportSteps current={1} />
    </PageHead>
    <ErrorSummary errors={errors} />
    <Section title="Le fichier, et d’où il vient">
      <form method="post" action="/contacts/imports/nouveau" enctype="multipart/form-data" novalidate>
        <Csrf token={csrf} />
        <Field
          kind="file"
          name="file"
          label="Fichier"
          hint="CSV, TSV ou Excel (.xlsx), 60 Mo au plus, avec une ligne de titres. Une ligne par personne."
          accept=".csv,.tsv,.txt,.xlsx"
          error={errorOf(errors, 'file')}
          required
        />
        <Field
          name="source"
          label="D’où viennent ces adresses ?"
          hint="Par exemple : « adhérents 2026 », « inscrits au salon de Rennes ». Chaque personne le lira dans son premier message."
          value={typed.source}
          error={errorOf(errors, 'source')}
          maxlength={160}
          required
        />
        <Field
          kind="date"
          name="collectedOn"
          label="Date de collecte"
          hint="Si le fichier ne la donne pas ligne par ligne."
          value={typed.collectedOn}
          error={errorOf(errors, 'collectedOn')}
          size="short"
        />
        <LevelAndPublic {...typed} errors={errors} />
        <Acts>
          <Button primary>Vérifier ce fichier</Button>
          <ButtonLink href="/contacts" quiet>
            Annuler
          </ButtonLink>
        </Acts>
      </form>
    </Section>
  </>
);

/** For the rows that do not say theirs. */
export const LevelAndPublic = (p: { level: string; public: string; errors?: FieldError[] }) => (
  <>
    <Field
      kind="select"
      name="level"
      label="Niveau des contacts qui ne disent pas le leur"
      hint="Nécessaire si le fichier n’a pas de colonne « niveau »."
      value={p.level}
      options={[
        { value: '', label: 'Le fichier le dit' },
        ...LEVELS.map((value) => ({ value, label: LEVEL_NAMES[value] })),
      ]}
      error={errorOf(p.errors, 'level')}
    />
    <Field
      kind="select"
      name="public"
      label="Public des contacts qui ne disent pas le leur"
      hint="Sans réponse, il est déduit de la fonction quand c’est possible."
      value={p.public}
      options={[
        { value: '', label: 'Le fichier le dit' },
        ...PUBLICS.filter((v) => v !== 'inconnu').map((value) => ({ value, label: PUBLIC_NAMES[value] })),
      ]}
      error={errorOf(p.errors, 'public')}
    />
  </>
);
