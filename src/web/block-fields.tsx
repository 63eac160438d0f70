import type { FieldError } from '../base/errors.ts';
import { LEVEL_NAMES, type Level } from '../base/words.ts';
import type { KeyMessageRow } from '../key-messages/queries.ts';
import type { Signatory } from '../pushes/queries.ts';
import type { SurveyLine } from '../pushes/read-surveys.ts';
import type { ResourceRow } from '../resources/queries.ts';
import type { BlockType, BlockValues } from './block-form.ts';
import { IMAGE_CHOICE } from './block-image.ts';
import { capital } from './capital.ts';
import { Picture } from './ui/components.tsx';
import { Check, Choices, errorOf, Field } from './ui/fields.tsx';

type Props = {
  type: BlockType;
  values: BlockValues;
  errors?: readonly FieldError[];
  resources: readonly ResourceRow[];
  messages: readonly KeyMessageRow[];
  surveys: readonly SurveyLine[];
  levels: readonly Level[];
  organisations: readonly Signatory[];
};

/** The questions one block asks, then who reads it. */
export const BlockFields = (p: Props) => (
  <>
    <Own {...p} />
    <Choices
      name="levels"
      label="Pour quels niveaux"
      hint="Aucune case cochée : pour tous."
      kind="checkbox"
      inline
      value={p.values.levels}
      error={errorOf(p.errors, 'levels')}
      options={p.levels.map((l) => ({ value: l, label: capital(LEVEL_NAMES[l]) }))}
    />
    {p.organisations.length > 1 && (
      <Choices
        name="organisations"
        label="Sous le nom de quelles organisations"
        hint="Aucune case cochée : toutes."
        kind="checkbox"
        inline
        value={p.values.organisations}
        error={errorOf(p.errors, 'organisations')}
        options={p.organisations.map((o) => ({ value: o.slug, label: o.name }))}
      />
    )}
  </>
);

const FORMATS = [
  { value: 'titre', label: 'Titre', hint: 'il ouvre une partie du message' },
  { value: 'accroche', label: 'Accroche', hint: 'une phrase mise en avant' },
  { value: 'paragraphe', label: 'Paragraphe' },
];

const Own = ({ type, values, errors, resources, messages, surveys }: Props) => {
  const field = (name: string) => ({ name, value: String(values[name] ?? ''), error: errorOf(errors, name) });
  switch (type) {
    case 'title':
      return <Field {...field('text')} label="Titre" size="full" required maxlength={200} />;
    case 'text':
      return (
        <Field
          {...field('markdown')}
          label="Texte"
          hint="Une ligne vide sépare deux paragraphes. **gras**, *italique*, - liste, [un lien](https://…)."
          kind="textarea"
          rows={10}
          size="full"
          required
          maxlength={8000}
        />
      );
    case 'key-message':
      return (
        <>
          <Field
            {...field('keyMessage')}
            label="Élément de langage"
            hint="Chaque niveau lit la formulation écrite pour lui."
            kind="select"
            required
            options={[
              { value: '', label: 'Choisir un sujet' },
              ...messages.map((m) => ({ value: m.slug, label: m.topic })),
            ]}
          />
          <Choices
            name="format"
            label="Forme"
            value={String(values.format || 'paragraphe')}
            error={errorOf(errors, 'format')}
            required
            options={FORMATS}
          />
        </>
      );
    case 'resource':
      return (
        <Field
          {...field('resource')}
          label="Ressource"
          hint="Son titre, son résumé et son lien viennent de l’inventaire."
          kind="select"
          required
          options={[
            { value: '', label: 'Choisir une ressource' },
            ...resources.map((r) => ({ value: r.slug, label: r.title })),
          ]}
        />
      );
    case 'button':
      return (
        <>
          <Field
            {...field('label')}
            label="Texte du bouton"
            hint="Dites ce qu’on trouve derrière : « Ouvrir l’outil GEPP »."
            required
            maxlength={80}
          />
          <Field
            {...field('url')}
            label="Adresse de la page"
            kind="url"
            hint="Elle commence par https://."
            size="full"
            required
          />
        </>
      );
    case 'image':
      return (
        <>
          {values.src && (
            <>
              <Picture src={String(values.src)} alt={String(values.alt ?? '')} caption="L’image de ce bloc" />
              <input type="hidden" name="src" value={String(values.src)} />
            </>
          )}
          <Field
            name="fichier"
            label={values.src ? 'La remplacer par une autre' : 'Image'}
            kind="file"
            accept={IMAGE_CHOICE}
            hint="PNG, JPEG, GIF ou WebP, 1 Mo au plus ; 1 200 pixels de large suffisent. Tout le monde pourra la voir."
            error={errorOf(errors, 'fichier')}
            required={!values.src}
          />
          <Field
            {...field('alt')}
            label="Description de l’image"
            hint="Lue à la place de l’image par ceux qui ne la voient pas. Laissez vide pour une image qui décore."
            size="full"
            bare
            maxlength={300}
          />
          <Check
            name="decorative"
            label="Cette image n’apprend rien : elle décore"
            checked={values.decorative === '1'}
          />
          <Field {...field('url')} label="Adresse de la page où elle mène" kind="url" size="full" />
        </>
      );
    case 'testimony':
      return (
        <>
          <Field
            {...field('quote')}
            label="Témoignage"
            hint="Sans guillemets : ils sont ajoutés."
            kind="textarea"
            size="full"
            required
            maxlength={1000}
          />
          <Field {...field('author')} label="Qui parle" required maxlength={120} />
          <Field {...field('role')} label="Sa fonction" maxlength={160} />
        </>
      );
    case 'video':
      return (
        <>
          <Field {...field('title')} label="Titre de la vidéo" size="full" required maxlength={160} />
          <Field {...field('url')} label="Adresse de la vidéo" kind="url" size="full" required />
          <Field {...field('duration')} label="Durée" hint="Par exemple : 2 min 30." size="short" maxlength={30} />
        </>
      );
    case 'survey':
      return (
        <Field
          {...field('survey')}
          label="Questionnaire"
          hint="Ceux de la campagne qui sont ouverts. Ils s’écrivent sur sa page « Questionnaires »."
          kind="select"
          required
          options={[
            { value: '', label: 'Choisir un questionnaire' },
            // One that is closed stays the choice of a block that already carries it.
            ...surveys
              .filter(({ survey, closed }) => !closed || survey.slug === values.survey)
              .map(({ survey, closed }) => ({
                value: survey.slug,
                label: closed ? `${survey.title} (clos)` : survey.title,
              })),
          ]}
        />
      );
    case 'separator':
      return <p>Un filet qui sépare deux parties du message.</p>;
  }
};
